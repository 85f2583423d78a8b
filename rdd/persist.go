package rdd

import (
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Storage says where Persist keeps partitions.
type Storage uint8

// Memory keeps elements as they are. A partition that is lost with its executor is
// computed again.
const Memory Storage = iota + 1

// Persist marks the collection to be kept: the first task that reads a partition
// stores the whole of it, even if it needs only the beginning, and later tasks read
// it from there. It returns the collection itself.
func (r RDD[T]) Persist(where Storage) RDD[T] { return RDD[T]{persist(r.collection, where)} }

// Unpersist drops what was kept and unmarks the collection, which it returns.
func (r RDD[T]) Unpersist() RDD[T] {
	r.base().unpersist()
	return r
}

// Persist marks the collection to be kept, as [RDD.Persist] does.
func (p Pairs[K, V]) Persist(where Storage) Pairs[K, V] {
	return Pairs[K, V]{persist(p.collection, where)}
}

// Unpersist drops what was kept and unmarks the collection, which it returns.
func (p Pairs[K, V]) Unpersist() Pairs[K, V] {
	p.base().unpersist()
	return p
}

func persist[C any](c *collection[C], where Storage) *collection[C] {
	switch {
	case c == nil || c.mistake != nil:
		return c
	case where != Memory:
		n := newNode("Persist", nil, c.node)
		n.wrong("Persist: there is no storage %d: use Memory", where)
		return &collection[C]{node: n, chunks: c.chunks}
	}
	if !c.persisted.Swap(true) {
		c.session.keep(c.node)
	}
	return c
}

// keep notes a persisted node for Close.
func (s *Session) keep(n *node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, n)
}

func (n *node) unpersist() {
	if n == nil || n.mistake != nil || !n.persisted.Swap(false) {
		return
	}
	n.session.release(n)
	n.session.root.scheduler.Unpersist(n.id)
}

func (s *Session) release(n *node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, kept := range s.kept {
		if kept == n {
			s.kept = append(s.kept[:i], s.kept[i+1:]...)
			return
		}
	}
}

// computeOrKeep reads the block of a persisted partition, or computes the partition
// to its end and keeps it. Two tasks that miss it at once both compute it.
func (c *collection[C]) computeOrKeep(task *scheduler.Task, partition int) iter.Seq2[C, error] {
	return func(yield func(C, error) bool) {
		block, ok := task.Block(c.id, partition)
		if !ok {
			var kept []C
			for chunk, err := range (*c.source.Load())(task, partition) {
				if err != nil {
					yield(chunk, err)
					return
				}
				kept = append(kept, c.chunks.clone(chunk))
			}
			task.Keep(c.id, partition, kept)
			block = kept
		}
		for _, chunk := range block.([]C) {
			if err := task.Turn(); err != nil {
				yield(chunk, err)
				return
			}
			if !yield(chunk, nil) {
				return
			}
		}
	}
}
