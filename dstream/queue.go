package dstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

	together bool
	instead  []T // of a batch, when the queue is empty
}

// NewQueue returns a queue that holds the batches.
func NewQueue[T any](batches ...[]T) *Queue[T] {
	return &Queue[T]{batches: batches}
}

// AllAtOnce makes each batch of the stream take all that is in the queue, and returns
// the queue. It is called before the stream starts.
func (q *Queue[T]) AllAtOnce() *Queue[T] {
	q.together = true
	return q
}

// OrElse gives a batch of the stream these elements when the queue is empty, and
// returns the queue. It is called before the stream starts.
func (q *Queue[T]) OrElse(elements ...T) *Queue[T] {
	q.instead = elements
	return q
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
	position, err := parsePosition(start)
	if err != nil {
		return "", err
	}
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	switch end := r.queue.first + int64(len(r.queue.batches)); {
	case position < end && r.queue.together:
		position = end
	case position < end:
		position++
	}
	return formatPosition(position), nil
}

// LatestWithin implements Limited for a queue that gives all at once: it takes whole
// batches.
func (r queueReader[T]) LatestWithin(ctx context.Context, start Offset, elements int64) (Offset, error) {
	latest, err := r.Latest(ctx, start)
	if err != nil {
		return "", err
	}
	from, err := parsePosition(start)
	if err != nil {
		return "", err
	}
	end, err := parsePosition(latest)
	if err != nil {
		return "", err
	}
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	for to := from; to < end; to++ {
		elements -= int64(len(r.queue.batches[to-r.queue.first]))
		if elements < 0 && to > from {
			return formatPosition(to), nil
		}
	}
	return latest, nil
}

func (r queueReader[T]) RDD(session *rdd.Session, start, end Offset) (rdd.RDD[T], error) {
	if start == end {
		return session.Parallelize(r.queue.instead, rdd.Partitions(1)), nil
	}
	position, err := parsePosition(start)
	if err != nil {
		return rdd.RDD[T]{}, err
	}
	to, err := parsePosition(end)
	if err != nil {
		return rdd.RDD[T]{}, err
	}
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	if position < r.queue.first {
		return rdd.RDD[T]{}, fmt.Errorf("queue: batch %d was dropped after its commit", position)
	}
	taken := r.queue.batches[position-r.queue.first : to-r.queue.first]
	if len(taken) == 1 {
		return session.Parallelize(taken[0]), nil
	}
	return session.Parallelize(slices.Concat(taken...)), nil
}

func (r queueReader[T]) Commit(ctx context.Context, end Offset) error {
	position, err := parsePosition(end)
	if err != nil {
		return err
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
