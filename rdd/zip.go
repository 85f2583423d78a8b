package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// errZipLengths is the error of a task that finds partitions of different lengths.
var errZipLengths = errors.New("Zip: the two partitions have different numbers of elements")

// Zip applies f to the elements of r and b that have the same place. Both must have the
// same number of partitions, or the first end returns an error, and the same number of
// elements in each, or the task fails. That is safe only of collections that are made
// one from the other, element by element.
func (r RDD[T]) Zip[U, R any](b RDD[U], f func(T, U) R) RDD[R] {
	n := sidesNode("Zip", r.base(), b.base(), f == nil)
	left, right := r.collection, b.collection
	return RDD[R]{elements(n, func(task *scheduler.Task, partition int) Chunks[R] {
		return zipChunks(left.compute(task, partition), right.compute(task, partition), f)
	})}
}

// sidesNode is a node that reads two collections, partition by partition.
func sidesNode(operation string, left, right *node, missing bool) *node {
	n := byKeys(operation, left, right, missing)
	n.plan = func(_ context.Context, n *node) error {
		left, right := n.parents[0], n.parents[1]
		if left.partitions != right.partitions {
			return fmt.Errorf("rdd: %s of collections with %d and %d partitions: there must be as many", operation, left.partitions, right.partitions)
		}
		n.partitions = left.partitions
		n.depend(scheduler.Narrow{Parent: left}, scheduler.Narrow{Parent: right})
		return nil
	}
	return n
}

func zipChunks[T, U, R any](left Chunks[T], right Chunks[U], f func(T, U) R) Chunks[R] {
	return func(yield func([]R, error) bool) {
		next, stop := iter.Pull2(right)
		defer stop()
		var others []U
		var out []R
		// more makes others not empty, unless there are none.
		more := func() (bool, error) {
			for len(others) == 0 {
				chunk, err, ok := next()
				if !ok || err != nil {
					return false, err
				}
				others = chunk
			}
			return true, nil
		}
		for chunk, err := range left {
			for err == nil && len(chunk) > 0 {
				var ok bool
				if ok, err = more(); err == nil && !ok {
					err = errZipLengths
				}
				if err != nil {
					break
				}
				n := min(len(chunk), len(others))
				out = resize(out, n)
				for i := range out {
					out[i] = f(chunk[i], others[i])
				}
				chunk, others = chunk[n:], others[n:]
				if !yield(out, nil) {
					return
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		if ok, err := more(); ok || err != nil {
			if err == nil {
				err = errZipLengths
			}
			yield(nil, err)
		}
	}
}

// ZipPartitions gives f the partitions of r and b that have the same number, to yield
// what it makes of them. Both must have the same number of partitions; how many elements
// are in each is f's affair. For the rest see MapPartitions.
func (r RDD[T]) ZipPartitions[U, R any](b RDD[U], f func(task Task, left iter.Seq[T], right iter.Seq[U], yield func(R) bool) error) RDD[R] {
	n := sidesNode("ZipPartitions", r.base(), b.base(), f == nil)
	left, right := r.collection, b.collection
	return RDD[R]{elements(n, func(task *scheduler.Task, partition int) Chunks[R] {
		others, failed := flatten(right.compute(task, partition))
		both := mapPartitionChunks(Task{task, n, partition}, left.compute(task, partition), func(t Task, in iter.Seq[T], yield func(R) bool) error {
			err := f(t, in, others, yield)
			if *failed != nil {
				return *failed
			}
			return err
		})
		return both
	})}
}

// ZipWithIndex numbers the elements, from 0, in the order of the partitions: the
// number is the key. With more than one partition, the first end that needs the result
// counts the elements of all but the last in a job of its own. If the order of elements
// is not always the same, neither are their numbers.
func (r RDD[T]) ZipWithIndex() Pairs[int64, T] {
	n := operator("ZipWithIndex", r.base(), false)
	parent := r.collection
	var starts []int64 // by partition
	n.plan = func(ctx context.Context, n *node) error {
		n.partitions = parent.partitions
		n.depend(scheduler.Narrow{Parent: parent.node})
		starts = make([]int64, n.partitions)
		if n.partitions < 2 {
			return nil
		}
		counts, err := runPrepared(ctx, "ZipWithIndex (count)", parent, 0, n.partitions-1, countChunks(parent))
		for i, count := range counts {
			starts[i+1] = starts[i] + count
		}
		return err
	}
	return Pairs[int64, T]{columns(n, func(task *scheduler.Task, partition int) KeyedChunks[int64, T] {
		return numberChunks(parent.compute(task, partition), starts[partition], 1)
	})}
}

// ZipWithUniqueID numbers the elements without a job: element k of partition p of n gets
// k*n + p, as the key. Numbers are left out where partitions differ in length.
func (r RDD[T]) ZipWithUniqueID() Pairs[int64, T] {
	n := operator("ZipWithUniqueID", r.base(), false)
	parent := r.collection
	return Pairs[int64, T]{columns(n, func(task *scheduler.Task, partition int) KeyedChunks[int64, T] {
		return numberChunks(parent.compute(task, partition), int64(partition), int64(n.partitions))
	})}
}

func numberChunks[T any](in Chunks[T], next, step int64) KeyedChunks[int64, T] {
	return func(yield func(Columns[int64, T], error) bool) {
		next := next
		var numbers []int64
		for chunk, err := range in {
			numbers = resize(numbers, len(chunk))
			for i := range numbers {
				numbers[i] = next
				next += step
			}
			if !yield(Columns[int64, T]{numbers, chunk}, err) || err != nil {
				return
			}
		}
	}
}

// Cartesian applies f to each element of r with each of b: partition i of r with j of b
// is number i*n+j, where b has n, and in it all of b's come with r's first element, then
// with its second, and so on. The partition of b is in memory meanwhile.
func (r RDD[T]) Cartesian[U, R any](b RDD[U], f func(T, U) R) RDD[R] {
	n := byKeys("Cartesian", r.base(), b.base(), f == nil)
	left, right := r.collection, b.collection
	n.plan = func(_ context.Context, n *node) error {
		count := right.partitions
		n.partitions = left.partitions * count
		n.depend(
			scheduler.Narrow{Parent: left.node, Needs: func(partition int) []int { return []int{partition / count} }},
			scheduler.Narrow{Parent: right.node, Needs: func(partition int) []int { return []int{partition % count} }},
		)
		return nil
	}
	return RDD[R]{elements(n, func(task *scheduler.Task, partition int) Chunks[R] {
		count := right.partitions
		return func(yield func([]R, error) bool) {
			others, err := collectChunks(task, partition, right.compute(task, partition%count))
			if err != nil {
				yield(nil, err)
				return
			}
			out := packer[R]{yield: func(chunk []R, err error) bool {
				if err := task.Turn(); err != nil {
					yield(nil, err)
					return false
				}
				return yield(chunk, err)
			}}
			for chunk, err := range left.compute(task, partition/count) {
				if err != nil {
					yield(nil, err)
					return
				}
				for _, element := range chunk {
					for _, other := range others {
						if !out.push(f(element, other)) {
							return
						}
					}
				}
			}
			out.flush()
		}
	})}
}
