package rdd

// DistinctBy keeps one element for each key, the first in the order of partitions.
func (r RDD[T]) DistinctBy[K comparable](key func(T) K, options ...ShuffleOption) RDD[T] {
	return r.KeyBy(key).ReduceByKey(func(first, _ T) T { return first }, options...).Values()
}

// Distinct keeps one of equal elements, in the order in which they were first met in
// a partition of the result.
func Distinct[T comparable](r RDD[T], options ...ShuffleOption) RDD[T] {
	return members(r).ReduceByKey(func(first, _ struct{}) struct{} { return first }, options...).Keys()
}

// Subtract keeps the elements of a that b does not have, duplicates included.
func Subtract[T comparable](a, b RDD[T], options ...ShuffleOption) RDD[T] {
	return members(a).SubtractByKey(members(b), options...).Keys()
}

// Intersection keeps the elements that both have, each once.
func Intersection[T comparable](a, b RDD[T], options ...ShuffleOption) RDD[T] {
	type both struct{ a, b bool }
	return members(a).
		CoGroup(members(b), func(_ T, a, b []struct{}) both { return both{len(a) > 0, len(b) > 0} }, options...).
		Filter(func(_ T, in both) bool { return in.a && in.b }).
		Keys()
}

// members makes elements keys.
func members[T comparable](r RDD[T]) Pairs[T, struct{}] {
	return r.ToPairs(func(element T) (T, struct{}) { return element, struct{}{} })
}
