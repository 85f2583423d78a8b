package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/scheduler"
)

// ErrEmpty is the error of ends that need at least one element.
var ErrEmpty = errors.New("the collection is empty")

// run plans a collection and runs f over each of its partitions. It returns the
// results in the order of the partitions.
func run[C, R any](ctx context.Context, end string, c *collection[C], f func(task *scheduler.Task, partition int, in iter.Seq2[C, error]) (R, error)) ([]R, error) {
	if err := prepare(ctx, end, c); err != nil {
		return nil, err
	}
	return runPrepared(ctx, end, c, 0, c.partitions, f)
}

// prepare settles all that a job over the collection needs.
func prepare[C any](ctx context.Context, end string, c *collection[C]) error {
	if err := baseOf(c).runnable(end); err != nil {
		return err
	}
	return c.ready(ctx)
}

// runPrepared runs a job over the partitions from the first to before the last.
func runPrepared[C, R any](ctx context.Context, end string, c *collection[C], first, last int, f func(*scheduler.Task, int, iter.Seq2[C, error]) (R, error)) ([]R, error) {
	results := make([]R, last-first)
	job := scheduler.Job{
		Name:  end,
		Final: c.node,
		Run: func(task *scheduler.Task, partition int) (any, error) {
			return f(task, partition, c.compute(task, partition))
		},
		Result: func(partition int, result any) { results[partition-first], _ = result.(R) },
	}
	if last-first < c.partitions {
		job.Partitions = make([]int, 0, last-first)
		for partition := first; partition < last; partition++ {
			job.Partitions = append(job.Partitions, partition)
		}
	}
	if err := c.session.root.scheduler.Run(ctx, job); err != nil {
		return nil, err
	}
	return results, nil
}

// locally calls functions of the user's outside of a task.
func locally(end string, f func()) error {
	err := env.Protect(func() error {
		f()
		return nil
	})
	if err != nil {
		return fmt.Errorf("rdd: %s: %w", end, err)
	}
	return nil
}

// Collect returns all elements, partition by partition.
func (r RDD[T]) Collect(ctx context.Context) ([]T, error) {
	parts, err := run(ctx, "Collect", r.collection, collectChunks[T])
	if err != nil {
		return nil, err
	}
	return concat(parts), nil
}

func collectChunks[T any](_ *scheduler.Task, _ int, in Chunks[T]) ([]T, error) {
	var all []T
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		all = append(all, chunk...)
	}
	return all, nil
}

// concat strings slices together; a single one is returned as it is.
func concat[T any](parts [][]T) []T {
	if len(parts) == 1 {
		return parts[0]
	}
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	all := make([]T, 0, length)
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// Count returns the number of elements.
func (r RDD[T]) Count(ctx context.Context) (int64, error) { return count(ctx, r.collection) }

func count[C any](ctx context.Context, c *collection[C]) (int64, error) {
	parts, err := run(ctx, "Count", c, countChunks(c))
	total := int64(0)
	for _, n := range parts {
		total += n
	}
	return total, err
}

// countChunks counts the elements of a partition.
func countChunks[C any](c *collection[C]) func(*scheduler.Task, int, iter.Seq2[C, error]) (int64, error) {
	return func(_ *scheduler.Task, _ int, in iter.Seq2[C, error]) (n int64, _ error) {
		for chunk, err := range in {
			if err != nil {
				return 0, err
			}
			n += int64(c.chunks.length(chunk))
		}
		return n, nil
	}
}

// Reduce combines all elements by f: those of each partition from left to right,
// then the results in the order of the partitions. Of nothing, the error is
// ErrEmpty.
func (r RDD[T]) Reduce(ctx context.Context, f func(T, T) T) (T, error) {
	var total T
	if f == nil {
		return total, errNilFunction("Reduce")
	}
	parts, err := run(ctx, "Reduce", r.collection, func(_ *scheduler.Task, _ int, in Chunks[T]) (optional[T], error) {
		return reduceChunks(in, f)
	})
	if err != nil {
		return total, err
	}
	found := false
	err = locally("Reduce", func() {
		for _, part := range parts {
			switch {
			case !part.ok:
			case !found:
				total, found = part.value, true
			default:
				total = f(total, part.value)
			}
		}
	})
	if err == nil && !found {
		err = fmt.Errorf("rdd: Reduce: %w", ErrEmpty)
	}
	return total, err
}

// optional is the result of a partition that may be empty.
type optional[T any] struct {
	value T
	ok    bool
}

func reduceChunks[T any](in Chunks[T], f func(T, T) T) (result optional[T], _ error) {
	total, ok := result.value, false
	for chunk, err := range in {
		if err != nil {
			return result, err
		}
		if !ok && len(chunk) > 0 {
			total, ok, chunk = chunk[0], true, chunk[1:]
		}
		sum := total
		for _, element := range chunk {
			sum = f(sum, element)
		}
		total = sum
	}
	return optional[T]{total, ok}, nil
}

// Fold combines all elements by f, starting from zero in each partition and once
// more when the results are combined; so zero should be neutral. f may not change
// zero; see Aggregate.
func (r RDD[T]) Fold(ctx context.Context, zero T, f func(T, T) T) (T, error) {
	return aggregate(ctx, "Fold", r.collection, func() T { return zero }, f, f)
}

// Aggregate adds the elements of each partition to what zero returns, and merges
// the results, in the order of the partitions, into what it returns once more.
func (r RDD[T]) Aggregate[A any](ctx context.Context, zero func() A, add func(A, T) A, merge func(A, A) A) (A, error) {
	return aggregate(ctx, "Aggregate", r.collection, zero, add, merge)
}

func aggregate[T, A any](ctx context.Context, end string, c *collection[[]T], zero func() A, add func(A, T) A, merge func(A, A) A) (A, error) {
	var total A
	if zero == nil || add == nil || merge == nil {
		return total, errNilFunction(end)
	}
	parts, err := run(ctx, end, c, func(_ *scheduler.Task, _ int, in Chunks[T]) (A, error) {
		sum := zero()
		for chunk, err := range in {
			if err != nil {
				return sum, err
			}
			for _, element := range chunk {
				sum = add(sum, element)
			}
		}
		return sum, nil
	})
	if err != nil {
		return total, err
	}
	err = locally(end, func() {
		total = zero()
		for _, part := range parts {
			total = merge(total, part)
		}
	})
	return total, err
}

func errNilFunction(end string) error { return fmt.Errorf("rdd: %s: the function is nil", end) }

// ForEach calls f for each element, in the tasks. An error of f fails the task,
// which is then tried again from its beginning: what f does must bear repeating.
func (r RDD[T]) ForEach(ctx context.Context, f func(T) error) error {
	if f == nil {
		return errNilFunction("ForEach")
	}
	_, err := run(ctx, "ForEach", r.collection, func(_ *scheduler.Task, _ int, in Chunks[T]) (struct{}, error) {
		for chunk, err := range in {
			if err != nil {
				return struct{}{}, err
			}
			for _, element := range chunk {
				if err := f(element); err != nil {
					return struct{}{}, err
				}
			}
		}
		return struct{}{}, nil
	})
	return err
}

// ForEachPartition calls f once for each partition, empty ones included. An error of
// f fails the task, which is then tried again.
func (r RDD[T]) ForEachPartition(ctx context.Context, f func(task Task, in iter.Seq[T]) error) error {
	if f == nil {
		return errNilFunction("ForEachPartition")
	}
	_, err := run(ctx, "ForEachPartition", r.collection, func(task *scheduler.Task, partition int, in Chunks[T]) (struct{}, error) {
		elements, failure := flatten(in)
		err := f(Task{task, r.collection.node, partition}, elements)
		if *failure != nil {
			err = *failure
		}
		return struct{}{}, err
	})
	return err
}

// Partitions is the number of partitions. For a collection that is read from files
// it lists them, and for a sorted one it may run the job that chooses the ranges.
func (r RDD[T]) Partitions(ctx context.Context) (int, error) { return partitions(ctx, r.collection) }

func partitions[C any](ctx context.Context, c *collection[C]) (int, error) {
	if err := prepare(ctx, "Partitions", c); err != nil {
		return 0, err
	}
	return c.partitions, nil
}
