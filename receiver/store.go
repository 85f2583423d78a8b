package receiver

import (
	"context"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Store is where a receiver puts its elements. It is valid until Run returns, and its
// methods may be called by several goroutines at once. Elements keep the order in which
// they were added; slices of them are copied.
//
// To add is to wait: while Options.Backlog elements are in no batch, or if they come
// faster than the rate. An error, of ctx or because the stream has ended, means that
// the elements were not added.
type Store[T any] struct{ blocks *Blocks[T] }

// Add puts an element into the current block. It is durable when the block is.
func (s *Store[T]) Add(ctx context.Context, element T) error {
	return s.AddAll(ctx, []T{element}, "")
}

// AddAll puts elements into the current block, all into the same one. The mark says
// where the receiver is in its source when they are durable. An empty mark leaves it
// where it was.
func (s *Store[T]) AddAll(ctx context.Context, elements []T, mark Mark) error {
	_, err := s.blocks.add(ctx, elements, mark, false)
	return err
}

// AddBlock is AddAll for a block that ends with these elements, and waits until it is
// durable. When several goroutines do so at once, one sync serves all. If ctx is done
// while it waits, nobody knows whether the elements will be there.
func (s *Store[T]) AddBlock(ctx context.Context, elements []T, mark Mark) error {
	b := s.blocks
	number, err := b.add(ctx, elements, mark, true)
	if err != nil {
		return err
	}
	for {
		b.mu.Lock()
		ended, failure, bell := b.ended, b.failure, b.news.wait()
		b.mu.Unlock()
		switch {
		case ended > number:
			return nil
		case failure != nil:
			return failure
		}
		if err := b.env.Park(ctx, env.Forever, bell); err != nil {
			return err
		}
	}
}

// Added returns the newest mark that was handed in, by this Run or one before it. After
// a crash that is the newest durable one: what lies behind it comes next.
func (s *Store[T]) Added() Mark {
	s.blocks.mu.Lock()
	defer s.blocks.mu.Unlock()
	return s.blocks.cutter.mark
}

// Durable waits until the newest durable mark is another one than the given, and
// returns it: all that was handed in with it or before it is safe.
func (s *Store[T]) Durable(ctx context.Context, than Mark) (Mark, error) {
	b := s.blocks
	for {
		b.mu.Lock()
		durable, failure, bell := b.durable, b.failure, b.news.wait()
		b.mu.Unlock()
		switch {
		case durable != than:
			return durable, nil
		case failure != nil:
			return durable, failure
		}
		if err := b.env.Park(ctx, env.Forever, bell); err != nil {
			return durable, err
		}
	}
}

// Report tells Options.Listener of an error that does not end Run.
func (s *Store[T]) Report(err error) { s.blocks.tell(Event{Kind: Reported, Err: err}) }

// Env is the outside world. A receiver that touches network, time and concurrency
// through it alone can be run in a simulation.
func (s *Store[T]) Env() env.Env { return s.blocks.env }

// add waits for space and rate, adds elements and returns the number of their block. end
// ends the block before them and after them.
func (b *Blocks[T]) add(ctx context.Context, elements []T, mark Mark, end bool) (number int64, err error) {
	for {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		now, wall := b.env.Mono(), b.env.Now()
		b.mu.Lock()
		wait, err := b.admit(now, len(elements))
		if err == nil && wait == 0 {
			number = b.put(now, wall, elements, mark, end)
			b.mu.Unlock()
			return number, nil
		}
		bell := b.space.wait()
		b.mu.Unlock()
		if err != nil {
			return 0, err
		}
		if err := b.env.Park(ctx, wait, bell); err != nil {
			return 0, err
		}
	}
}

// admit says how long elements have to wait. A backlog is exceeded by elements that come
// together, if they must, but is not begun while it is exceeded.
func (b *Blocks[T]) admit(now time.Duration, elements int) (wait time.Duration, err error) {
	switch {
	case b.failure != nil:
		return 0, b.failure
	case b.deaf:
		return 0, ErrClosed
	case b.backlog > 0 && b.backlog+elements > b.options.Backlog:
		return env.Forever, nil
	}
	return b.rate.wait(now), nil
}

func (b *Blocks[T]) put(now time.Duration, wall time.Time, elements []T, mark Mark, end bool) int64 {
	b.backlog += len(elements)
	b.rate.take(now, len(elements))
	b.worked = b.worked || len(elements) > 0
	idle := b.idle()
	if end {
		b.cutter.end()
	}
	number := b.cutter.next + int64(len(b.cutter.blocks))
	b.cutter.add(now, wall, elements, mark)
	if end {
		b.cutter.end()
	}
	if len(elements) == 0 {
		number-- // of the last block that there is
	}
	if idle || len(b.cutter.blocks) > 0 {
		b.work.ring()
	}
	return number
}

// idle says whether nothing waits to become durable.
func (b *Blocks[T]) idle() bool {
	return len(b.cutter.blocks) == 0 && len(b.cutter.open.Elements) == 0
}
