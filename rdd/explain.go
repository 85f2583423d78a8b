package rdd

import (
	"context"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Explain draws the lineage and the stages that a job over the collection has if
// nothing is computed yet. Like an end it settles the numbers of partitions first,
// so it lists files, and for a sort it may run the job that chooses the ranges.
func (r RDD[T]) Explain(ctx context.Context) (string, error) { return explain(ctx, r.collection) }

// Explain draws the lineage and the stages, as [RDD.Explain] does.
func (p Pairs[K, V]) Explain(ctx context.Context) (string, error) { return explain(ctx, p.collection) }

func explain[C any](ctx context.Context, c *collection[C]) (string, error) {
	if err := prepare(ctx, "Explain", c); err != nil {
		return "", err
	}
	return scheduler.Explain(c.node), nil
}
