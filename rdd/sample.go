package rdd

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Samples draw from a generator that the seed and the number of the partition decide: a
// collection of the same partitions in the same order gives the same sample.

func drawing(seed uint64, partition int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(partition)))
}

// Sample keeps each element with the probability fraction, from 0 to 1. So the size is
// not exact; see TakeSample.
func (r RDD[T]) Sample(fraction float64, seed uint64) RDD[T] {
	return r.sample("Sample", 0, fraction, fraction >= 0 && fraction <= 1, seed)
}

// sample keeps the elements whose number, drawn from [0, 1), is in [from, to).
func (r RDD[T]) sample(operation string, from, to float64, valid bool, seed uint64) RDD[T] {
	n := operator(operation, r.base(), false)
	n.keepsPartitioner = true
	if !valid {
		n.wrong("%s: the fraction is %v; it must be from 0 to 1", operation, to-from)
	}
	return RDD[T]{elements(n, deriveTask(n, r.collection, func(task Task, in Chunks[T]) Chunks[T] {
		return func(yield func([]T, error) bool) {
			random := drawing(seed, task.partition)
			filterChunks(in, func(T) bool {
				at := random.Float64()
				return from <= at && at < to
			})(yield)
		}
	}))}
}

// SampleWithReplacement takes each element as often as a Poisson distribution with the
// mean fraction says, 0 or more times.
func (r RDD[T]) SampleWithReplacement(fraction float64, seed uint64) RDD[T] {
	n := operator("SampleWithReplacement", r.base(), false)
	if !(fraction >= 0) || math.IsInf(fraction, 0) {
		n.wrong("SampleWithReplacement: the fraction is %v; it must be 0 or more", fraction)
	}
	return RDD[T]{elements(n, deriveTask(n, r.collection, func(task Task, in Chunks[T]) Chunks[T] {
		return func(yield func([]T, error) bool) {
			random := drawing(seed, task.partition)
			out := packer[T]{yield: yield}
			for chunk, err := range in {
				if err != nil {
					yield(nil, err)
					return
				}
				for _, element := range chunk {
					for range poisson(random, fraction) {
						if !out.push(element) {
							return
						}
					}
				}
			}
			out.flush()
		}
	}))}
}

// poisson draws from a Poisson distribution by multiplying uniform numbers (D. Knuth,
// The Art of Computer Programming, 3.4.1), in steps that do not underflow.
func poisson(random *rand.Rand, mean float64) (n int) {
	const step = 500
	for mean > 0 {
		limit := math.Exp(-min(mean, step))
		for product := random.Float64(); product > limit; product *= random.Float64() {
			n++
		}
		mean -= step
	}
	return n
}

// RandomSplit deals the elements out over as many collections as there are weights, each
// element to one of them, with probabilities that follow the weights. For that the
// elements of r must come in the same order each time.
func (r RDD[T]) RandomSplit(seed uint64, weights ...float64) []RDD[T] {
	total, valid := 0.0, true
	for _, weight := range weights {
		total += weight
		valid = valid && weight >= 0
	}
	valid = valid && total > 0 && !math.IsInf(total, 0)
	splits := make([]RDD[T], len(weights))
	from := 0.0
	for i, weight := range weights {
		to := from + weight/total
		if i == len(weights)-1 {
			to = 1
		}
		splits[i] = r.sample("RandomSplit", from, to, true, seed)
		if !valid {
			splits[i].base().wrong("RandomSplit: the weights are %v; none may be negative, nor all 0", weights)
		}
		from = to
	}
	return splits
}

// SampleByKey keeps each pair with the probability that fractions has for its key, from 0
// to 1. A key that it does not have fails the task.
func (p Pairs[K, V]) SampleByKey(fractions map[K]float64, seed uint64) Pairs[K, V] {
	n := operator("SampleByKey", p.base(), false)
	n.keepsPartitioner = true
	for key, fraction := range fractions { //det:unordered which of several mistakes is told does not matter
		if !(fraction >= 0 && fraction <= 1) {
			n.wrong("SampleByKey: the fraction of %v is %v; it must be from 0 to 1", key, fraction)
		}
	}
	return Pairs[K, V]{columns(n, deriveTask(n, p.collection, func(task Task, in KeyedChunks[K, V]) KeyedChunks[K, V] {
		return func(yield func(Columns[K, V], error) bool) {
			random := drawing(seed, task.partition)
			out := columnPacker[K, V]{yield: yield}
			for chunk, err := range in {
				if err != nil {
					yield(chunk, err)
					return
				}
				for i, key := range chunk.Keys {
					fraction, ok := fractions[key]
					if !ok {
						yield(Columns[K, V]{}, fmt.Errorf("SampleByKey: there is no fraction for the key %v", key))
						return
					}
					if random.Float64() < fraction && !out.push(key, chunk.Values[i]) {
						return
					}
				}
			}
			out.flush()
		}
	}))}
}

// TakeSample returns n elements drawn without replacement, all orders of all choices
// being as likely as each other; all elements, shuffled, if there are fewer. It reads
// the collection once.
func (r RDD[T]) TakeSample(ctx context.Context, n int, seed uint64) ([]T, error) {
	if n < 0 {
		return nil, fmt.Errorf("rdd: TakeSample of %d elements", n)
	}
	// Each element draws a lot, and the lowest win.
	type lot struct {
		number  uint64
		element T
	}
	byNumber := func(a, b lot) int { return cmp.Compare(a.number, b.number) }
	parts, err := run(ctx, "TakeSample", r.collection, func(_ *scheduler.Task, partition int, in Chunks[T]) ([]lot, error) {
		random := drawing(seed, partition)
		drawn := selection[lot]{limit: n, compare: byNumber}
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			for _, element := range chunk {
				drawn.add(lot{random.Uint64(), element})
			}
		}
		return drawn.sorted(), nil
	})
	if err != nil {
		return nil, err
	}
	drawn := selection[lot]{limit: n, compare: byNumber}
	for _, part := range parts {
		for _, l := range part {
			drawn.add(l)
		}
	}
	sample := make([]T, 0, n)
	for _, l := range drawn.sorted() {
		sample = append(sample, l.element)
	}
	return sample, nil
}

// TakeSampleWithReplacement returns n elements, each drawn from all; nothing of an empty
// collection. It reads the collection twice: to count, and to take.
func (r RDD[T]) TakeSampleWithReplacement(ctx context.Context, n int, seed uint64) ([]T, error) {
	if n < 0 {
		return nil, fmt.Errorf("rdd: TakeSampleWithReplacement of %d elements", n)
	}
	counts, err := run(ctx, "TakeSampleWithReplacement (count)", r.collection, countChunks(r.collection))
	if err != nil {
		return nil, err
	}
	total := int64(0)
	for _, count := range counts {
		total += count
	}
	if total == 0 {
		return []T{}, nil
	}
	random := drawing(seed, len(counts))
	wanted := make([]map[int64][]int, len(counts)) // by partition: places in the sample by place in the partition
	for i := range n {
		at, partition := random.Int64N(total), 0
		for at >= counts[partition] {
			at -= counts[partition]
			partition++
		}
		if wanted[partition] == nil {
			wanted[partition] = map[int64][]int{}
		}
		wanted[partition][at] = append(wanted[partition][at], i)
	}
	type taken struct {
		place   int
		element T
	}
	parts, err := run(ctx, "TakeSampleWithReplacement", r.collection, func(_ *scheduler.Task, partition int, in Chunks[T]) (found []taken, _ error) {
		at := int64(0)
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			for _, element := range chunk {
				for _, place := range wanted[partition][at] {
					found = append(found, taken{place, element})
				}
				at++
			}
		}
		return found, nil
	})
	if err != nil {
		return nil, err
	}
	sample := make([]T, n)
	for _, part := range parts {
		for _, t := range part {
			sample[t.place] = t.element
		}
	}
	return sample, nil
}
