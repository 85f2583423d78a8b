package rdd

import (
	"iter"
	"slices"
)

// chunkLength is how many elements operators pass on at a time: enough to spread
// the cost of a chunk, few enough that a chunk stays in the L1 cache.
const chunkLength = 512

// Chunks is a partition as operators see it: a few hundred elements at a time. An
// error ends it. A chunk is its producer's again when the next is asked for: who
// keeps elements copies them, and nobody else changes them.
type Chunks[T any] = iter.Seq2[[]T, error]

// Columns is a chunk of pairs: Values[i] belongs to Keys[i].
type Columns[K, V any] struct {
	Keys   []K
	Values []V
}

// KeyedChunks is a partition of pairs as operators see it, under the rules of
// [Chunks].
type KeyedChunks[K, V any] = iter.Seq2[Columns[K, V], error]

// chunkOperations is what an operator that is blind to the type of a chunk needs.
type chunkOperations[C any] struct {
	length   func(C) int
	clone    func(C) C
	encoding func() (chunkEncoding[C], error)
}

func elementOperations[T any]() chunkOperations[[]T] {
	return chunkOperations[[]T]{
		length:   func(chunk []T) int { return len(chunk) },
		clone:    func(chunk []T) []T { return slices.Clone(chunk) },
		encoding: encodeElements[T],
	}
}

func columnOperations[K, V any]() chunkOperations[Columns[K, V]] {
	return chunkOperations[Columns[K, V]]{
		length: func(chunk Columns[K, V]) int { return len(chunk.Keys) },
		clone: func(chunk Columns[K, V]) Columns[K, V] {
			return Columns[K, V]{slices.Clone(chunk.Keys), slices.Clone(chunk.Values)}
		},
		encoding: encodeColumns[K, V],
	}
}

// resize returns a slice of length n, which is buffer's memory if that is enough.
func resize[T any](buffer []T, n int) []T {
	if n <= cap(buffer) {
		return buffer[:n]
	}
	return make([]T, n, max(n, min(2*cap(buffer), chunkLength)))
}

// packer collects elements and passes them on as chunks. After push or flush has
// returned false, nothing more may be pushed.
type packer[T any] struct {
	buffer []T
	yield  func([]T, error) bool
}

func (p *packer[T]) push(element T) bool {
	p.buffer = append(p.buffer, element)
	return len(p.buffer) < chunkLength || p.flush()
}

// flush passes on what is there.
func (p *packer[T]) flush() bool {
	if len(p.buffer) == 0 {
		return true
	}
	chunk := p.buffer
	p.buffer = p.buffer[:0]
	return p.yield(chunk, nil)
}

// columnPacker is a packer of pairs.
type columnPacker[K, V any] struct {
	buffer Columns[K, V]
	yield  func(Columns[K, V], error) bool
}

func (p *columnPacker[K, V]) push(key K, value V) bool {
	p.buffer.Keys = append(p.buffer.Keys, key)
	p.buffer.Values = append(p.buffer.Values, value)
	return len(p.buffer.Keys) < chunkLength || p.flush()
}

func (p *columnPacker[K, V]) flush() bool {
	if len(p.buffer.Keys) == 0 {
		return true
	}
	chunk := p.buffer
	p.buffer.Keys, p.buffer.Values = p.buffer.Keys[:0], p.buffer.Values[:0]
	return p.yield(chunk, nil)
}
