package state

import (
	"unsafe"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// A sample has at most that many groups, or fewer that take sampleBytes.
const (
	sampleGroups = 64
	sampleBytes  = 1 << 20
)

// sample is groups whose buffers were looked at to learn how much all of them take.
type sample struct{ groups, bytes int64 }

// look adds groups of n that lie evenly among them.
func (s *sample) look(n int, accumulators []accumulator, columns []vector.Column) {
	step := max(n/int(sampleGroups-s.groups+1), 1)
	group := []int32{0}
	for at := 0; at < n && s.groups < sampleGroups && s.bytes < sampleBytes; at += step {
		group[0] = int32(at)
		s.groups, s.bytes = s.groups+1, s.bytes+sizeOf(accumulators, columns, group)
	}
}

// of is about what the buffers of n groups take.
func (s *sample) of(n int) int64 { return s.bytes * int64(n) / max(s.groups, 1) }

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

// room returns how many bytes a slice takes.
func room[T any](s []T) int64 {
	var one T
	return int64(cap(s)) * int64(unsafe.Sizeof(one))
}

// memory is what the tables of keys take, and about what the buffers do.
func (k *Keyed) memory() int64 {
	var sum int64
	var seen sample
	columns := bufferColumns(&k.router.layout)
	for _, b := range k.order {
		sum += b.table.memory()
		seen.look(b.len(), b.accumulators, columns)
	}
	return sum + seen.of(k.rows)
}

// memory is what the keys and the sessions take, and about what the buffers do.
func (s *Sessions) memory() int64 {
	var seen sample
	seen.look(len(s.starts), s.accumulators, s.values)
	return s.slots.memory() + room(s.starts) + room(s.stamps) + seen.of(len(s.starts))
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
