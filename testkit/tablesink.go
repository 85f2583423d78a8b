package testkit

import (
	"context"
	"errors"
	"fmt"

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

// TableSink declares a sink. Its contract says how it can be written to and how it
// fails. In mode update, and for the contract Upsert, the key columns tell which row a
// new one replaces; else none are needed.
func TableSink(s *Sim, name string, contract Contract, keys ...string) *Table {
	t := &Table{history: history[[]any]{sim: s, name: name, contract: contract}, keys: keys}
	t.key = func(row []any) string { return render(t.keyOf(row)) }
	switch {
	case contract < 0 || int(contract) >= len(contractNames):
		s.wrong("table %s: there is no %v", name, contract)
	case contract == Upsert && len(keys) == 0:
		s.wrong("table %s: the contract %v needs the names of the key columns", name, contract)
	}
	t.checkName()
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
	d, err := t.deliver(query.ID, query.Epoch, query.Env)
	if t.contract == Transactional && err == nil {
		d.listed = true
		return resumableTable{tableWriter{d}}, nil
	}
	return tableWriter{d}, err
}

// keyOf returns the values of the key columns.
func (t *Table) keyOf(row []any) []any {
	var key []any
	for _, column := range t.form.keys {
		key = append(key, row[column])
	}
	return key
}

// tableWriter is a sink as a query writes to it.
type tableWriter struct{ to *delivery[[]any] }

func (w tableWriter) LastCommitted(context.Context) (int64, bool, error) {
	last, ok, err := w.to.last()
	return last.id, ok, err
}

func (w tableWriter) Prepare(_ context.Context, batch sink.Batch) (sink.Token, error) {
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
	return w.to.prepare(b)
}

func (w tableWriter) Commit(_ context.Context, token sink.Token) error { return w.to.commit(token) }

func (w tableWriter) Abort(_ context.Context, token sink.Token) error { return w.to.abort(token) }

func (w tableWriter) Close() error { return nil }

// resumableTable is a sink whose prepared batches a later run goes on with.
type resumableTable struct{ tableWriter }

func (w resumableTable) Prepared(context.Context) (tokens []sink.Token, err error) {
	handles, err := w.to.handles()
	for _, handle := range handles {
		tokens = append(tokens, sink.Token(handle))
	}
	return tokens, err
}
