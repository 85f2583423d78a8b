package dstream

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
)

// Log is a source of the records of a log, such as the topics that kafka.Source reads.
// A batch is a range of offsets in each partition, and has a partition for each that
// has something new. With a checkpoint nothing is skipped or read twice, whenever the
// stream dies; the log is told nothing.
func Log[R any](log receiver.Log[R]) Source[R] { return logSource[R]{log} }

type logSource[R any] struct{ log receiver.Log[R] }

func (s logSource[R]) String() string {
	if s.log == nil {
		return "log"
	}
	return s.log.String()
}

func (s logSource[R]) Open(ctx context.Context, stream Stream) (Reader[R], error) {
	if s.log == nil {
		return nil, errors.New("the log is nil")
	}
	reader, err := s.log.Open(ctx, logUser(stream))
	if err != nil {
		return nil, err
	}
	return &logReader[R]{reader}, nil
}

func logUser(stream Stream) receiver.LogUser {
	return receiver.LogUser{ID: stream.ID, Name: stream.Name, Epoch: stream.Epoch, State: stream.State, Env: stream.Env}
}

type logReader[R any] struct{ log receiver.LogReader[R] }

func (r *logReader[R]) Initial(ctx context.Context) (Offset, error) {
	place, err := r.log.Initial(ctx)
	return Offset(place), err
}

func (r *logReader[R]) Latest(ctx context.Context, start Offset) (Offset, error) {
	return r.LatestWithin(ctx, start, 0)
}

// LatestWithin implements Limited.
func (r *logReader[R]) LatestWithin(ctx context.Context, start Offset, elements int64) (Offset, error) {
	place, err := r.log.Latest(ctx, string(start), elements)
	return Offset(place), err
}

func (r *logReader[R]) RDD(session *rdd.Session, start, end Offset) (rdd.RDD[R], error) {
	ranges, err := r.log.Ranges(string(start), string(end))
	if err != nil {
		return rdd.RDD[R]{}, err
	}
	return session.From(logRanges[R](ranges)), nil
}

// Commit does nothing: how long a log keeps its records is its own business.
func (r *logReader[R]) Commit(ctx context.Context, end Offset) error { return nil }

func (r *logReader[R]) Close() error { return r.log.Close() }

// logRanges is a batch of a log as an rdd.Source.
type logRanges[R any] []receiver.LogRange[R]

func (l logRanges[R]) Partitions(ctx context.Context) (int, error) { return len(l), nil }

func (l logRanges[R]) Read(task rdd.Task, partition int) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for records, err := range l[partition](task.Context()) {
			if err != nil {
				var none R
				yield(none, err)
				return
			}
			for _, record := range records {
				if !yield(record, nil) {
					return
				}
			}
		}
	}
}

// ToLog is a sink that writes each batch to a log in one transaction, so that readers
// of committed records see every batch once and whole, whatever crashed. record makes
// what is written of an element. The stream needs a checkpoint.
func ToLog[T, R any](log receiver.TransactionalLog[R], record func(T) R) Sink[T] {
	return logSink[T, R]{log, record}
}

type logSink[T, R any] struct {
	log    receiver.TransactionalLog[R]
	record func(T) R
}

func (s logSink[T, R]) String() string {
	if s.log == nil {
		return "log"
	}
	return s.log.String()
}

func (s logSink[T, R]) Open(ctx context.Context, stream Stream) (Writer[T], error) {
	switch {
	case s.log == nil:
		return nil, errors.New("the log is nil")
	case s.record == nil:
		return nil, errors.New("the function that makes records is nil")
	}
	writer, err := s.log.OpenWriter(ctx, logUser(stream))
	if err != nil {
		return nil, err
	}
	return &logWriter[T, R]{writer, s.record}, nil
}

type logWriter[T, R any] struct {
	log    receiver.LogWriter[R]
	record func(T) R
}

func (w *logWriter[T, R]) LastCommitted(ctx context.Context) (time.Time, bool, error) {
	last, ok, err := w.log.LastCommitted(ctx)
	return last.Time, ok, err
}

// Prepare makes the records in tasks and writes them partition by partition.
func (w *logWriter[T, R]) Prepare(ctx context.Context, batch Batch[T]) (Token, error) {
	partitions, err := rdd.RunPartitions(ctx, batch.RDD, "save", func(task rdd.Task, in rdd.Chunks[T]) ([]R, error) {
		var records []R
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			for _, element := range chunk {
				records = append(records, w.record(element))
			}
		}
		return records, nil
	})
	if err != nil {
		return nil, err
	}
	return nil, w.log.Prepare(ctx, receiver.LogBatch{ID: batch.ID, Time: batch.Time}, func(yield func([]R, error) bool) {
		for _, records := range partitions {
			if !yield(records, nil) {
				return
			}
		}
	})
}

func (w *logWriter[T, R]) Commit(ctx context.Context, token Token) error { return w.log.Commit(ctx) }

func (w *logWriter[T, R]) Abort(ctx context.Context, token Token) error { return w.log.Abort(ctx) }

func (w *logWriter[T, R]) Close() error { return w.log.Close() }
