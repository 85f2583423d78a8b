package rdd

import (
	"cmp"
	"context"
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Direction is the option that turns the order of a sort around.
type Direction uint8

// Descending sorts the largest first. Elements that compare equal still stay in
// their order.
const Descending Direction = 1

func (d Direction) applySort(o *sortOptions) { o.descending = d == Descending }

type sortOptions struct {
	partitions int
	given      bool
	descending bool
}

// SortBy sorts by a key, over all partitions: each holds a range of keys, none of
// which is in two. Elements with equal keys stay in their order. Floats are in the
// order -0, 0, and NaN last.
//
// The number of partitions is that of the option Partitions, else the input's; if
// there are few distinct keys, some are empty. With more than one, the first end
// that needs the collection runs a job before its own, which computes the input once
// to draw a sample and choose the ranges.
func (r RDD[T]) SortBy[S cmp.Ordered](key func(T) S, options ...SortOption) RDD[T] {
	n := operator("SortBy", r.base(), key == nil)
	return RDD[T]{sortNode(n, r.collection, sorting[[]T, S, T, []T]{
		order: naturalOrder[S](),
		split: func(in Chunks[T]) KeyedChunks[S, T] { return keyChunks(in, key) },
		join:  valuesOf[S, T],
	}, elementOperations[T](), options)}
}

// SortFunc is SortBy with a function that compares elements: negative if a comes
// before b, 0 if they are equal in order.
func (r RDD[T]) SortFunc(compare func(a, b T) int, options ...SortOption) RDD[T] {
	n := operator("SortFunc", r.base(), compare == nil)
	return RDD[T]{sortNode(n, r.collection, sorting[[]T, T, struct{}, []T]{
		order: order[T]{compare: compare},
		split: func(in Chunks[T]) KeyedChunks[T, struct{}] {
			nothing := make([]struct{}, chunkLength)
			return func(yield func(Columns[T, struct{}], error) bool) {
				for chunk, err := range in {
					nothing = resize(nothing, len(chunk))
					if !yield(Columns[T, struct{}]{chunk, nothing}, err) || err != nil {
						return
					}
				}
			}
		},
		join: keysOf[T, struct{}],
	}, elementOperations[T](), options)}
}

// SortBy sorts by something made of key and value, as [RDD.SortBy] does: by
// rdd.Key, rdd.Value or a function. The result has no partitioner.
func (p Pairs[K, V]) SortBy[S cmp.Ordered](key func(K, V) S, options ...SortOption) Pairs[K, V] {
	n := operator("SortBy", p.base(), key == nil)
	return Pairs[K, V]{sortNode(n, p.collection, sorting[Columns[K, V], S, Pair[K, V], Columns[K, V]]{
		order: naturalOrder[S](),
		split: func(in KeyedChunks[K, V]) KeyedChunks[S, Pair[K, V]] {
			return pairChunks(unpairChunks(in, MakePair), func(pair Pair[K, V]) (S, Pair[K, V]) {
				return key(pair.Key, pair.Value), pair
			})
		},
		join: func(in KeyedChunks[S, Pair[K, V]]) KeyedChunks[K, V] {
			return pairChunks(valuesOf(in), SplitPair)
		},
	}, columnOperations[K, V](), options)}
}

// sorting is how chunks of type C are split into keys S and what is sorted by them,
// E, and put together again as chunks of type D.
type sorting[C, S, E, D any] struct {
	order order[S]
	split func(iter.Seq2[C, error]) KeyedChunks[S, E]
	join  func(KeyedChunks[S, E]) iter.Seq2[D, error]
}

func sortNode[C, S, E, D any](n *node, parent *collection[C], by sorting[C, S, E, D], chunks chunkOperations[D], options []SortOption) *collection[D] {
	var o sortOptions
	for _, option := range options {
		option.applySort(&o)
	}
	if o.given && o.partitions <= 0 {
		n.wrong("%s: %d partitions: there must be at least 1", n.operation, o.partitions)
	}
	by.order.descending = o.descending
	var shuffle *scheduler.Shuffle
	n.plan = func(ctx context.Context, n *node) error {
		n.partitions = o.partitions
		if !o.given {
			n.partitions = max(parent.partitions, 1)
		}
		bounds, err := sampleBounds(ctx, n, parent, by)
		if err != nil {
			return err
		}
		shuffle = n.shuffle(parent.node, n.partitions, func(task *scheduler.Task, partition int) ([]any, error) {
			return splitRanges(by.split(parent.compute(task, partition)), newRanger(by.order, bounds), n.partitions)
		})
		n.depend(shuffle)
		return nil
	}
	return newCollection(n, chunks, func(task *scheduler.Task, partition int) iter.Seq2[D, error] {
		return by.join(func(yield func(Columns[S, E], error) bool) {
			all, err := gather(fetchColumns[S, E](task, shuffle, partition))
			if err != nil {
				yield(Columns[S, E]{}, err)
				return
			}
			yieldSorted(task, by.order, all, yield)
		})
	})
}

// splitRanges writes the n blocks of a map task: one for each range, and empty ones if
// there are fewer ranges.
func splitRanges[S, E any](in KeyedChunks[S, E], ranges *ranger[S], n int) ([]any, error) {
	outputs := make([]pieces[S, E], n)
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		if len(outputs) == 1 {
			outputs[0].appendAll(chunk)
			continue
		}
		parts := ranges.of(chunk.Keys)
		for i, key := range chunk.Keys {
			outputs[parts[i]].append(key, chunk.Values[i])
		}
	}
	return blocksOf(outputs), nil
}

// gather copies chunks into one.
func gather[S, E any](in KeyedChunks[S, E]) (all Columns[S, E], err error) {
	var collected pieces[S, E]
	for chunk, err := range in {
		if err != nil {
			return all, err
		}
		collected.appendAll(chunk)
	}
	parts := collected.all()
	if len(parts) == 1 {
		return parts[0], nil
	}
	length := 0
	for _, part := range parts {
		length += len(part.Keys)
	}
	all = Columns[S, E]{make([]S, 0, length), make([]E, 0, length)}
	for _, part := range parts {
		all.Keys = append(all.Keys, part.Keys...)
		all.Values = append(all.Values, part.Values...)
	}
	return all, nil
}

// yieldSorted passes on all in order.
func yieldSorted[S, E any](task *scheduler.Task, by order[S], all Columns[S, E], yield func(Columns[S, E], error) bool) {
	places := by.sort(all.Keys)
	var out Columns[S, E]
	for len(places) > 0 {
		if err := task.Turn(); err != nil {
			yield(Columns[S, E]{}, err)
			return
		}
		n := min(len(places), chunkLength)
		out.Keys, out.Values = resize(out.Keys, n), resize(out.Values, n)
		for i, place := range places[:n] {
			out.Keys[i], out.Values[i] = all.Keys[place], all.Values[place]
		}
		if !yield(out, nil) {
			return
		}
		places = places[n:]
	}
}
