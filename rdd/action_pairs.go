package rdd

import (
	"context"
	"fmt"
	"iter"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/scheduler"
)

// Collect returns all pairs, partition by partition.
func (p Pairs[K, V]) Collect(ctx context.Context) ([]Pair[K, V], error) {
	parts, err := run(ctx, "Collect", p.collection, collectColumns[K, V])
	if err != nil {
		return nil, err
	}
	return concat(parts), nil
}

func collectColumns[K comparable, V any](_ *scheduler.Task, _ int, in KeyedChunks[K, V]) ([]Pair[K, V], error) {
	var all []Pair[K, V]
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		for i, key := range chunk.Keys {
			all = append(all, Pair[K, V]{key, chunk.Values[i]})
		}
	}
	return all, nil
}

// Count returns the number of pairs.
func (p Pairs[K, V]) Count(ctx context.Context) (int64, error) { return count(ctx, p.collection) }

// ForEach calls f for each pair, as [RDD.ForEach] does.
func (p Pairs[K, V]) ForEach(ctx context.Context, f func(K, V) error) error {
	if f == nil {
		return errNilFunction("ForEach")
	}
	_, err := run(ctx, "ForEach", p.collection, func(_ *scheduler.Task, _ int, in KeyedChunks[K, V]) (struct{}, error) {
		for chunk, err := range in {
			if err != nil {
				return struct{}{}, err
			}
			for i, key := range chunk.Keys {
				if err := f(key, chunk.Values[i]); err != nil {
					return struct{}{}, err
				}
			}
		}
		return struct{}{}, nil
	})
	return err
}

// ForEachPartition calls f once for each partition, as [RDD.ForEachPartition] does.
func (p Pairs[K, V]) ForEachPartition(ctx context.Context, f func(task Task, in iter.Seq2[K, V]) error) error {
	if f == nil {
		return errNilFunction("ForEachPartition")
	}
	_, err := run(ctx, "ForEachPartition", p.collection, func(task *scheduler.Task, partition int, in KeyedChunks[K, V]) (struct{}, error) {
		pairs, failure := flattenPairs(in)
		err := f(Task{task, p.collection.node, partition}, pairs)
		if *failure != nil {
			err = *failure
		}
		return struct{}{}, err
	})
	return err
}

// Partitions is the number of partitions, as for [RDD.Partitions].
func (p Pairs[K, V]) Partitions(ctx context.Context) (int, error) {
	return partitions(ctx, p.collection)
}

// CollectMap returns the pairs as a map. Of several with one key the last wins.
func (p Pairs[K, V]) CollectMap(ctx context.Context) (map[K]V, error) {
	parts, err := run(ctx, "CollectMap", p.collection, collectColumns[K, V])
	if err != nil {
		return nil, err
	}
	all := make(map[K]V)
	err = locally("CollectMap", func() {
		for _, part := range parts {
			for _, pair := range part {
				all[pair.Key] = pair.Value
			}
		}
	})
	return all, err
}

// CountByKey returns how many pairs each key has.
func (p Pairs[K, V]) CountByKey(ctx context.Context) (map[K]int64, error) {
	return countKeys(ctx, "CountByKey", p.collection, func(chunk Columns[K, V]) []K { return chunk.Keys })
}

// CountByValue returns how often each element is there.
func CountByValue[T comparable](ctx context.Context, r RDD[T]) (map[T]int64, error) {
	return countKeys(ctx, "CountByValue", r.collection, func(chunk []T) []T { return chunk })
}

func countKeys[C any, K comparable](ctx context.Context, end string, c *collection[C], keysOf func(C) []K) (map[K]int64, error) {
	if err := keyed.Check[K](); err != nil {
		return nil, fmt.Errorf("rdd: %s: %w", end, err)
	}
	parts, err := run(ctx, end, c, func(_ *scheduler.Task, _ int, in iter.Seq2[C, error]) (*aggregation[K, int64], error) {
		counts := newAggregation[K, int64]()
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			for _, slot := range counts.locate(keysOf(chunk)) {
				*counts.At(slot)++
			}
		}
		return counts, nil
	})
	if err != nil {
		return nil, err
	}
	total := make(map[K]int64)
	merged := newAggregation[K, int64]() // as a NaN is not found again in a map
	for _, part := range parts {
		for key, n := range part.All() {
			slot, _ := merged.Insert(key)
			*merged.At(slot) += *n
		}
	}
	for key, n := range merged.All() {
		total[key] = *n
	}
	return total, nil
}

// Lookup returns the values of a key, in their order; of an absent one none. If the
// collection has a partitioner, only the partition of the key is read.
func (p Pairs[K, V]) Lookup(ctx context.Context, key K) ([]V, error) {
	if err := keyed.Check[K](); err != nil {
		return nil, fmt.Errorf("rdd: Lookup: %w", err)
	}
	c := p.collection
	if err := prepare(ctx, "Lookup", c); err != nil {
		return nil, err
	}
	from, to := 0, c.partitions
	err := env.Protect(func() error {
		if c.partitioner.isNone() {
			return nil
		}
		parts, err := newSplitter[K](c.partitioner).split([]K{key}, nil)
		if err == nil {
			from, to = int(parts[0]), int(parts[0])+1
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("rdd: Lookup: %w", err)
	}
	parts, err := runPrepared(ctx, "Lookup", c, from, to, func(_ *scheduler.Task, _ int, in KeyedChunks[K, V]) ([]V, error) {
		wanted := keyed.NewTable[K, struct{}]()
		wanted.Insert(key)
		var found []V
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			for i, candidate := range chunk.Keys {
				if _, ok := wanted.Find(candidate); ok {
					found = append(found, chunk.Values[i])
				}
			}
		}
		return found, nil
	})
	if err != nil {
		return nil, err
	}
	return concat(parts), nil
}
