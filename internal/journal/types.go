package journal

import (
	"fmt"
	"strings"
	"time"
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

	// SegmentBytes is the size at which a segment of the log ends, and so about how much
	// is removed at once; 8 MiB if zero.
	SegmentBytes int64
}

const (
	defaultRetain       = 100
	defaultSegmentBytes = 8 << 20
)

func (o *Options) validate() error {
	switch {
	case o.Kind == "" || strings.ContainsAny(o.Kind, " \t\r\n"):
		return fmt.Errorf("journal: Options.Kind must be one word, but is %q", o.Kind)
	case o.Retain < 0:
		return fmt.Errorf("journal: Options.Retain is negative: %d", o.Retain)
	case o.Retain == 0:
		o.Retain = defaultRetain
	}
	if o.SegmentBytes == 0 {
		o.SegmentBytes = defaultSegmentBytes
	}
	return nil
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

	// Prepared is set if Pending is not to be run again, but finished: the sinks that
	// have it prepared commit it, by the tokens that were logged here, and
	// Journal.Commit follows, before anything else.
	Prepared *Done

	// Snapshots are those that were logged and are the newest of at least one group,
	// each with its whole range, sorted by operator, range and version. Where two
	// overlap, the one with the higher version holds.
	Snapshots []Snapshot

	// Operators are the names, sorted, of those of whose state the log has changes or
	// snapshots.
	Operators []string
}

// Next returns the number of the batch to run next: that of Pending if there is
// one, else the one to be planned.
func (r *Recovered) Next() int64 {
	if r.Last == nil {
		return 0
	}
	return r.Last.Done.Batch + 1
}
