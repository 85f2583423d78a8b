package receiver

import (
	"context"
	"errors"

	"github.com/tidewheel/tidewheel/internal/env"
)

// supervise is the activity that runs the receiver, again and again.
func (b *Blocks[T]) supervise(ctx context.Context) error {
	r := restarts{first: b.options.RestartDelay}
	for ctx.Err() == nil {
		b.tell(Event{Kind: Started})
		b.mu.Lock()
		b.worked = false
		b.mu.Unlock()
		err := env.Protect(func() error { return b.receiver.Run(ctx, &Store[T]{b}) })
		b.mu.Lock()
		worked, failure := b.worked, b.failure
		b.mu.Unlock()
		if ctx.Err() != nil || failure != nil {
			b.tell(Event{Kind: Stopped})
			return nil
		}
		next := r.after(err, worked)
		b.tell(Event{Kind: Stopped, Err: err, Again: next.again, Delay: next.delay})
		if next.fail != nil {
			b.fail(next.fail)
		}
		if !next.again {
			return nil
		}
		if err := b.env.Park(ctx, next.delay); err != nil {
			return nil // the stream has ended
		}
	}
	return nil
}

// tell hands an event to the listener. A listener that panics fails the stream.
func (b *Blocks[T]) tell(e Event) {
	e.Receiver, e.At = b.name, b.env.Now().UTC()
	if b.options.Listener != nil {
		if err := env.Protect(func() error { b.options.Listener(e); return nil }); err != nil {
			b.fail(errors.Join(errors.New("Options.Listener has failed"), err))
		}
	}
	if b.report != nil {
		b.report(e)
	}
}
