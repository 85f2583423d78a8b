package structured

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/run"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// errStreaming is what a table that grows answers when all its rows are asked for.
var errStreaming = errors.New("structured: the table grows for ever; a query over it must be started with Write(…).Start")

// Batches returns the rows as Arrow record batches, in order. All are computed, and
// in memory, before the first is given. They belong to the caller. An error ends
// the sequence.
func (d DataFrame) Batches(ctx context.Context) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		result, err := d.collect(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		schema := result.schema.Arrow()
		for batch := range result.all() {
			if record, err := batch.Record(schema); !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// Rows returns the rows, in order. All are computed before the first is given. An
// error ends the sequence.
func (d DataFrame) Rows(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		result, err := d.collect(ctx)
		if err != nil {
			yield(Row{}, err)
			return
		}
		for batch := range result.all() {
			for i := range batch.Len() {
				if !yield(Row{result.schema, batch.Values(i)}, nil) {
					return
				}
			}
		}
	}
}

// Count returns the number of rows.
func (d DataFrame) Count(ctx context.Context) (int64, error) {
	result, err := d.Agg(expr.Count().As("count")).collect(ctx)
	if err != nil {
		return 0, err
	}
	for batch := range result.all() {
		return batch.Columns[0].Longs[batch.Row(0)], nil
	}
	return 0, fmt.Errorf("structured: count gave no row")
}

// collected is the whole result of a query.
type collected struct {
	schema     types.Schema
	partitions [][]*vector.Batch
}

// all returns the batches that have rows.
func (c *collected) all() iter.Seq[*vector.Batch] {
	return func(yield func(*vector.Batch) bool) {
		for _, partition := range c.partitions {
			for _, batch := range partition {
				if batch.Len() > 0 && !yield(batch) {
					return
				}
			}
		}
	}
}

// collect runs the query once.
func (d DataFrame) collect(ctx context.Context) (*collected, error) {
	streaming, err := d.streaming(ctx)
	if err != nil {
		return nil, err
	}
	if streaming {
		return nil, errStreaming
	}
	root, sources, _, err := d.physicalPlan(ctx, physical.Append, d.session().moment())
	if err != nil {
		return nil, err
	}
	b := &bounded{session: d.session(), root: root}
	err = b.open(ctx, sources)
	var result *run.Result
	if err == nil {
		result, err = b.run(ctx)
	}
	if err = errors.Join(err, b.close()); err != nil {
		return nil, fmt.Errorf("structured: %w", err)
	}
	return &collected{root.Schema(), result.Partitions}, nil
}

// bounded runs a query over tables that end.
type bounded struct {
	session *Session
	root    physical.Node
	readers []source.Reader
	parts   [][]source.Partition
}

// open opens the sources and divides what they have now.
func (b *bounded) open(ctx context.Context, sources []source.Source) error {
	options := &b.session.options
	for _, s := range sources {
		reader, err := s.Open(ctx, source.Query{Bounded: true, Env: options.Env})
		if err != nil {
			return fmt.Errorf("open source %s: %w", s, err)
		}
		b.readers = append(b.readers, reader)
		parts, err := everything(ctx, reader, b.session.rdd.Parallelism())
		if err != nil {
			return fmt.Errorf("plan source %s: %w", s, err)
		}
		b.parts = append(b.parts, parts)
	}
	return nil
}

func everything(ctx context.Context, reader source.Reader, partitions int) ([]source.Partition, error) {
	start, err := reader.Initial(ctx)
	if err != nil {
		return nil, err
	}
	end, err := reader.Latest(ctx, start, source.Limit{All: true})
	if err != nil || end == start {
		return nil, err
	}
	return reader.Plan(ctx, start, end, partitions)
}

func (b *bounded) run(ctx context.Context) (*run.Result, error) {
	program, err := run.Compile(b.root, run.Options{
		Scheduler: b.session.rdd.Scheduler(), Name: "collect", Partitions: b.session.options.Partitions,
	})
	if err != nil {
		return nil, err
	}
	result, err := program.Run(ctx, run.Batch{End: true, Sources: b.parts})
	return result, errors.Join(err, program.Close())
}

func (b *bounded) close() error {
	var failed []error
	for _, reader := range b.readers {
		failed = append(failed, reader.Close())
	}
	return errors.Join(failed...)
}
