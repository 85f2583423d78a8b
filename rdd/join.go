package rdd

import (
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/scheduler"
)

// Join applies f to each pair of values, one of p and one of b, that have a key in
// common: the product of both sides for a key that is there several times. Results
// come in the order of p, and for one value in that of b. The partitions of b are
// held in memory, so b is better the smaller side.
func (p Pairs[K, V]) Join[W, R any](b Pairs[K, W], f func(V, W) R, options ...ShuffleOption) Pairs[K, R] {
	n := byKeys("Join", p.base(), b.base(), f == nil)
	return Pairs[K, R]{joinNode(n, p.collection, b.collection, joiner[V, W, R]{both: f}, options)}
}

// LeftOuterJoin is Join that keeps values of p without a partner: for them ok is
// false.
func (p Pairs[K, V]) LeftOuterJoin[W, R any](b Pairs[K, W], f func(v V, w W, ok bool) R, options ...ShuffleOption) Pairs[K, R] {
	n := byKeys("LeftOuterJoin", p.base(), b.base(), f == nil)
	return Pairs[K, R]{joinNode(n, p.collection, b.collection, joiner[V, W, R]{
		both: func(v V, w W) R { return f(v, w, true) },
		left: func(v V) R { return f(v, Zero[W](), false) },
	}, options)}
}

// RightOuterJoin is Join that keeps values of b without a partner: for them ok is
// false. They come last in their partition.
func (p Pairs[K, V]) RightOuterJoin[W, R any](b Pairs[K, W], f func(v V, ok bool, w W) R, options ...ShuffleOption) Pairs[K, R] {
	n := byKeys("RightOuterJoin", p.base(), b.base(), f == nil)
	return Pairs[K, R]{joinNode(n, p.collection, b.collection, joiner[V, W, R]{
		both:  func(v V, w W) R { return f(v, true, w) },
		right: func(w W) R { return f(Zero[V](), false, w) },
	}, options)}
}

// FullOuterJoin is Join that keeps values of both sides without a partner. Those of
// b come last in their partition.
func (p Pairs[K, V]) FullOuterJoin[W, R any](b Pairs[K, W], f func(v V, hasV bool, w W, hasW bool) R, options ...ShuffleOption) Pairs[K, R] {
	n := byKeys("FullOuterJoin", p.base(), b.base(), f == nil)
	return Pairs[K, R]{joinNode(n, p.collection, b.collection, joiner[V, W, R]{
		both:  func(v V, w W) R { return f(v, true, w, true) },
		left:  func(v V) R { return f(v, true, Zero[W](), false) },
		right: func(w W) R { return f(Zero[V](), false, w, true) },
	}, options)}
}

// joiner makes results of values with and without a partner. Without left or right,
// lonely values of that side are dropped.
type joiner[V, W, R any] struct {
	both  func(V, W) R
	left  func(V) R
	right func(W) R
}

func joinNode[K comparable, V, W, R any](n *node, left *collection[Columns[K, V]], right *collection[Columns[K, W]], f joiner[V, W, R], options []ShuffleOption) *collection[Columns[K, R]] {
	sides := newSides(n, left, right, options)
	return columns(n, func(task *scheduler.Task, partition int) KeyedChunks[K, R] {
		return func(yield func(Columns[K, R], error) bool) {
			j := join[K, V, W, R]{joiner: f, keys: newAggregation[K, struct{}]()}
			j.out.yield = yield
			if err := collectGroups(j.keys, &j.right, sides.right.read(task, partition)); err != nil {
				yield(Columns[K, R]{}, err)
				return
			}
			j.right.arrange(j.keys.Len())
			if f.right != nil {
				j.matched = make([]bool, j.keys.Len())
			}
			for chunk, err := range sides.left.read(task, partition) {
				if err != nil {
					yield(Columns[K, R]{}, err)
					return
				}
				if !j.probe(chunk) {
					return
				}
			}
			if f.right == nil || j.lonelyRight() {
				j.out.flush()
			}
		}
	})
}

// join is a join at work in a task: the right side is there, the left passes by.
type join[K comparable, V, W, R any] struct {
	joiner[V, W, R]
	keys    *aggregation[K, struct{}]
	right   groups[W]
	matched []bool // slots that had a partner; nil if nobody asks
	out     columnPacker[K, R]
}

// probe joins a chunk of the left side and says whether more is wanted.
func (j *join[K, V, W, R]) probe(chunk Columns[K, V]) bool {
	hashes := resize(j.keys.hashes, len(chunk.Keys))
	j.keys.hashes = hashes
	j.keys.Hashes(chunk.Keys, hashes)
	for i, key := range chunk.Keys {
		slot, ok := j.keys.FindHash(key, hashes[i])
		if !ok {
			if j.left != nil && !j.out.push(key, j.left(chunk.Values[i])) {
				return false
			}
			continue
		}
		if j.matched != nil {
			j.matched[slot] = true
		}
		for _, w := range j.right.of(slot) {
			if !j.out.push(key, j.both(chunk.Values[i], w)) {
				return false
			}
		}
	}
	return true
}

// lonelyRight puts out the values of the right side that had no partner.
func (j *join[K, V, W, R]) lonelyRight() bool {
	for slot := range j.keys.End() {
		if j.matched[slot] {
			continue
		}
		for _, w := range j.right.of(slot) {
			if !j.out.push(j.keys.Key(slot), j.joiner.right(w)) {
				return false
			}
		}
	}
	return true
}

// SubtractByKey keeps the pairs whose key b does not have, duplicates included. The
// keys of b are held in memory, partition by partition.
func (p Pairs[K, V]) SubtractByKey[W any](b Pairs[K, W], options ...ShuffleOption) Pairs[K, V] {
	n := byKeys("SubtractByKey", p.base(), b.base(), false)
	return Pairs[K, V]{subtractNode(n, p.collection, b.collection, options)}
}

func subtractNode[K comparable, V, W any](n *node, left *collection[Columns[K, V]], right *collection[Columns[K, W]], options []ShuffleOption) *collection[Columns[K, V]] {
	sides := newSides(n, left, right, options)
	return columns(n, func(task *scheduler.Task, partition int) KeyedChunks[K, V] {
		return func(yield func(Columns[K, V], error) bool) {
			unwanted := keyed.NewTable[K, struct{}]()
			for chunk, err := range sides.right.read(task, partition) {
				if err != nil {
					yield(Columns[K, V]{}, err)
					return
				}
				for _, key := range chunk.Keys {
					unwanted.Insert(key)
				}
			}
			rest := filterColumns(sides.left.read(task, partition), func(key K, _ V) bool {
				_, found := unwanted.Find(key)
				return !found
			})
			rest(yield)
		}
	})
}
