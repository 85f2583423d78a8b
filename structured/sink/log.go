package sink

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/structured/types"
)

// LogRows makes the records of a log of rows. It appends to a slice and returns it;
// what the records point to may be the rows' memory.
type LogRows[R any] func(to []R, rows arrow.RecordBatch) ([]R, error)

// ToLog writes each batch to a log in one transaction, so that readers of committed
// records see every batch once and whole, whatever crashed. It takes every output
// mode: what the log then holds is one change of the result after the other. bind is
// called once for a query and refuses schemas that it cannot make records of. Kafka
// has a sink of its own, see [Kafka].
func ToLog[R any](log receiver.TransactionalLog[R], bind func(types.Schema) (LogRows[R], error)) Sink {
	return logSink[R]{log, bind}
}

type logSink[R any] struct {
	log  receiver.TransactionalLog[R]
	bind func(types.Schema) (LogRows[R], error)
}

func (s logSink[R]) String() string {
	if s.log == nil {
		return "log"
	}
	return s.log.String()
}

// Modes implements Sink.
func (s logSink[R]) Modes() []Mode { return []Mode{Append, Update, Complete} }

// Open implements Sink.
func (s logSink[R]) Open(ctx context.Context, query Query) (Writer, error) {
	if s.log == nil || s.bind == nil {
		return nil, errors.New("the log is nil, or the function that makes records of rows")
	}
	rows, err := s.bind(query.Schema)
	if err != nil {
		return nil, err
	}
	log, err := s.log.OpenWriter(ctx, receiver.LogUser{ID: query.ID, Epoch: query.Epoch, Env: query.Env})
	if err != nil {
		return nil, err
	}
	return &logWriter[R]{log: log, rows: rows}, nil
}

type logWriter[R any] struct {
	log  receiver.LogWriter[R]
	rows LogRows[R]
}

// LastCommitted implements Writer.
func (w *logWriter[R]) LastCommitted(ctx context.Context) (batch int64, ok bool, err error) {
	last, ok, err := w.log.LastCommitted(ctx)
	return last.ID, ok, err
}

// Prepare implements Writer.
func (w *logWriter[R]) Prepare(ctx context.Context, batch Batch) (Token, error) {
	err := w.log.Prepare(ctx, receiver.LogBatch{ID: batch.ID, Time: batch.Time}, func(yield func([]R, error) bool) {
		var records []R
		for rows := range batch.All() {
			var err error
			if records, err = w.rows(records[:0], rows); err != nil {
				yield(nil, fmt.Errorf("batch %d: %w", batch.ID, err))
				return
			}
			if !yield(records, nil) {
				return
			}
		}
	})
	return nil, err
}

// Commit implements Writer.
func (w *logWriter[R]) Commit(ctx context.Context, _ Token) error { return w.log.Commit(ctx) }

// Abort implements Writer.
func (w *logWriter[R]) Abort(ctx context.Context, _ Token) error { return w.log.Abort(ctx) }

// Close implements Writer.
func (w *logWriter[R]) Close() error { return w.log.Close() }
