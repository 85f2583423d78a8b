package dstream

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/rdd"
)

// sliding is the keeper of a window with an inverse: the reduced value of each key
// over the window of the last tick. It moves on by what left and what came.
type sliding[K comparable, V any] struct {
	*table[K, V]

	node    *node
	kept    *retained[rdd.Pair[K, V]] // the reduced batches, spread as the table is
	reduce  func(V, V) V
	options windowOptions[V]
	length  int64
}

func slidingWindow[K comparable, V any](reduced Pairs[K, V], f func(V, V) V, o windowOptions[V], length, slide int64) Pairs[K, V] {
	s := reduced.node.session
	w := &sliding[K, V]{reduce: f, options: o, length: length, table: newTable[K, V](s, "slidingWindow")}
	w.table.fixed = o.partitions
	w.kept = retainReduced[K, V](reduced.node, o.partitions)
	w.kept.window(length+slide, slide)
	w.node = newNode(s, "slidingWindow", slide, w.kept.node)
	w.node.keep, w.node.crosses = w, true
	w.node.detail = fmt.Sprint(length)
	w.node.build = func(tick int64) (any, error) { return w.table.collection(w.node, tick), nil }
	return Pairs[K, V]{w.node}
}

func (w *sliding[K, V]) advance(ctx context.Context, tick int64) ([]change, error) {
	parts := w.table.open()
	if failed := w.kept.failed; failed != nil && failed.tick > tick-w.length-w.node.slide {
		return w.table.end(tick, failed)
	}
	err := overParts(ctx, w.node.session.scope, len(parts), func(task rdd.Task) error {
		return w.table.advance(task, tick, func(p *part[K, V]) ([]entry[K, V], error) {
			return w.compute(task.Partition(), p.entries, tick)
		})
	})
	return w.table.end(tick, err)
}

// errLeftUnknown is what Spark reports when values leave a key that the filter had
// dropped.
var errLeftUnknown = errors.New("values leave the window of a key that has no value: the filter dropped it while values were in the window")

// compute moves one partition on: what left is taken out of a key's value by the
// inverse, then what came is added.
func (w *sliding[K, V]) compute(partition int, entries *keyed.Table[K, V], tick int64) ([]entry[K, V], error) {
	slide := w.node.slide
	left := w.sum(partition, tick-w.length-slide, tick-w.length)
	came := w.sum(partition, tick-slide, tick)
	changes := make([]entry[K, V], 0, max(len(left), len(came)))
	changed := make([]int32, entries.End()) // by slot: the place in changes, plus 1
	for _, pair := range left {
		slot, ok := entries.Find(pair.Key)
		if ok {
			changes = append(changes, entry[K, V]{key: pair.Key, value: w.options.inverse(*entries.At(slot), pair.Value), known: true, slot: slot})
			changed[slot] = int32(len(changes))
		} else if w.node.session.options.SparkCompatible {
			return nil, fmt.Errorf("key %v: %w", pair.Key, errLeftUnknown)
		}
	}
	for _, pair := range came {
		slot, ok := entries.Find(pair.Key)
		switch {
		case !ok:
			changes = append(changes, entry[K, V]{key: pair.Key, value: pair.Value})
		case changed[slot] > 0:
			e := &changes[changed[slot]-1]
			e.value = w.reduce(e.value, pair.Value)
		default:
			changes = append(changes, entry[K, V]{key: pair.Key, value: w.reduce(*entries.At(slot), pair.Value), known: true, slot: slot})
		}
	}
	if w.options.keep != nil {
		for i := range changes {
			changes[i].delete = !w.options.keep(changes[i].value)
		}
	}
	return changes, nil
}

// sum reduces a partition of the kept batches after one tick and up to another,
// oldest first: each key once.
func (w *sliding[K, V]) sum(partition int, after, to int64) []rdd.Pair[K, V] {
	var batches [][]rdd.Pair[K, V]
	for tick := max(after+1, 1); tick <= to; tick++ {
		if batch := w.kept.batches[tick]; batch != nil && len(batch[partition]) > 0 {
			batches = append(batches, batch[partition])
		}
	}
	switch len(batches) {
	case 0:
		return nil
	case 1:
		return batches[0] // each batch was reduced
	}
	var sums []rdd.Pair[K, V]
	places := keyed.NewTable[K, int]()
	for _, batch := range batches {
		for _, pair := range batch {
			slot, isNew := places.Insert(pair.Key)
			if isNew {
				*places.At(slot) = len(sums)
				sums = append(sums, pair)
				continue
			}
			sum := &sums[*places.At(slot)]
			sum.Value = w.reduce(sum.Value, pair.Value)
		}
	}
	return sums
}
