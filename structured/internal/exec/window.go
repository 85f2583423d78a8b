package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// window adds the time window of each row. If windows tumble, columns pass through
// and rows without a time leave the selection; if they slide, rows are copied, once
// for each window.
type window struct {
	stateless
	time    *eval.Program
	grid    bound.Window
	windows vector.Column
	rows    vector.Selection
	out     vector.Batch
	copied  *vector.Batch // of sliding windows: the input's columns
	origins []int32
}

func newWindow(node *physical.Window) (Machine, error) {
	time, err := eval.Compile(node.Time)
	input := node.Input.Schema()
	w := &window{time: time, grid: node.Grid, windows: vector.NewColumn(types.WindowOf(node.Time.Type())), copied: vector.NewBatch(input)}
	w.out.Columns = make([]vector.Column, input.Len()+1)
	return w, err
}

func (w *window) Push(_ int, b *vector.Batch, emit Emit) error {
	times, err := w.time.Run(b)
	if err != nil {
		return err
	}
	if w.grid.Size == w.grid.Slide {
		return w.tumble(b, times, emit)
	}
	return w.slide(b, times, emit)
}

func (w *window) tumble(b *vector.Batch, times *vector.Column, emit Emit) error {
	w.windows.Resize(b.Rows)
	starts, ends := &w.windows.Children[0], &w.windows.Children[1]
	starts.Resize(b.Rows)
	ends.Resize(b.Rows)
	if !w.starts(starts.Longs, ends.Longs, times.Longs[:b.Rows]) {
		if err := w.check(b, times); err != nil {
			return err
		}
	}
	copy(w.out.Columns, b.Columns)
	w.out.Columns[len(b.Columns)] = w.windows
	w.out.Rows, w.out.Selection = b.Rows, b.Selection
	if times.HasNulls() {
		w.out.Selection = w.timed(b, times)
		if len(w.out.Selection) == 0 {
			return nil
		}
	}
	return emit(&w.out)
}

// starts computes tumbling windows. Times mostly come in order, so the window of the
// row before is tried first, which saves a division. It is false if a time has no window,
// which does not matter if its row does not count.
func (w *window) starts(starts, ends, times []int64) (all bool) {
	starts, ends = starts[:len(times)], ends[:len(times)]
	size := w.grid.Size
	all = true
	var start int64
	end := start // an empty window, which holds no time
	for i, t := range times {
		if t < start || t >= end {
			start = w.grid.Last(t)
			end = start + size
			all = all && w.grid.Holds(t)
		}
		starts[i], ends[i] = start, end
	}
	return all
}

// check returns an error for the first row that counts and has a time without window.
func (w *window) check(b *vector.Batch, times *vector.Column) error {
	for i := range b.Len() {
		if row := b.Row(i); !times.IsNull(row) && !w.grid.Holds(times.Longs[row]) {
			return w.outOfRange(times.Longs[row])
		}
	}
	return nil
}

func (w *window) outOfRange(t int64) error {
	return fault.Runtimef("ARITHMETIC_OVERFLOW", "the window of %s around a time %d microseconds after 1970 is not within the range of timestamps", w.grid, t)
}

// timed returns the rows that count and have a time.
func (w *window) timed(b *vector.Batch, times *vector.Column) vector.Selection {
	if w.rows == nil {
		w.rows = vector.Selection{}
	}
	w.rows = w.rows[:0]
	for i := range b.Len() {
		if row := b.Row(i); !times.IsNull(row) {
			w.rows = append(w.rows, int32(row))
		}
	}
	return w.rows
}

func (w *window) slide(b *vector.Batch, times *vector.Column, emit Emit) error {
	w.reset()
	starts, ends := &w.windows.Children[0], &w.windows.Children[1]
	for i := range b.Len() {
		row := b.Row(i)
		if times.IsNull(row) {
			continue
		}
		t := times.Longs[row]
		if !w.grid.Holds(t) {
			return w.outOfRange(t)
		}
		last := w.grid.Last(t)
		first := last
		for first-w.grid.Slide+w.grid.Size > t {
			first -= w.grid.Slide
		}
		for start := first; start <= last; start += w.grid.Slide {
			starts.AppendLong(start)
			ends.AppendLong(start + w.grid.Size)
			w.windows.EndStruct()
			if w.origins = append(w.origins, int32(row)); len(w.origins) == vector.MaxRows {
				if err := w.emit(b, emit); err != nil {
					return err
				}
			}
		}
	}
	return w.emit(b, emit)
}

// emit passes on the windows made so far.
func (w *window) emit(b *vector.Batch, emit Emit) error {
	if len(w.origins) == 0 {
		return nil
	}
	w.copied.Gather(b, w.origins)
	copy(w.out.Columns, w.copied.Columns)
	w.out.Columns[len(b.Columns)] = w.windows
	w.out.Rows, w.out.Selection = len(w.origins), nil
	err := emit(&w.out)
	w.reset()
	return err
}

func (w *window) reset() {
	w.windows.Reset()
	w.copied.Reset()
	w.origins = w.origins[:0]
}
