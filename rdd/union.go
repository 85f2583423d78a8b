package rdd

import (
	"context"
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Union strings collections together, duplicates included. It has the partitions of
// all, in the order of the arguments.
func (r RDD[T]) Union(others ...RDD[T]) RDD[T] {
	all := []*collection[[]T]{r.collection}
	for _, other := range others {
		all = append(all, other.collection)
	}
	n := unionNode(all)
	return RDD[T]{newCollection(n, elementOperations[T](), unionCompute(n, all))}
}

// Union strings collections together, duplicates included. If all that have
// partitions have equal partitioners, partition i is theirs of number i, one after
// the other, and the partitioner stays; else it has the partitions of all, in the
// order of the arguments.
func (p Pairs[K, V]) Union(others ...Pairs[K, V]) Pairs[K, V] {
	all := []*collection[Columns[K, V]]{p.collection}
	for _, other := range others {
		all = append(all, other.collection)
	}
	n := unionNode(all)
	return Pairs[K, V]{newCollection(n, columnOperations[K, V](), unionCompute(n, all))}
}

func unionNode[C any](all []*collection[C]) *node {
	parents := make([]*node, len(all))
	for i, c := range all {
		parents[i] = baseOf(c)
	}
	return newNode("Union", planUnion, parents...)
}

func planUnion(_ context.Context, n *node) error {
	n.partitioner = commonPartitioner(n.parents)
	dependencies := make([]scheduler.Dependency, 0, len(n.parents))
	for _, p := range n.parents {
		switch {
		case p.partitions == 0:
		case !n.partitioner.isNone():
			n.partitions = p.partitions
			dependencies = append(dependencies, scheduler.Narrow{Parent: p})
		default:
			dependencies = append(dependencies, scheduler.Narrow{Parent: p, Needs: shifted(n.partitions, p.partitions)})
			n.partitions += p.partitions
		}
	}
	n.depend(dependencies...)
	return nil
}

// shifted is the range dependency on a parent whose first partition is number
// offset.
func shifted(offset, count int) func(int) []int {
	return func(partition int) []int {
		if partition < offset || partition >= offset+count {
			return nil
		}
		return []int{partition - offset}
	}
}

// commonPartitioner is the partitioner of all parents that have partitions, or none.
func commonPartitioner(parents []*node) (common Partitioner) {
	for _, p := range parents {
		switch {
		case p.partitions == 0:
		case p.partitioner.isNone():
			return Partitioner{}
		case common.isNone():
			common = p.partitioner
		case !common.equal(p.partitioner):
			return Partitioner{}
		}
	}
	return common
}

func unionCompute[C any](n *node, all []*collection[C]) computing[C] {
	return func(task *scheduler.Task, partition int) iter.Seq2[C, error] {
		if n.partitioner.isNone() {
			for _, c := range all {
				if partition < c.partitions {
					return c.compute(task, partition)
				}
				partition -= c.partitions
			}
		}
		return func(yield func(C, error) bool) {
			for _, c := range all {
				if c.partitions == 0 {
					continue
				}
				for chunk, err := range c.compute(task, partition) {
					if !yield(chunk, err) || err != nil {
						return
					}
				}
			}
		}
	}
}

// Coalesce joins neighbouring partitions, without a shuffle, so that there are n;
// with n or fewer it changes nothing. All tasks of the stage become fewer.
func (r RDD[T]) Coalesce(n int) RDD[T] {
	coalesced := newNode("Coalesce", nil, r.base())
	if n <= 0 {
		coalesced.wrong("Coalesce: %d partitions: there must be at least 1", n)
	}
	coalesced.plan = func(_ context.Context, c *node) error {
		parent := c.parents[0]
		c.partitions = min(n, parent.partitions)
		c.depend(scheduler.Narrow{Parent: parent, Needs: func(partition int) []int {
			from, to := slicing(partition, c.partitions, parent.partitions)
			needs := make([]int, 0, to-from)
			for i := from; i < to; i++ {
				needs = append(needs, i)
			}
			return needs
		}})
		return nil
	}
	parent := r.collection
	return RDD[T]{elements(coalesced, func(task *scheduler.Task, partition int) Chunks[T] {
		return func(yield func([]T, error) bool) {
			from, to := slicing(partition, coalesced.partitions, parent.partitions)
			for i := from; i < to; i++ {
				for chunk, err := range parent.compute(task, i) {
					if !yield(chunk, err) || err != nil {
						return
					}
				}
			}
		}
	})}
}

// Repartition deals the elements out over n partitions, in turn, through a shuffle:
// partition i of the input deals its first element to i, the next to i+1, and so
// on. The sizes differ by at most the number of input partitions.
func (r RDD[T]) Repartition(n int) RDD[T] {
	dealt := newNode("Repartition", nil, r.base())
	if n <= 0 {
		dealt.wrong("Repartition: %d partitions: there must be at least 1", n)
	}
	parent := r.collection
	var shuffle *scheduler.Shuffle
	dealt.plan = func(_ context.Context, d *node) error {
		d.partitions = n
		shuffle = d.shuffle(parent.node, n, func(task *scheduler.Task, partition int) ([]any, error) {
			return deal(parent.compute(task, partition), partition%n, n)
		})
		d.depend(shuffle)
		return nil
	}
	return RDD[T]{elements(dealt, func(task *scheduler.Task, partition int) Chunks[T] {
		return keysOf(fetchColumns[T, struct{}](task, shuffle, partition))
	})}
}

func deal[T any](in Chunks[T], next, n int) ([]any, error) {
	outputs := make([]pieces[T, struct{}], n)
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		for _, element := range chunk {
			outputs[next].append(element, struct{}{})
			if next++; next == n {
				next = 0
			}
		}
	}
	return blocksOf(outputs), nil
}
