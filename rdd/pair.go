package rdd

import (
	"context"
	"fmt"
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// String is (key,value), as SaveAsTextFile writes pairs.
func (p Pair[K, V]) String() string { return fmt.Sprintf("(%v,%v)", p.Key, p.Value) }

// Map makes an element of each pair.
func (p Pairs[K, V]) Map[U any](f func(K, V) U) RDD[U] {
	n := operator("Map", p.base(), f == nil)
	return RDD[U]{elements(n, derive(p.collection, func(in KeyedChunks[K, V]) Chunks[U] {
		return unpairChunks(in, f)
	}))}
}

func unpairChunks[K comparable, V, U any](in KeyedChunks[K, V], f func(K, V) U) Chunks[U] {
	return func(yield func([]U, error) bool) {
		var out []U
		for chunk, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			out = resize(out, len(chunk.Keys))
			values := chunk.Values[:len(out)]
			for i, key := range chunk.Keys {
				out[i] = f(key, values[i])
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// MapErr is Map with a function that may fail, which fails the task.
func (p Pairs[K, V]) MapErr[U any](f func(K, V) (U, error)) RDD[U] {
	n := operator("MapErr", p.base(), f == nil)
	return RDD[U]{elements(n, derive(p.collection, func(in KeyedChunks[K, V]) Chunks[U] {
		return func(yield func([]U, error) bool) {
			var out []U
			for chunk, err := range in {
				if err != nil {
					yield(nil, err)
					return
				}
				out = resize(out, len(chunk.Keys))
				for i, key := range chunk.Keys {
					if out[i], err = f(key, chunk.Values[i]); err != nil {
						yield(nil, err)
						return
					}
				}
				if !yield(out, nil) {
					return
				}
			}
		}
	}))}
}

// FlatMap applies f to each pair and strings its results together.
func (p Pairs[K, V]) FlatMap[U any](f func(K, V) []U) RDD[U] {
	n := operator("FlatMap", p.base(), f == nil)
	return RDD[U]{elements(n, derive(p.collection, func(in KeyedChunks[K, V]) Chunks[U] {
		return func(yield func([]U, error) bool) {
			out := packer[U]{yield: yield}
			for chunk, err := range in {
				if err != nil {
					yield(nil, err)
					return
				}
				for i, key := range chunk.Keys {
					for _, element := range f(key, chunk.Values[i]) {
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

// MapPartitions calls f once for each partition, empty ones included, as
// [RDD.MapPartitions] does.
func (p Pairs[K, V]) MapPartitions[U any](f func(task Task, in iter.Seq2[K, V], yield func(U) bool) error) RDD[U] {
	n := operator("MapPartitions", p.base(), f == nil)
	parent := p.collection
	return RDD[U]{elements(n, func(task *scheduler.Task, partition int) Chunks[U] {
		return func(yield func([]U, error) bool) {
			out := packer[U]{yield: yield}
			more := true
			pairs, failure := flattenPairs(parent.compute(task, partition))
			err := f(Task{task, n, partition}, pairs, func(element U) bool {
				more = more && out.push(element)
				return more
			})
			if *failure != nil {
				err = *failure
			}
			switch {
			case !more:
			case err != nil:
				yield(nil, err)
			default:
				out.flush()
			}
		}
	})}
}

// flattenPairs is flatten for pairs.
func flattenPairs[K comparable, V any](in KeyedChunks[K, V]) (pairs iter.Seq2[K, V], failure *error) {
	failure = new(error)
	return func(yield func(K, V) bool) {
		for chunk, err := range in {
			if err != nil {
				*failure = err
				return
			}
			for i, key := range chunk.Keys {
				if !yield(key, chunk.Values[i]) {
					return
				}
			}
		}
	}, failure
}

// Filter keeps the pairs for which f is true, their partitions and the partitioner.
func (p Pairs[K, V]) Filter(f func(K, V) bool) Pairs[K, V] {
	n := operator("Filter", p.base(), f == nil)
	n.keepsPartitioner = true
	return Pairs[K, V]{columns(n, derive(p.collection, func(in KeyedChunks[K, V]) KeyedChunks[K, V] {
		return filterColumns(in, f)
	}))}
}

func filterColumns[K comparable, V any](in KeyedChunks[K, V], f func(K, V) bool) KeyedChunks[K, V] {
	return func(yield func(Columns[K, V], error) bool) {
		var out Columns[K, V]
		for chunk, err := range in {
			if err != nil {
				yield(Columns[K, V]{}, err)
				return
			}
			out.Keys, out.Values = resize(out.Keys, len(chunk.Keys)), resize(out.Values, len(chunk.Keys))
			kept := 0
			for i, key := range chunk.Keys {
				value := chunk.Values[i]
				out.Keys[kept], out.Values[kept] = key, value
				if f(key, value) {
					kept++
				}
			}
			if kept > 0 && !yield(Columns[K, V]{out.Keys[:kept], out.Values[:kept]}, nil) {
				return
			}
		}
	}
}

// Keys are the keys alone, one for each pair.
func (p Pairs[K, V]) Keys() RDD[K] {
	n := newNode("Keys", nil, p.base())
	return RDD[K]{elements(n, derive(p.collection, keysOf[K, V]))}
}

func keysOf[K, V any](in KeyedChunks[K, V]) Chunks[K] {
	return func(yield func([]K, error) bool) {
		for chunk, err := range in {
			if !yield(chunk.Keys, err) || err != nil {
				return
			}
		}
	}
}

// Values are the values alone, one for each pair.
func (p Pairs[K, V]) Values() RDD[V] {
	n := newNode("Values", nil, p.base())
	return RDD[V]{elements(n, derive(p.collection, valuesOf[K, V]))}
}

func valuesOf[K, V any](in KeyedChunks[K, V]) Chunks[V] {
	return func(yield func([]V, error) bool) {
		for chunk, err := range in {
			if !yield(chunk.Values, err) || err != nil {
				return
			}
		}
	}
}

// MapValues applies f to each value. Keys, and with them the partitioner, stay.
func (p Pairs[K, V]) MapValues[W any](f func(V) W) Pairs[K, W] {
	n := operator("MapValues", p.base(), f == nil)
	n.keepsPartitioner = true
	return Pairs[K, W]{columns(n, derive(p.collection, func(in KeyedChunks[K, V]) KeyedChunks[K, W] {
		return func(yield func(Columns[K, W], error) bool) {
			var out []W
			for chunk, err := range in {
				if err != nil {
					yield(Columns[K, W]{}, err)
					return
				}
				out = resize(out, len(chunk.Values))
				for i := range out {
					out[i] = f(chunk.Values[i])
				}
				if !yield(Columns[K, W]{chunk.Keys, out}, nil) {
					return
				}
			}
		}
	}))}
}

// MapValuesErr is MapValues with a function that may fail, which fails the task.
func (p Pairs[K, V]) MapValuesErr[W any](f func(V) (W, error)) Pairs[K, W] {
	n := operator("MapValuesErr", p.base(), f == nil)
	n.keepsPartitioner = true
	return Pairs[K, W]{columns(n, derive(p.collection, func(in KeyedChunks[K, V]) KeyedChunks[K, W] {
		return func(yield func(Columns[K, W], error) bool) {
			var out []W
			for chunk, err := range in {
				if err != nil {
					yield(Columns[K, W]{}, err)
					return
				}
				out = resize(out, len(chunk.Values))
				for i := range out {
					if out[i], err = f(chunk.Values[i]); err != nil {
						yield(Columns[K, W]{}, err)
						return
					}
				}
				if !yield(Columns[K, W]{chunk.Keys, out}, nil) {
					return
				}
			}
		}
	}))}
}

// FlatMapValues gives each key one pair for each result of f. Keys, and with them
// the partitioner, stay; a key whose value gives nothing is dropped.
func (p Pairs[K, V]) FlatMapValues[W any](f func(V) []W) Pairs[K, W] {
	n := operator("FlatMapValues", p.base(), f == nil)
	n.keepsPartitioner = true
	return Pairs[K, W]{columns(n, derive(p.collection, func(in KeyedChunks[K, V]) KeyedChunks[K, W] {
		return func(yield func(Columns[K, W], error) bool) {
			out := columnPacker[K, W]{yield: yield}
			for chunk, err := range in {
				if err != nil {
					yield(Columns[K, W]{}, err)
					return
				}
				for i, key := range chunk.Keys {
					for _, value := range f(chunk.Values[i]) {
						if !out.push(key, value) {
							return
						}
					}
				}
			}
			out.flush()
		}
	}))}
}

// PartitionBy moves each pair to the partition that the partitioner says. Pairs of
// one partition keep the order that they had, partition after partition.
func (p Pairs[K, V]) PartitionBy(partitioner Partitioner) Pairs[K, V] {
	n := newNode("PartitionBy", nil, p.base())
	checkShuffle[K](n, []ShuffleOption{partitioner})
	in := &input[K, V]{parent: p.collection}
	n.plan = func(_ context.Context, n *node) error {
		n.partitioner, n.partitions = partitioner, partitioner.partitions
		n.depend(in.plan(n, partitioner))
		return nil
	}
	return Pairs[K, V]{columns(n, in.read)}
}

// Named gives the collection a name, for Explain and events, and returns it.
func (p Pairs[K, V]) Named(name string) Pairs[K, V] {
	p.base().rename(name)
	return p
}

// Err is the first mistake made while building the collection.
func (p Pairs[K, V]) Err() error { return p.base().runnable("Err") }
