package structured

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/internal/record"
	"github.com/tidewheel/tidewheel/structured/internal/typed"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// FromSlice returns a table of rows that are in memory. A struct has a column for each
// exported field, called as its tag says, `sql:"name"`, or else as the field is in lower
// case; `sql:"-"` leaves it out. Any other T is one column called value. A pointer is a
// value that may be null. The Go types are those that Collect takes values to; in place
// of a decimal there is its text. The rows are copied.
func (s *Session) FromSlice[T any](rows []T) Dataset[T] {
	return Dataset[T]{s.fromRows("FromSlice", slices.Values(rows)), typed.Read[T]()}
}

// FromSeq is FromSlice of a sequence, which is read to its end at once.
func (s *Session) FromSeq[T any](rows iter.Seq[T]) Dataset[T] {
	return Dataset[T]{s.fromRows("FromSeq", rows), typed.Read[T]()}
}

// FromChannel is FromSlice of what comes from a channel, which is read at once until it
// is closed.
func (s *Session) FromChannel[T any](rows <-chan T) Dataset[T] { //det:world the program's own channel, documented
	return Dataset[T]{s.fromRows("FromChannel", func(yield func(T) bool) {
		for row := range rows { //det:world as above
			if !yield(row) {
				return
			}
		}
	}), typed.Read[T]()}
}

func (s *Session) fromRows[T any](operation string, rows iter.Seq[T]) DataFrame {
	writer, err := record.NewWriter[T]()
	if err != nil {
		return (&frame{session: s}).failed(operation, err)
	}
	schema := types.NewSchema(writer.Fields()...)
	written, err := batches(writer, schema, rows)
	if err != nil {
		return (&frame{session: s}).failed(operation, err)
	}
	return s.from(operation, source.Records(schema, written), false)
}

// batches puts rows into batches.
func batches[T any](writer *record.Writer[T], schema types.Schema, rows iter.Seq[T]) ([]arrow.RecordBatch, error) {
	layout := schema.Arrow()
	var written []arrow.RecordBatch
	write := func(rows []T) error {
		batch := vector.NewBatch(schema)
		writer.Write(batch, rows)
		record, err := batch.Record(layout)
		written = append(written, record)
		return err
	}
	chunk := make([]T, 0, vector.MaxRows)
	for row := range rows {
		if chunk = append(chunk, row); len(chunk) == cap(chunk) {
			if err := write(chunk); err != nil {
				return nil, err
			}
			chunk = chunk[:0]
		}
	}
	if len(chunk) > 0 {
		if err := write(chunk); err != nil {
			return nil, err
		}
	}
	return written, nil
}

// All returns the rows as values of T, one after the other; see Collect for what T may
// be. All are computed before the first is given. An error ends the sequence.
func All[T any](ctx context.Context, d DataFrame) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		result, err := d.collect(ctx)
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		valuesOf[T](result.schema, result.all())(yield)
	}
}

// Collect returns the rows as values of T. A struct takes each column into the
// exported field of that name, found without regard to case, or of that tag,
// `sql:"name"`; a column without a field, and a field without a column, is an error. Any
// other T takes the one column that there is. Null needs a pointer. A date or timestamp
// goes into a time.Time, an interval into a time.Duration, a number of months or a
// types.CalendarInterval, a decimal into a string, a list into a slice, a map into a map, a
// struct into a struct.
func Collect[T any](ctx context.Context, d DataFrame) ([]T, error) {
	var rows []T
	for row, err := range All[T](ctx, d) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// valuesOf returns the rows of batches as values. An error ends the sequence.
func valuesOf[T any](schema types.Schema, batches iter.Seq[*vector.Batch]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		reader, err := record.NewReader[T](schema.Fields)
		if err != nil {
			yield(none, fmt.Errorf("structured: rows as values: %w", err))
			return
		}
		var chunk []T
		for batch := range batches {
			if chunk, err = reader.Read(batch, chunk); err != nil {
				yield(none, fmt.Errorf("structured: rows as values: %w", err))
				return
			}
			for _, row := range chunk {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}
