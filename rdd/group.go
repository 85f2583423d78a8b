package rdd

import (
	"context"

	"github.com/tidewheel/tidewheel/scheduler"
)

// GroupByKey applies f to each key and all its values, which are in the order of
// the partitions and within one as they came. All values of a partition of the
// result are in memory at once; the slices are f's to keep. GroupByKey(rdd.Slice)
// gives the groups themselves. To combine values, ReduceByKey moves less.
func (p Pairs[K, V]) GroupByKey[R any](f func(K, []V) R, options ...ShuffleOption) Pairs[K, R] {
	n := operator("GroupByKey", p.base(), f == nil)
	return Pairs[K, R]{groupNode(n, p.collection, f, options)}
}

func groupNode[K comparable, V, R any](n *node, parent *collection[Columns[K, V]], f func(K, []V) R, options []ShuffleOption) *collection[Columns[K, R]] {
	given := checkShuffle[K](n, options)
	in := &input[K, V]{parent: parent}
	n.plan = func(_ context.Context, n *node) error {
		n.partitioner = n.target(given)
		n.partitions = n.partitioner.partitions
		n.depend(in.plan(n, n.partitioner))
		return nil
	}
	return columns(n, func(task *scheduler.Task, partition int) KeyedChunks[K, R] {
		return func(yield func(Columns[K, R], error) bool) {
			keys := newAggregation[K, struct{}]()
			var all groups[V]
			if err := collectGroups(keys, &all, in.read(task, partition)); err != nil {
				yield(Columns[K, R]{}, err)
				return
			}
			all.arrange(keys.Len())
			out := columnPacker[K, R]{yield: yield}
			for slot := range keys.End() {
				key := keys.Key(slot)
				if !out.push(key, f(key, all.of(slot))) {
					return
				}
			}
			out.flush()
		}
	})
}

// CoGroup applies f to each key that either side has, and its values on both, which
// are in the order described at GroupByKey; of a side without the key they are nil.
// Keys come in the order in which they were first met, those of p first.
func (p Pairs[K, V]) CoGroup[W, R any](b Pairs[K, W], f func(K, []V, []W) R, options ...ShuffleOption) Pairs[K, R] {
	n := byKeys("CoGroup", p.base(), b.base(), f == nil)
	return Pairs[K, R]{cogroupNode(n, p.collection, b.collection, f, options)}
}

// byKeys makes the node of an operation by key of two collections.
func byKeys(operation string, left, right *node, missing bool) *node {
	n := newNode(operation, nil, left, right)
	if missing {
		n.wrong("%s: the function is nil", operation)
	}
	return n
}

func cogroupNode[K comparable, V, W, R any](n *node, left *collection[Columns[K, V]], right *collection[Columns[K, W]], f func(K, []V, []W) R, options []ShuffleOption) *collection[Columns[K, R]] {
	sides := newSides(n, left, right, options)
	return columns(n, func(task *scheduler.Task, partition int) KeyedChunks[K, R] {
		return func(yield func(Columns[K, R], error) bool) {
			keys := newAggregation[K, struct{}]()
			var values groups[V]
			var others groups[W]
			err := collectGroups(keys, &values, sides.left.read(task, partition))
			if err == nil {
				err = collectGroups(keys, &others, sides.right.read(task, partition))
			}
			if err != nil {
				yield(Columns[K, R]{}, err)
				return
			}
			values.arrange(keys.Len())
			others.arrange(keys.Len())
			out := columnPacker[K, R]{yield: yield}
			for slot := range keys.End() {
				key := keys.Key(slot)
				if !out.push(key, f(key, values.of(slot), others.of(slot))) {
					return
				}
			}
			out.flush()
		}
	})
}

// sides are the inputs of an operation by key of two collections.
type sides[K comparable, V, W any] struct {
	left  input[K, V]
	right input[K, W]
}

// newSides plans a node that reads two collections by key.
func newSides[K comparable, V, W any](n *node, left *collection[Columns[K, V]], right *collection[Columns[K, W]], options []ShuffleOption) *sides[K, V, W] {
	given := checkShuffle[K](n, options)
	s := &sides[K, V, W]{input[K, V]{parent: left}, input[K, W]{parent: right}}
	n.plan = func(_ context.Context, n *node) error {
		n.partitioner = n.target(given)
		n.partitions = n.partitioner.partitions
		n.depend(s.left.plan(n, n.partitioner), s.right.plan(n, n.partitioner))
		return nil
	}
	return s
}

// groups are values by the slot of their key, in the order of arrival.
type groups[V any] struct {
	places []uint32 // of the key of each value; nil once arranged
	values []V
	starts []int // of each slot's values; the last is the end
}

// collectGroups takes the values of the chunks and gives their keys slots.
func collectGroups[K comparable, V any](keys *aggregation[K, struct{}], g *groups[V], in KeyedChunks[K, V]) error {
	for chunk, err := range in {
		if err != nil {
			return err
		}
		g.places = append(g.places, keys.locate(chunk.Keys)...)
		g.values = append(g.values, chunk.Values...)
	}
	return nil
}

// arrange moves the values of each slot together.
func (g *groups[V]) arrange(slots int) {
	g.starts = make([]int, slots+1)
	inOrder := true
	for i, slot := range g.places {
		g.starts[slot+1]++
		inOrder = inOrder && (i == 0 || g.places[i-1] <= slot)
	}
	for slot := range slots {
		g.starts[slot+1] += g.starts[slot]
	}
	if !inOrder {
		arranged := make([]V, len(g.values))
		next := append([]int(nil), g.starts...)
		for i, slot := range g.places {
			arranged[next[slot]] = g.values[i]
			next[slot]++
		}
		g.values = arranged
	}
	g.places = nil
}

// of returns the values of a slot.
func (g *groups[V]) of(slot uint32) []V {
	from, to := g.starts[slot], g.starts[slot+1]
	if from == to {
		return nil
	}
	return g.values[from:to:to]
}
