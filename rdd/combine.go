package rdd

import (
	"context"
	"strings"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/scheduler"
)

// combiner is how the values of a key become one.
type combiner[V, C any] struct {
	create func(V) C    // from the first value of a key that a task meets
	add    func(C, V) C // a further one
	merge  func(C, C) C // what two map tasks have made
}

// ReduceByKey combines the values of each key by f, first within each partition,
// then those of the partitions in their order. f is not called for a single value,
// must be associative, and may change and return its first argument only if nothing
// else holds it. Keys come out in the order in which they were first met.
func (p Pairs[K, V]) ReduceByKey(f func(V, V) V, options ...ShuffleOption) Pairs[K, V] {
	n := operator("ReduceByKey", p.base(), f == nil)
	return Pairs[K, V]{combineNode(n, p.collection, combiner[V, V]{
		create: func(value V) V { return value }, add: f, merge: f,
	}, options)}
}

// FoldByKey is ReduceByKey that starts from zero, once for each key in each
// partition of the input; so zero should be neutral.
func (p Pairs[K, V]) FoldByKey(zero V, f func(V, V) V, options ...ShuffleOption) Pairs[K, V] {
	n := operator("FoldByKey", p.base(), f == nil)
	return Pairs[K, V]{combineNode(n, p.collection, combiner[V, V]{
		create: func(value V) V { return f(zero, value) }, add: f, merge: f,
	}, options)}
}

// AggregateByKey adds the values of each key to what zero returns, once for each
// key in each partition of the input, and merges the results in the order of the
// partitions.
func (p Pairs[K, V]) AggregateByKey[A any](zero func() A, add func(A, V) A, merge func(A, A) A, options ...ShuffleOption) Pairs[K, A] {
	n := operator("AggregateByKey", p.base(), zero == nil || add == nil || merge == nil)
	return Pairs[K, A]{combineNode(n, p.collection, combiner[V, A]{
		create: func(value V) A { return add(zero(), value) }, add: add, merge: merge,
	}, options)}
}

// CombineByKey is the operation behind the others: create makes a combination of a
// key's first value in a partition, add adds a further one, and merge merges those
// of two partitions, in their order.
func (p Pairs[K, V]) CombineByKey[C any](create func(V) C, add func(C, V) C, merge func(C, C) C, options ...ShuffleOption) Pairs[K, C] {
	n := operator("CombineByKey", p.base(), create == nil || add == nil || merge == nil)
	return Pairs[K, C]{combineNode(n, p.collection, combiner[V, C]{create, add, merge}, options)}
}

func combineNode[K comparable, V, C any](n *node, parent *collection[Columns[K, V]], f combiner[V, C], options []ShuffleOption) *collection[Columns[K, C]] {
	given := checkShuffle[K](n, options)
	var shuffle *scheduler.Shuffle
	n.plan = func(_ context.Context, n *node) error {
		n.partitioner = n.target(given)
		n.partitions = n.partitioner.partitions
		if parent.partitioner.equal(n.partitioner) {
			n.depend(scheduler.Narrow{Parent: parent.node})
			return nil
		}
		shuffle = n.shuffle(parent.node, n.partitions, func(task *scheduler.Task, partition int) ([]any, error) {
			table := newAggregation[K, C]()
			if err := fold(table, parent.compute(task, partition), f.create, f.add); err != nil {
				return nil, err
			}
			return table.blocks(n.partitioner)
		})
		n.depend(shuffle)
		return nil
	}
	return columns(n, func(task *scheduler.Task, partition int) KeyedChunks[K, C] {
		return func(yield func(Columns[K, C], error) bool) {
			table := newAggregation[K, C]()
			var err error
			if shuffle == nil {
				err = fold(table, parent.compute(task, partition), f.create, f.add)
			} else {
				err = fold(table, fetchColumns[K, C](task, shuffle, partition), func(c C) C { return c }, f.merge)
			}
			if err != nil {
				yield(Columns[K, C]{}, err)
				return
			}
			for run := range table.Runs() {
				if !yieldColumns(task, Columns[K, C]{run.Keys, run.Values}, yield) {
					return
				}
			}
		}
	})
}

// aggregation is a table with the buffers to fill it many keys at a time.
type aggregation[K comparable, C any] struct {
	*keyed.Table[K, C]
	hashes []uint64
	places []uint32
}

func newAggregation[K comparable, C any]() *aggregation[K, C] {
	return &aggregation[K, C]{Table: keyed.NewTable[K, C]()}
}

// locate returns the slot of each key, good until the next call. New keys get slots
// in ascending order, so the first meeting with one is where its slot equals what
// was the end of the table before, then that plus one, and so on.
func (a *aggregation[K, C]) locate(keys []K) []uint32 {
	a.hashes, a.places = resize(a.hashes, len(keys)), resize(a.places, len(keys))
	a.Hashes(keys, a.hashes)
	a.Slots(keys, a.hashes, a.places)
	return a.places
}

// fold brings the chunks into the table.
func fold[K comparable, V, C any](table *aggregation[K, C], in KeyedChunks[K, V], create func(V) C, add func(C, V) C) error {
	for chunk, err := range in {
		if err != nil {
			return err
		}
		next := table.End()
		places := table.locate(chunk.Keys)
		values := chunk.Values[:len(places)]
		for i, slot := range places {
			at := table.At(slot)
			if slot == next {
				*at = create(values[i])
				next++
			} else {
				*at = add(*at, values[i])
			}
		}
	}
	return nil
}

// blocks splits the table into shuffle blocks, each in the order of the table.
func (a *aggregation[K, C]) blocks(target Partitioner) ([]any, error) {
	split := newSplitter[K](target)
	all := make([]uint32, 0, a.Len())
	counts := make([]int, target.partitions)
	for run := range a.Runs() {
		parts, err := split.split(run.Keys, run.Hashes)
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			counts[part]++
		}
		all = append(all, parts...)
	}
	outputs := make([]Columns[K, C], target.partitions)
	for part, count := range counts {
		outputs[part] = Columns[K, C]{make([]K, 0, count), make([]C, 0, count)}
	}
	for run := range a.Runs() {
		for i, key := range run.Keys {
			output := &outputs[all[i]]
			output.Keys = append(output.Keys, key)
			output.Values = append(output.Values, run.Values[i])
		}
		all = all[len(run.Keys):]
	}
	blocks := make([]any, target.partitions)
	for part, output := range outputs {
		if len(output.Keys) > 0 {
			packStrings(output.Keys)
			blocks[part] = []Columns[K, C]{output}
		}
	}
	return blocks, nil
}

// packStrings moves string keys together. They may be parts of long lines of a
// file, which would all stay in memory as long as the block does.
func packStrings[K comparable](keys []K) {
	texts, ok := any(keys).([]string)
	if !ok {
		return
	}
	length := 0
	for _, s := range texts {
		length += len(s)
	}
	var packed strings.Builder
	packed.Grow(length)
	for _, s := range texts {
		packed.WriteString(s)
	}
	rest := packed.String()
	for i, s := range texts {
		texts[i], rest = rest[:len(s)], rest[len(s):]
	}
}
