package rdd

import (
	"context"
	"fmt"
	"math"

	"github.com/tidewheel/tidewheel/scheduler"
)

// TreeReduce is Reduce whose partial results are combined by tasks, in levels, where
// there are many partitions and f is slow. depth is about how many levels there are, the
// last one included; at least 1.
func (r RDD[T]) TreeReduce(ctx context.Context, depth int, f func(T, T) T) (T, error) {
	var none T
	if f == nil {
		return none, errNilFunction("TreeReduce")
	}
	total, err := treeAggregate(ctx, "TreeReduce", r.collection, depth, func() optional[T] { return optional[T]{} },
		func(sum optional[T], element T) optional[T] {
			if !sum.ok {
				return optional[T]{element, true}
			}
			return optional[T]{f(sum.value, element), true}
		},
		func(a, b optional[T]) optional[T] {
			if !a.ok || !b.ok {
				if a.ok {
					return a
				}
				return b
			}
			return optional[T]{f(a.value, b.value), true}
		})
	if err == nil && !total.ok {
		err = fmt.Errorf("rdd: TreeReduce: %w", ErrEmpty)
	}
	return total.value, err
}

// TreeAggregate is Aggregate whose partial results are merged by tasks, in levels; see
// TreeReduce. Each level begins with what zero returns, too, so that should be neutral.
func (r RDD[T]) TreeAggregate[A any](ctx context.Context, depth int, zero func() A, add func(A, T) A, merge func(A, A) A) (A, error) {
	if zero == nil || add == nil || merge == nil {
		var none A
		return none, errNilFunction("TreeAggregate")
	}
	return treeAggregate(ctx, "TreeAggregate", r.collection, depth, zero, add, merge)
}

func treeAggregate[T, A any](ctx context.Context, end string, c *collection[[]T], depth int, zero func() A, add func(A, T) A, merge func(A, A) A) (A, error) {
	var none A
	if depth < 1 {
		return none, fmt.Errorf("rdd: %s: the depth is %d; it must be at least 1", end, depth)
	}
	if err := prepare(ctx, end, c); err != nil {
		return none, err
	}
	if c.partitions == 0 {
		var sum A
		err := locally(end, func() { sum = zero() })
		return sum, err
	}
	scope := c.session.Scope()
	defer func() { _ = scope.Close() }() // a scope's Close forgets, and does not fail
	// What a partition comes to, with its number as the key. That it is an any keeps the
	// compiler from making collections of ever deeper types.
	n := newNode(end, nil, c.node)
	n.session = scope
	level := columns(n, func(task *scheduler.Task, partition int) KeyedChunks[int, any] {
		return func(yield func(Columns[int, any], error) bool) {
			sum := zero()
			for chunk, err := range c.compute(task, partition) {
				if err != nil {
					yield(Columns[int, any]{}, err)
					return
				}
				for _, element := range chunk {
					sum = add(sum, element)
				}
			}
			yield(Columns[int, any]{[]int{partition}, []any{sum}}, nil)
		}
	})
	mergeAny := func(a, b any) any { return merge(as[A](a), as[A](b)) }
	count := c.partitions
	scale := max(int(math.Ceil(math.Pow(float64(count), 1/float64(depth)))), 2)
	for count > scale+(count+scale-1)/scale {
		count /= scale
		level = mergeLevel(end, level, count, func(a any) any { return mergeAny(zero(), a) }, mergeAny)
	}
	parts, err := run(ctx, end, level, func(_ *scheduler.Task, _ int, in KeyedChunks[int, any]) (A, error) {
		sum := zero()
		for chunk, err := range in {
			if err != nil {
				return sum, err
			}
			for _, part := range chunk.Values {
				sum = merge(sum, as[A](part))
			}
		}
		return sum, nil
	})
	if err != nil {
		return none, err
	}
	var total A
	err = locally(end, func() {
		total = zero()
		for _, part := range parts {
			total = merge(total, part)
		}
	})
	return total, err
}

// as is a value of type A in an any. If A is an interface the value may be nil.
func as[A any](value any) A {
	a, _ := value.(A)
	return a
}

// mergeLevel merges partial results by the remainders of their numbers. begin merges a
// result with zero.
func mergeLevel(end string, level *collection[Columns[int, any]], count int, begin func(any) any, merge func(any, any) any) *collection[Columns[int, any]] {
	renumbered := columns(operator(end, level.node, false), derive(level, func(in KeyedChunks[int, any]) KeyedChunks[int, any] {
		return func(yield func(Columns[int, any], error) bool) {
			for chunk, err := range in {
				out := Columns[int, any]{make([]int, len(chunk.Keys)), make([]any, len(chunk.Values))}
				if err == nil {
					for i, key := range chunk.Keys {
						out.Keys[i], out.Values[i] = key%count, begin(chunk.Values[i])
					}
				}
				if !yield(out, err) || err != nil {
					return
				}
			}
		}
	}))
	byNumber := Custom("number", count, func(number int) int { return number })
	return Pairs[int, any]{renumbered}.ReduceByKey(merge, byNumber).collection
}
