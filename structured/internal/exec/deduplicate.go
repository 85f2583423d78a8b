package exec

import (
	"io"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// deduplicate passes on the first rows of their keys, as a selection.
type deduplicate struct {
	columns []int
	keys    []*vector.Column
	numbers *state.Numbers
	found   []int32
	rows    vector.Selection
	out     vector.Batch
}

func newDeduplicate(node *physical.Deduplicate) Machine {
	schema := node.Schema()
	d := &deduplicate{columns: node.Keys, keys: make([]*vector.Column, len(node.Keys)), rows: vector.Selection{}}
	var keys []types.Type
	for _, key := range node.Keys {
		keys = append(keys, schema.Fields[key].Type)
	}
	d.numbers = state.NewNumbers(keys)
	return d
}

func (d *deduplicate) Push(_ int, b *vector.Batch, emit Emit) error {
	for i, column := range d.columns {
		d.keys[i] = &b.Columns[column]
	}
	next := int32(d.numbers.Len())
	d.found = vector.Resize(d.found, b.Len())
	d.numbers.Assign(d.keys, b.Selection, d.found)
	d.rows = d.rows[:0]
	for i, number := range d.found {
		if number == next { // numbers are given in order of the rows
			next++
			d.rows = append(d.rows, int32(b.Row(i)))
		}
	}
	if len(d.rows) == 0 {
		return nil
	}
	d.out = vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: d.rows}
	return emit(&d.out)
}

func (d *deduplicate) Marker(int, Marker, Emit) error {
	d.numbers.Reset()
	return nil
}

func (d *deduplicate) Close() error { return nil }

// statefulDeduplicate passes on the first rows of keys that are kept from epoch to
// epoch.
type statefulDeduplicate struct {
	columns []int
	keys    []*vector.Column
	seen    *state.Keyed
	rows    vector.Selection
	out     vector.Batch
}

func newStatefulDeduplicate(node *physical.StatefulDeduplicate) (Machine, error) {
	seen, err := state.NewKeyed(layout(node.Keys, nil, node.EventTime, true), node.EventTime >= 0)
	return &statefulDeduplicate{
		columns: node.Columns, keys: make([]*vector.Column, len(node.Keys)), seen: seen, rows: vector.Selection{},
	}, err
}

func (d *statefulDeduplicate) Begin(_, late int64) { d.seen.Begin(late) }

func (d *statefulDeduplicate) Push(_ int, b *vector.Batch, emit Emit) error {
	for i, column := range d.columns {
		d.keys[i] = &b.Columns[column]
	}
	d.rows = d.rows[:0]
	if err := d.seen.PushFirst(d.keys, b.Rows, b.Selection, &d.rows); err != nil || len(d.rows) == 0 {
		return err
	}
	slices.Sort(d.rows) // they come time by time
	d.out = vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: d.rows}
	return emit(&d.out)
}

func (d *statefulDeduplicate) Marker(_ int, m Marker, _ Emit) error {
	return d.seen.Close(m.Watermark, nil)
}

func (d *statefulDeduplicate) Rollback() { d.seen.Rollback() }

func (d *statefulDeduplicate) Changes(visit func(group int, frame []byte) error) error {
	return d.seen.Changes(visit)
}

func (d *statefulDeduplicate) Apply(frame []byte) error { return d.seen.Apply(frame) }

func (d *statefulDeduplicate) Snapshot(group int, w io.Writer) error {
	return d.seen.Snapshot(group, w)
}

func (d *statefulDeduplicate) Restore(group int, r io.Reader) error { return d.seen.Restore(group, r) }

func (d *statefulDeduplicate) Counts() state.Counts { return d.seen.Counts() }

func (d *statefulDeduplicate) Close() error {
	d.seen = nil
	return nil
}
