package structured

import (
	"bytes"
	"context"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Row is one row of a result.
type Row struct {
	schema types.Schema
	values []any
}

// Schema returns the columns.
func (r Row) Schema() types.Schema { return r.schema }

// Values returns the values in order, of the Go types that package types lists; nil
// is null. A timestamp is its microseconds.
func (r Row) Values() []any { return r.values }

// Get returns the value of a column, found without regard to case. It is false if
// there is no such column.
func (r Row) Get(column string) (value any, ok bool) {
	i := r.schema.Index(column)
	if i < 0 {
		return nil, false
	}
	return r.values[i], true
}

// String returns the values as [a, b].
func (r Row) String() string {
	texts := make([]string, len(r.values))
	for i, value := range r.values {
		texts[i] = sink.Format(r.schema.Fields[i].Type, value)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// Show prints the first n rows to standard output as a table, cells cut at 20
// characters.
func (d DataFrame) Show(ctx context.Context, n int) error {
	text, err := d.show(ctx, n)
	if err != nil {
		return err
	}
	_, err = text.WriteTo(env.Stdout())
	return err
}

func (d DataFrame) show(ctx context.Context, n int) (*bytes.Buffer, error) {
	result, err := d.Limit(int64(n) + 1).collect(ctx) // one more tells whether there are more
	if err != nil {
		return nil, err
	}
	var records []arrow.RecordBatch
	for batch := range result.all() {
		record, err := batch.Record(result.schema.Arrow())
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	var text bytes.Buffer
	sink.WriteTable(&text, result.schema, records, n, 20)
	return &text, nil
}
