package source

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// delivery hands batches to the reader of a partition: it filters and counts them.
type delivery struct {
	reader *fileReader
	filter Filter // nil: none
	yield  func(arrow.RecordBatch, error) bool
	done   bool
}

// deliver reports whether the reader wants more.
func (d *delivery) deliver(batch arrow.RecordBatch) bool {
	if d.filter != nil {
		selection, err := d.filter.Select(batch)
		if err != nil {
			d.end(err)
			return false
		}
		d.reader.skipped.Add(batch.NumRows() - int64(len(selection)))
		if len(selection) == 0 {
			return true
		}
		if int64(len(selection)) < batch.NumRows() {
			if batch, err = take(batch, selection); err != nil {
				d.end(err)
				return false
			}
		}
	}
	d.reader.rows.Add(batch.NumRows())
	d.reader.values.Add(batch.NumRows() * batch.NumCols())
	d.done = !d.yield(batch, nil)
	return !d.done
}

// end ends the sequence with an error, if there is one.
func (d *delivery) end(err error) {
	if err != nil && !d.done {
		d.done = true
		d.yield(nil, err)
	}
}

// take copies some rows of a batch.
func take(batch arrow.RecordBatch, rows []int32) (arrow.RecordBatch, error) {
	columns := make([]arrow.Array, batch.NumCols())
	for i := range columns {
		// Runs of neighbours are copied as a whole.
		var runs []arrow.Array
		for from := 0; from < len(rows); {
			to := from + 1
			for to < len(rows) && rows[to] == rows[to-1]+1 {
				to++
			}
			runs = append(runs, array.NewSlice(batch.Column(i), int64(rows[from]), int64(rows[to-1])+1))
			from = to
		}
		column, err := array.Concatenate(runs, memory.DefaultAllocator)
		if err != nil {
			return nil, err
		}
		columns[i] = column
	}
	return array.NewRecordBatch(batch.Schema(), columns, int64(len(rows))), nil
}
