package exec

import (
	"io"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// deduplicateWithin passes on the first rows of keys of which each is kept for a time
// of its own.
type deduplicateWithin struct {
	columns []int
	time    int
	delay   int64
	keys    []*vector.Column
	seen    *state.Expiring
	rows    vector.Selection
	out     vector.Batch
}

func newDeduplicateWithin(node *physical.StatefulDeduplicate) Machine {
	d := &deduplicateWithin{
		columns: node.Columns, time: node.EventTime, delay: node.Delay.Microseconds(),
		keys: make([]*vector.Column, len(node.Keys)), rows: vector.Selection{},
	}
	var keys []types.Type
	for _, key := range node.Keys {
		keys = append(keys, key.Type)
	}
	d.seen = state.NewExpiring(keys)
	return d
}

func (d *deduplicateWithin) Begin(_, late int64) { d.seen.Begin(late) }

func (d *deduplicateWithin) Push(_ int, b *vector.Batch, emit Emit) error {
	for i, column := range d.columns {
		d.keys[i] = &b.Columns[column]
	}
	times := &b.Columns[d.time]
	if times.Type.Kind() == types.KindStruct { // a window counts by its end
		times = &times.Children[1]
	}
	d.rows = d.rows[:0]
	d.seen.PushFirst(d.keys, times, d.delay, b.Rows, b.Selection, &d.rows)
	if len(d.rows) == 0 {
		return nil
	}
	d.out = vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: d.rows}
	return emit(&d.out)
}

func (d *deduplicateWithin) Marker(_ int, m Marker, _ Emit) error {
	d.seen.Close(m.Watermark)
	return nil
}

func (d *deduplicateWithin) Rollback() { d.seen.Rollback() }

func (d *deduplicateWithin) Changes(visit func(group int, frame []byte) error) error {
	return d.seen.Changes(visit)
}

func (d *deduplicateWithin) Apply(frame []byte) error { return d.seen.Apply(frame) }

func (d *deduplicateWithin) Snapshot(group int, w io.Writer) error { return d.seen.Snapshot(group, w) }

func (d *deduplicateWithin) Restore(group int, r io.Reader) error { return d.seen.Restore(group, r) }

func (d *deduplicateWithin) Counts() state.Counts { return d.seen.Counts() }

func (d *deduplicateWithin) Close() error {
	d.seen = nil
	return nil
}
