package receiver

import (
	"context"
	"iter"
)

// Channel is a receiver of what the program itself sends on a channel, until that is
// closed. Sends wait while the receiver does. What was sent and is in no durable block
// is lost when the process dies; so is one element when the stream is stopped. It
// waits on the channel, so a simulation cannot run it.
func Channel[T any](elements <-chan T) Receiver[T] { //det:world the program's own channel, documented
	return channel[T]{elements}
}

type channel[T any] struct {
	elements <-chan T //det:world as above
}

func (c channel[T]) String() string { return "channel" }

// Run implements Receiver.
func (c channel[T]) Run(ctx context.Context, store *Store[T]) error {
	for {
		select { //det:world as above
		case element, open := <-c.elements: //det:world as above
			if !open {
				return nil
			}
			if err := store.Add(ctx, element); err != nil {
				return err
			}
		case <-ctx.Done(): //det:world as above
			return context.Cause(ctx)
		}
	}
}

// Seq is a receiver of the elements of a sequence, to its end. The sequence is begun
// again by each start of the stream, a restart from a checkpoint too; it is stopped
// when the next element has come. One that fails panics, which begins it anew.
func Seq[T any](elements iter.Seq[T]) Receiver[T] { return sequenced[T]{elements} }

type sequenced[T any] struct{ elements iter.Seq[T] }

func (s sequenced[T]) String() string { return "seq" }

// Run implements Receiver.
func (s sequenced[T]) Run(ctx context.Context, store *Store[T]) error {
	for element := range s.elements {
		if err := store.Add(ctx, element); err != nil {
			return err
		}
	}
	return nil
}
