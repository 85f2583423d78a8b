package sink

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/structured/types"
)

// MemoryTable is a sink whose rows stay in the process, to be looked at. In modes
// Append and Update the rows of each batch are added; in mode Complete a batch
// takes the place of the one before.
//
// It belongs to the query that writes to it: another query that opens it empties it
// first. As it does not survive its process, a query that is started again can go
// on writing to a new table in mode Complete only. Its methods may be called at any
// time.
type MemoryTable struct {
	name string

	mu      sync.Mutex //det:lock guards what follows
	query   string
	epoch   uint64
	mode    Mode
	schema  types.Schema
	batches []MemoryBatch
}

// MemoryBatch is one batch of a table in memory.
type MemoryBatch struct {
	ID      int64
	Records []arrow.RecordBatch
}

// Memory returns an empty table. The name is for messages and plans.
func Memory(name string) *MemoryTable { return &MemoryTable{name: name} }

func (t *MemoryTable) String() string { return "memory[" + t.name + "]" }

// Ephemeral implements the interface of that name.
func (t *MemoryTable) Ephemeral() {}

// Modes implements Sink: all modes.
func (t *MemoryTable) Modes() []Mode { return []Mode{Append, Update, Complete} }

// Schema is that of the query that writes, empty before there is one.
func (t *MemoryTable) Schema() types.Schema {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.schema
}

// Batches returns what was written, in order; in mode Complete the last batch only.
// The records must not be changed.
func (t *MemoryTable) Batches() []MemoryBatch {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.batches)
}

// Rows returns the rows in the order in which they came, each as one value a
// column, of the Go types that package types lists.
func (t *MemoryTable) Rows() [][]any {
	var rows [][]any
	for _, batch := range t.Batches() {
		for _, records := range batch.Records {
			rows = appendRows(rows, records)
		}
	}
	return rows
}

// Open implements Sink.
func (t *MemoryTable) Open(_ context.Context, query Query) (Writer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.query != query.ID {
		t.query, t.batches, t.epoch = query.ID, nil, 0
	}
	if query.Mode != Complete && query.Next > t.next() {
		return nil, fmt.Errorf("%s: the rows of batches %d to %d were lost with the process that held them; use mode complete, a sink that lasts, or a new checkpoint", t, t.next(), query.Next-1)
	}
	if query.Epoch < t.epoch {
		return nil, t.fenced(query.Epoch)
	}
	t.epoch, t.mode, t.schema = query.Epoch, query.Mode, query.Schema
	return &memoryWriter{table: t, epoch: query.Epoch, prepared: map[int64]MemoryBatch{}}, nil
}

// next is the batch after the last one that the table has.
func (t *MemoryTable) next() int64 {
	if len(t.batches) == 0 {
		return 0
	}
	return t.batches[len(t.batches)-1].ID + 1
}

func (t *MemoryTable) fenced(epoch uint64) error {
	return fmt.Errorf("%s: a run with epoch %d has taken over from this one with epoch %d", t, t.epoch, epoch)
}

type memoryWriter struct {
	table    *MemoryTable
	epoch    uint64
	prepared map[int64]MemoryBatch
}

// LastCommitted implements Writer.
func (w *memoryWriter) LastCommitted(context.Context) (int64, bool, error) {
	w.table.mu.Lock()
	defer w.table.mu.Unlock()
	next := w.table.next()
	return next - 1, next > 0, nil
}

// Prepare implements Writer.
func (w *memoryWriter) Prepare(_ context.Context, batch Batch) (Token, error) {
	kept := MemoryBatch{ID: batch.ID}
	for records := range batch.All() {
		copied, err := copyRecords(records)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.table, err)
		}
		kept.Records = append(kept.Records, copied)
	}
	w.prepared[batch.ID] = kept
	return strconv.AppendInt(nil, batch.ID, 10), nil
}

// Commit implements Writer.
func (w *memoryWriter) Commit(_ context.Context, token Token) error {
	id, err := strconv.ParseInt(string(token), 10, 64)
	if err != nil {
		return fmt.Errorf("%s: %q is not a token of it", w.table, token)
	}
	w.table.mu.Lock()
	defer w.table.mu.Unlock()
	if w.epoch < w.table.epoch {
		return w.table.fenced(w.epoch)
	}
	if id < w.table.next() {
		return nil
	}
	batch, ok := w.prepared[id]
	if !ok {
		return fmt.Errorf("%s: batch %d was not prepared", w.table, id)
	}
	delete(w.prepared, id)
	if w.table.mode == Complete {
		w.table.batches = nil
	}
	w.table.batches = append(w.table.batches, batch)
	return nil
}

// Abort implements Writer.
func (w *memoryWriter) Abort(context.Context, Token) error {
	clear(w.prepared)
	return nil
}

// Close implements Writer.
func (w *memoryWriter) Close() error { return nil }

// copyRecords returns records with memory of their own.
func copyRecords(records arrow.RecordBatch) (arrow.RecordBatch, error) {
	columns := make([]arrow.Array, records.NumCols())
	for i, column := range records.Columns() {
		copied, err := array.Concatenate([]arrow.Array{column}, memory.DefaultAllocator)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", records.ColumnName(i), err)
		}
		columns[i] = copied
	}
	return array.NewRecordBatch(records.Schema(), columns, records.NumRows()), nil
}
