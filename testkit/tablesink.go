package testkit

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/structured/sink"
)

// Table is a simulated sink of a structured query. It outlasts the processes and
// keeps all that was ever written. It takes every output mode.
type Table struct {
	history[[]any] // a row is one value a column, of the Go types that package types lists
	keys           []string
	form           tableForm
}

// tableForm is what a table knows of the query that writes to it.
type tableForm struct {
	mode sink.Mode
	keys []int // the columns that identify a row
}

// TableSink declares a sink. In mode update the key columns tell which row a new one
// replaces; the other modes need none.
func TableSink(s *Sim, name string, contract Contract, keys ...string) *Table {
	if contract != IdempotentBatch {
		s.wrong("sink %s: unknown contract %d", name, contract)
	}
	t := &Table{history: history[[]any]{sim: s, name: name}, keys: keys}
	s.add(t)
	return t
}

func (t *Table) String() string { return fmt.Sprintf("table %s in mode %s", t.name, t.form.mode) }

type tableState struct {
	history any
	form    tableForm
}

func (t *Table) save() any { return tableState{t.history.save(), t.form} }

func (t *Table) load(saved any) {
	t.history.load(saved.(tableState).history)
	t.form = saved.(tableState).form
}

func (t *Table) hash(h *xxhash.Digest) { t.history.hash(h) }

// Modes implements sink.Sink.
func (t *Table) Modes() []sink.Mode { return []sink.Mode{sink.Append, sink.Update, sink.Complete} }

// Open implements sink.Sink.
func (t *Table) Open(_ context.Context, query sink.Query) (sink.Writer, error) {
	if t.sim.world == nil {
		return nil, errors.New("a table is written to by the processes of its scenario only")
	}
	form := tableForm{mode: query.Mode}
	for _, key := range t.keys {
		column := query.Schema.Index(key)
		if column < 0 {
			return nil, fmt.Errorf("%s: its key %q is no column of (%s)", t, key, query.Schema)
		}
		form.keys = append(form.keys, column)
	}
	if query.Mode == sink.Update && len(form.keys) == 0 {
		return nil, fmt.Errorf("%s: mode update needs the names of the key columns: give them to TableSink", t)
	}
	t.form = form
	return &tableWriter{table: t}, t.sim.call("open("+t.name+")", nothing)
}

type tableWriter struct {
	table    *Table
	prepared *written[[]any]
}

func (w *tableWriter) LastCommitted(context.Context) (int64, bool, error) {
	last, ok, err := w.table.last()
	return last.id, ok, err
}

// Prepare keeps the rows of the batch; Commit hands them over.
func (w *tableWriter) Prepare(_ context.Context, batch sink.Batch) (sink.Token, error) {
	b := written[[]any]{id: batch.ID, at: batch.Time}
	for records := range batch.All() {
		for i := range int(records.NumRows()) {
			row := make([]any, records.NumCols())
			for c, column := range records.Columns() {
				row[c] = sink.Value(column, i)
			}
			b.rows = append(b.rows, row)
		}
	}
	w.prepared = &b
	return strconv.AppendInt(nil, batch.ID, 10), w.table.attempt(b)
}

func (w *tableWriter) Commit(_ context.Context, token sink.Token) error {
	if w.prepared == nil {
		return fmt.Errorf("commit of batch %s, which was not prepared", token)
	}
	return w.table.write(*w.prepared)
}

func (w *tableWriter) Abort(context.Context, sink.Token) error {
	w.prepared = nil
	return nil
}

func (w *tableWriter) Close() error { return nil }
