package run

import (
	"context"
	"fmt"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// read pushes the rows of a source partition. A partition that filters for itself
// gets the scan's predicate, and the machine that would test it is left out.
func (f *feed) read(scan *physical.Scan) error {
	part := f.run.Sources[scan.Source][f.own]
	push := func(b *vector.Batch) error { return f.x.push(0, b) }
	records, filtered := part.Read, false
	if filtering, ok := part.(source.Filtering); ok && scan.Predicate != nil && !f.run.Lenient {
		program, err := eval.Compile(scan.Predicate)
		if err != nil {
			return err
		}
		where := &pushedFilter{text: scan.Predicate.String(), program: program, rows: &f.counts.rows[scan.Source]}
		filtered = true
		records = func(ctx context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
			return filtering.ReadWhere(ctx, columns, where)
		}
		push = f.x.emits[0]
	}
	var batch vector.Batch
	schema := scan.Schema()
	for record, err := range records(f.Context(), scan.Columns) {
		if err == nil {
			err = batch.FromArrow(record)
		}
		if err == nil {
			err = check(&batch, schema)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", scan.Name, err)
		}
		if !filtered {
			f.counts.rows[scan.Source] += record.NumRows()
		}
		err = batch.Cut(func(b *vector.Batch) error {
			if err := f.Turn(); err != nil {
				return err
			}
			return push(b)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// check holds a source to the columns it was asked for: machines trust their types.
func check(b *vector.Batch, schema types.Schema) error {
	if len(b.Columns) != schema.Len() {
		return fmt.Errorf("the source gave %d columns instead of the %d it was asked for", len(b.Columns), schema.Len())
	}
	for i, field := range schema.Fields {
		if b.Columns[i].Type != field.Type {
			return fmt.Errorf("the source gave column %s of type %s, but its schema says %s", field.Name, b.Columns[i].Type, field.Type)
		}
	}
	return nil
}

// pushedFilter is a predicate as a source sees it.
type pushedFilter struct {
	text    string
	program *eval.Program
	batch   vector.Batch
	rows    *int64 // counts those that it was asked about: what was read
}

func (f *pushedFilter) String() string { return f.text }

// Select implements source.Filter.
func (f *pushedFilter) Select(record arrow.RecordBatch) ([]int32, error) {
	if err := f.batch.FromArrow(record); err != nil {
		return nil, err
	}
	*f.rows += record.NumRows()
	return f.program.Select(&f.batch)
}
