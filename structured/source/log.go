package source

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/structured/types"
)

// LogTable says how the records of a log are rows.
type LogTable[R any] struct {
	Schema types.Schema

	// Append adds the value that a record has in a column, a position of the schema, to
	// the builder of its type. It is called by several activities at once.
	Append func(to array.Builder, column int, record *R)
}

// FromLog reads a log as a table. With a checkpoint each record is processed once,
// whenever the query dies; the log is told nothing. Kafka has a table of its own, see
// [Kafka].
func FromLog[R any](log receiver.Log[R], table LogTable[R]) Source {
	return &logSource[R]{log, table}
}

type logSource[R any] struct {
	log   receiver.Log[R]
	table LogTable[R]
}

func (s *logSource[R]) String() string {
	if s.log == nil {
		return "log"
	}
	return s.log.String()
}

// Schema implements Source.
func (s *logSource[R]) Schema(context.Context) (types.Schema, error) { return s.table.Schema, nil }

// Open implements Source.
func (s *logSource[R]) Open(ctx context.Context, query Query) (Reader, error) {
	if s.log == nil || s.table.Append == nil {
		return nil, errors.New("the log is nil, or the function that makes rows of its records")
	}
	user := receiver.LogUser{ID: query.ID, Name: query.Name, Epoch: query.Epoch, Bounded: query.Bounded, State: query.State, Env: query.Env}
	log, err := s.log.Open(ctx, user)
	if err != nil {
		return nil, err
	}
	return &logReader[R]{log: log, table: s.table}, nil
}

type logReader[R any] struct {
	log          receiver.LogReader[R]
	table        LogTable[R]
	rows, values atomic.Int64 // read so far
}

// Initial implements Reader.
func (r *logReader[R]) Initial(ctx context.Context) (Offset, error) {
	place, err := r.log.Initial(ctx)
	return Offset(place), err
}

// Latest implements Reader.
func (r *logReader[R]) Latest(ctx context.Context, start Offset, limit Limit) (Offset, error) {
	records := int64(0)
	if limit.All {
		records = receiver.AllRecords
	}
	place, err := r.log.Latest(ctx, string(start), records)
	return Offset(place), err
}

// Freeze implements Bounded.
func (r *logReader[R]) Freeze(ctx context.Context) error { return r.log.Freeze(ctx) }

// Plan implements Reader: each partition of the log that has something new is one of
// the table.
func (r *logReader[R]) Plan(_ context.Context, start, end Offset, _ int) ([]Partition, error) {
	ranges, err := r.log.Ranges(string(start), string(end))
	if err != nil {
		return nil, err
	}
	var partitions []Partition
	for _, records := range ranges {
		partitions = append(partitions, logPartition[R]{r, records})
	}
	return partitions, nil
}

// Commit implements Reader. How long a log keeps its records is its own business.
func (r *logReader[R]) Commit(context.Context, Offset) error { return nil }

// Backlog implements Measured.
func (r *logReader[R]) Backlog(end Offset) (newest Offset, rows int64) {
	log, ok := r.log.(receiver.MeasuredLog)
	if !ok {
		return "", 0
	}
	place, rows := log.Backlog(string(end))
	return Offset(place), rows
}

// Counts implements Counted.
func (r *logReader[R]) Counts() Counts {
	return Counts{Rows: r.rows.Load(), Values: r.values.Load()}
}

// Close implements Reader.
func (r *logReader[R]) Close() error { return r.log.Close() }

// logPartition is a range of one partition of a log.
type logPartition[R any] struct {
	reader  *logReader[R]
	records receiver.LogRange[R]
}

// logRows is how many rows a record batch of a log has at most.
const logRows = 4096

// Read implements Partition.
func (p logPartition[R]) Read(ctx context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
	table := p.reader.table
	if columns == nil {
		for column := range table.Schema.Fields {
			columns = append(columns, column)
		}
	}
	schema := table.Schema.Select(columns).Arrow()
	return func(yield func(arrow.RecordBatch, error) bool) {
		for records, err := range p.records(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			for chunk := range slices.Chunk(records, logRows) {
				p.reader.rows.Add(int64(len(chunk)))
				p.reader.values.Add(int64(len(chunk) * len(columns)))
				if !yield(table.batch(schema, columns, chunk), nil) {
					return
				}
			}
		}
	}
}

// batch makes a record batch, a column at a time.
func (t LogTable[R]) batch(schema *arrow.Schema, columns []int, records []R) arrow.RecordBatch {
	arrays := make([]arrow.Array, len(columns))
	for i, column := range columns {
		builder := array.NewBuilder(memory.DefaultAllocator, schema.Field(i).Type)
		builder.Reserve(len(records))
		for j := range records {
			t.Append(builder, column, &records[j])
		}
		arrays[i] = builder.NewArray()
	}
	return array.NewRecordBatch(schema, arrays, int64(len(records)))
}
