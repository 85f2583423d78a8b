package exec

import (
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Watermark passes rows on and counts them. What it has seen since the last Take
// says how far event time has come; making a mark of it is the caller's.
type Watermark struct {
	stateless

	// ID tells which of the query's watermarks it is.
	ID int

	column int
	seen   Seen
}

// Seen is what a watermark has seen.
type Seen struct {
	Rows int64 // rows with a time
	Max  int64 // the greatest time, in microseconds; MinInt64 if Rows is 0
	Min  int64 // the least; not meant if Rows is 0
	sum  float64
}

// Mean returns the mean time, in microseconds.
func (s Seen) Mean() int64 { return int64(s.sum / float64(max(s.Rows, 1))) }

// Merge adds what another one has seen.
func (s *Seen) Merge(other Seen) {
	if s.Rows == 0 || other.Rows > 0 && other.Max > s.Max {
		s.Max = other.Max
	}
	if s.Rows == 0 || other.Rows > 0 && other.Min < s.Min {
		s.Min = other.Min
	}
	s.Rows, s.sum = s.Rows+other.Rows, s.sum+other.sum
}

func newWatermark(node *physical.Watermark) *Watermark {
	return &Watermark{ID: node.ID, column: node.Column, seen: Seen{Max: math.MinInt64}}
}

// Take returns what was seen and starts anew.
func (w *Watermark) Take() Seen {
	seen := w.seen
	w.seen = Seen{Max: math.MinInt64}
	return seen
}

// Push implements Machine.
func (w *Watermark) Push(_ int, b *vector.Batch, emit Emit) error {
	column, shift := &b.Columns[w.column], int64(0)
	if column.Type.Kind() == types.KindStruct { // a window, whose time is its last moment
		column, shift = &column.Children[1], -1
	}
	rows, latest, least, sum := int64(0), int64(math.MinInt64), int64(math.MaxInt64), 0.0
	if b.Selection == nil && !column.HasNulls() {
		rows = int64(b.Rows)
		for _, t := range column.Longs[:b.Rows] {
			latest, least = max(latest, t), min(least, t)
			sum += float64(t)
		}
	} else {
		for i := range b.Len() {
			if row := b.Row(i); !column.IsNull(row) {
				t := column.Longs[row]
				rows++
				latest, least = max(latest, t), min(least, t)
				sum += float64(t)
			}
		}
	}
	if rows > 0 {
		w.seen.Merge(Seen{Rows: rows, Max: latest + shift, Min: least + shift, sum: sum + float64(rows*shift)})
	}
	return emit(b)
}
