package exec

import (
	"io"

	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// Marker says that an epoch ends: all its rows have been pushed.
type Marker struct {
	Epoch int64 // which; 0, 1, 2, … in a stream, 0 in a bounded query

	// Watermark closes groups of event time, in microseconds since 1970. It counts
	// only for operators with an event time.
	Watermark int64

	End bool // whether no rows follow in any later epoch
}

// Emit takes rows from a machine. The batch is the machine's again when Emit
// returns: who keeps rows copies them. Its error ends the call that emitted.
type Emit func(*vector.Batch) error

// Machine is an operator as a push machine: rows go in by Push, results come out by
// emit, during Push or Marker. It is used by one activity at a time. After an error
// the machine is closed, or, if it is Stateful, rolled back.
type Machine interface {
	// Push takes rows on an input. The batch and its memory are the caller's again
	// when Push returns.
	Push(port int, b *vector.Batch, emit Emit) error

	// Marker ends an epoch on an input, after which the next one may be pushed.
	Marker(port int, m Marker, emit Emit) error

	// Close drops all memory. It may be called more than once.
	Close() error
}

// Checking is a machine that computes expressions, before it does anything else with
// the rows of a Push. So a Push that Check fails for has had no effect.
type Checking interface {
	Machine

	// Check computes the expressions of a Push and nothing else. Its error is the one
	// that Push returns for these rows.
	Check(b *vector.Batch) error
}

// Stateful is a machine whose state outlives epochs, and processes.
//
//	Begin(0, late) Push… Marker Changes Begin(1, late) Push… Rollback Begin(1, late) …
//
// State is addressed by key group (see internal/keyed). What Changes, Apply,
// Snapshot and Restore exchange is of a versioned format; bytes that are damaged or
// of a wrong version are an error, never a panic.
type Stateful interface {
	Machine

	// Begin starts an epoch and makes the changes of the last one final. Rows whose
	// group late closes are dropped from here on, and state that it closes is
	// forgotten: late is the watermark of the marker before.
	Begin(epoch, late int64)

	// Rollback undoes all that happened since Begin. Without a Begin it does nothing.
	Rollback()

	// Changes calls visit for each key group in which something changed since Begin,
	// ascending, with a frame that redoes it. The frame is valid until visit returns.
	Changes(visit func(group int, frame []byte) error) error

	// Apply redoes a frame of Changes or Snapshot. Frames of one key group are applied
	// in the order of their epochs, all before the first Begin.
	Apply(frame []byte) error

	// Snapshot writes the state of a key group, as of the last Begin or later.
	Snapshot(group int, w io.Writer) error

	// Restore reads what Snapshot wrote, before the first Begin.
	Restore(group int, r io.Reader) error

	// Counts returns how much is kept, and what happened since Begin.
	Counts() state.Counts
}
