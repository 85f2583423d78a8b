package vector

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Selection lists rows of a batch, ascending. Nil stands for all of them; an empty
// one that is not nil for none.
type Selection []int32

// Batch is some rows of a table. Columns all have Rows rows, of which only those in
// Selection count.
type Batch struct {
	Columns   []Column
	Rows      int
	Selection Selection
	Task      Task // that computes it
}

// Task is an attempt at a part of a query, for functions whose results depend on it.
type Task struct {
	Partition int
	Epoch     int64
	Attempt   int // differs from one attempt to the next
}

// NewBatch returns an empty batch with the columns of a schema.
func NewBatch(schema types.Schema) *Batch {
	b := &Batch{Columns: make([]Column, schema.Len())}
	for i, field := range schema.Fields {
		b.Columns[i] = NewColumn(field.Type)
	}
	return b
}

// Reset makes the batch empty and keeps its memory.
func (b *Batch) Reset() {
	for i := range b.Columns {
		b.Columns[i].Reset()
	}
	b.Rows, b.Selection = 0, nil
}

// Len returns how many rows count.
func (b *Batch) Len() int {
	if b.Selection != nil {
		return len(b.Selection)
	}
	return b.Rows
}

// Row returns the position in the columns of the i-th row that counts.
func (b *Batch) Row(i int) int {
	if b.Selection != nil {
		return int(b.Selection[i])
	}
	return i
}

// Append copies the rows of another batch that count to the end of b, which has no
// selection. Columns are of the same types.
func (b *Batch) Append(src *Batch) { b.AppendRows(src, 0, src.Len()) }

// AppendRows copies those rows of another batch that count, from the from-th to
// before the to-th, to the end of b, which has no selection.
func (b *Batch) AppendRows(src *Batch, from, to int) {
	for i := range b.Columns {
		if src.Selection != nil {
			b.Columns[i].AppendRows(&src.Columns[i], src.Selection[from:to])
		} else {
			b.Columns[i].AppendRange(&src.Columns[i], from, to)
		}
	}
	b.Rows += to - from
}

// Gather copies these rows of another batch, by position in its columns, to the end
// of b, which has no selection.
func (b *Batch) Gather(src *Batch, rows []int32) {
	for i := range b.Columns {
		b.Columns[i].AppendRows(&src.Columns[i], rows)
	}
	b.Rows += len(rows)
}

// AppendRow appends one row of Go values, as Column.AppendValue does.
func (b *Batch) AppendRow(values ...any) error {
	if len(values) != len(b.Columns) {
		return fmt.Errorf("a row of %d values for %d columns", len(values), len(b.Columns))
	}
	for i, value := range values {
		if err := b.Columns[i].AppendValue(value); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
	}
	b.Rows++
	return nil
}

// Clone returns a copy, in memory of its own, of the rows that count.
func (b *Batch) Clone() *Batch {
	c := &Batch{Columns: make([]Column, len(b.Columns))}
	for i := range b.Columns {
		c.Columns[i] = NewColumn(b.Columns[i].Type)
	}
	c.Append(b)
	return c
}

// Cut calls visit with parts of the batch of at most MaxRows rows, in order and in
// the same memory, until it returns an error.
func (b *Batch) Cut(visit func(*Batch) error) error {
	if b.Rows <= MaxRows {
		return visit(b)
	}
	selection := b.Selection
	for from := 0; from < b.Rows; from += MaxRows {
		to := min(from+MaxRows, b.Rows)
		part := &Batch{Rows: to - from, Columns: make([]Column, len(b.Columns))}
		for i := range b.Columns {
			part.Columns[i] = b.Columns[i].Slice(from, to)
		}
		if b.Selection != nil {
			part.Selection = Selection{}
			for len(selection) > 0 && int(selection[0]) < to {
				part.Selection = append(part.Selection, selection[0]-int32(from))
				selection = selection[1:]
			}
		}
		if err := visit(part); err != nil {
			return err
		}
	}
	return nil
}

// Values returns the i-th row that counts as Go values; see Column.Value.
func (b *Batch) Values(i int) []any {
	row := b.Row(i)
	values := make([]any, len(b.Columns))
	for j := range b.Columns {
		values[j] = b.Columns[j].Value(row)
	}
	return values
}

// String returns the rows that count, one a line.
func (b *Batch) String() string {
	var text strings.Builder
	for i := range b.Len() {
		fmt.Fprintln(&text, b.Values(i)...)
	}
	return text.String()
}
