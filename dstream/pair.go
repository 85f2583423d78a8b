package dstream

import (
	"context"
	"iter"
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

// MapErr is Map with a function that can fail; its error fails the task.
func (p Pairs[K, V]) MapErr[U any](f func(K, V) (U, error)) DStream[U] {
	return DStream[U]{derive(p.node, "mapErr", func(r rdd.Pairs[K, V]) rdd.RDD[U] { return r.MapErr(f) })}
}

// FlatMap makes elements of each pair.
func (p Pairs[K, V]) FlatMap[U any](f func(K, V) []U) DStream[U] {
	return DStream[U]{derive(p.node, "flatMap", func(r rdd.Pairs[K, V]) rdd.RDD[U] { return r.FlatMap(f) })}
}

// MapPartitions applies f to each partition of each batch, empty ones included.
func (p Pairs[K, V]) MapPartitions[U any](f func(task rdd.Task, in iter.Seq2[K, V], yield func(U) bool) error) DStream[U] {
	return DStream[U]{derive(p.node, "mapPartitions", func(r rdd.Pairs[K, V]) rdd.RDD[U] { return r.MapPartitions(f) })}
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

// MapValuesErr is MapValues with a function that can fail; its error fails the task.
func (p Pairs[K, V]) MapValuesErr[W any](f func(V) (W, error)) Pairs[K, W] {
	return Pairs[K, W]{derive(p.node, "mapValuesErr", func(r rdd.Pairs[K, V]) rdd.Pairs[K, W] { return r.MapValuesErr(f) })}
}

// FlatMapValues replaces each value by those that f returns, under the same key.
func (p Pairs[K, V]) FlatMapValues[W any](f func(V) []W) Pairs[K, W] {
	return Pairs[K, W]{derive(p.node, "flatMapValues", func(r rdd.Pairs[K, V]) rdd.Pairs[K, W] { return r.FlatMapValues(f) })}
}

// PartitionBy puts each pair where the partitioner says.
func (p Pairs[K, V]) PartitionBy(partitioner rdd.Partitioner) Pairs[K, V] {
	return Pairs[K, V]{derive(p.node, "partitionBy", func(r rdd.Pairs[K, V]) rdd.Pairs[K, V] { return r.PartitionBy(partitioner) })}
}

// Persist keeps each batch from its first use until it is done; see DStream.Persist.
func (p Pairs[K, V]) Persist(where rdd.Storage) Pairs[K, V] {
	return Pairs[K, V]{derive(p.node, "persist", func(r rdd.Pairs[K, V]) rdd.Pairs[K, V] { return r.Persist(where) })}
}

// Union holds the pairs of all the streams, which must have one slide.
func (p Pairs[K, V]) Union(others ...Pairs[K, V]) Pairs[K, V] {
	for _, other := range others {
		p = Pairs[K, V]{combine(p.node, other.node, "union", func(a, b rdd.Pairs[K, V]) rdd.Pairs[K, V] { return a.Union(b) })}
	}
	return p
}

// ReduceByKey combines the values of each key of a batch by f, which must be
// associative and commutative.
func (p Pairs[K, V]) ReduceByKey(f func(V, V) V, o ...rdd.ShuffleOption) Pairs[K, V] {
	return Pairs[K, V]{derive(p.node, "reduceByKey", func(r rdd.Pairs[K, V]) rdd.Pairs[K, V] { return r.ReduceByKey(f, o...) })}
}

// FoldByKey is ReduceByKey that begins with zero, once in each partition of a batch
// in which the key occurs.
func (p Pairs[K, V]) FoldByKey(zero V, f func(V, V) V, o ...rdd.ShuffleOption) Pairs[K, V] {
	return Pairs[K, V]{derive(p.node, "foldByKey", func(r rdd.Pairs[K, V]) rdd.Pairs[K, V] { return r.FoldByKey(zero, f, o...) })}
}

// AggregateByKey folds the values of each key of a batch into an aggregate.
func (p Pairs[K, V]) AggregateByKey[A any](zero func() A, add func(A, V) A, merge func(A, A) A, o ...rdd.ShuffleOption) Pairs[K, A] {
	return Pairs[K, A]{derive(p.node, "aggregateByKey", func(r rdd.Pairs[K, V]) rdd.Pairs[K, A] {
		return r.AggregateByKey(zero, add, merge, o...)
	})}
}

// CombineByKey is AggregateByKey whose aggregate is made from the first value.
func (p Pairs[K, V]) CombineByKey[C any](create func(V) C, add func(C, V) C, merge func(C, C) C, o ...rdd.ShuffleOption) Pairs[K, C] {
	return Pairs[K, C]{derive(p.node, "combineByKey", func(r rdd.Pairs[K, V]) rdd.Pairs[K, C] {
		return r.CombineByKey(create, add, merge, o...)
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

// SubtractByKey keeps the pairs whose key the other stream's batch of the same time
// does not have.
func (p Pairs[K, V]) SubtractByKey[W any](other Pairs[K, W], o ...rdd.ShuffleOption) Pairs[K, V] {
	return Pairs[K, V]{combine(p.node, other.node, "subtractByKey", func(a rdd.Pairs[K, V], b rdd.Pairs[K, W]) rdd.Pairs[K, V] {
		return a.SubtractByKey(b, o...)
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

// SaveAsTextFiles writes each batch as text into a directory of its own; see
// DStream.SaveAsTextFiles.
func (p Pairs[K, V]) SaveAsTextFiles(prefix, suffix string) {
	forEach(p.node, "saveAsTextFiles", func(ctx context.Context, r rdd.Pairs[K, V], batch time.Time) error {
		return r.SaveAsTextFile(ctx, batchPath(prefix, suffix, batch), rdd.Overwrite)
	})
}

// ForEachRDD calls f with the pairs of each batch; see DStream.ForEachRDD.
func (p Pairs[K, V]) ForEachRDD(f func(ctx context.Context, r rdd.Pairs[K, V], batch time.Time) error) {
	forEach(p.node, "forEachRDD", f)
}

// SaveTo writes each batch to a sink; see DStream.SaveTo.
func (p Pairs[K, V]) SaveTo(sink Sink[rdd.Pair[K, V]]) {
	saveTo(p.node, sink, func(made any) rdd.RDD[rdd.Pair[K, V]] { return made.(rdd.Pairs[K, V]).Map(rdd.MakePair) })
}
