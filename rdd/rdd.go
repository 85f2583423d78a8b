package rdd

import (
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// RDD is an immutable collection of elements in partitions, known by how it is
// computed. It holds one pointer and goes by value. The zero value is no
// collection; its ends return an error.
type RDD[T any] struct{ collection *collection[[]T] }

// Pairs is a collection of keys with values. Keys are equal as Go's == has it, but
// all NaN are one key, and so are 0 and -0. A key may not hold a pointer, channel
// or function: where keys are hashed, that is a mistake.
type Pairs[K comparable, V any] struct {
	collection *collection[Columns[K, V]]
}

// Pair is a key with its value.
type Pair[K comparable, V any] struct {
	Key   K
	Value V
}

// base is the node, or nil for the zero value.
func (r RDD[T]) base() *node { return baseOf(r.collection) }

func (p Pairs[K, V]) base() *node { return baseOf(p.collection) }

func baseOf[C any](c *collection[C]) *node {
	if c == nil {
		return nil
	}
	return c.node
}

// elements makes a collection of elements.
func elements[T any](n *node, compute computing[[]T]) *collection[[]T] {
	return newCollection(n, elementOperations[T](), compute)
}

// columns makes a collection of pairs.
func columns[K comparable, V any](n *node, compute computing[Columns[K, V]]) *collection[Columns[K, V]] {
	return newCollection(n, columnOperations[K, V](), compute)
}

// derive makes the computation of a narrow operator: it reads the parent's
// partition of the same number.
func derive[C, D any](parent *collection[C], f func(in iter.Seq2[C, error]) iter.Seq2[D, error]) computing[D] {
	return func(task *scheduler.Task, partition int) iter.Seq2[D, error] {
		return f(parent.compute(task, partition))
	}
}

// operator makes the node of an operator over one parent. missing says that a
// function of the user's is nil.
func operator(operation string, parent *node, missing bool) *node {
	n := newNode(operation, nil, parent)
	if missing {
		n.wrong("%s: the function is nil", operation)
	}
	return n
}
