package source

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
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
	var all vector.Batch
	if err := all.FromArrow(batch); err != nil {
		return nil, err
	}
	all.Selection = rows
	return all.Record(batch.Schema())
}
