package rdd

import (
	"context"
	"fmt"
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// SourceOption is an option of a source: [Partitions].
type SourceOption interface{ applySource(*sourceOptions) }

// SortOption is an option of a sort: [Partitions] or [Descending].
type SortOption interface{ applySort(*sortOptions) }

// Partitions is the option that sets the number of partitions of a source or of a
// sorted collection.
type Partitions int

func (p Partitions) applySource(o *sourceOptions) { o.partitions, o.given = int(p), true }
func (p Partitions) applySort(o *sortOptions)     { o.partitions, o.given = int(p), true }

type sourceOptions struct {
	partitions int
	given      bool
}

// sourceNode makes a node of so many partitions as the options say, by default the
// session's parallelism.
func (s *Session) sourceNode(operation string, options []SourceOption) (n *node, partitions int) {
	n = s.newSource(operation, nil)
	if n.mistake != nil {
		return n, 0
	}
	o := sourceOptions{partitions: s.sources}
	for _, option := range options {
		option.applySource(&o)
	}
	if o.partitions <= 0 {
		n.wrong("%s: %d partitions: there must be at least 1", operation, o.partitions)
	}
	n.plan = func(_ context.Context, n *node) error {
		n.partitions = o.partitions
		return nil
	}
	return n, o.partitions
}

// Parallelize makes a collection of a slice. It is read when a job runs, so it may
// not be changed afterwards. Partition i of n holds the elements from i*len/n to
// (i+1)*len/n.
func (s *Session) Parallelize[T any](all []T, options ...SourceOption) RDD[T] {
	n, count := s.sourceNode("Parallelize", options)
	return RDD[T]{elements(n, func(task *scheduler.Task, partition int) Chunks[T] {
		from, to := slicing(partition, count, len(all))
		return sliceChunks(task, all[from:to])
	})}
}

// slicing is the range of partition i of n over length elements.
func slicing(i, n, length int) (from, to int) {
	return int(int64(i) * int64(length) / int64(n)), int(int64(i+1) * int64(length) / int64(n))
}

// sliceChunks passes on stretches of all itself.
func sliceChunks[T any](task *scheduler.Task, all []T) Chunks[T] {
	return func(yield func([]T, error) bool) {
		for len(all) > 0 {
			if err := task.Turn(); err != nil {
				yield(nil, err)
				return
			}
			n := min(len(all), chunkLength)
			if !yield(all[:n:n], nil) {
				return
			}
			all = all[n:]
		}
	}
}

// Empty makes a collection without elements and without partitions.
func (s *Session) Empty[T any]() RDD[T] {
	n := s.newSource("Empty", func(context.Context, *node) error { return nil })
	return RDD[T]{elements(n, func(*scheduler.Task, int) Chunks[T] {
		return func(func([]T, error) bool) {}
	})}
}

// Range makes a collection of the integers from start to before end, counting by
// step, which may be negative but not 0.
func (s *Session) Range(start, end, step int64, options ...SourceOption) RDD[int64] {
	n, count := s.sourceNode("Range", options)
	if step == 0 {
		n.wrong("Range: the step is 0")
	}
	length := rangeLength(start, end, step)
	return RDD[int64]{elements(n, func(task *scheduler.Task, partition int) Chunks[int64] {
		from, to := slicing(partition, count, length)
		return rangeChunks(task, start+int64(from)*step, step, to-from)
	})}
}

func rangeLength(start, end, step int64) int {
	switch {
	case step > 0 && start < end:
		return int((uint64(end)-uint64(start)-1)/uint64(step) + 1)
	case step < 0 && start > end:
		return int((uint64(start)-uint64(end)-1)/uint64(-step) + 1)
	default:
		return 0
	}
}

func rangeChunks(task *scheduler.Task, next, step int64, length int) Chunks[int64] {
	return func(yield func([]int64, error) bool) {
		var out []int64
		for length > 0 {
			if err := task.Turn(); err != nil {
				yield(nil, err)
				return
			}
			out = resize(out, min(length, chunkLength))
			for i := range out {
				out[i] = next
				next += step
			}
			if !yield(out, nil) {
				return
			}
			length -= len(out)
		}
	}
}

// Generate makes a collection whose partition i holds what f(i) yields. f is called
// whenever the partition is computed and must yield the same each time.
func (s *Session) Generate[T any](f func(partition int) iter.Seq[T], options ...SourceOption) RDD[T] {
	n, _ := s.sourceNode("Generate", options)
	if f == nil {
		n.wrong("Generate: the function is nil")
	}
	return RDD[T]{elements(n, func(task *scheduler.Task, partition int) Chunks[T] {
		return sequenceChunks(task, func(yield func(T, error) bool) {
			for element := range f(partition) {
				if !yield(element, nil) {
					return
				}
			}
		})
	})}
}

// Source is where elements come from. Its methods may be called by several
// activities at once.
type Source[T any] interface {
	// Partitions is asked once, before the first job that uses the source.
	Partitions(ctx context.Context) (int, error)

	// Read yields the elements of a partition, the same in each attempt. An error
	// ends the sequence and fails the task.
	Read(task Task, partition int) iter.Seq2[T, error]
}

// From makes a collection of a source.
func (s *Session) From[T any](source Source[T]) RDD[T] {
	n := s.newSource("From", nil)
	if source == nil {
		n.wrong("From: the source is nil")
	}
	n.plan = func(ctx context.Context, n *node) error {
		count, err := source.Partitions(ctx)
		if err == nil && count < 0 {
			err = fmt.Errorf("%d partitions", count)
		}
		if err != nil {
			return fmt.Errorf("rdd: ask the source %v for its partitions: %w", source, err)
		}
		n.partitions = count
		return nil
	}
	return RDD[T]{elements(n, func(task *scheduler.Task, partition int) Chunks[T] {
		return sequenceChunks(task, source.Read(Task{task, n, partition}, partition))
	})}
}

// sequenceChunks packs a sequence in chunks.
func sequenceChunks[T any](task *scheduler.Task, in iter.Seq2[T, error]) Chunks[T] {
	return func(yield func([]T, error) bool) {
		out := packer[T]{yield: func(chunk []T, err error) bool {
			if err := task.Turn(); err != nil {
				yield(nil, err)
				return false
			}
			return yield(chunk, err)
		}}
		for element, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			if !out.push(element) {
				return
			}
		}
		out.flush()
	}
}
