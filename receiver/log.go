package receiver

import (
	"context"
	"iter"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Log describes a log in partitions whose records can be read again from any place,
// such as the topics of a Kafka cluster. It is a value that several streams and
// queries may share; each opens it for itself.
type Log[R any] interface {
	// String describes the log in plans, progress and errors.
	String() string

	// Open starts reading for one stream or query.
	Open(ctx context.Context, user LogUser) (LogReader[R], error)
}

// LogUser is what a log learns about the stream or query that reads or writes it.
type LogUser struct {
	ID    string // constant over restarts; empty without a checkpoint
	Name  string // tells the uses of one stream or query apart; may be empty
	Epoch uint64 // the claim of this run: higher than that of any run before it

	// Bounded says that the log is read once, up to what it holds now.
	Bounded bool

	// State is a directory for this use of the log alone. It need not exist yet, and
	// is empty if nothing is kept over restarts.
	State string

	// Env is the world: files, time and concurrency are reached through it alone.
	Env env.Env
}

// LogReader reads a log for one stream or query. A place in the log, over all of its
// partitions, is a line of text that only the log understands. All methods but the
// ranges' are called by one activity at a time.
type LogReader[R any] interface {
	// Initial is where a reader that has read nothing yet begins. With a State
	// directory it is the same in every run.
	Initial(ctx context.Context) (string, error)

	// Latest returns the end of the next range: start itself if there is nothing new.
	// It is as far as the log's options allow in one step, and no more than about limit
	// records if that is positive; with limit AllRecords it is as far as there is
	// anything. It never waits for records.
	Latest(ctx context.Context, start string, limit int64) (string, error)

	// Freeze makes what is there now the end of the log: Latest never goes beyond.
	Freeze(ctx context.Context) error

	// Ranges returns what lies between two places, a range for each partition that
	// has something there, in an order that depends on the places alone. It asks nobody.
	Ranges(start, end string) ([]LogRange[R], error)

	// Close may be called more than once.
	Close() error
}

// MeasuredLog is a LogReader that knows how much is left to read.
type MeasuredLog interface {
	// Backlog returns the end of the log as the last call of Latest found it, and how
	// many offsets lie between end and it: as many records, or fewer if there are gaps.
	// The text is empty before the first call of Latest.
	Backlog(end string) (newest string, offsets int64)
}

// AllRecords is the limit of LogReader.Latest that takes all there is.
const AllRecords int64 = -1

// LogRange yields the records of one partition between two places, some at a time, in
// the log's order; the same ones each time it is called. An error ends the sequence.
// The slice is the log's again when the next one is asked for; what the records point
// to stays unchanged. Several activities may call it at once.
type LogRange[R any] func(ctx context.Context) iter.Seq2[[]R, error]

// TransactionalLog describes a log that takes the records of a whole batch in one
// step, together with the batch's number. R is what is written.
type TransactionalLog[R any] interface {
	// String describes the log in plans, progress and errors.
	String() string

	// OpenWriter starts writing for one stream or query. From then on the writers
	// that earlier runs of the same user have left are refused, and what they have not
	// committed by then never will be.
	OpenWriter(ctx context.Context, user LogUser) (LogWriter[R], error)
}

// LogBatch names a batch.
type LogBatch struct {
	ID   int64 // 0, 1, 2, …
	Time time.Time
}

// LogWriter writes batches to a log. Its methods are called by one activity at a
// time.
type LogWriter[R any] interface {
	// LastCommitted returns the newest batch with records that the log has, by
	// whichever run of the user; ok is false if it has none.
	LastCommitted(ctx context.Context) (last LogBatch, ok bool, err error)

	// Prepare writes the records of a batch, which no reader of committed records
	// sees yet. A batch that was prepared and not committed before is dropped.
	Prepare(ctx context.Context, batch LogBatch, records iter.Seq2[[]R, error]) error

	// Commit makes the prepared batch visible and durable, all of it or nothing. It
	// does nothing if no batch is prepared. After an error the batch may or may not be
	// there: only LastCommitted of the next writer tells.
	Commit(ctx context.Context) error

	// Abort drops the prepared batch, if there is one.
	Abort(ctx context.Context) error

	// Close may be called more than once. What is prepared is dropped.
	Close() error
}
