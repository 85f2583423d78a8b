package rdd

import (
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Map applies f to each element.
func (r RDD[T]) Map[U any](f func(T) U) RDD[U] {
	n := operator("Map", r.base(), f == nil)
	return RDD[U]{elements(n, derive(r.collection, func(in Chunks[T]) Chunks[U] { return mapChunks(in, f) }))}
}

func mapChunks[T, U any](in Chunks[T], f func(T) U) Chunks[U] {
	return func(yield func([]U, error) bool) {
		var out []U
		for chunk, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			out = resize(out, len(chunk))
			for i := range out {
				out[i] = f(chunk[i])
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// MapErr is Map with a function that may fail, which fails the task.
func (r RDD[T]) MapErr[U any](f func(T) (U, error)) RDD[U] {
	n := operator("MapErr", r.base(), f == nil)
	return RDD[U]{elements(n, derive(r.collection, func(in Chunks[T]) Chunks[U] { return mapChunksErr(in, f) }))}
}

func mapChunksErr[T, U any](in Chunks[T], f func(T) (U, error)) Chunks[U] {
	return func(yield func([]U, error) bool) {
		var out []U
		for chunk, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			out = resize(out, len(chunk))
			for i := range out {
				if out[i], err = f(chunk[i]); err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// FlatMap applies f to each element and strings its results together.
func (r RDD[T]) FlatMap[U any](f func(T) []U) RDD[U] {
	n := operator("FlatMap", r.base(), f == nil)
	return RDD[U]{elements(n, derive(r.collection, func(in Chunks[T]) Chunks[U] {
		return flatMapChunks(in, func(element T) ([]U, error) { return f(element), nil })
	}))}
}

// FlatMapErr is FlatMap with a function that may fail, which fails the task.
func (r RDD[T]) FlatMapErr[U any](f func(T) ([]U, error)) RDD[U] {
	n := operator("FlatMapErr", r.base(), f == nil)
	return RDD[U]{elements(n, derive(r.collection, func(in Chunks[T]) Chunks[U] { return flatMapChunks(in, f) }))}
}

func flatMapChunks[T, U any](in Chunks[T], f func(T) ([]U, error)) Chunks[U] {
	return func(yield func([]U, error) bool) {
		var out []U
		for chunk, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, element := range chunk {
				results, err := f(element)
				if err != nil {
					yield(nil, err)
					return
				}
				for len(results) > 0 {
					room := min(len(results), chunkLength-len(out))
					out = append(out, results[:room]...)
					results = results[room:]
					if len(out) == chunkLength {
						if !yield(out, nil) {
							return
						}
						out = out[:0]
					}
				}
			}
		}
		if len(out) > 0 {
			yield(out, nil)
		}
	}
}

// FlatMapSeq is FlatMap with a function that returns a sequence, so that no slice
// is made: FlatMapSeq(strings.FieldsSeq).
func (r RDD[T]) FlatMapSeq[U any](f func(T) iter.Seq[U]) RDD[U] {
	n := operator("FlatMapSeq", r.base(), f == nil)
	return RDD[U]{elements(n, derive(r.collection, func(in Chunks[T]) Chunks[U] { return flatMapSeqChunks(in, f) }))}
}

func flatMapSeqChunks[T, U any](in Chunks[T], f func(T) iter.Seq[U]) Chunks[U] {
	return func(yield func([]U, error) bool) {
		out := packer[U]{yield: yield}
		more := true
		push := func(element U) bool {
			more = out.push(element)
			return more
		}
		for chunk, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, element := range chunk {
				if f(element)(push); !more {
					return
				}
			}
		}
		out.flush()
	}
}

// Filter keeps the elements for which f is true, and their partitions.
func (r RDD[T]) Filter(f func(T) bool) RDD[T] {
	n := operator("Filter", r.base(), f == nil)
	return RDD[T]{elements(n, derive(r.collection, func(in Chunks[T]) Chunks[T] { return filterChunks(in, f) }))}
}

func filterChunks[T any](in Chunks[T], f func(T) bool) Chunks[T] {
	return func(yield func([]T, error) bool) {
		var out []T
		for chunk, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			out = resize(out, len(chunk))
			kept := 0
			for _, element := range chunk {
				out[kept] = element
				if f(element) {
					kept++
				}
			}
			if kept > 0 && !yield(out[:kept], nil) {
				return
			}
		}
	}
}

// MapPartitions calls f once for each partition, empty ones included. The results
// are what f yields; when yield returns false, nobody wants more and f should
// return. An error of f fails the task. The sequence may be read once.
func (r RDD[T]) MapPartitions[U any](f func(task Task, in iter.Seq[T], yield func(U) bool) error) RDD[U] {
	n := operator("MapPartitions", r.base(), f == nil)
	parent := r.collection
	return RDD[U]{elements(n, func(task *scheduler.Task, partition int) Chunks[U] {
		return mapPartitionChunks(Task{task, n, partition}, parent.compute(task, partition), f)
	})}
}

func mapPartitionChunks[T, U any](task Task, in Chunks[T], f func(Task, iter.Seq[T], func(U) bool) error) Chunks[U] {
	return func(yield func([]U, error) bool) {
		out := packer[U]{yield: yield}
		more := true
		elements, failure := flatten(in)
		err := f(task, elements, func(element U) bool {
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
}

// flatten makes a sequence of elements of chunks. An error ends the sequence and is
// left in failure.
func flatten[T any](in Chunks[T]) (elements iter.Seq[T], failure *error) {
	failure = new(error)
	return func(yield func(T) bool) {
		for chunk, err := range in {
			if err != nil {
				*failure = err
				return
			}
			for _, element := range chunk {
				if !yield(element) {
					return
				}
			}
		}
	}, failure
}

// Glom applies f to all elements of a partition, one result a partition, empty ones
// included. The slice is f's to keep: Glom(rdd.Self) gives the partitions.
func (r RDD[T]) Glom[U any](f func([]T) U) RDD[U] {
	n := operator("Glom", r.base(), f == nil)
	return RDD[U]{elements(n, derive(r.collection, func(in Chunks[T]) Chunks[U] { return glomChunks(in, f) }))}
}

func glomChunks[T, U any](in Chunks[T], f func([]T) U) Chunks[U] {
	return func(yield func([]U, error) bool) {
		all := []T{}
		for chunk, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			all = append(all, chunk...)
		}
		yield([]U{f(all)}, nil)
	}
}

// ToPairs makes a pair of each element.
func (r RDD[T]) ToPairs[K comparable, V any](f func(T) (K, V)) Pairs[K, V] {
	n := operator("ToPairs", r.base(), f == nil)
	return Pairs[K, V]{columns(n, derive(r.collection, func(in Chunks[T]) KeyedChunks[K, V] { return pairChunks(in, f) }))}
}

func pairChunks[T any, K comparable, V any](in Chunks[T], f func(T) (K, V)) KeyedChunks[K, V] {
	return func(yield func(Columns[K, V], error) bool) {
		var out Columns[K, V]
		for chunk, err := range in {
			if err != nil {
				yield(Columns[K, V]{}, err)
				return
			}
			out.Keys, out.Values = resize(out.Keys, len(chunk)), resize(out.Values, len(chunk))
			keys, values := out.Keys, out.Values[:len(out.Keys)]
			for i, element := range chunk {
				keys[i], values[i] = f(element)
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// KeyBy gives each element a key.
func (r RDD[T]) KeyBy[K comparable](key func(T) K) Pairs[K, T] {
	n := operator("KeyBy", r.base(), key == nil)
	return Pairs[K, T]{columns(n, derive(r.collection, func(in Chunks[T]) KeyedChunks[K, T] { return keyChunks(in, key) }))}
}

func keyChunks[T any, K comparable](in Chunks[T], key func(T) K) KeyedChunks[K, T] {
	return func(yield func(Columns[K, T], error) bool) {
		var keys []K
		for chunk, err := range in {
			if err != nil {
				yield(Columns[K, T]{}, err)
				return
			}
			keys = resize(keys, len(chunk))
			for i := range keys {
				keys[i] = key(chunk[i])
			}
			if !yield(Columns[K, T]{keys, chunk}, nil) {
				return
			}
		}
	}
}

// Named gives the collection a name, for Explain and events, and returns it.
func (r RDD[T]) Named(name string) RDD[T] {
	r.base().rename(name)
	return r
}

// Err is the first mistake made while building the collection.
func (r RDD[T]) Err() error { return r.base().runnable("Err") }

func (n *node) rename(name string) {
	if n != nil {
		n.label.Store(&name)
	}
}
