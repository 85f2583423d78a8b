package testkit

import (
	"context"
	"fmt"
	"reflect"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// EqualsBatch demands that a streaming query has the result that the same query has
// over the whole input as one batch. In modes complete and update this holds after
// each batch too, for a part of the input that the program has read, and these parts
// only grow. In mode append it holds for all rows together, so not for a query that
// keeps back its last windows.
func EqualsBatch[T any](s *Sim, in Rows[T], out *Table, query func(structured.DataFrame) structured.DataFrame) {
	form, err := recordTypeOf(reflect.TypeFor[T]())
	if err != nil {
		s.wrong("%s as a table: %v", in, err)
		return
	}
	s.outputs = append(s.outputs, holds(out))
	run := func(rows []T) ([][]any, error) { return batchResult(query, form, rows) }
	s.oracles = append(s.oracles, tableOracle[T]{in, out, run, &lastByKey[T, []any]{
		in: in, out: out, fold: out.fold,
		want: func(rows []T) (map[string]string, error) {
			all, err := run(rows)
			table := map[string]string{}
			out.fold(table, all)
			return table, err
		},
	}})
}

// tableOracle compares in the way that the query's mode asks for.
type tableOracle[T any] struct {
	in      Rows[T]
	out     *Table
	run     func(rows []T) ([][]any, error)
	byBatch *lastByKey[T, []any]
}

func (o tableOracle[T]) check() (*violation, bool) {
	if o.out.form.mode != sink.Append {
		return o.byBatch.check()
	}
	all := &exactlyOnce[T, []any]{o.in, o.out, o.run}
	return all.check()
}

// fold brings a table from one batch to the next. In mode update a row replaces that
// of the same key, in mode complete a batch replaces all; equal rows are counted.
func (t *Table) fold(table map[string]string, rows [][]any) {
	if t.form.mode != sink.Update {
		clear(table)
		for _, row := range rows {
			text := render(row)
			n, _ := strconv.Atoi(table[text])
			table[text] = strconv.Itoa(n + 1)
		}
		return
	}
	for _, row := range rows {
		table[t.key(row)] = render(row)
	}
}

// batchResult runs a query over rows in a world of its own.
func batchResult[T any](query func(structured.DataFrame) structured.DataFrame, form recordType, rows []T) (result [][]any, err error) {
	w := sim.NewWorld(sim.Options{})
	defer w.Close()
	process := w.Start("batch", func(e env.Env) (err error) {
		result, err = collect(e, query, source.Records(form.schema, []arrow.RecordBatch{record(form, rows, nil)}))
		return err
	})
	if status := w.Run(sim.Limit{}); status != sim.Done {
		return nil, fmt.Errorf("the query does not end: %v", w.Parked())
	}
	_, err = process.Ended()
	return result, err
}

func collect(e env.Env, query func(structured.DataFrame) structured.DataFrame, from source.Source) (result [][]any, err error) {
	p := &Process{sim: &Sim{plan: newPlan()}, env: e}
	defer func() {
		if failed := p.close(); err == nil {
			err = failed
		}
	}()
	for row, err := range query(p.Session().Read(from)).Rows(context.Background()) {
		if err != nil {
			return nil, err
		}
		result = append(result, row.Values())
	}
	return result, nil
}
