package source

import (
	"context"
	"fmt"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Records reads a table that is in memory: one partition for each element, each a
// list of batches with the columns of the schema. It does not change and is
// bounded. The batches are not copied: they belong to the source for as long as
// it is used.
func Records(schema types.Schema, partitions ...[]arrow.RecordBatch) Source {
	return &records{schema: schema, partitions: partitions}
}

type records struct {
	schema     types.Schema
	partitions [][]arrow.RecordBatch
}

func (r *records) String() string { return fmt.Sprintf("records[%d rows]", r.Rows()) }

// Rows is how many rows the table has.
func (r *records) Rows() (rows int64) {
	for _, partition := range r.partitions {
		for _, batch := range partition {
			rows += batch.NumRows()
		}
	}
	return rows
}

// Schema implements Source.
func (r *records) Schema(context.Context) (types.Schema, error) { return r.schema, nil }

// Open implements Source.
func (r *records) Open(context.Context, Query) (Reader, error) { return recordsReader{r}, nil }

type recordsReader struct{ *records }

// allRecords is the one offset: the whole table.
const allRecords Offset = `"all"`

// Initial implements Reader.
func (recordsReader) Initial(context.Context) (Offset, error) { return "", nil }

// Latest implements Reader.
func (recordsReader) Latest(context.Context, Offset, Limit) (Offset, error) { return allRecords, nil }

// Plan implements Reader.
func (r recordsReader) Plan(_ context.Context, start, end Offset, _ int) ([]Partition, error) {
	if start == end {
		return nil, nil
	}
	var plan []Partition
	for _, batches := range r.partitions {
		plan = append(plan, recordsPartition{r.records, batches})
	}
	return plan, nil
}

// Commit implements Reader.
func (recordsReader) Commit(context.Context, Offset) error { return nil }

// Close implements Reader.
func (recordsReader) Close() error { return nil }

type recordsPartition struct {
	table   *records
	batches []arrow.RecordBatch
}

// Read implements Partition.
func (p recordsPartition) Read(_ context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		for _, batch := range p.batches {
			if columns != nil {
				batch = project(batch, p.table.schema, columns)
			}
			if !yield(batch, nil) {
				return
			}
		}
	}
}

func project(batch arrow.RecordBatch, schema types.Schema, columns []int) arrow.RecordBatch {
	arrays := make([]arrow.Array, len(columns))
	for i, column := range columns {
		arrays[i] = batch.Column(column)
	}
	return array.NewRecordBatch(schema.Select(columns).Arrow(), arrays, batch.NumRows())
}
