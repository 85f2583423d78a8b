package source

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Source describes a table to read. It is a value that several queries may share;
// each opens it for itself.
type Source interface {
	// String describes the source in plans and progress, such as "text[in/*.log]".
	String() string

	// Schema is the schema of the rows.
	Schema(ctx context.Context) (types.Schema, error)

	// Open starts reading for one query.
	Open(ctx context.Context, query Query) (Reader, error)
}

// Sized is a Source that knows about how large it is before it is opened. A small one may
// be given whole to each partition of a table with which it is joined.
type Sized interface {
	Source

	// Size returns the bytes that there are now.
	Size(files env.FS) (int64, error)
}

// Query is what a source learns about the query that reads it.
type Query struct {
	ID   string // constant over restarts
	Name string // may be empty

	// Epoch is the claim of this run of the query: higher than that of any run
	// before it. What a source writes in State it writes under this number.
	Epoch uint64

	// Fence returns an error once a later run of the query has begun. It is nil for a
	// query that keeps nothing.
	Fence func(ctx context.Context) error

	// Bounded says that the table is read once, as it is now.
	Bounded bool

	// State is a directory for the source alone, where it may keep what it needs to
	// find the same rows again. It need not exist yet. It is empty for a bounded
	// query, which keeps nothing.
	State string

	// Logger is told what does the query no harm. It may be nil.
	Logger *slog.Logger

	// Env is the world: a source touches files, time and concurrency through it
	// alone, so that a simulation can run it.
	Env env.Env
}

// Offset is a place in a source, as one line of JSON that only the source
// understands. The empty Offset is none: no data was ever seen. Offsets are
// compared as text: data is new if the end differs from the start.
type Offset string

// Limit is how much one batch may take. The zero Limit leaves that to the source's
// own options.
type Limit struct {
	// All takes everything there is, whatever the source's options say.
	All bool
}

// Reader reads a source for one query. Its methods are called by one activity at a
// time.
type Reader interface {
	// Initial is the offset of a query that has read nothing yet.
	Initial(ctx context.Context) (Offset, error)

	// Latest returns the end of a range that begins at start and is as long as the
	// limit allows; start itself means that there is nothing new. The range is
	// durable when Latest returns: Plan finds it again after a crash. Latest never
	// waits for data.
	Latest(ctx context.Context, start Offset, limit Limit) (Offset, error)

	// Plan splits a range into about the given number of partitions. The same
	// arguments give the same partitions with the same rows in the same order, in
	// every run of the query.
	Plan(ctx context.Context, start, end Offset, partitions int) ([]Partition, error)

	// Commit says that all before end was read for the last time. It may be repeated.
	Commit(ctx context.Context, end Offset) error

	// Close may be called more than once.
	Close() error
}

// Bounded is a Reader that can stop growing.
type Bounded interface {
	// Freeze makes what is there now the end of the data: Latest never goes beyond.
	Freeze(ctx context.Context) error
}

// Waking is a Reader that says when there is data, so that nobody has to ask it again
// and again.
type Waking interface {
	// Arrival returns what becomes ready when data arrives that the last call of Latest
	// did not find. It is asked for after each such call, and may be ready too early,
	// never too late. nil stands for data that cannot be waited for: Latest is then
	// called at short intervals.
	Arrival() env.Waitable
}

// Paced is a Reader that is told how long batches take, so that it can slow down what
// comes.
type Paced interface {
	// Completed says when a batch ended, and how long it took. It is called after each
	// batch.
	Completed(ended time.Time, processing time.Duration)
}

// Measured is a Reader that knows how much is left to read.
type Measured interface {
	// Backlog returns the offset behind all data that the last call of Latest found, and
	// how many rows at most lie between end and it. The offset is empty if it is not
	// known.
	Backlog(end Offset) (newest Offset, rows int64)
}

// Counted is a Reader that counts what it handed out.
type Counted interface {
	Counts() Counts
}

// Counts is what a reader's partitions have handed out since it was opened,
// repeated reads included.
type Counts struct {
	Rows    int64 `json:"rows"`
	Values  int64 `json:"values"`  // rows times columns
	Skipped int64 `json:"skipped"` // rows read, but left out by a filter
}

// Partition is a part of a range. It may be read more than once, and by several
// tasks.
type Partition interface {
	// Read returns the rows of the columns at these positions of the schema, in
	// their order; nil means all columns. A batch and its memory are the reader's
	// again when the next one is asked for. An error ends the sequence.
	Read(ctx context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error]
}

// Filter is a condition on rows.
type Filter interface {
	String() string

	// Select returns the positions, in order, of the rows for which the condition is
	// true. The batch has the columns that were asked for. The result is valid until
	// the next call.
	Select(batch arrow.RecordBatch) ([]int32, error)
}

// Filtering is a Partition that can leave out rows itself. One that cannot is
// filtered by the engine.
type Filtering interface {
	Partition

	// ReadWhere is Read without the rows that the filter does not select. The filter
	// belongs to the caller and is used by no other read.
	ReadWhere(ctx context.Context, columns []int, filter Filter) iter.Seq2[arrow.RecordBatch, error]
}
