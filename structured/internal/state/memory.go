package state

import (
	"unsafe"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// sample is how many groups are looked at to learn how much their buffers take.
const sample = 64

// room returns how many bytes a slice takes.
func room[T any](s []T) int64 {
	var one T
	return int64(cap(s)) * int64(unsafe.Sizeof(one))
}

// memory is what the tables of keys take, and about what the buffers do.
func (k *Keyed) memory() int64 {
	var sum, size int64
	looked := 0
	columns := bufferColumns(&k.router.layout)
	for _, b := range k.order {
		sum += b.table.memory()
		if looked < sample {
			numbers := spread(b.len(), sample-looked)
			looked, size = looked+len(numbers), size+sizeOf(b.accumulators, columns, numbers)
		}
	}
	return sum + size*int64(k.rows)/int64(max(looked, 1))
}

// memory is what the keys and the sessions take, and about what the buffers do.
func (s *Sessions) memory() int64 {
	numbers := spread(len(s.starts), sample)
	size := sizeOf(s.accumulators, s.values, numbers)
	return s.slots.memory() + room(s.starts) + room(s.stamps) + size*int64(len(s.starts))/int64(max(len(numbers), 1))
}

// spread returns the numbers of at most that many of n groups, which lie evenly among
// them.
func spread(n, most int) []int32 {
	numbers := make([]int32, min(n, most))
	for i := range numbers {
		numbers[i] = int32(i * n / len(numbers))
	}
	return numbers
}

// sizeOf returns how many bytes the buffers of these groups take as values of columns,
// one for each function.
func sizeOf(accumulators []accumulator, columns []vector.Column, numbers []int32) int64 {
	var sum int64
	for i, a := range accumulators {
		columns[i].Reset()
		a.appendTo(&columns[i], numbers)
		sum += int64(columns[i].Size())
	}
	return sum
}

func (t *table) memory() int64 {
	return room(t.slots) + room(t.hashes) + room(t.words) + room(t.starts) + room(t.bytes)
}

// memory is what keys and entries take.
func (s *slots) memory() int64 {
	sum := s.table.memory() + room(s.first) + room(s.last) + room(s.following)
	sum += room(s.key) + room(s.prev) + room(s.next) + room(s.expiry) + room(s.serial) + room(s.life) + room(s.free)
	sum += room(s.index.order) + room(s.index.in)
	for _, number := range s.index.order {
		sum += room(s.index.lists[number].slots)
	}
	return sum
}
