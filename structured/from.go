package structured

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/internal/record"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// FromSlice returns a table of rows that are in memory. A struct has a column for each
// exported field, called as its tag says, `sql:"name"`, or else as the field is in lower
// case; `sql:"-"` leaves it out. Any other T is one column called value. A pointer is a
// value that may be null. The Go types are those that Collect takes values to; in place
// of a decimal there is its text. The rows are copied.
func (s *Session) FromSlice[T any](rows []T) DataFrame {
	return s.fromRows("FromSlice", slices.Values(rows))
}

// FromSeq is FromSlice of a sequence, which is read to its end at once.
func (s *Session) FromSeq[T any](rows iter.Seq[T]) DataFrame {
	return s.fromRows("FromSeq", rows)
}

// FromChannel is FromSlice of what comes from a channel, which is read at once until it
// is closed.
func (s *Session) FromChannel[T any](rows <-chan T) DataFrame {
	return s.fromRows("FromChannel", func(yield func(T) bool) {
		for row := range rows {
			if !yield(row) {
				return
			}
		}
	})
}

func (s *Session) fromRows[T any](operation string, rows iter.Seq[T]) DataFrame {
	writer, err := record.NewWriter[T]()
	if err != nil {
		f := &frame{session: s, place: place(operation)}
		f.err = f.mistake(err)
		return DataFrame{f}
	}
	schema := types.NewSchema(writer.Fields()...)
	return s.from(operation, source.Records(schema, batches(writer, schema, rows)), false)
}

// batches puts rows into batches.
func batches[T any](writer *record.Writer[T], schema types.Schema, rows iter.Seq[T]) []arrow.RecordBatch {
	layout := schema.Arrow()
	var written []arrow.RecordBatch
	write := func(rows []T) {
		batch := vector.NewBatch(schema)
		writer.Write(batch, rows)
		written = append(written, batch.Record(layout))
	}
	chunk := make([]T, 0, vector.MaxRows)
	for row := range rows {
		if chunk = append(chunk, row); len(chunk) == cap(chunk) {
			write(chunk)
			chunk = chunk[:0]
		}
	}
	if len(chunk) > 0 {
		write(chunk)
	}
	return written
}

// All returns the rows as values of T, one after the other; see Collect for what T may
// be. All are computed before the first is given. An error ends the sequence.
func All[T any](ctx context.Context, d DataFrame) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for chunk, err := range chunks[T](ctx, d) {
			if err != nil {
				yield(none, err)
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

// Collect returns the rows as values of T. A struct takes each column into the
// exported field of that name, found without regard to case, or of that tag,
// `sql:"name"`; a column without a field, and a field without a column, is an error. Any
// other T takes the one column that there is. Null needs a pointer. A date or timestamp
// goes into a time.Time, an interval into a time.Duration or a number of months, a
// decimal into a string, a list into a slice, a map into a map, a struct into a struct.
func Collect[T any](ctx context.Context, d DataFrame) ([]T, error) {
	var rows []T
	for chunk, err := range chunks[T](ctx, d) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, chunk...)
	}
	return rows, nil
}

// chunks returns the rows as slices, each good until the next is asked for. An error
// ends the sequence.
func chunks[T any](ctx context.Context, d DataFrame) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		result, err := d.collect(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		reader, err := record.NewReader[T](result.schema.Fields)
		if err != nil {
			yield(nil, fmt.Errorf("structured: rows as values: %w", err))
			return
		}
		var chunk []T
		for batch := range result.all() {
			if chunk, err = reader.Read(batch, chunk); err != nil {
				yield(nil, fmt.Errorf("structured: rows as values: %w", err))
				return
			}
			if !yield(chunk, nil) {
				return
			}
		}
	}
}
