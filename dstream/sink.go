package dstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/rdd"
)

// Sink describes where an output goes so that each batch arrives exactly once.
type Sink[T any] interface {
	// String describes the sink in progress and errors.
	String() string

	// Open starts writing for one stream. With a checkpoint, stream.ID and Epoch
	// let the sink know its own batches and refuse a writer of an older epoch.
	Open(ctx context.Context, stream Stream) (Writer[T], error)
}

// Writer writes the batches of one output. Its methods are called by one activity
// at a time. A batch is known by its time; one that runs again has the same time
// and the same elements in the same partitions.
type Writer[T any] interface {
	// LastCommitted is the time of the newest batch that is visible, if any. After a
	// crash, a batch up to it is not written again.
	LastCommitted(ctx context.Context) (at time.Time, ok bool, err error)

	// Prepare writes a batch so that Commit needs to do little, and returns a token
	// that Commit understands, after a crash too.
	Prepare(ctx context.Context, batch Batch[T]) (Token, error)

	// Commit makes the batch visible, all of it or nothing. It may be repeated.
	Commit(ctx context.Context, token Token) error

	// Abort drops a prepared batch. It may be repeated.
	Abort(ctx context.Context, token Token) error

	// Close may be called more than once.
	Close() error
}

// Batch is one batch of an output.
type Batch[T any] struct {
	ID   int64     // counts from 0
	Time time.Time // the end of the batch's interval
	RDD  rdd.RDD[T]
}

// Token is what a sink needs to commit a prepared batch.
type Token []byte

// Idempotent is a sink that is one function: it writes a whole batch and returns
// only when it is durable. After a failure or a crash it is called again with the
// same batch and must then have no further effect, for instance because it
// replaces what it wrote under the batch's time.
func Idempotent[T any](name string, write func(ctx context.Context, batch Batch[T]) error) Sink[T] {
	return idempotent[T]{name, write}
}

type idempotent[T any] struct {
	name  string
	write func(ctx context.Context, batch Batch[T]) error
}

func (s idempotent[T]) String() string { return s.name }

func (s idempotent[T]) Open(ctx context.Context, stream Stream) (Writer[T], error) { return s, nil }

func (s idempotent[T]) LastCommitted(ctx context.Context) (time.Time, bool, error) {
	return time.Time{}, false, nil
}

func (s idempotent[T]) Prepare(ctx context.Context, batch Batch[T]) (Token, error) {
	return nil, s.write(ctx, batch)
}

func (s idempotent[T]) Commit(ctx context.Context, token Token) error { return nil }

func (s idempotent[T]) Abort(ctx context.Context, token Token) error { return nil }

func (s idempotent[T]) Close() error { return nil }

// output is an output operation in the graph, without its element type.
type output struct {
	name string
	from *node
	open func(ctx context.Context, stream Stream) error
	// run writes the batch of a tick; again says that an earlier run may have
	// written it already. The answer goes to the log.
	run   func(ctx context.Context, tick int64, again bool) (answer []byte, err error)
	close func() error
}

// saveTo adds the output of a stream to a sink. collection gives the elements of a
// tick.
func saveTo[T any](n *node, sink Sink[T], collection func(made any) rdd.RDD[T]) {
	s := n.session
	if sink == nil {
		s.mistake("SaveTo", "the sink is nil")
		return
	}
	var writer Writer[T]
	s.addOutput(&output{
		name: "saveTo " + sink.String(),
		from: n,
		open: func(ctx context.Context, stream Stream) (err error) {
			writer, err = sink.Open(ctx, stream)
			return err
		},
		run: func(ctx context.Context, tick int64, again bool) ([]byte, error) {
			made, ok, err := n.at(tick)
			if err != nil || !ok {
				return nil, err
			}
			batch := Batch[T]{ID: tick - 1, Time: s.generator.time(tick), RDD: collection(made)}
			if again && mutate.On(16) {
				batch.ID, batch.Time = batch.ID+1, batch.Time.Add(s.options.Interval)
			}
			return writeBatch(ctx, writer, batch, again, s.checkFence)
		},
		close: func() error {
			if writer == nil {
				return nil
			}
			return writer.Close()
		},
	})
}

// writeBatch writes a batch, unless an earlier run has written it. A stream that has been
// replaced by a later run takes back what it has prepared.
func writeBatch[T any](ctx context.Context, writer Writer[T], batch Batch[T], again bool, fence func(context.Context) error) ([]byte, error) {
	if again {
		last, ok, err := writer.LastCommitted(ctx)
		if err != nil {
			return nil, fmt.Errorf("last committed batch: %w", err)
		}
		if ok && !last.Before(batch.Time) || mutate.On(26) {
			return nil, nil
		}
	}
	token, err := writer.Prepare(ctx, batch)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if err := fence(ctx); err != nil {
		return nil, errors.Join(err, writer.Abort(ctx, token))
	}
	if err := writer.Commit(ctx, token); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	return token, nil
}
