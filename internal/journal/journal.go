package journal

import (
	"context"
	"iter"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Options configure a journal.
type Options struct {
	// Kind names what keeps its progress here, such as "dstream" or "structured".
	// A directory is opened only by the kind that made it. It is required, and is
	// one word.
	Kind string

	// Fingerprint identifies the program that opens the journal: two programs whose
	// plans differ have different ones. Every plan is stamped with it.
	Fingerprint uint64

	// AcceptFingerprint runs a pending batch even though a program with another
	// fingerprint planned it.
	AcceptFingerprint bool

	// Retain is how many batches before the last done one keep their plans, answers
	// and changes; 100 if zero.
	Retain int

	// SegmentBytes is the size at which a segment of the log ends; 64 MiB if zero.
	SegmentBytes int64
}

// Plan is all that determines a batch. A batch that is run again gets the plan
// that was logged, whatever the options say by then.
type Plan struct {
	Batch       int64     // 0, 1, 2, … without gaps
	Time        time.Time // the batch time; kept to the nanosecond, in UTC
	Partitions  int       // how many partitions the batch is computed with
	Fingerprint uint64    // of the program that planned it; set by the journal
	Ranges      []byte    // what each source delivers; opaque to the journal
	Watermarks  []byte    // watermarks and idle marks; opaque to the journal
}

// Change is what a batch changed in the state of one key group of an operator.
type Change struct {
	Batch    int64
	Operator string
	Group    int
	Data     []byte // opaque to the journal
}

// Done says that every sink has a batch.
type Done struct {
	Batch   int64
	Answers []byte // what the sinks answered; opaque to the journal
}

// Snapshot says that a snapshot of the state of the key groups [From, To) of an
// operator exists and is durable. It holds all changes up to and including those
// of batch Version.
type Snapshot struct {
	Operator string
	From, To int
	Version  int64
}

// Batch is a batch that is done: how it was planned and what the sinks answered.
type Batch struct {
	Plan Plan
	Done Done
}

// Recovered is what a journal found when it was opened.
type Recovered struct {
	// Fresh says that the directory is new: nothing was ever planned.
	Fresh bool

	// ID is the identity of the query. It is drawn once, when the directory is made.
	ID string

	// Epoch is the writer epoch claimed by this start. Sinks that keep it refuse
	// writers with a lower one.
	Epoch uint64

	// Last is the newest batch that is done, nil if there is none.
	Last *Batch

	// Pending is the plan of the batch after Last if it was logged, else nil. The
	// caller runs it before anything else and does not call Journal.Plan for it:
	// it is durable already. A sink that says it has the batch is not called.
	Pending *Plan

	// Snapshots are the newest snapshots that were logged, by operator and group:
	// ranges that do not overlap, sorted by operator and then by group.
	Snapshots []Snapshot
}

// Next returns the number of the batch to run next: that of Pending if there is
// one, else the one to be planned.
func (r *Recovered) Next() int64 {
	if r.Last == nil {
		return 0
	}
	return r.Last.Done.Batch + 1
}

// Journal is an open journal. Plan, PlanDurable, AppendState and Commit are called
// by one activity at a time, in this order for each batch; the other methods may
// be called by any activity at any time.
type Journal struct{}

// Open takes the directory's lock, claims the next writer epoch and reads what
// earlier writers left. A missing directory is made, durably.
//
// Errors: *env.LockedError if another writer is alive here, *FormatError if the
// directory is of another kind or version or its format file is damaged,
// *FingerprintError if a pending batch was planned by another program,
// *wal.CorruptError if the log is damaged, *FencedError if a newer writer started
// meanwhile.
func Open(ctx context.Context, e env.Env, dir string, o Options) (*Journal, *Recovered, error) {
	panic("not yet")
}

// Replay yields the changes of the batches that are done, in the order of the
// batches and within a batch in the order in which they were appended. Those that
// the snapshots restored by the caller hold already are left out: have returns the
// version of the snapshot that was restored for a group of an operator, -1 for
// none. If changes that are needed have been removed from the log, the error is a
// *MissingStateError. A change's Data is valid until the next one is asked for.
func (j *Journal) Replay(have func(operator string, group int) int64) iter.Seq2[Change, error] {
	panic("not yet")
}

// Batches yields the batches from the given number on that are done and still in
// the log, oldest first.
func (j *Journal) Batches(from int64) iter.Seq2[Batch, error] {
	panic("not yet")
}

// Plan logs the plan of the next batch and starts to make it durable without
// waiting for it: the batch may be computed meanwhile.
func (j *Journal) Plan(ctx context.Context, p Plan) error { panic("not yet") }

// PlanDurable waits until the current plan is durable and checks the fence. No
// sink may be called for the batch before it has returned nil.
func (j *Journal) PlanDurable(ctx context.Context) error { panic("not yet") }

// CheckFence returns a *FencedError if a newer writer has started. It is called
// before each call of a sink.
func (j *Journal) CheckFence(ctx context.Context) error { panic("not yet") }

// AppendState adds a change to those of the current batch. It is called once every
// sink has the batch, and copies the data. The changes become durable, and count,
// together with the commit of the batch. Changes of one operator are best appended
// one after the other.
func (j *Journal) AppendState(ctx context.Context, c Change) error { panic("not yet") }

// Commit logs that the current batch is done, with the changes that were appended
// for it, and waits until that is durable. If the plan of the next batch is known
// already it is logged with it, and becomes the current one: Plan is not called
// for it then.
func (j *Journal) Commit(ctx context.Context, d Done, next *Plan) error { panic("not yet") }

// Snapshots logs snapshots that are durable, file and directory. What they make
// superfluous is removed by a later Retain.
func (j *Journal) Snapshots(ctx context.Context, snapshots ...Snapshot) error { panic("not yet") }

// Retain removes the segments of the log that recovery does not need any more:
// those that lie before the last Options.Retain batches and hold no change that is
// newer than the snapshot of its group. It is cheap when there is nothing to
// remove, and is called now and then between batches.
func (j *Journal) Retain(ctx context.Context) error { panic("not yet") }

// Close ends the journal and gives up the lock. A batch that is not committed is
// pending for the next start. Calls after the first return nil.
func (j *Journal) Close() error { panic("not yet") }
