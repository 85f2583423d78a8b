package rdd

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Top returns the n largest elements, the largest first. Of equal ones those that
// come first win.
func (r RDD[T]) Top(ctx context.Context, n int, compare func(a, b T) int) ([]T, error) {
	if compare == nil {
		return nil, errNilFunction("Top")
	}
	return smallest(ctx, "Top", r.collection, n, eachElement[T], func(a, b T) int { return compare(b, a) })
}

// TakeOrdered returns the n smallest elements, the smallest first. Of equal ones
// those that come first win.
func (r RDD[T]) TakeOrdered(ctx context.Context, n int, compare func(a, b T) int) ([]T, error) {
	if compare == nil {
		return nil, errNilFunction("TakeOrdered")
	}
	return smallest(ctx, "TakeOrdered", r.collection, n, eachElement[T], compare)
}

// TopBy returns the n elements with the largest keys, the largest first, NaN above
// all. Of equal ones those that come first win.
func (r RDD[T]) TopBy[S cmp.Ordered](ctx context.Context, n int, key func(T) S) ([]T, error) {
	if key == nil {
		return nil, errNilFunction("TopBy")
	}
	return smallest(ctx, "TopBy", r.collection, n, eachElement[T], func(a, b T) int { return Ascending(key(b), key(a)) })
}

// TopBy returns the n pairs with the largest keys, which key makes of them, as
// [RDD.TopBy] does: TopBy(ctx, 10, rdd.Value).
func (p Pairs[K, V]) TopBy[S cmp.Ordered](ctx context.Context, n int, key func(K, V) S) ([]Pair[K, V], error) {
	if key == nil {
		return nil, errNilFunction("TopBy")
	}
	return smallest(ctx, "TopBy", p.collection, n, eachPair[K, V], func(a, b Pair[K, V]) int {
		return Ascending(key(b.Key, b.Value), key(a.Key, a.Value))
	})
}

func eachElement[T any](chunk []T, f func(T)) {
	for _, element := range chunk {
		f(element)
	}
}

func eachPair[K comparable, V any](chunk Columns[K, V], f func(Pair[K, V])) {
	for i, key := range chunk.Keys {
		f(Pair[K, V]{key, chunk.Values[i]})
	}
}

func smallest[C, E any](ctx context.Context, end string, c *collection[C], n int, each func(C, func(E)), compare func(a, b E) int) ([]E, error) {
	n = max(n, 0)
	parts, err := run(ctx, end, c, func(_ *scheduler.Task, _ int, in iter.Seq2[C, error]) ([]E, error) {
		best := selection[E]{limit: n, compare: compare}
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			each(chunk, best.add)
		}
		return best.sorted(), nil
	})
	if err != nil {
		return nil, err
	}
	best := selection[E]{limit: n, compare: compare}
	err = locally(end, func() {
		for _, part := range parts {
			for _, element := range part {
				best.add(element)
			}
		}
		best.elements = best.sorted()
	})
	return best.elements, err
}

// selection keeps the smallest of many elements, in their order of arrival where
// they are equal.
type selection[E any] struct {
	limit    int
	compare  func(a, b E) int
	elements []E // the first limit ones are sorted once there were more
	pruned   bool
}

func (s *selection[E]) add(element E) {
	if s.limit == 0 || s.pruned && s.compare(element, s.elements[s.limit-1]) >= 0 {
		return
	}
	s.elements = append(s.elements, element)
	if len(s.elements) >= 2*max(s.limit, 32) {
		s.prune()
	}
}

func (s *selection[E]) prune() {
	slices.SortStableFunc(s.elements, s.compare)
	if len(s.elements) > s.limit {
		clear(s.elements[s.limit:])
		s.elements = s.elements[:s.limit]
		s.pruned = true
	}
}

func (s *selection[E]) sorted() []E {
	s.prune()
	if s.elements == nil {
		return []E{}
	}
	return s.elements
}

// Sum adds all elements; of nothing it is 0. Floats are added in the order of the
// partitions.
func Sum[T Number](ctx context.Context, r RDD[T]) (T, error) {
	add := func(a, b T) T { return a + b }
	return r.Fold(ctx, 0, add)
}

// Max returns the largest element, which is NaN if there is one, or ErrEmpty.
func Max[T cmp.Ordered](ctx context.Context, r RDD[T]) (T, error) {
	return r.Reduce(ctx, func(a, b T) T {
		if Ascending(b, a) > 0 {
			return b
		}
		return a
	})
}

// Min returns the smallest element, which is NaN if there is nothing else, or
// ErrEmpty.
func Min[T cmp.Ordered](ctx context.Context, r RDD[T]) (T, error) {
	return r.Reduce(ctx, func(a, b T) T {
		if Ascending(b, a) < 0 {
			return b
		}
		return a
	})
}
