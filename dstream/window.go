package dstream

import (
	"fmt"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/rdd"
)

// Window says how many of the newest batches an operation takes together, and how
// often.
type Window struct {
	Length time.Duration // a multiple of the parent's slide
	Slide  time.Duration // a multiple of the parent's slide; zero is that slide
}

// ticks checks the window against its parent and counts it in ticks.
func (w Window) ticks(operation string, parent *node) (length, slide int64) {
	s := parent.session
	if w.Slide == 0 {
		w.Slide = time.Duration(parent.slide) * s.options.Interval
	}
	return s.ticks(operation, "length", w.Length, parent), s.ticks(operation, "slide", w.Slide, parent)
}

func (s *Session) ticks(operation, what string, d time.Duration, parent *node) int64 {
	unit := time.Duration(parent.slide) * s.options.Interval
	if d <= 0 || d%unit != 0 {
		s.mistake(operation, "the window's %s is %s; it must be a positive multiple of the parent's slide, %s", what, d, unit)
		return parent.slide
	}
	return int64(d / s.options.Interval)
}

// Window gives, each slide, the elements of the batches that ended within the
// window's length. Windows that reach back before the start hold what there is.
// The stream keeps the window's batches, in memory and, if it has a checkpoint, in
// the log; their elements must then be of a type that can be written.
func (d DStream[T]) Window(w Window) DStream[T] {
	length, slide := w.ticks("Window", d.node)
	return DStream[T]{window(retain[T](d.node), slide, length)}
}

// window adds a stream that unites the kept batches of a window.
func window[T any](kept *retained[T], slide, length int64) *node {
	n := newNode(kept.node.session, "window", slide, kept.node)
	kept.window(length, slide)
	n.build = func(tick int64) (any, error) {
		return kept.union(tick-length, tick)
	}
	n.detail, n.crosses = fmt.Sprint(length), true
	return n
}

// CountByWindow gives the number of elements in the window, each slide. Before the
// first element it gives nothing; afterwards always one number.
func (d DStream[T]) CountByWindow(w Window) DStream[int64] {
	add := func(a, b int64) int64 { return a + b }
	return d.ToPairs(func(T) (int, int64) { return 0, 1 }).
		ReduceByKeyAndWindow(add, w, Inverse(func(a, b int64) int64 { return a - b }), onePartition[int64]()).Values()
}

// ReduceByWindow gives the elements of the window combined by f, which must be
// associative and commutative; nothing if the window is empty.
func (d DStream[T]) ReduceByWindow(f func(T, T) T, w Window, o ...WindowOption[T]) DStream[T] {
	pairs := d.ToPairs(func(t T) (int, T) { return 0, t })
	return reduceByKeyAndWindow(pairs, f, w, append(o[:len(o):len(o)], onePartition[T]())).Values()
}

// CountByValueAndWindow counts the equal elements of the window, each slide.
func CountByValueAndWindow[T comparable](d DStream[T], w Window) Pairs[T, int64] {
	add := func(a, b int64) int64 { return a + b }
	sub := func(a, b int64) int64 { return a - b }
	return d.ToPairs(func(t T) (T, int64) { return t, 1 }).
		ReduceByKeyAndWindow(add, w, Inverse(sub), Keep(func(n int64) bool { return n != 0 }))
}

// Window gives, each slide, the pairs of the batches within the window; see
// DStream.Window.
func (p Pairs[K, V]) Window(w Window) Pairs[K, V] {
	length, slide := w.ticks("Window", p.node)
	kept := retainPairs[K, V](p.node)
	return Pairs[K, V]{derive(window(kept, slide, length), "toPairs", func(r rdd.RDD[rdd.Pair[K, V]]) rdd.Pairs[K, V] { return r.ToPairs(rdd.SplitPair) })}
}

// GroupByKeyAndWindow hands the values that each key has in the window to f, those
// of older batches first.
func (p Pairs[K, V]) GroupByKeyAndWindow[R any](f func(K, []V) R, w Window, o ...rdd.ShuffleOption) Pairs[K, R] {
	return p.Window(w).GroupByKey(f, o...)
}

// WindowOption changes how a window is reduced.
type WindowOption[V any] func(*windowOptions[V])

type windowOptions[V any] struct {
	inverse    func(V, V) V
	keep       func(V) bool
	partitions int
}

// Inverse makes a window move instead of being reduced anew: values that leave are
// taken out by f(accumulated, leaving), so that the cost follows the change and not
// the length. It needs f(reduce(a, b), b) = a. A key stays, at whatever is left,
// until Keep refuses it.
func Inverse[V any](f func(accumulated, leaving V) V) WindowOption[V] {
	return func(o *windowOptions[V]) { o.inverse = f }
}

// Keep drops keys for whose value f is false, in a window with an inverse. The
// value should say whether anything is left: a sum that happens to be 0 does not.
func Keep[V any](f func(V) bool) WindowOption[V] {
	return func(o *windowOptions[V]) { o.keep = f }
}

func onePartition[V any]() WindowOption[V] {
	return func(o *windowOptions[V]) { o.partitions = 1 }
}

// ReduceByKeyAndWindow combines the values that each key has in the window by f,
// which must be associative and commutative. Each batch is reduced first and the
// window is made of these results.
func (p Pairs[K, V]) ReduceByKeyAndWindow(f func(V, V) V, w Window, o ...WindowOption[V]) Pairs[K, V] {
	return reduceByKeyAndWindow(p, f, w, o)
}

func reduceByKeyAndWindow[K comparable, V any](p Pairs[K, V], f func(V, V) V, w Window, options []WindowOption[V]) Pairs[K, V] {
	var o windowOptions[V]
	for _, option := range options {
		option(&o)
	}
	s := p.node.session
	length, slide := w.ticks("ReduceByKeyAndWindow", p.node)
	if o.keep != nil && o.inverse == nil {
		s.mistake("ReduceByKeyAndWindow", "Keep has a meaning only with Inverse: a window that is reduced anew holds no stale keys")
	}
	reduced := reduceInto(p, f, o.partitions)
	if o.inverse == nil || slide > length && !s.options.SparkCompatible {
		return reduceInto(windowInPlace(reduced, o.partitions, length, slide), f, o.partitions)
	}
	return slidingWindow(reduced, f, o, length, slide)
}

// windowInPlace is Window of batches that were reduced into a fixed number of
// partitions, or that of the session if it is 0. It leaves the pairs in the partitions
// of their keys, so that they are reduced again without a shuffle.
func windowInPlace[K comparable, V any](reduced Pairs[K, V], fixed int, length, slide int64) Pairs[K, V] {
	s := reduced.node.session
	kept := retainReduced[K, V](reduced.node, fixed)
	kept.window(length, slide)
	n := newNode(s, "window", slide, kept.node)
	n.build = func(tick int64) (any, error) {
		batches, err := kept.between(tick-length, tick)
		if err != nil {
			return nil, err
		}
		count := s.partitionsOr(fixed)
		return rdd.FromKeyedChunks(s.scope, "window", count, rdd.Hash(count), func(_ rdd.Task, partition int) rdd.KeyedChunks[K, V] {
			return func(yield func(rdd.Columns[K, V], error) bool) { yieldPairs(batches, partition, yield) }
		}), nil
	}
	n.detail, n.crosses = fmt.Sprint(length), true
	return Pairs[K, V]{n}
}

// yieldPairs yields a partition of each of the batches as columns.
func yieldPairs[K comparable, V any](batches [][][]rdd.Pair[K, V], partition int, yield func(rdd.Columns[K, V], error) bool) {
	chunk := rdd.Columns[K, V]{Keys: make([]K, chunkLength), Values: make([]V, chunkLength)}
	for _, batch := range batches {
		for pairs := range slices.Chunk(batch[partition], chunkLength) {
			chunk.Keys, chunk.Values = chunk.Keys[:len(pairs)], chunk.Values[:len(pairs)]
			for i := range pairs {
				chunk.Keys[i], chunk.Values[i] = pairs[i].Key, pairs[i].Value
			}
			if !yield(chunk, nil) {
				return
			}
		}
	}
}

// reduceInto is ReduceByKey into a fixed number of partitions, or that of the
// session if it is 0.
func reduceInto[K comparable, V any](p Pairs[K, V], f func(V, V) V, fixed int) Pairs[K, V] {
	s := p.node.session
	return Pairs[K, V]{derive(p.node, "reduceByKey", func(r rdd.Pairs[K, V]) rdd.Pairs[K, V] {
		return r.ReduceByKey(f, rdd.Hash(s.partitionsOr(fixed)))
	})}
}
