package rdd

import "cmp"

// Number is what can be added.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr |
		~float32 | ~float64
}

// The functions below are to hand over: GroupByKey(rdd.Slice), Join(b, rdd.Inner).

// Slice returns the values of a group as they are, for GroupByKey.
func Slice[K comparable, V any](_ K, values []V) []V { return values }

// MakePair makes a Pair, for Pairs.Map.
func MakePair[K comparable, V any](key K, value V) Pair[K, V] { return Pair[K, V]{key, value} }

// SplitPair is the way back from MakePair, for RDD.ToPairs.
func SplitPair[K comparable, V any](pair Pair[K, V]) (K, V) { return pair.Key, pair.Value }

// Key returns the key of a pair, for Pairs.SortBy and TopBy.
func Key[K comparable, V any](key K, _ V) K { return key }

// Value returns the value of a pair, for Pairs.SortBy and TopBy.
func Value[K comparable, V any](_ K, value V) V { return value }

// Self returns what it is given, for SortBy, TopBy and Glom.
func Self[T any](element T) T { return element }

// Zero returns the zero value, for Aggregate.
func Zero[T any]() T {
	var zero T
	return zero
}

// Joined is what is known of a key on both sides of a join. A side that has none is
// the zero value.
type Joined[V, W any] struct {
	Left     V
	Right    W
	HasLeft  bool
	HasRight bool
}

// Inner puts both sides together, for Join.
func Inner[V, W any](v V, w W) Joined[V, W] { return Joined[V, W]{v, w, true, true} }

// LeftOuter puts both sides together, for LeftOuterJoin.
func LeftOuter[V, W any](v V, w W, ok bool) Joined[V, W] { return Joined[V, W]{v, w, true, ok} }

// RightOuter puts both sides together, for RightOuterJoin.
func RightOuter[V, W any](v V, ok bool, w W) Joined[V, W] { return Joined[V, W]{v, w, ok, true} }

// FullOuter puts both sides together, for FullOuterJoin.
func FullOuter[V, W any](v V, hasV bool, w W, hasW bool) Joined[V, W] {
	return Joined[V, W]{v, w, hasV, hasW}
}

// Ascending compares elements, NaN after all others; for SortFunc and TakeOrdered.
func Ascending[T cmp.Ordered](a, b T) int {
	switch aNaN, bNaN := a != a, b != b; {
	case aNaN && bNaN:
		return 0
	case aNaN:
		return 1
	case bNaN:
		return -1
	}
	return cmp.Compare(a, b)
}
