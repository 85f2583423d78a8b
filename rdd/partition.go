package rdd

import (
	"fmt"

	"github.com/tidewheel/tidewheel/internal/keyed"
)

// Partitioner says to which partition a key belongs. Collections whose partitioners
// are equal by value are combined by key without a shuffle. The zero value is no
// partitioner.
type Partitioner struct {
	name       string
	partitions int
	assign     any // a func(K) int; nil: by the hash of the key
}

// ShuffleOption is an option of an operation that shuffles: a [Partitioner].
type ShuffleOption interface{ applyShuffle(*shuffleOptions) }

type shuffleOptions struct {
	target Partitioner
	given  bool
}

func (p Partitioner) applyShuffle(o *shuffleOptions) { o.target, o.given = p, true }

// Hash spreads keys over n partitions by their hash, which is the same in every
// process.
func Hash(n int) Partitioner { return Partitioner{name: "hash", partitions: n} }

// Custom puts a key into the partition that assign returns for it, from 0 to n-1;
// another number fails the task. Two custom partitioners are equal if name and n
// are, so the name must stand for the function.
func Custom[K comparable](name string, n int, assign func(K) int) Partitioner {
	return Partitioner{name: name, partitions: n, assign: assign}
}

// String is the name and the number of partitions.
func (p Partitioner) String() string { return fmt.Sprintf("%s(%d)", p.name, p.partitions) }

func (p Partitioner) equal(q Partitioner) bool {
	return p.partitions == q.partitions && p.name == q.name && (p.assign == nil) == (q.assign == nil)
}

func (p Partitioner) isNone() bool { return p.partitions == 0 }

// checkShuffle notes the mistakes of an operation by keys of type K and returns the
// partitioner that it was given, or none.
func checkShuffle[K comparable](n *node, options []ShuffleOption) Partitioner {
	if err := keyed.Check[K](); err != nil {
		n.wrong("%s: %w", n.operation, err)
	}
	var o shuffleOptions
	for _, option := range options {
		option.applyShuffle(&o)
	}
	if !o.given {
		return Partitioner{}
	}
	if o.target.partitions <= 0 {
		n.wrong("%s: the partitioner %v has %d partitions: there must be at least 1", n.operation, o.target, o.target.partitions)
	}
	if o.target.assign != nil {
		if f, ok := o.target.assign.(func(K) int); !ok {
			var key K
			n.wrong("%s: the partitioner %v takes a %T, not keys of type %T", n.operation, o.target, o.target.assign, key)
		} else if f == nil {
			n.wrong("%s: the function of the partitioner %v is nil", n.operation, o.target)
		}
	}
	return o.target
}

// target chooses the partitioner of an operation that was given none: the one of
// the largest input that has any, if no input is ten times larger or it has at
// least as many partitions as asked for; else by hash, over as many partitions as
// Options.Parallelism says, or as the largest input has.
func (n *node) target(given Partitioner) Partitioner {
	if !given.isNone() {
		return given
	}
	largest, best := 0, Partitioner{}
	for _, p := range n.parents {
		largest = max(largest, p.partitions)
		if p.partitioner.partitions > best.partitions {
			best = p.partitioner
		}
	}
	count := n.session.shuffled
	if count == 0 {
		count = largest
	}
	if !best.isNone() && (largest < 10*best.partitions || count <= best.partitions) {
		return best
	}
	return Hash(max(count, 1))
}

// splitter numbers the partitions of keys, many at a time.
type splitter[K comparable] struct {
	partitioner Partitioner
	hashes      func([]K, []uint64)
	custom      func(K) int

	hashBuffer []uint64
	parts      []uint32
}

func newSplitter[K comparable](p Partitioner) *splitter[K] {
	s := &splitter[K]{partitioner: p}
	if p.assign != nil {
		s.custom = p.assign.(func(K) int)
	} else {
		s.hashes = keyed.HashesOf[K]()
	}
	return s
}

// split returns the partition of each key, good until the next call. The hashes may
// be nil.
func (s *splitter[K]) split(keys []K, hashes []uint64) ([]uint32, error) {
	s.parts = resize(s.parts, len(keys))
	parts := s.parts
	if s.custom != nil {
		for i, key := range keys {
			part := s.custom(key)
			if part < 0 || part >= s.partitioner.partitions {
				return nil, fmt.Errorf("the partitioner %v puts the key %v into partition %d", s.partitioner, key, part)
			}
			parts[i] = uint32(part)
		}
		return parts, nil
	}
	if s.partitioner.partitions == 1 {
		clear(parts)
		return parts, nil
	}
	if hashes == nil {
		s.hashBuffer = resize(s.hashBuffer, len(keys))
		hashes = s.hashBuffer
		s.hashes(keys, hashes)
	}
	for i, hash := range hashes[:len(parts)] {
		parts[i] = uint32(keyed.Partition(hash, s.partitioner.partitions))
	}
	return parts, nil
}
