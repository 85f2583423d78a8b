package structured

import (
	"context"
	"errors"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// ForEachBatch is a sink that calls f with each batch: a table that does not grow,
// and the number of the batch. The table is good until f returns, and may be read
// more than once. An error of f ends the query.
//
// A batch that was in flight at a crash comes again, with the same number and the
// same rows: f has them exactly once if it remembers the number together with what
// it does, else at least once.
func ForEachBatch(f func(ctx context.Context, batch DataFrame, id int64) error) sink.Sink {
	return forEachBatch{f: f}
}

type forEachBatch struct {
	f       func(ctx context.Context, batch DataFrame, id int64) error
	session *Session
}

func (forEachBatch) String() string { return "for each batch" }

// Ephemeral implements sink.Ephemeral.
func (forEachBatch) Ephemeral() {}

// Modes implements sink.Sink: all modes.
func (forEachBatch) Modes() []sink.Mode { return []sink.Mode{Append, Update, Complete} }

// Open implements sink.Sink.
func (s forEachBatch) Open(_ context.Context, query sink.Query) (sink.Writer, error) {
	if s.f == nil {
		return nil, errors.New("ForEachBatch was given no function")
	}
	return &forEachWriter{sink: s, query: query}, nil
}

type forEachWriter struct {
	sink     forEachBatch
	query    sink.Query
	prepared *sink.Batch
}

// LastCommitted implements sink.Writer: what the function remembers is not known.
func (w *forEachWriter) LastCommitted(context.Context) (int64, bool, error) { return 0, false, nil }

// Prepare implements sink.Writer. The batch is good until it is committed.
func (w *forEachWriter) Prepare(_ context.Context, batch sink.Batch) (sink.Token, error) {
	w.prepared = &batch
	return strconv.AppendInt(nil, batch.ID, 10), nil
}

// Commit implements sink.Writer.
func (w *forEachWriter) Commit(ctx context.Context, _ sink.Token) error {
	if w.prepared == nil {
		return nil
	}
	batch := *w.prepared
	partitions := make([][]arrow.RecordBatch, len(batch.Partitions))
	for i, partition := range batch.Partitions {
		partitions[i] = partition
	}
	table := w.sink.session.Read(source.Records(w.query.Schema, partitions...))
	if err := w.sink.f(ctx, table, batch.ID); err != nil {
		return err
	}
	w.prepared = nil
	return nil
}

// Abort implements sink.Writer.
func (w *forEachWriter) Abort(context.Context, sink.Token) error {
	w.prepared = nil
	return nil
}

// Close implements sink.Writer.
func (w *forEachWriter) Close() error { return nil }
