package dstream

import (
	"context"
	"time"

	"github.com/tidewheel/tidewheel/rdd"
)

// Pairs is a stream of keys and values: one rdd.Pairs[K, V] for each batch. What is
// said of DStream holds for it. Operations by key take the pairs of one batch
// together; over several batches that is done by windows and by state.
type Pairs[K comparable, V any] struct{ node *node }

// Named gives the stream a name; see DStream.Named.
func (p Pairs[K, V]) Named(name string) Pairs[K, V] {
	p.node.label = name
	return p
}

// Map makes an element of each pair.
func (p Pairs[K, V]) Map[U any](f func(K, V) U) DStream[U] {
	return DStream[U]{derive(p.node, "map", func(r rdd.Pairs[K, V]) rdd.RDD[U] { return r.Map(f) })}
}

// FlatMap makes elements of each pair.
func (p Pairs[K, V]) FlatMap[U any](f func(K, V) []U) DStream[U] {
	return DStream[U]{derive(p.node, "flatMap", func(r rdd.Pairs[K, V]) rdd.RDD[U] { return r.FlatMap(f) })}
}

// Filter keeps the pairs for which f is true.
func (p Pairs[K, V]) Filter(f func(K, V) bool) Pairs[K, V] {
	return Pairs[K, V]{derive(p.node, "filter", func(r rdd.Pairs[K, V]) rdd.Pairs[K, V] { return r.Filter(f) })}
}

// Keys is the stream of the keys, one for each pair.
func (p Pairs[K, V]) Keys() DStream[K] {
	return DStream[K]{derive(p.node, "keys", func(r rdd.Pairs[K, V]) rdd.RDD[K] { return r.Keys() })}
}

// Values is the stream of the values.
func (p Pairs[K, V]) Values() DStream[V] {
	return DStream[V]{derive(p.node, "values", func(r rdd.Pairs[K, V]) rdd.RDD[V] { return r.Values() })}
}

// MapValues applies f to each value.
func (p Pairs[K, V]) MapValues[W any](f func(V) W) Pairs[K, W] {
	return Pairs[K, W]{derive(p.node, "mapValues", func(r rdd.Pairs[K, V]) rdd.Pairs[K, W] { return r.MapValues(f) })}
}

// FlatMapValues replaces each value by those that f returns, under the same key.
func (p Pairs[K, V]) FlatMapValues[W any](f func(V) []W) Pairs[K, W] {
	return Pairs[K, W]{derive(p.node, "flatMapValues", func(r rdd.Pairs[K, V]) rdd.Pairs[K, W] { return r.FlatMapValues(f) })}
}

// Union holds the pairs of both streams, which must have one slide.
func (p Pairs[K, V]) Union(other Pairs[K, V]) Pairs[K, V] {
	return Pairs[K, V]{combine(p.node, other.node, "union", func(a, b rdd.Pairs[K, V]) rdd.Pairs[K, V] { return a.Union(b) })}
}

// ReduceByKey combines the values of each key of a batch by f, which must be
// associative and commutative.
func (p Pairs[K, V]) ReduceByKey(f func(V, V) V, o ...rdd.ShuffleOption) Pairs[K, V] {
	return Pairs[K, V]{derive(p.node, "reduceByKey", func(r rdd.Pairs[K, V]) rdd.Pairs[K, V] { return r.ReduceByKey(f, o...) })}
}

// AggregateByKey folds the values of each key of a batch into an aggregate.
func (p Pairs[K, V]) AggregateByKey[A any](zero func() A, add func(A, V) A, merge func(A, A) A, o ...rdd.ShuffleOption) Pairs[K, A] {
	return Pairs[K, A]{derive(p.node, "aggregateByKey", func(r rdd.Pairs[K, V]) rdd.Pairs[K, A] {
		return r.AggregateByKey(zero, add, merge, o...)
	})}
}

// GroupByKey hands the values of each key of a batch to f; rdd.Slice keeps them as
// they are.
func (p Pairs[K, V]) GroupByKey[R any](f func(K, []V) R, o ...rdd.ShuffleOption) Pairs[K, R] {
	return Pairs[K, R]{derive(p.node, "groupByKey", func(r rdd.Pairs[K, V]) rdd.Pairs[K, R] { return r.GroupByKey(f, o...) })}
}

// CoGroup hands the values that each key has in the two streams' batches to f.
func (p Pairs[K, V]) CoGroup[W, R any](other Pairs[K, W], f func(K, []V, []W) R, o ...rdd.ShuffleOption) Pairs[K, R] {
	return Pairs[K, R]{combine(p.node, other.node, "coGroup", func(a rdd.Pairs[K, V], b rdd.Pairs[K, W]) rdd.Pairs[K, R] {
		return a.CoGroup(b, f, o...)
	})}
}

// Join pairs the values that a key has in the two streams' batches of one time.
func (p Pairs[K, V]) Join[W, R any](other Pairs[K, W], f func(V, W) R, o ...rdd.ShuffleOption) Pairs[K, R] {
	return Pairs[K, R]{combine(p.node, other.node, "join", func(a rdd.Pairs[K, V], b rdd.Pairs[K, W]) rdd.Pairs[K, R] {
		return a.Join(b, f, o...)
	})}
}

// LeftOuterJoin is Join that keeps each value of the left; ok says whether there is
// one on the right.
func (p Pairs[K, V]) LeftOuterJoin[W, R any](other Pairs[K, W], f func(v V, w W, ok bool) R, o ...rdd.ShuffleOption) Pairs[K, R] {
	return Pairs[K, R]{combine(p.node, other.node, "leftOuterJoin", func(a rdd.Pairs[K, V], b rdd.Pairs[K, W]) rdd.Pairs[K, R] {
		return a.LeftOuterJoin(b, f, o...)
	})}
}

// RightOuterJoin is Join that keeps each value of the right.
func (p Pairs[K, V]) RightOuterJoin[W, R any](other Pairs[K, W], f func(v V, ok bool, w W) R, o ...rdd.ShuffleOption) Pairs[K, R] {
	return Pairs[K, R]{combine(p.node, other.node, "rightOuterJoin", func(a rdd.Pairs[K, V], b rdd.Pairs[K, W]) rdd.Pairs[K, R] {
		return a.RightOuterJoin(b, f, o...)
	})}
}

// FullOuterJoin is Join that keeps each value of both sides.
func (p Pairs[K, V]) FullOuterJoin[W, R any](other Pairs[K, W], f func(v V, hasV bool, w W, hasW bool) R, o ...rdd.ShuffleOption) Pairs[K, R] {
	return Pairs[K, R]{combine(p.node, other.node, "fullOuterJoin", func(a rdd.Pairs[K, V], b rdd.Pairs[K, W]) rdd.Pairs[K, R] {
		return a.FullOuterJoin(b, f, o...)
	})}
}

// Transform applies f to the pairs of each batch; see DStream.Transform.
func (p Pairs[K, V]) Transform[J comparable, W any](f func(r rdd.Pairs[K, V], batch time.Time) rdd.Pairs[J, W]) Pairs[J, W] {
	return Pairs[J, W]{transform(p.node, f)}
}

// TransformWith applies f to the pairs of two streams of one slide.
func (p Pairs[K, V]) TransformWith[W any, J comparable, X any](other Pairs[K, W],
	f func(a rdd.Pairs[K, V], b rdd.Pairs[K, W], batch time.Time) rdd.Pairs[J, X],
) Pairs[J, X] {
	return Pairs[J, X]{transformWith(p.node, other.node, f)}
}

// ForEachRDD calls f with the pairs of each batch; see DStream.ForEachRDD.
func (p Pairs[K, V]) ForEachRDD(f func(ctx context.Context, r rdd.Pairs[K, V], batch time.Time) error) {
	forEach(p.node, "forEachRDD", f)
}

// SaveTo writes each batch to a sink; see DStream.SaveTo.
func (p Pairs[K, V]) SaveTo(sink Sink[rdd.Pair[K, V]]) {
	saveTo(p.node, sink, func(made any) rdd.RDD[rdd.Pair[K, V]] { return made.(rdd.Pairs[K, V]).Map(rdd.MakePair) })
}
