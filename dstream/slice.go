package dstream

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tidewheel/tidewheel/rdd"
)

// remembered is what Slice reads of a keeper of batches while the stream's loop
// writes it.
type remembered[T any] struct {
	mu      sync.Mutex //det:lock what follows
	batches map[int64][][]T
}

// Remember keeps the stream's newest batches, those that ended within d before the
// newest one, for Slice. d is a positive multiple of the stream's slide, and Remember
// is called once for a stream. With a checkpoint the batches are logged, and their
// elements must be of a type that can be written.
func (d DStream[T]) Remember(keep time.Duration) DStream[T] {
	n := d.node
	s := n.session
	if n.slices != nil {
		s.mistake("Remember", "the stream remembers its batches already; it is called once")
		return d
	}
	length := s.ticks("Remember", "length", keep, n)
	kept := retain[T](n)
	kept.window(length, n.slide)
	kept.slices = &remembered[T]{batches: map[int64][][]T{}}
	n.slices = kept.slices
	return d
}

// Slice returns the batches that ended from one time up to another, both included
// and rounded down to the stream's slide, oldest first. Those that are not
// remembered any more, or have not come yet, are left out. The stream must have been
// told to Remember. Slice may be called by any goroutine while the session runs, and
// by functions of the stream.
func (d DStream[T]) Slice(from, to time.Time) ([]rdd.RDD[T], error) {
	s := d.node.session
	s.mu.Lock()
	now := s.state
	s.mu.Unlock()
	kept, ok := d.node.slices.(*remembered[T])
	switch {
	case now != Active && now != Draining:
		return nil, fmt.Errorf("dstream: Slice: the session is %s; batches are there while it runs", now)
	case !ok:
		return nil, errors.New("dstream: Slice: the stream keeps no batches: call Remember when it is declared")
	case to.Before(from):
		return nil, fmt.Errorf("dstream: Slice: %s is before %s", to, from)
	}
	first, last := s.generator.tick(from, d.node.slide), s.generator.tick(to, d.node.slide)
	kept.mu.Lock()
	defer kept.mu.Unlock()
	var batches []rdd.RDD[T]
	for _, tick := range slices.Sorted(maps.Keys(kept.batches)) {
		if first <= tick && tick <= last {
			batches = append(batches, fromPartitions(s.rdd, "slice", kept.batches[tick]))
		}
	}
	return batches, nil
}

// put adds a batch and drops those of a tick or before.
func (r *remembered[T]) put(tick int64, partitions [][]T, drop int64) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batches[tick] = partitions
	for old := range r.batches { //det:unordered deletes only
		if old <= drop {
			delete(r.batches, old)
		}
	}
}
