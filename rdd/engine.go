package rdd

import (
	"context"
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// What follows is for packages that build engines on collections, and for programs
// that want chunks: operators that see [Chunks] instead of elements. Their functions
// follow the rules of Chunks, and need not look for cancellation.

// FromChunks makes a collection of so many partitions whose chunks read returns. It
// must return the same chunks in each attempt.
func FromChunks[T any](s *Session, name string, partitions int, read func(task Task, partition int) Chunks[T]) RDD[T] {
	n := chunkSource(s, name, partitions, read == nil)
	return RDD[T]{elements(n, func(task *scheduler.Task, partition int) Chunks[T] {
		return withTurns(task, read(Task{task, n, partition}, partition))
	})}
}

// FromKeyedChunks is FromChunks for pairs. Unless partitioner is the zero value,
// each key must be in the partition that it says; its number of partitions counts
// then.
func FromKeyedChunks[K comparable, V any](s *Session, name string, partitions int, partitioner Partitioner, read func(task Task, partition int) KeyedChunks[K, V]) Pairs[K, V] {
	if !partitioner.isNone() {
		partitions = partitioner.partitions
	}
	n := chunkSource(s, name, partitions, read == nil)
	n.partitioner = partitioner
	return Pairs[K, V]{columns(n, func(task *scheduler.Task, partition int) KeyedChunks[K, V] {
		return withTurns(task, read(Task{task, n, partition}, partition))
	})}
}

func chunkSource(s *Session, name string, partitions int, missing bool) *node {
	n := s.newSource(name, func(_ context.Context, n *node) error {
		n.partitions = partitions
		return nil
	})
	switch {
	case missing:
		n.wrong("%s: the function is nil", name)
	case partitions < 0:
		n.wrong("%s: %d partitions", name, partitions)
	}
	return n
}

// withTurns lets others run, and looks for cancellation, once a chunk.
func withTurns[C any](task *scheduler.Task, in iter.Seq2[C, error]) iter.Seq2[C, error] {
	return func(yield func(C, error) bool) {
		for chunk, err := range in {
			if err == nil {
				err = task.Turn()
			}
			if !yield(chunk, err) || err != nil {
				return
			}
		}
	}
}

// MapChunks computes each partition from that of r.
func MapChunks[T, U any](r RDD[T], name string, f func(task Task, in Chunks[T]) Chunks[U]) RDD[U] {
	n := operator(name, r.base(), f == nil)
	return RDD[U]{elements(n, deriveTask(n, r.collection, f))}
}

// MapKeyedChunks computes each partition of elements from one of pairs.
func MapKeyedChunks[K comparable, V, U any](p Pairs[K, V], name string, f func(task Task, in KeyedChunks[K, V]) Chunks[U]) RDD[U] {
	n := operator(name, p.base(), f == nil)
	return RDD[U]{elements(n, deriveTask(n, p.collection, f))}
}

// TransformKeyedChunks computes each partition of pairs from one of pairs whose keys
// stay where they are: the partitioner is kept.
func TransformKeyedChunks[K comparable, V, W any](p Pairs[K, V], name string, f func(task Task, in KeyedChunks[K, V]) KeyedChunks[K, W]) Pairs[K, W] {
	n := operator(name, p.base(), f == nil)
	n.keepsPartitioner = true
	return Pairs[K, W]{columns(n, deriveTask(n, p.collection, f))}
}

func deriveTask[C, D any](n *node, parent *collection[C], f func(Task, iter.Seq2[C, error]) iter.Seq2[D, error]) computing[D] {
	return func(task *scheduler.Task, partition int) iter.Seq2[D, error] {
		return f(Task{task, n, partition}, parent.compute(task, partition))
	}
}

// RunPartitions runs a job named name and returns what f made of each partition, in
// their order.
func RunPartitions[T, R any](ctx context.Context, r RDD[T], name string, f func(task Task, in Chunks[T]) (R, error)) ([]R, error) {
	return runTasks(ctx, r.collection, name, f)
}

// RunKeyedPartitions is RunPartitions for pairs.
func RunKeyedPartitions[K comparable, V, R any](ctx context.Context, p Pairs[K, V], name string, f func(task Task, in KeyedChunks[K, V]) (R, error)) ([]R, error) {
	return runTasks(ctx, p.collection, name, f)
}

func runTasks[C, R any](ctx context.Context, c *collection[C], name string, f func(Task, iter.Seq2[C, error]) (R, error)) ([]R, error) {
	if f == nil {
		return nil, errNilFunction(name)
	}
	return run(ctx, name, c, func(task *scheduler.Task, partition int, in iter.Seq2[C, error]) (R, error) {
		return f(Task{task, c.node, partition}, in)
	})
}
