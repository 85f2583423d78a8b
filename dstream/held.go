package dstream

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/tidewheel/tidewheel/rdd"
)

// held is a source of partitions that the session holds in memory.
type held[T any] struct{ partitions [][]T }

// fromPartitions makes a collection of partitions that nobody changes any more.
func fromPartitions[T any](s *rdd.Session, partitions [][]T) rdd.RDD[T] {
	return s.From(held[T]{partitions})
}

func (h held[T]) Partitions(ctx context.Context) (int, error) { return len(h.partitions), nil }

func (h held[T]) Read(task rdd.Task, partition int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, element := range h.partitions[partition] {
			if !yield(element, nil) {
				return
			}
		}
	}
}

// collectPartitions computes a collection and returns its partitions.
func collectPartitions[T any](ctx context.Context, r rdd.RDD[T]) ([][]T, error) {
	var mu sync.Mutex //det:lock partitions
	var partitions [][]T
	err := r.ForEachPartition(ctx, func(task rdd.Task, in iter.Seq[T]) error {
		elements := slices.Collect(in)
		mu.Lock()
		defer mu.Unlock()
		for len(partitions) <= task.Partition() {
			partitions = append(partitions, nil)
		}
		partitions[task.Partition()] = elements
		return nil
	})
	return partitions, err
}

// parts is a source of pairs that a function reads out of each partition.
type parts[K comparable, S any] struct {
	count int
	read  func(partition int, yield func(K, S) bool) error
}

func pairsFromParts[K comparable, S any](s *rdd.Session, count int, read func(partition int, yield func(K, S) bool) error) rdd.Pairs[K, S] {
	return s.From(parts[K, S]{count, read}).ToPairs(rdd.SplitPair)
}

func (p parts[K, S]) Partitions(ctx context.Context) (int, error) { return p.count, nil }

func (p parts[K, S]) Read(task rdd.Task, partition int) iter.Seq2[rdd.Pair[K, S], error] {
	return func(yield func(rdd.Pair[K, S], error) bool) {
		err := p.read(partition, func(key K, value S) bool {
			return yield(rdd.Pair[K, S]{Key: key, Value: value}, nil)
		})
		if err != nil {
			yield(rdd.Pair[K, S]{}, err)
		}
	}
}

// overParts runs a task for each of count partitions of state.
func overParts(ctx context.Context, s *rdd.Session, count int, f func(task rdd.Task) error) error {
	return s.Range(0, int64(count), 1, rdd.Partitions(count)).ForEachPartition(ctx, func(task rdd.Task, in iter.Seq[int64]) error {
		return f(task)
	})
}

// brokenError says that state has missed a batch and can't go on.
type brokenError struct {
	tick  int64
	cause error
}

func (e *brokenError) Error() string {
	return fmt.Sprintf("the state misses batch %d, which failed: %v", e.tick-1, e.cause)
}

func (e *brokenError) Unwrap() error { return e.cause }
