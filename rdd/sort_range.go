package rdd

import (
	"context"
	"iter"
	"slices"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Ranges of a sort are chosen from a sample: each input partition draws a few keys
// of its own by reservoir, and each key drawn stands for as many as were passed
// over. The bounds cut the sorted sample into stretches of equal weight.

const (
	sampledPerRange = 20  // keys wanted in all, for each range
	oversampling    = 3   // as partitions may differ in size
	sampledAtMost   = 1e6 // keys in all
)

// sampleBounds runs the sampling job of a sort and returns the bounds between its
// ranges, ascending in the order of the sort, at most one fewer than partitions.
func sampleBounds[C, S, E, D any](ctx context.Context, n *node, parent *collection[C], by sorting[C, S, E, D]) ([]S, error) {
	if n.partitions == 1 || parent.partitions == 0 {
		return nil, nil
	}
	wanted := min(sampledPerRange*n.partitions, sampledAtMost)
	size := (oversampling*wanted + parent.partitions - 1) / parent.partitions
	samples, err := runPrepared(ctx, n.operation+" (sample)", parent, 0, parent.partitions,
		func(task *scheduler.Task, partition int, in iter.Seq2[C, error]) (sample[S], error) {
			return draw(Task{task, n, partition}, by.split(in), size)
		})
	if err != nil {
		return nil, err
	}
	var bounds []S
	err = locally(n.operation, func() { bounds = cut(samples, by.order, n.partitions) })
	return bounds, err
}

// sample is what was drawn from count keys.
type sample[S any] struct {
	keys  []S
	count int
}

func draw[S, E any](task Task, in KeyedChunks[S, E], size int) (drawn sample[S], _ error) {
	random := task.Rand()
	for chunk, err := range in {
		if err != nil {
			return drawn, err
		}
		for _, key := range chunk.Keys {
			drawn.count++
			if len(drawn.keys) < size {
				drawn.keys = append(drawn.keys, key)
			} else if i := random.Uint64N(uint64(drawn.count)); i < uint64(size) {
				drawn.keys[i] = key
			}
		}
	}
	return drawn, nil
}

// cut chooses at most n-1 bounds, none twice.
func cut[S any](samples []sample[S], by order[S], n int) []S {
	var keys []S
	var weights []float64
	total := 0.0
	for _, drawn := range samples {
		for range drawn.keys {
			weights = append(weights, float64(drawn.count)/float64(len(drawn.keys)))
		}
		keys = append(keys, drawn.keys...)
		total += float64(drawn.count)
	}
	var bounds []S
	reached, step := 0.0, total/float64(n)
	for _, place := range by.sort(keys) {
		reached += weights[place]
		if len(bounds) == n-1 {
			break
		}
		if reached < step*float64(len(bounds)+1) {
			continue
		}
		if key := keys[place]; len(bounds) == 0 || by.less(bounds[len(bounds)-1], key) {
			bounds = append(bounds, key)
		}
	}
	return slices.Clip(bounds)
}

// ranger says which range a key belongs to: a key that equals a bound is below it.
type ranger[S any] struct {
	order  order[S]
	bounds []S
	words  []uint64 // the bounds as words, where the order has words

	keys  []uint64
	parts []uint32
}

func newRanger[S any](by order[S], bounds []S) *ranger[S] {
	r := &ranger[S]{order: by, bounds: bounds}
	if by.words != nil {
		r.words = by.toWords(bounds, nil)
	}
	return r
}

// of returns the range of each key, good until the next call.
func (r *ranger[S]) of(keys []S) []uint32 {
	r.parts = resize(r.parts, len(keys))
	if r.words == nil {
		for i := range r.parts {
			r.parts[i] = uint32(firstNotBelow(len(r.bounds), func(bound int) bool { return r.order.less(r.bounds[bound], keys[i]) }))
		}
		return r.parts
	}
	r.keys = r.order.toWords(keys, r.keys)
	for i, word := range r.keys {
		low, high := 0, len(r.words)
		for low < high {
			if middle := (low + high) / 2; r.words[middle] < word {
				low = middle + 1
			} else {
				high = middle
			}
		}
		r.parts[i] = uint32(low)
	}
	return r.parts
}

// firstNotBelow is the first of n ascending bounds that is not below a key.
func firstNotBelow(n int, below func(bound int) bool) int {
	low, high := 0, n
	for low < high {
		if middle := (low + high) / 2; below(middle) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}
