package microbatch

import (
	"context"
	"iter"

	"github.com/tidewheel/tidewheel/internal/journal"
)

// Log is where a query keeps its progress: a *journal.Journal, or [Volatile].
type Log interface {
	Plan(ctx context.Context, p journal.Plan) error
	PlanDurable(ctx context.Context) error
	CheckFence(ctx context.Context) error
	AppendState(ctx context.Context, c journal.Change) error
	Prepared(ctx context.Context, d journal.Done) error
	Revoke(ctx context.Context, batch int64) error
	Commit(ctx context.Context, d journal.Done, next *journal.Plan) error
	Replay(have func(operator string, group int) int64) iter.Seq2[journal.Change, error]
	Snapshots(ctx context.Context, snapshots ...journal.Snapshot) error
	Retain(ctx context.Context) error
	Appended() int64
	Close() error
}

// Volatile keeps nothing: for queries without a checkpoint, which start from nothing
// each time.
type Volatile struct{}

// Plan implements Log.
func (Volatile) Plan(context.Context, journal.Plan) error { return nil }

// PlanDurable implements Log.
func (Volatile) PlanDurable(context.Context) error { return nil }

// CheckFence implements Log.
func (Volatile) CheckFence(context.Context) error { return nil }

// AppendState implements Log.
func (Volatile) AppendState(context.Context, journal.Change) error { return nil }

// Prepared implements Log.
func (Volatile) Prepared(context.Context, journal.Done) error { return nil }

// Revoke implements Log.
func (Volatile) Revoke(context.Context, int64) error { return nil }

// Commit implements Log.
func (Volatile) Commit(context.Context, journal.Done, *journal.Plan) error { return nil }

// Replay implements Log.
func (Volatile) Replay(func(string, int) int64) iter.Seq2[journal.Change, error] {
	return func(func(journal.Change, error) bool) {}
}

// Snapshots implements Log.
func (Volatile) Snapshots(context.Context, ...journal.Snapshot) error { return nil }

// Retain implements Log.
func (Volatile) Retain(context.Context) error { return nil }

// Appended implements Log.
func (Volatile) Appended() int64 { return 0 }

// Close implements Log.
func (Volatile) Close() error { return nil }
