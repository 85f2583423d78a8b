package structured

import (
	"cmp"
	"context"
	"errors"
	"iter"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/typed"
)

// Dataset is a table whose rows are values of T, with the operations of an RDD. It is
// not computed yet; like a DataFrame, it goes by value and is never changed.
//
// Operations that follow each other run as one, over values that were read from columns
// once: columns are written again only where a DataFrame goes on, or where rows are
// exchanged by key. Functions are called by several tasks at once, and must give the
// same results when they are called again. The first mistake in building sticks, and
// every end returns it; an error or a panic of a function fails the query.
//
// Over a stream all operations but SortBy can be started as a query; those by key are
// aggregations with state, with the output modes of such.
type Dataset[T any] struct {
	table DataFrame
	flow  typed.Flow[T]
}

// As reads the rows as values of T; see Collect for what T may be. A column that does
// not fit is a mistake, which names it, the field and both types.
func (d DataFrame) As[T any]() Dataset[T] {
	flow := typed.Read[T]()
	return Dataset[T]{d.then("As", func(_ analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return input, flow.Check(plan.Schema(input.Output()).Fields)
	}), flow}
}

// DataFrame returns the values as rows; see Session.FromSlice for the columns.
func (d Dataset[T]) DataFrame() DataFrame { return written(d.table, d.flow) }

// written is the table of a flow over another one.
func written[T any](table DataFrame, flow typed.Flow[T]) DataFrame {
	if flow.Plain() {
		return table
	}
	return table.then("DataFrame", func(_ analyze.Analyzer, input plan.Node) (plan.Node, error) {
		rows, err := typed.Write(flow, plan.Schema(input.Output()).Fields)
		return &plan.Apply{Input: input, Rows: rows}, err
	})
}

var errNilFunction = errors.New("the function is nil")

// given is the table, unless the function of an operation is nil.
func (d DataFrame) given(operation string, isNil bool) DataFrame {
	if !isNil || d.Err() != nil {
		return d
	}
	return (&frame{session: d.frame.session}).failed(operation, errNilFunction)
}

// Map is f of each value.
func (d Dataset[T]) Map[U any](f func(T) U) Dataset[U] {
	return Dataset[U]{d.table.given("Map", f == nil), typed.Map(d.flow, "map", func(t T) (U, error) { return f(t), nil })}
}

// MapErr is Map of a function that can fail, which fails the query.
func (d Dataset[T]) MapErr[U any](f func(T) (U, error)) Dataset[U] {
	return Dataset[U]{d.table.given("MapErr", f == nil), typed.Map(d.flow, "map", f)}
}

// FlatMap is the values of f of each value, one list after the other.
func (d Dataset[T]) FlatMap[U any](f func(T) []U) Dataset[U] {
	return Dataset[U]{d.table.given("FlatMap", f == nil), typed.FlatMap(d.flow, "flat map", func(t T) ([]U, error) { return f(t), nil })}
}

// FlatMapErr is FlatMap of a function that can fail, which fails the query.
func (d Dataset[T]) FlatMapErr[U any](f func(T) ([]U, error)) Dataset[U] {
	return Dataset[U]{d.table.given("FlatMapErr", f == nil), typed.FlatMap(d.flow, "flat map", f)}
}

// Filter is the values for which f is true.
func (d Dataset[T]) Filter(f func(T) bool) Dataset[T] {
	return Dataset[T]{d.table.given("Filter", f == nil), typed.Filter(d.flow, "filter", f)}
}

// MapPartitions is what f yields for the values of each partition, in a stream for those
// of a partition of each batch. f may stop reading; yield is false when nothing more is
// wanted, and f should return.
func (d Dataset[T]) MapPartitions[U any](f func(in iter.Seq[T], yield func(U) bool) error) Dataset[U] {
	return Dataset[U]{d.table.given("MapPartitions", f == nil), typed.MapPartitions(d.flow, "map partitions", f)}
}

// Union is the values of this table and of others, one table after the other.
func (d Dataset[T]) Union(others ...Dataset[T]) Dataset[T] {
	tables := make([]DataFrame, len(others))
	for i, other := range others {
		tables[i] = other.DataFrame()
	}
	return Dataset[T]{d.DataFrame().Union(tables...), typed.Read[T]()}
}

// ToPairs is a key and a value for each value.
func (d Dataset[T]) ToPairs[K comparable, V any](f func(T) (K, V)) Pairs[K, V] {
	return Pairs[K, V]{d.table.given("ToPairs", f == nil), typed.Map(d.flow, "to pairs", func(t T) (typed.Pair[K, V], error) {
		key, value := f(t)
		return typed.Pair[K, V]{Key: key, Value: value}, nil
	})}
}

// KeyBy is each value under its key.
func (d Dataset[T]) KeyBy[K comparable](key func(T) K) Pairs[K, T] {
	return Pairs[K, T]{d.table.given("KeyBy", key == nil), keyed(d.flow, key)}
}

func keyed[K, T any](flow typed.Flow[T], key func(T) K) typed.Flow[typed.Pair[K, T]] {
	return typed.Map(flow, "key by", func(t T) (typed.Pair[K, T], error) { return typed.Pair[K, T]{Key: key(t), Value: t}, nil })
}

// SortBy sorts by a key, the smallest first; NaN is the greatest number.
func (d Dataset[T]) SortBy[S cmp.Ordered](key func(T) S) Dataset[T] {
	sorted := written(d.table.given("SortBy", key == nil), keyed(d.flow, key)).OrderBy("key")
	return Dataset[T]{sorted, typed.Map(typed.Read[typed.Pair[S, T]](), "values", func(p typed.Pair[S, T]) (T, error) { return p.Value, nil })}
}

// DistinctBy keeps one of the values with equal keys: in a table that does not grow the
// first one of the first partition that has one.
func (d Dataset[T]) DistinctBy[K comparable](key func(T) K) Dataset[T] {
	return d.KeyBy(key).ReduceByKey(func(first, _ T) T { return first }).Values()
}

// Limit keeps n values, the first ones after SortBy.
func (d Dataset[T]) Limit(n int64) Dataset[T] {
	return Dataset[T]{d.DataFrame().Limit(n), typed.Read[T]()}
}

// Err returns the first mistake made in building the table, and nil if there is none so
// far.
func (d Dataset[T]) Err() error { return d.table.Err() }

// Collect returns the values.
func (d Dataset[T]) Collect(ctx context.Context) ([]T, error) { return Collect[T](ctx, d.DataFrame()) }

// All returns the values one after the other. All are computed before the first is
// given. An error ends the sequence.
func (d Dataset[T]) All(ctx context.Context) iter.Seq2[T, error] { return All[T](ctx, d.DataFrame()) }

// Count returns the number of values.
func (d Dataset[T]) Count(ctx context.Context) (int64, error) { return d.DataFrame().Count(ctx) }

// Take returns up to n values, the first ones after SortBy.
func (d Dataset[T]) Take(ctx context.Context, n int64) ([]T, error) { return d.Limit(n).Collect(ctx) }

// Reduce combines all values by an associative and commutative function. It is false if
// there are none.
func (d Dataset[T]) Reduce(ctx context.Context, f func(T, T) T) (value T, ok bool, err error) {
	one := d.ToPairs(func(t T) (bool, T) { return true, t })
	one.table = one.table.given("Reduce", f == nil)
	values, err := one.ReduceByKey(f).Values().Collect(ctx)
	if len(values) == 0 {
		return value, false, err
	}
	return values[0], true, err
}

// ForEach calls f for each value until it returns an error. All values are computed
// before the first call.
func (d Dataset[T]) ForEach(ctx context.Context, f func(T) error) error {
	for value, err := range d.All(ctx) {
		if err == nil {
			err = f(value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// folded groups by the key and folds the values of each.
func folded[K, V, A any](table DataFrame, flow typed.Flow[typed.Pair[K, V]], name string, fold typed.Folding[V, A]) DataFrame {
	function := expr.Aggregate[typed.Boxed[V], typed.Fold[A], A](name, fold)
	return written(table, flow).GroupBy("key").Agg(function.Of(expr.SQL("struct(value)")).As("value"))
}
