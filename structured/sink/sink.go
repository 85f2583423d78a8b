package sink

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Sink describes a place to write to. Several queries may hold it; each opens it
// for itself.
type Sink interface {
	// String describes the sink in plans and progress, such as "json[out/counts]".
	String() string

	// Modes lists the output modes that the sink can take.
	Modes() []Mode

	// Open starts writing for one query. With it a writer takes over from those that
	// earlier runs of the query have left: those with a lower epoch are refused from
	// then on, as far as the sink can tell.
	Open(ctx context.Context, query Query) (Writer, error)
}

// Query is what a sink learns about the query that writes to it.
type Query struct {
	ID     string // constant over restarts
	Name   string // may be empty
	Schema types.Schema
	Mode   Mode

	// Epoch is the claim of this run of the query: higher than that of any run
	// before it.
	Epoch uint64

	// Next is the first batch that this run may hand over.
	Next int64

	// Env is the world: a sink touches files, time and concurrency through it alone,
	// so that a simulation can run it.
	Env env.Env
}

// Mode says which change of the result reaches the sink.
type Mode int

// The output modes.
const (
	Append   Mode = iota // rows that are final, each exactly once
	Update               // rows that are new or were touched in the batch
	Complete             // all rows, in every batch
)

func (m Mode) String() string {
	switch m {
	case Append:
		return "append"
	case Update:
		return "update"
	case Complete:
		return "complete"
	}
	return fmt.Sprintf("mode %d", int(m))
}

// Batch is the result of one batch.
type Batch struct {
	ID   int64     // 0, 1, 2, …
	Time time.Time // of the batch; the same when it is handed over again

	// Partitions are the rows. They are in memory and may be read more than once,
	// until the batch is committed or aborted.
	Partitions []Partition
}

// Partition is the rows of one partition of a result. A record batch must not be
// changed, nor be kept any longer; whoever keeps rows copies them.
type Partition []arrow.RecordBatch

// All returns the record batches of all partitions, in order.
func (b Batch) All() iter.Seq[arrow.RecordBatch] {
	return func(yield func(arrow.RecordBatch) bool) {
		for _, partition := range b.Partitions {
			for _, records := range partition {
				if !yield(records) {
					return
				}
			}
		}
	}
}

// Rows returns the number of rows.
func (b Batch) Rows() int64 {
	var rows int64
	for records := range b.All() {
		rows += records.NumRows()
	}
	return rows
}

// Token is what a writer needs to commit, or to abort, a batch that it prepared.
type Token []byte

// Writer writes for one query. Its methods are called by one activity at a time.
type Writer interface {
	// LastCommitted returns the newest batch that the sink has for certain, by
	// whichever run of the query; ok is false if it has none or cannot know.
	LastCommitted(ctx context.Context) (batch int64, ok bool, err error)

	// Prepare stores the rows of a batch without making them visible. The token is
	// valid in this run, and in later ones if the sink can resume a prepared batch.
	Prepare(ctx context.Context, batch Batch) (Token, error)

	// Commit makes a prepared batch visible, and durable if the sink is. It may be
	// repeated, and does nothing for a batch that is committed.
	Commit(ctx context.Context, token Token) error

	// Abort forgets a prepared batch. It may be repeated.
	Abort(ctx context.Context, token Token) error

	// Close may be called more than once. It does not abort what was prepared.
	Close() error
}

// Resumable is a Writer whose prepared batches outlast the process: they can be
// committed, or aborted, by a later run of the query. All such sinks of a query
// commit together: when each has a batch prepared, the tokens are logged with the
// query's state; from then on the batch is not prepared again, and Commit is repeated, by
// later runs if need be, until it returns nil.
//
// A sink may abort by itself what was prepared for too long. Then Commit returns an error
// that wraps ErrAborted, whenever it is called for that token. In the run that prepared the
// batch, this ends the query. The next one computes the batch again from the same input
// and hands it to the sinks whose LastCommitted is an earlier one: so a sink that does
// this, and those that commit together with it, must know what they have.
//
// Any other Writer keeps the number of the batch with the rows and tells by
// LastCommitted that it has them: of the batch that was running at a crash it is
// handed the same rows again, and commits them alone.
type Resumable interface {
	Writer

	// Prepared returns the tokens of the batches that runs of the query have prepared
	// and that are neither committed nor aborted. It is called once, before Prepare.
	Prepared(ctx context.Context) ([]Token, error)
}

// ErrAborted is the error of a Commit that comes too late: the sink has aborted by itself
// what was prepared, and has none of it.
var ErrAborted = errors.New("the sink has aborted the prepared batch")

// CheckMode returns an error that says what to do if a sink cannot take a mode.
func CheckMode(s Sink, mode Mode) error {
	modes := s.Modes()
	if slices.Contains(modes, mode) {
		return nil
	}
	return fmt.Errorf("sink %s does not take output mode %s, only %v; change the mode, or write to a sink that replaces rows", s, mode, modes)
}

// Ephemeral is a Sink that keeps nothing beyond its process, so that a query may
// write to it without a checkpoint.
type Ephemeral interface {
	Sink
	Ephemeral()
}
