package physical

import (
	"fmt"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Deduplicate keeps the first of the rows of its partition that are equal in the
// columns Keys; nulls are equal, NaNs too, and -0.0 is 0.0.
type Deduplicate struct {
	Input Node
	Keys  []int
}

// Schema returns the input's columns.
func (d *Deduplicate) Schema() types.Schema { return d.Input.Schema() }

// Children returns the input.
func (d *Deduplicate) Children() []Node { return []Node{d.Input} }

func (d *Deduplicate) String() string {
	return "Deduplicate [" + strings.Join(d.Schema().Select(d.Keys).Names(), ", ") + "]"
}

// StatefulDeduplicate keeps the first of equal rows of a stream, in whatever batch it
// comes, and gives it at once.
//
// A key that has the event time is forgotten when a watermark closes it, and a row
// whose key the late mark closes is dropped and counted; keys without it are kept for
// ever, and no row is late. A null time is never late and never closed.
//
// If Within is set, each key is forgotten when the watermark reaches the time of its
// first row plus Delay, and a row whose time is at or before the late mark is dropped.
type StatefulDeduplicate struct {
	Input   Node   // exchanged by Keys
	Name    string // by which its state is found again; unique in the plan
	Keys    []Key
	Columns []int // where each key stands in the input

	// EventTime is the position in Keys of the event time, or in the input if Within is
	// set; -1 for none.
	EventTime int

	Within bool
	Delay  time.Duration
}

// Schema returns the input's columns.
func (d *StatefulDeduplicate) Schema() types.Schema { return d.Input.Schema() }

// Children returns the input.
func (d *StatefulDeduplicate) Children() []Node { return []Node{d.Input} }

// StateName returns Name.
func (d *StatefulDeduplicate) StateName() string { return d.Name }

// Expires implements Stateful. As in Spark, it does not matter whether the event time
// is among the keys.
func (d *StatefulDeduplicate) Expires() bool { return Marked(d.Input) }

// Signature implements Stateful. Another delay may go on with the same state.
func (d *StatefulDeduplicate) Signature() string {
	return fmt.Sprintf("deduplicate %q keys%s event-time %t within %t", d.Name, keySignature(d.Keys), d.EventTime >= 0, d.Within)
}

func (d *StatefulDeduplicate) String() string {
	text := "StatefulDeduplicate " + d.Name + " [" + strings.Join(keyNames(d.Keys), ", ") + "]"
	switch {
	case d.Within:
		text += fmt.Sprintf(", each for %s from %s", d.Delay, d.Schema().Fields[d.EventTime].Name)
	case d.EventTime >= 0:
		text += ", closed by " + d.Keys[d.EventTime].Name
	}
	return text
}

// StatefulLimit passes on the first N rows of the whole stream. Its input is in one
// partition.
type StatefulLimit struct {
	Input Node
	Name  string // by which its state is found again; unique in the plan
	N     int64
}

// Schema returns the input's columns.
func (l *StatefulLimit) Schema() types.Schema { return l.Input.Schema() }

// Children returns the input.
func (l *StatefulLimit) Children() []Node { return []Node{l.Input} }

// StateName returns Name.
func (l *StatefulLimit) StateName() string { return l.Name }

// Expires implements Stateful.
func (l *StatefulLimit) Expires() bool { return false }

// Signature implements Stateful. Another N may go on with the same state.
func (l *StatefulLimit) Signature() string { return fmt.Sprintf("limit %q", l.Name) }

func (l *StatefulLimit) String() string { return fmt.Sprintf("StatefulLimit %s %d", l.Name, l.N) }
