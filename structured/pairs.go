package structured

import (
	"cmp"
	"context"

	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/typed"
)

// Pairs is a table of keys and values; see Dataset. Its rows are the two columns key and
// value. Keys are equal as in GroupBy: pointers by what they point to, NaN equals NaN.
type Pairs[K comparable, V any] struct {
	table DataFrame
	flow  typed.Flow[typed.Pair[K, V]]
}

// DataFrame returns the pairs as rows, with the columns key and value.
func (p Pairs[K, V]) DataFrame() DataFrame { return written(p.table, p.flow) }

// Map is f of each pair.
func (p Pairs[K, V]) Map[U any](f func(K, V) U) Dataset[U] {
	return Dataset[U]{p.table.given("Map", f == nil), typed.Map(p.flow, "map", func(pair typed.Pair[K, V]) (U, error) { return f(pair.Key, pair.Value), nil })}
}

// FlatMap is the values of f of each pair, one list after the other.
func (p Pairs[K, V]) FlatMap[U any](f func(K, V) []U) Dataset[U] {
	return Dataset[U]{p.table.given("FlatMap", f == nil), typed.FlatMap(p.flow, "flat map", func(pair typed.Pair[K, V]) ([]U, error) { return f(pair.Key, pair.Value), nil })}
}

// MapValues is each key with f of its value.
func (p Pairs[K, V]) MapValues[W any](f func(V) W) Pairs[K, W] {
	return Pairs[K, W]{p.table.given("MapValues", f == nil), typed.Map(p.flow, "map values", func(pair typed.Pair[K, V]) (typed.Pair[K, W], error) {
		return typed.Pair[K, W]{Key: pair.Key, Value: f(pair.Value)}, nil
	})}
}

// Filter is the pairs for which f is true.
func (p Pairs[K, V]) Filter(f func(K, V) bool) Pairs[K, V] {
	return Pairs[K, V]{p.table.given("Filter", f == nil), typed.Filter(p.flow, "filter", func(pair typed.Pair[K, V]) bool { return f(pair.Key, pair.Value) })}
}

// Keys is the keys alone.
func (p Pairs[K, V]) Keys() Dataset[K] {
	return Dataset[K]{p.table, typed.Map(p.flow, "keys", func(pair typed.Pair[K, V]) (K, error) { return pair.Key, nil })}
}

// Values is the values alone.
func (p Pairs[K, V]) Values() Dataset[V] {
	return Dataset[V]{p.table, typed.Map(p.flow, "values", func(pair typed.Pair[K, V]) (V, error) { return pair.Value, nil })}
}

// Union is the pairs of this table and of others, one table after the other.
func (p Pairs[K, V]) Union(others ...Pairs[K, V]) Pairs[K, V] {
	tables := make([]DataFrame, len(others))
	for i, other := range others {
		tables[i] = other.DataFrame()
	}
	return Pairs[K, V]{p.DataFrame().Union(tables...), typed.Read[typed.Pair[K, V]]()}
}

// ReduceByKey combines the values of each key by an associative and commutative
// function, in each partition first. V must be of a type that state may be of, see
// expr.Aggregator.
func (p Pairs[K, V]) ReduceByKey(f func(V, V) V) Pairs[K, V] {
	fold := typed.Folding[V, V]{Step: f, Join: f, Single: func(v V) V { return v }}
	return Pairs[K, V]{folded(p.table.given("ReduceByKey", f == nil), p.flow, "reduce_by_key", fold), typed.Read[typed.Pair[K, V]]()}
}

// AggregateByKey adds the values of each key to an A, in each partition first, and then
// merges these. add and merge may change and return what they are given first. A must be
// of a type that state may be of, see expr.Aggregator, and a value of a table.
func (p Pairs[K, V]) AggregateByKey[A any](zero func() A, add func(A, V) A, merge func(A, A) A) Pairs[K, A] {
	fold := typed.Folding[V, A]{Start: zero, Step: add, Join: merge}
	table := p.table.given("AggregateByKey", zero == nil || add == nil || merge == nil)
	return Pairs[K, A]{folded(table, p.flow, "aggregate_by_key", fold), typed.Read[typed.Pair[K, A]]()}
}

// FoldByKey is ReduceByKey that starts from zero, once for each key in each partition; so
// zero should be neutral, and f must not change it.
func (p Pairs[K, V]) FoldByKey(zero V, f func(V, V) V) Pairs[K, V] {
	fold := typed.Folding[V, V]{Start: func() V { return zero }, Step: f, Join: f}
	return Pairs[K, V]{folded(p.table.given("FoldByKey", f == nil), p.flow, "fold_by_key", fold), typed.Read[typed.Pair[K, V]]()}
}

// GroupByKey is f of each key and its values, which are all in memory at once and come
// in the order of the partitions. f may keep them. rdd.Slice is such a function.
func (p Pairs[K, V]) GroupByKey[R any](f func(K, []V) R) Pairs[K, R] {
	groups := written(p.table.given("GroupByKey", f == nil), p.flow).GroupBy("key").
		Agg(expr.SQL("collect_list(struct(value)) AS value"))
	return Pairs[K, R]{groups, typed.Map(typed.Read[typed.Pair[K, []typed.Boxed[V]]](), "groups", func(g typed.Pair[K, []typed.Boxed[V]]) (typed.Pair[K, R], error) {
		return typed.Pair[K, R]{Key: g.Key, Value: f(g.Key, typed.Unboxed(g.Value))}, nil
	})}
}

// CoGroup is f of each key that one of the two tables has, and its values in both.
func (p Pairs[K, V]) CoGroup[W, R any](b Pairs[K, W], f func(K, []V, []W) R) Pairs[K, R] {
	left := written(p.table.given("CoGroup", f == nil), p.flow).SelectExpr("key", "struct(value) AS left", "NULL AS right")
	right := written(b.table, b.flow).SelectExpr("key", "NULL AS left", "struct(value) AS right")
	groups := left.Union(right).GroupBy("key").Agg(expr.SQL("collect_list(left) AS left"), expr.SQL("collect_list(right) AS right"))
	return Pairs[K, R]{groups, typed.Map(typed.Read[typed.Group[K, V, W]](), "groups", func(g typed.Group[K, V, W]) (typed.Pair[K, R], error) {
		return typed.Pair[K, R]{Key: g.Key, Value: f(g.Key, typed.Unboxed(g.Left), typed.Unboxed(g.Right))}, nil
	})}
}

// joined is the join of two tables of pairs. A null key has no partner.
func joined[K, V, W, R any](a DataFrame, p typed.Flow[typed.Pair[K, V]], b DataFrame, q typed.Flow[typed.Pair[K, W]], kind JoinKind, f func(v *typed.Boxed[V], w *typed.Boxed[W]) R) (DataFrame, typed.Flow[typed.Pair[K, R]]) {
	left := written(a, p).SelectExpr("key AS left_key", "struct(value) AS left")
	right := written(b, q).SelectExpr("key AS right_key", "struct(value) AS right")
	both := left.Join(right, expr.Col("left_key").Eq(expr.Col("right_key")), kind).
		SelectExpr("if(left IS NULL, right_key, left_key) AS key", "left", "right")
	return both, typed.Map(typed.Read[typed.Joined[K, V, W]](), "join", func(j typed.Joined[K, V, W]) (typed.Pair[K, R], error) {
		return typed.Pair[K, R]{Key: j.Key, Value: f(j.Left, j.Right)}, nil
	})
}

// Join is f of each two values of a key that both tables have; rdd.Inner is such a
// function. A null key, a pointer that is nil, has no partner.
func (p Pairs[K, V]) Join[W, R any](b Pairs[K, W], f func(V, W) R) Pairs[K, R] {
	table, flow := joined(p.table.given("Join", f == nil), p.flow, b.table, b.flow, Inner,
		func(v *typed.Boxed[V], w *typed.Boxed[W]) R { return f(v.Value, w.Value) })
	return Pairs[K, R]{table, flow}
}

// LeftOuterJoin is Join with the values that have no partner as well: ok is then false.
func (p Pairs[K, V]) LeftOuterJoin[W, R any](b Pairs[K, W], f func(v V, w W, ok bool) R) Pairs[K, R] {
	table, flow := joined(p.table.given("LeftOuterJoin", f == nil), p.flow, b.table, b.flow, LeftOuter,
		func(v *typed.Boxed[V], w *typed.Boxed[W]) R {
			value, ok := w.Get()
			return f(v.Value, value, ok)
		})
	return Pairs[K, R]{table, flow}
}

// RightOuterJoin is Join with the values of b that have no partner as well: ok is then
// false.
func (p Pairs[K, V]) RightOuterJoin[W, R any](b Pairs[K, W], f func(v V, ok bool, w W) R) Pairs[K, R] {
	table, flow := joined(p.table.given("RightOuterJoin", f == nil), p.flow, b.table, b.flow, RightOuter,
		func(v *typed.Boxed[V], w *typed.Boxed[W]) R {
			value, ok := v.Get()
			return f(value, ok, w.Value)
		})
	return Pairs[K, R]{table, flow}
}

// FullOuterJoin is Join with the values of both tables that have no partner as well.
func (p Pairs[K, V]) FullOuterJoin[W, R any](b Pairs[K, W], f func(v V, hasV bool, w W, hasW bool) R) Pairs[K, R] {
	table, flow := joined(p.table.given("FullOuterJoin", f == nil), p.flow, b.table, b.flow, FullOuter,
		func(v *typed.Boxed[V], w *typed.Boxed[W]) R {
			left, hasV := v.Get()
			right, hasW := w.Get()
			return f(left, hasV, right, hasW)
		})
	return Pairs[K, R]{table, flow}
}

// SortBy sorts by something made of key and value, the smallest first; NaN is the
// greatest number. rdd.Key and rdd.Value are such functions.
func (p Pairs[K, V]) SortBy[S cmp.Ordered](key func(K, V) S) Pairs[K, V] {
	by := keyed(p.flow, func(pair typed.Pair[K, V]) S { return key(pair.Key, pair.Value) })
	sorted := written(p.table.given("SortBy", key == nil), by).OrderBy("key")
	return Pairs[K, V]{sorted, typed.Map(typed.Read[typed.Pair[S, typed.Pair[K, V]]](), "values",
		func(p typed.Pair[S, typed.Pair[K, V]]) (typed.Pair[K, V], error) { return p.Value, nil })}
}

// Err returns the first mistake made in building the table, and nil if there is none so
// far.
func (p Pairs[K, V]) Err() error { return p.table.Err() }

// Collect returns the pairs, in order after SortBy.
func (p Pairs[K, V]) Collect(ctx context.Context) ([]rdd.Pair[K, V], error) {
	return collectPairs[K, V](ctx, p.DataFrame())
}

// Take returns up to n pairs, the first ones after SortBy.
func (p Pairs[K, V]) Take(ctx context.Context, n int64) ([]rdd.Pair[K, V], error) {
	return collectPairs[K, V](ctx, p.DataFrame().Limit(n))
}

func collectPairs[K comparable, V any](ctx context.Context, table DataFrame) (pairs []rdd.Pair[K, V], err error) {
	for pair, err := range All[typed.Pair[K, V]](ctx, table) {
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, rdd.Pair[K, V]{Key: pair.Key, Value: pair.Value})
	}
	return pairs, nil
}

// CollectMap returns the pairs as a map; of several values of a key it has one.
func (p Pairs[K, V]) CollectMap(ctx context.Context) (map[K]V, error) {
	values := map[K]V{}
	for pair, err := range All[typed.Pair[K, V]](ctx, p.DataFrame()) {
		if err != nil {
			return nil, err
		}
		values[pair.Key] = pair.Value
	}
	return values, nil
}

// Count returns the number of pairs.
func (p Pairs[K, V]) Count(ctx context.Context) (int64, error) { return p.DataFrame().Count(ctx) }
