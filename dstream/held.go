package dstream

import (
	"context"
	"fmt"
	"slices"

	"github.com/tidewheel/tidewheel/rdd"
)

// chunkLength is how many elements of held partitions are passed on at a time.
const chunkLength = 512

// fromPartitions makes a collection of partitions that nobody changes any more.
func fromPartitions[T any](s *rdd.Session, name string, partitions [][]T) rdd.RDD[T] {
	return rdd.FromChunks(s, name, len(partitions), func(task rdd.Task, partition int) rdd.Chunks[T] {
		return func(yield func([]T, error) bool) {
			for chunk := range slices.Chunk(partitions[partition], chunkLength) {
				if !yield(chunk, nil) {
					return
				}
			}
		}
	})
}

// collectPartitions computes a collection and returns its partitions.
func collectPartitions[T any](ctx context.Context, r rdd.RDD[T]) ([][]T, error) {
	return rdd.RunPartitions(ctx, r, "retain", func(task rdd.Task, in rdd.Chunks[T]) ([]T, error) {
		var elements []T
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			elements = append(elements, chunk...)
		}
		return elements, nil
	})
}

// overParts runs a task for each of count partitions of state.
func overParts(ctx context.Context, s *rdd.Session, count int, f func(task rdd.Task) error) error {
	none := rdd.FromChunks(s, "state", count, func(rdd.Task, int) rdd.Chunks[struct{}] {
		return func(func([]struct{}, error) bool) {}
	})
	_, err := rdd.RunPartitions(ctx, none, "advance", func(task rdd.Task, in rdd.Chunks[struct{}]) (struct{}, error) {
		return struct{}{}, f(task)
	})
	return err
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
