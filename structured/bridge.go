package structured

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/structured/internal/record"
	"github.com/tidewheel/tidewheel/structured/internal/typed"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// FromRDD returns a table of the elements of a collection, with its partitions. They are
// computed by a job of their own, and put into columns, when a query over the table runs;
// see FromSlice for the columns.
func (s *Session) FromRDD[T any](r rdd.RDD[T]) Dataset[T] {
	writer, err := record.NewWriter[T]()
	if err == nil {
		err = r.Err()
	}
	if err != nil {
		return Dataset[T]{table: (&frame{session: s}).failed("FromRDD", err)}
	}
	schema := types.NewSchema(writer.Fields()...)
	return Dataset[T]{s.from("FromRDD", collection{
		schema: schema,
		partitions: func(ctx context.Context) ([][]arrow.RecordBatch, error) {
			return r.MapPartitions(func(_ rdd.Task, rows iter.Seq[T], yield func([]arrow.RecordBatch) bool) error {
				written, err := batches(writer, schema, rows)
				if err == nil {
					yield(written)
				}
				return err
			}).Collect(ctx)
		},
	}, false), typed.Read[T]()}
}

// collection is a source over what an RDD has.
type collection struct {
	schema     types.Schema
	partitions func(ctx context.Context) ([][]arrow.RecordBatch, error)
}

func (c collection) String() string { return "rdd" }

// Schema implements source.Source.
func (c collection) Schema(context.Context) (types.Schema, error) { return c.schema, nil }

// Open implements source.Source.
func (c collection) Open(ctx context.Context, query source.Query) (source.Reader, error) {
	if !query.Bounded {
		return nil, errors.New("structured: a collection does not grow; read it by Read")
	}
	partitions, err := c.partitions(ctx)
	if err != nil {
		return nil, fmt.Errorf("structured: compute the collection: %w", err)
	}
	return source.Records(c.schema, partitions...).Open(ctx, query)
}

// RDD returns the values as a collection. The query runs when the collection is first
// used; its partitions are those of the query's result.
func (d Dataset[T]) RDD() rdd.RDD[T] {
	table := d.DataFrame()
	session := table.session()
	if session == nil {
		return rdd.RDD[T]{}
	}
	return session.rdd.From(&result[T]{table: table})
}

// result is the rows of a query as a source of an RDD.
type result[T any] struct {
	table DataFrame

	mu   sync.Mutex //det:lock guards rows
	rows *collected
}

// Partitions implements rdd.Source.
func (r *result[T]) Partitions(ctx context.Context) (int, error) {
	rows, err := r.table.collect(ctx)
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = rows
	return len(rows.partitions), nil
}

// Read implements rdd.Source.
func (r *result[T]) Read(_ rdd.Task, partition int) iter.Seq2[T, error] {
	r.mu.Lock()
	rows := r.rows
	r.mu.Unlock()
	return valuesOf[T](rows.schema, func(yield func(*vector.Batch) bool) {
		for _, batch := range rows.partitions[partition] {
			if batch.Len() > 0 && !yield(batch) {
				return
			}
		}
	})
}
