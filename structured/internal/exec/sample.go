package exec

import (
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// sample keeps a row if a hash of it and of its place lies below a limit. The place
// tells equal rows apart.
type sample struct {
	limit   uint64
	all     bool
	seed    uint64
	place   uint64 // in the partition
	hashed  []int  // the columns that have hashes
	hasher  state.Hasher
	columns []*vector.Column
	hashes  []uint64
	rows    vector.Selection
	out     vector.Batch
}

func newSample(node *physical.Sample) Machine {
	s := &sample{
		limit: uint64(node.Fraction * math.MaxInt64 * 2), all: node.Fraction >= 1, seed: mix(uint64(node.Seed)),
		rows: vector.Selection{},
	}
	for i, field := range node.Schema().Fields {
		if !field.Type.IsNested() || field.Type.Kind() != types.KindMap && field.Type.IsOrdered() {
			s.hashed = append(s.hashed, i)
		}
	}
	return s
}

func (s *sample) Push(_ int, b *vector.Batch, emit Emit) error {
	if s.all {
		return emit(b)
	}
	n := b.Len()
	s.columns, s.hashes = s.columns[:0], vector.Resize(s.hashes, n)
	for _, i := range s.hashed {
		s.columns = append(s.columns, &b.Columns[i])
	}
	s.hasher.Hash(s.columns, b.Selection, s.hashes)
	s.rows = s.rows[:0]
	for i, hash := range s.hashes {
		s.place++
		if mix(hash^s.seed^mix(s.place)) < s.limit {
			s.rows = append(s.rows, int32(b.Row(i)))
		}
	}
	if len(s.rows) == 0 {
		return nil
	}
	s.out = vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: s.rows}
	return emit(&s.out)
}

func (s *sample) Marker(int, Marker, Emit) error {
	s.place = 0
	return nil
}

func (s *sample) Close() error { return nil }

// mix makes every bit of the result depend on every bit of x: the finalizer of
// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
