package typed

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/record"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Flow makes values of T of the rows of a table. It is immutable.
type Flow[T any] struct {
	// Steps name what happens to the rows after they have been read.
	Steps []string

	check func(columns []types.Field) error
	open  func(columns []types.Field, emit func([]T) error) (Sink, error)
}

// Sink takes the rows of a partition. It is used by one activity at a time.
type Sink interface {
	// Push takes rows, whose memory is the caller's again when it returns.
	Push(b *vector.Batch) error

	// End says that the partition has no more rows, in this batch of a stream. Another
	// partition may follow.
	End() error
}

// Read is the rows as they are.
func Read[T any]() Flow[T] {
	return Flow[T]{
		check: func(columns []types.Field) error {
			_, err := record.NewReader[T](columns)
			return err
		},
		open: func(columns []types.Field, emit func([]T) error) (Sink, error) {
			reader, err := record.NewReader[T](columns)
			return &source[T]{reader: reader, emit: emit}, err
		},
	}
}

type source[T any] struct {
	reader *record.Reader[T]
	emit   func([]T) error
	rows   []T
}

// Push implements Sink.
func (s *source[T]) Push(b *vector.Batch) (err error) {
	if s.rows, err = s.reader.Read(b, s.rows); err != nil || len(s.rows) == 0 {
		return err
	}
	return s.emit(s.rows)
}

// End implements Sink.
func (s *source[T]) End() error { return nil }

// Check returns why the rows of a table with these columns cannot be read.
func (f Flow[T]) Check(columns []types.Field) error { return f.check(columns) }

// Plain reports whether nothing happens to the rows.
func (f Flow[T]) Plain() bool { return len(f.Steps) == 0 }

// then is a flow that goes on with what open makes of the next step's emit.
func then[T, U any](f Flow[T], step string, chunk func(emit func([]U) error) func([]T) error) Flow[U] {
	return Flow[U]{
		Steps: append(f.Steps[:len(f.Steps):len(f.Steps)], step),
		check: f.check,
		open: func(columns []types.Field, emit func([]U) error) (Sink, error) {
			return f.open(columns, chunk(emit))
		},
	}
}

// Map is a value for each value.
func Map[T, U any](f Flow[T], step string, do func(T) (U, error)) Flow[U] {
	return then(f, step, func(emit func([]U) error) func([]T) error {
		var out []U
		return func(rows []T) error {
			out = out[:0]
			for _, row := range rows {
				value, err := do(row)
				if err != nil {
					return err
				}
				out = append(out, value)
			}
			return emit(out)
		}
	})
}

// FlatMap is the values of a list for each value.
func FlatMap[T, U any](f Flow[T], step string, do func(T) ([]U, error)) Flow[U] {
	return then(f, step, func(emit func([]U) error) func([]T) error {
		var out []U
		return func(rows []T) error {
			out = out[:0]
			for _, row := range rows {
				values, err := do(row)
				if err != nil {
					return err
				}
				out = append(out, values...)
				if len(out) >= vector.MaxRows {
					if err := emit(out); err != nil {
						return err
					}
					out = out[:0]
				}
			}
			if len(out) == 0 {
				return nil
			}
			return emit(out)
		}
	})
}

// Filter is the values for which keep is true.
func Filter[T any](f Flow[T], step string, keep func(T) bool) Flow[T] {
	return then(f, step, func(emit func([]T) error) func([]T) error {
		var out []T
		return func(rows []T) error {
			out = out[:0]
			for _, row := range rows {
				if keep(row) {
					out = append(out, row)
				}
			}
			if len(out) == 0 {
				return nil
			}
			return emit(out)
		}
	})
}

// Rows is a flow from columns to columns.
type Rows struct {
	Fields []types.Field // of the output
	Steps  string

	open func(emit func(*vector.Batch) error) (Sink, error)
}

// Open starts a computation. Batches are the sink's again when emit returns.
func (r *Rows) Open(emit func(*vector.Batch) error) (Sink, error) { return r.open(emit) }

// Write is the flow over a table with these columns, with its values as rows.
func Write[T any](f Flow[T], columns []types.Field) (*Rows, error) {
	writer, err := record.NewWriter[T]()
	if err != nil {
		return nil, err
	}
	if err := f.check(columns); err != nil {
		return nil, err
	}
	schema := types.NewSchema(writer.Fields()...)
	return &Rows{
		Fields: writer.Fields(), Steps: strings.Join(f.Steps, ", "),
		open: func(emit func(*vector.Batch) error) (Sink, error) {
			batch := vector.NewBatch(schema)
			return f.open(columns, func(rows []T) error {
				for len(rows) > 0 {
					n := min(len(rows), vector.MaxRows)
					batch.Reset()
					writer.Write(batch, rows[:n])
					if err := emit(batch); err != nil {
						return err
					}
					rows = rows[n:]
				}
				return nil
			})
		},
	}, nil
}
