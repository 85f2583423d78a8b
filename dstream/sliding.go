package dstream

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/rdd"
)

// sliding is the keeper of a window with an inverse: the reduced value of each key
// over the window of the last tick. It moves on by what left and what came.
type sliding[K comparable, V any] struct {
	node    *node
	kept    *retained[rdd.Pair[K, V]] // the reduced batches, spread as the table is
	reduce  func(V, V) V
	options windowOptions[V]
	length  int64
	table   *table[K, V]
}

func slidingWindow[K comparable, V any](reduced Pairs[K, V], f func(V, V) V, o windowOptions[V], length, slide int64) Pairs[K, V] {
	s := reduced.node.session
	w := &sliding[K, V]{reduce: f, options: o, length: length, table: newTable[K, V](s, "ReduceByKeyAndWindow")}
	w.table.fixed = o.partitions
	w.kept = retainPairs[K, V](reduced.node)
	w.kept.fixed = o.partitions
	hash := keyed.HasherOf[K]()
	w.kept.place = func(p rdd.Pair[K, V], n int) int { return keyed.Partition(hash(p.Key), n) }
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

// compute moves one partition on: per key, what left is taken out by the inverse
// and what came is added.
func (w *sliding[K, V]) compute(partition int, entries *keyed.Table[K, V], tick int64) ([]entry[K, V], error) {
	slide := w.node.slide
	old := w.sum(partition, tick-w.length-slide, tick-w.length)
	came := w.sum(partition, tick-slide, tick)
	var changes []entry[K, V]
	for slot := range old.End() {
		key, hash := old.Key(slot), old.HashAt(slot)
		at, ok := entries.FindHash(key, hash)
		if !ok {
			if w.node.session.options.SparkCompatible {
				return nil, fmt.Errorf("key %v: %w", key, errLeftUnknown)
			}
			continue
		}
		value := w.options.inverse(*entries.At(at), *old.At(slot))
		if in, ok := came.FindHash(key, hash); ok {
			value = w.reduce(value, *came.At(in))
			came.Delete(in)
		}
		changes = append(changes, entry[K, V]{key: key, value: value})
	}
	for slot := range came.End() {
		if !came.Live(slot) {
			continue
		}
		value := *came.At(slot)
		if at, ok := entries.FindHash(came.Key(slot), came.HashAt(slot)); ok {
			value = w.reduce(*entries.At(at), value)
		}
		changes = append(changes, entry[K, V]{key: came.Key(slot), value: value})
	}
	if w.options.keep != nil {
		for i := range changes {
			changes[i].delete = !w.options.keep(changes[i].value)
		}
	}
	return changes, nil
}

// sum reduces a partition of the kept batches after one tick and up to another,
// oldest first.
func (w *sliding[K, V]) sum(partition int, after, to int64) *keyed.Table[K, V] {
	sums := keyed.NewTable[K, V]()
	for tick := max(after+1, 1); tick <= to; tick++ {
		batch := w.kept.batches[tick]
		if batch == nil {
			continue
		}
		for _, pair := range batch[partition] {
			slot, isNew := sums.Insert(pair.Key)
			if isNew {
				*sums.At(slot) = pair.Value
			} else {
				*sums.At(slot) = w.reduce(*sums.At(slot), pair.Value)
			}
		}
	}
	return sums
}

func (w *sliding[K, V]) describe() string         { return w.table.describe("slidingWindow") }
func (w *sliding[K, V]) apply(data []byte) error  { return w.table.apply(data) }
func (w *sliding[K, V]) save(out io.Writer) error { return w.table.save(out) }
func (w *sliding[K, V]) load(r io.Reader) error   { return w.table.load(r) }
func (w *sliding[K, V]) size() int64              { return w.table.size() }
