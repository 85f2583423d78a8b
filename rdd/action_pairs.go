package rdd

import (
	"context"

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
