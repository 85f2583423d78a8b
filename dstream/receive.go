package dstream

import (
	"context"
	"iter"
	"time"

	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
)

// Receive adds a stream of what a receiver takes from outside: in each batch the blocks
// that have become durable since the batch before, a partition each. With a checkpoint
// the blocks are logged in it, so that a batch can be run again and what came while no
// process ran batches is in the next one. The elements must then be of a type that can
// be encoded. Drain stops the receiver first, and its last block is in the last batch.
func (s *Session) Receive[T any](r receiver.Receiver[T], options ...receiver.Options) DStream[T] {
	if r == nil {
		s.mistake("Receive", "the receiver is nil")
		return DStream[T]{newNode(s, "receive", 1)}
	}
	return fromSource[T](s, received[T]{r, options})
}

// received is a receiver as a source.
type received[T any] struct {
	receiver receiver.Receiver[T]
	options  []receiver.Options
}

func (r received[T]) String() string { return receiver.Name(r.receiver) }

func (r received[T]) Open(ctx context.Context, stream Stream) (Reader[T], error) {
	blocks, err := receiver.Open(ctx, r.receiver, receiver.Stream{
		State: stream.State, Epoch: stream.Epoch, Fence: stream.Fence, Tell: stream.Tell, Env: stream.Env,
	}, r.options...)
	if err != nil {
		return nil, err
	}
	return &blockReader[T]{blocks: blocks}, nil
}

// blockReader reads the blocks of a receiver. An offset is the number of blocks before
// it.
type blockReader[T any] struct {
	blocks *receiver.Blocks[T]
	count  int64 // elements of the current batch
}

func (r *blockReader[T]) Initial(ctx context.Context) (Offset, error) { return "0", nil }

func (r *blockReader[T]) Latest(ctx context.Context, start Offset) (Offset, error) {
	from, err := parsePosition(start)
	if err != nil {
		return "", err
	}
	end, err := r.blocks.End(from)
	return formatPosition(end), err
}

func (r *blockReader[T]) RDD(session *rdd.Session, start, end Offset) (rdd.RDD[T], error) {
	from, err := parsePosition(start)
	if err != nil {
		return rdd.RDD[T]{}, err
	}
	to, err := parsePosition(end)
	if err != nil {
		return rdd.RDD[T]{}, err
	}
	blocks, err := r.blocks.Range(from, to)
	if err != nil {
		return rdd.RDD[T]{}, err
	}
	r.count = 0
	for _, block := range blocks {
		r.count += int64(len(block.Elements))
	}
	return session.From(blockRange[T](blocks)), nil
}

func (r *blockReader[T]) Commit(ctx context.Context, end Offset) error {
	to, err := parsePosition(end)
	if err != nil {
		return err
	}
	return r.blocks.Forget(ctx, to)
}

func (r *blockReader[T]) Close() error { return r.blocks.Close() }

func (r *blockReader[T]) drain(ctx context.Context) error { return r.blocks.Drain(ctx) }

func (r *blockReader[T]) completed(sample receiver.Sample) {
	sample.Elements = r.count
	r.blocks.Completed(sample)
}

// draining is a reader that is stopped before the last batch, which takes what it has.
type draining interface {
	drain(ctx context.Context) error
}

// paced is a reader that is told how each batch went.
type paced interface {
	completed(sample receiver.Sample)
}

// stopReceivers lets nothing come any more but what the last batch takes.
func (s *Session) stopReceivers(ctx context.Context) error {
	for _, in := range s.inputs {
		if d, ok := in.use.(draining); ok {
			if err := d.drain(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// pace tells the sources how a batch went that began with a delay and took some time.
func (s *Session) pace(delay, took time.Duration) {
	for _, in := range s.inputs {
		if source, ok := in.use.(paced); ok {
			source.completed(receiver.Sample{Ended: s.now(), Processing: took, Delay: max(0, delay), Interval: s.options.Interval})
		}
	}
}

// blockRange is blocks as an rdd.Source.
type blockRange[T any] []receiver.Block[T]

func (b blockRange[T]) Partitions(ctx context.Context) (int, error) { return len(b), nil }

func (b blockRange[T]) Read(task rdd.Task, partition int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, element := range b[partition].Elements {
			if !yield(element, nil) {
				return
			}
		}
	}
}
