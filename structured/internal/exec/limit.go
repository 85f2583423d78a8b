package exec

import "github.com/tidewheel/tidewheel/structured/internal/vector"

// limit passes on the first rows after each marker.
type limit struct {
	most, left int64
	rows       vector.Selection
	out        vector.Batch
}

func newLimit(n int64) *limit { return &limit{most: n, left: n} }

func (l *limit) Push(_ int, b *vector.Batch, emit Emit) error {
	n := int64(b.Len())
	if n <= l.left {
		l.left -= n
		return emit(b)
	}
	if l.left == 0 {
		return nil
	}
	l.out = vector.Batch{Columns: b.Columns, Rows: b.Rows}
	l.rows = l.rows[:0]
	for i := range int(l.left) {
		l.rows = append(l.rows, int32(b.Row(i)))
	}
	l.out.Selection, l.left = l.rows, 0
	return emit(&l.out)
}

func (l *limit) Marker(int, Marker, Emit) error {
	l.left = l.most
	return nil
}

func (l *limit) Close() error { return nil }
