package dstream

import (
	"context"
	"iter"
	"time"

	"github.com/tidewheel/tidewheel/rdd"
)

// DStream is a stream of elements: one rdd.RDD[T] for each batch. It is a value
// that points into its session's graph; its operations add to the graph and are
// computed once the session runs and an output reaches them. Operations element
// by element are those of rdd.RDD and mean the same, batch by batch.
type DStream[T any] struct{ node *node }

// derive adds a stream whose batches are made from its parent's.
func derive[A, B any](parent *node, name string, f func(made A) B) *node {
	n := newNode(parent.session, name, parent.slide, parent)
	n.build = func(tick int64) (any, error) {
		made, _, err := parent.at(tick)
		if err != nil {
			return nil, err
		}
		return f(made.(A)), nil
	}
	return n
}

// combine adds a stream whose batches are made from those of two parents of one
// slide.
func combine[A, B, C any](a, b *node, name string, f func(A, B) C) *node {
	n := newNode(a.session, name, a.slide, a, b)
	sameSlide(name, a, b)
	n.build = func(tick int64) (any, error) {
		x, _, err := a.at(tick)
		if err != nil {
			return nil, err
		}
		y, _, err := b.at(tick)
		if err != nil {
			return nil, err
		}
		return f(x.(A), y.(B)), nil
	}
	return n
}

// Named gives the stream a name, by which its state is found after a restart even
// if the graph around it has changed. Names of streams with state are unique.
func (d DStream[T]) Named(name string) DStream[T] {
	d.node.label = name
	return d
}

// Map applies f to each element.
func (d DStream[T]) Map[U any](f func(T) U) DStream[U] {
	return DStream[U]{derive(d.node, "map", func(r rdd.RDD[T]) rdd.RDD[U] { return r.Map(f) })}
}

// MapErr is Map with a function that can fail; its error fails the task.
func (d DStream[T]) MapErr[U any](f func(T) (U, error)) DStream[U] {
	return DStream[U]{derive(d.node, "mapErr", func(r rdd.RDD[T]) rdd.RDD[U] { return r.MapErr(f) })}
}

// FlatMap replaces each element by those that f returns.
func (d DStream[T]) FlatMap[U any](f func(T) []U) DStream[U] {
	return DStream[U]{derive(d.node, "flatMap", func(r rdd.RDD[T]) rdd.RDD[U] { return r.FlatMap(f) })}
}

// FlatMapErr is FlatMap with a function that can fail; its error fails the task.
func (d DStream[T]) FlatMapErr[U any](f func(T) ([]U, error)) DStream[U] {
	return DStream[U]{derive(d.node, "flatMapErr", func(r rdd.RDD[T]) rdd.RDD[U] { return r.FlatMapErr(f) })}
}

// FlatMapSeq is FlatMap with a sequence, such as strings.FieldsSeq.
func (d DStream[T]) FlatMapSeq[U any](f func(T) iter.Seq[U]) DStream[U] {
	return DStream[U]{derive(d.node, "flatMap", func(r rdd.RDD[T]) rdd.RDD[U] { return r.FlatMapSeq(f) })}
}

// Filter keeps the elements for which f is true.
func (d DStream[T]) Filter(f func(T) bool) DStream[T] {
	return DStream[T]{derive(d.node, "filter", func(r rdd.RDD[T]) rdd.RDD[T] { return r.Filter(f) })}
}

// MapPartitions applies f to each partition of each batch, empty ones included.
func (d DStream[T]) MapPartitions[U any](f func(task rdd.Task, in iter.Seq[T], yield func(U) bool) error) DStream[U] {
	return DStream[U]{derive(d.node, "mapPartitions", func(r rdd.RDD[T]) rdd.RDD[U] { return r.MapPartitions(f) })}
}

// Glom gives one element for each partition of each batch: what f makes of all its
// elements, which it may keep.
func (d DStream[T]) Glom[U any](f func([]T) U) DStream[U] {
	return DStream[U]{derive(d.node, "glom", func(r rdd.RDD[T]) rdd.RDD[U] { return r.Glom(f) })}
}

// Repartition deals the elements of each batch out to n partitions.
func (d DStream[T]) Repartition(n int) DStream[T] {
	return DStream[T]{derive(d.node, "repartition", func(r rdd.RDD[T]) rdd.RDD[T] { return r.Repartition(n) })}
}

// Persist keeps each batch in memory from its first use until it is done, so that
// several outputs compute it once.
func (d DStream[T]) Persist(where rdd.Storage) DStream[T] {
	return DStream[T]{derive(d.node, "persist", func(r rdd.RDD[T]) rdd.RDD[T] { return r.Persist(where) })}
}

// Union holds the elements of all the streams, which must have one slide.
func (d DStream[T]) Union(others ...DStream[T]) DStream[T] {
	for _, other := range others {
		d = DStream[T]{combine(d.node, other.node, "union", func(a, b rdd.RDD[T]) rdd.RDD[T] { return a.Union(b) })}
	}
	return d
}

// ToPairs makes a stream of pairs.
func (d DStream[T]) ToPairs[K comparable, V any](f func(T) (K, V)) Pairs[K, V] {
	return Pairs[K, V]{derive(d.node, "toPairs", func(r rdd.RDD[T]) rdd.Pairs[K, V] { return r.ToPairs(f) })}
}

// KeyBy makes a stream of pairs of a key and the element.
func (d DStream[T]) KeyBy[K comparable](key func(T) K) Pairs[K, T] {
	return Pairs[K, T]{derive(d.node, "keyBy", func(r rdd.RDD[T]) rdd.Pairs[K, T] { return r.KeyBy(key) })}
}

// Count gives the number of elements of each batch, 0 if it is empty.
func (d DStream[T]) Count() DStream[int64] {
	ones := derive(d.node, "count", func(r rdd.RDD[T]) rdd.RDD[int64] {
		return r.MapPartitions(func(task rdd.Task, in iter.Seq[T], yield func(int64) bool) error {
			n := int64(0)
			for range in {
				n++
			}
			yield(n)
			return nil
		}).Union(d.node.session.scope.Parallelize([]int64{0}, rdd.Partitions(1)))
	})
	return DStream[int64]{ones}.Reduce(func(a, b int64) int64 { return a + b })
}

// Reduce gives one element a batch, all elements combined by f, which must be
// associative and commutative; none if the batch is empty.
func (d DStream[T]) Reduce(f func(T, T) T) DStream[T] {
	return DStream[T]{derive(d.node, "reduce", func(r rdd.RDD[T]) rdd.RDD[T] {
		return r.ToPairs(func(t T) (int, T) { return 0, t }).ReduceByKey(f, rdd.Hash(1)).Values()
	})}
}

// CountByValue counts the equal elements of each batch.
func CountByValue[T comparable](d DStream[T], o ...rdd.ShuffleOption) Pairs[T, int64] {
	return d.ToPairs(func(t T) (T, int64) { return t, 1 }).ReduceByKey(func(a, b int64) int64 { return a + b }, o...)
}

// Distinct keeps one of the equal elements of each batch.
func Distinct[T comparable](d DStream[T], o ...rdd.ShuffleOption) DStream[T] {
	return DStream[T]{derive(d.node, "distinct", func(r rdd.RDD[T]) rdd.RDD[T] { return rdd.Distinct(r, o...) })}
}

// Transform applies f to the collection of each batch. f runs in the session's
// loop while the batch is put together, not in its tasks, and should return at
// once; it may join with static collections of the session. Its result belongs to
// the batch. A failing or panicking f fails the batch.
func (d DStream[T]) Transform[U any](f func(r rdd.RDD[T], batch time.Time) rdd.RDD[U]) DStream[U] {
	return DStream[U]{transform(d.node, f)}
}

// TransformWith applies f to the collections of two streams of one slide.
func (d DStream[T]) TransformWith[U, V any](other DStream[U], f func(a rdd.RDD[T], b rdd.RDD[U], batch time.Time) rdd.RDD[V]) DStream[V] {
	return DStream[V]{transformWith(d.node, other.node, f)}
}

// SaveAsTextFiles writes each batch as text into a directory of its own, named
// prefix-TIME and, unless suffix is empty, .suffix behind it, TIME being the batch's
// time in milliseconds; without a prefix it begins with TIME. See
// rdd.RDD.SaveAsTextFile for what is in it. A batch that runs again replaces what it
// wrote; a directory without _SUCCESS is not finished. Files keeps all batches in
// one directory, and is cheaper.
func (d DStream[T]) SaveAsTextFiles(prefix, suffix string) {
	forEach(d.node, "saveAsTextFiles", func(ctx context.Context, r rdd.RDD[T], batch time.Time) error {
		return r.SaveAsTextFile(ctx, batchPath(prefix, suffix, batch), rdd.Overwrite)
	})
}

// ForEachRDD calls f with the collection of each batch, in the session's loop; f
// runs actions on it. The batch is done when f has returned. With a checkpoint, f
// is called again with the same collection after a crash or an error, so what it
// does outside should depend on the batch's time to have its effect once.
func (d DStream[T]) ForEachRDD(f func(ctx context.Context, r rdd.RDD[T], batch time.Time) error) {
	forEach(d.node, "forEachRDD", f)
}

// SaveTo writes each batch to a sink, exactly once if the stream has a checkpoint.
func (d DStream[T]) SaveTo(sink Sink[T]) {
	saveTo(d.node, sink, func(made any) rdd.RDD[T] { return made.(rdd.RDD[T]) })
}
