package dstream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/tidewheel/tidewheel/rdd"
)

// Queue is a source of batches made by the program itself, for tests and
// examples: each batch of the stream takes the oldest one. Its methods may be
// called while the stream runs. What is in a queue ends with the process, so a stream
// that goes on from a checkpoint refuses it.
type Queue[T any] struct {
	mu      sync.Mutex //det:lock batches and first
	batches [][]T
	first   int64 // position of batches[0]
}

// NewQueue returns a queue that holds the batches.
func NewQueue[T any](batches ...[]T) *Queue[T] {
	return &Queue[T]{batches: batches}
}

// Add appends a batch. The queue keeps the slice.
func (q *Queue[T]) Add(batch []T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.batches = append(q.batches, batch)
}

func (q *Queue[T]) String() string { return "queue" }

// Open implements Source.
func (q *Queue[T]) Open(ctx context.Context, stream Stream) (Reader[T], error) {
	if stream.Resumed {
		return nil, errors.New("a queue can't go on from a checkpoint: what was in it ended with the process; use another source")
	}
	return queueReader[T]{q}, nil
}

// queueReader reads a queue; its offsets count the batches taken.
type queueReader[T any] struct{ queue *Queue[T] }

func (r queueReader[T]) Initial(ctx context.Context) (Offset, error) { return "0", nil }
func (r queueReader[T]) Close() error                                { return nil }

func (r queueReader[T]) Latest(ctx context.Context, start Offset) (Offset, error) {
	position, err := strconv.ParseInt(string(start), 10, 64)
	if err != nil {
		return "", fmt.Errorf("queue: offset %q: %w", start, err)
	}
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	if position < r.queue.first+int64(len(r.queue.batches)) {
		position++
	}
	return Offset(strconv.FormatInt(position, 10)), nil
}

func (r queueReader[T]) RDD(session *rdd.Session, start, end Offset) (rdd.RDD[T], error) {
	if start == end {
		return session.Parallelize([]T(nil), rdd.Partitions(1)), nil
	}
	position, err := strconv.ParseInt(string(start), 10, 64)
	if err != nil {
		return rdd.RDD[T]{}, fmt.Errorf("queue: offset %q: %w", start, err)
	}
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	if position < r.queue.first {
		return rdd.RDD[T]{}, fmt.Errorf("queue: batch %d was dropped after its commit", position)
	}
	return session.Parallelize(r.queue.batches[position-r.queue.first]), nil
}

func (r queueReader[T]) Commit(ctx context.Context, end Offset) error {
	position, err := strconv.ParseInt(string(end), 10, 64)
	if err != nil {
		return fmt.Errorf("queue: offset %q: %w", end, err)
	}
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	if taken := position - r.queue.first; taken > 0 {
		r.queue.batches, r.queue.first = r.queue.batches[taken:], position
	}
	return nil
}

// Constant is a source that gives the same elements in each batch. It keeps the
// slice.
func Constant[T any](elements ...T) Source[T] {
	return constant[T]{elements}
}

type constant[T any] struct{ elements []T }

func (c constant[T]) String() string { return "constant" }

func (c constant[T]) Open(ctx context.Context, stream Stream) (Reader[T], error) { return c, nil }

func (c constant[T]) Initial(ctx context.Context) (Offset, error) { return "", nil }

func (c constant[T]) Latest(ctx context.Context, start Offset) (Offset, error) { return start, nil }

func (c constant[T]) RDD(session *rdd.Session, start, end Offset) (rdd.RDD[T], error) {
	return session.Parallelize(c.elements), nil
}

func (c constant[T]) Commit(ctx context.Context, end Offset) error { return nil }

func (c constant[T]) Close() error { return nil }
