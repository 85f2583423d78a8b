package main

import (
	"context"
	"runtime"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// tidewheel is a session with the tables as views, each in as many partitions as there
// are processors.
type tidewheel struct{ session *structured.Session }

func newTidewheel(t *tables) (*tidewheel, error) {
	session, err := structured.Open(structured.Options{})
	if err != nil {
		return nil, err
	}
	campaignOf := make([]string, len(ads))
	for i := range campaignOf {
		campaignOf[i] = campaigns[i/10]
	}
	for _, view := range []struct {
		name    string
		columns []types.Field
		rows    int
		slice   func(from, to int) []arrow.Array
	}{
		{"numbers", []types.Field{
			types.Required("key", types.Bigint), types.Required("text", types.String), types.Required("id", types.Bigint),
			types.Required("value", types.Bigint), types.Required("random", types.Bigint),
		}, len(t.key), func(from, to int) []arrow.Array {
			return []arrow.Array{longs(t.key[from:to]), texts(t.text[from:to]), longs(t.id[from:to]), longs(t.value[from:to]), longs(t.random[from:to])}
		}},
		{"ids", []types.Field{types.Required("id", types.Bigint), types.Required("weight", types.Bigint)}, len(t.ids), func(from, to int) []arrow.Array {
			return []arrow.Array{longs(t.ids[from:to]), longs(t.weight[from:to])}
		}},
		{"events", []types.Field{
			types.Required("ts", types.Timestamp), types.Required("member", types.Bigint), types.Required("visitor", types.Bigint),
			types.Required("kind", types.String), types.Required("ad", types.String),
		}, len(t.ts), func(from, to int) []arrow.Array {
			return []arrow.Array{times(t.ts[from:to]), longs(t.member[from:to]), longs(t.visitor[from:to]), texts(t.kind[from:to]), texts(t.ad[from:to])}
		}},
		{"ads", []types.Field{types.Required("ad", types.String), types.Required("campaign", types.String)}, len(ads), func(from, to int) []arrow.Array {
			return []arrow.Array{texts(ads[from:to]), texts(campaignOf[from:to])}
		}},
	} {
		if err := session.CreateView(view.name, session.Read(records(types.NewSchema(view.columns...), view.rows, view.slice))); err != nil {
			return nil, err
		}
	}
	return &tidewheel{session}, nil
}

// batchRows is how many rows a batch of the tables has.
const batchRows = 8192

func records(schema types.Schema, rows int, columns func(from, to int) []arrow.Array) source.Source {
	partitions := make([][]arrow.RecordBatch, runtime.GOMAXPROCS(0))
	inParts(rows, func(part, from, to int) {
		for ; from < to; from += batchRows {
			end := min(from+batchRows, to)
			partitions[part] = append(partitions[part], array.NewRecordBatch(schema.Arrow(), columns(from, end), int64(end-from)))
		}
	})
	return source.Records(schema, partitions...)
}

func longs(values []int64) arrow.Array {
	b := array.NewInt64Builder(memory.DefaultAllocator)
	b.AppendValues(values, nil)
	return b.NewArray()
}

func times(micros []int64) arrow.Array {
	b := array.NewTimestampBuilder(memory.DefaultAllocator, types.Timestamp.Arrow().(*arrow.TimestampType))
	for _, at := range micros {
		b.Append(arrow.Timestamp(at))
	}
	return b.NewArray()
}

func texts(values []string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	b.AppendValues(values, nil)
	return b.NewArray()
}

func (t *tidewheel) run(ctx context.Context, q query) (a answer, err error) {
	for batch, err := range t.session.SQL(q.text("window(ts, '%d seconds')")).Batches(ctx) {
		if err != nil {
			return a, err
		}
		if q.sorted {
			for _, number := range batch.Column(0).(*array.Int64).Int64Values() {
				a.weigh(number)
			}
			continue
		}
		for i := range a {
			a[i] += batch.Column(i).(*array.Int64).Value(0)
		}
	}
	return a, nil
}
