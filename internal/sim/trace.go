package sim

import (
	"fmt"
	"strings"
	"time"
)

// traceLength is how many events a trace keeps unless all are wanted.
const traceLength = 4096

// event is an I/O point as the trace knows it.
type event struct {
	mono       time.Duration
	activity   *activity
	site       *site
	occurrence int
	value      uint64
	fault      *Fault
	hash       uint64 // of the run up to the event
}

// trace is a running hash over all that happened, and the last events.
type trace struct {
	hash   uint64
	count  uint64
	keep   bool
	events []event // a ring of traceLength unless keep
}

// fold mixes a value into the hash (FNV-1a over 64-bit words, then a rotation so
// that high bits come down).
func (t *trace) fold(value uint64) {
	h := (t.hash ^ value) * 0x100000001b3
	t.hash = h ^ h>>29
}

func (t *trace) add(e event) {
	t.fold(e.site.hash + uint64(e.activity.number))
	t.fold(e.value)
	t.fold(uint64(e.mono))
	e.hash = t.hash
	if t.keep || len(t.events) < traceLength {
		t.events = append(t.events, e)
	} else {
		t.events[t.count%traceLength] = e
	}
	t.count++
}

// strike notes that a fault hit the last event.
func (t *trace) strike(f Fault) {
	t.fold(uint64(f.Kind) + 1)
	at := len(t.events) - 1
	if !t.keep {
		at = int((t.count - 1) % traceLength)
	}
	t.events[at].fault = &f
}

func (e event) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%v %v %s#%d", e.mono, e.activity, e.site.name, e.occurrence)
	if e.value != 0 {
		fmt.Fprintf(&text, " %x", e.value)
	}
	if e.fault != nil {
		fmt.Fprintf(&text, " ! %v", *e.fault)
	}
	return text.String()
}

// TraceHash is a hash over all points, switches, choices, faults and values of
// the run so far. Two runs of one program with the same seed, chooser and faults
// have the same.
func (w *World) TraceHash() uint64 { return w.trace.hash }

// Trace returns the last 4,096 events, or all if Options.KeepTrace is set, a line
// each: virtual time, activity, site, a hash of what was written, the fault.
func (w *World) Trace() []string {
	t := &w.trace
	lines := make([]string, 0, len(t.events))
	first := 0
	if !t.keep && t.count > traceLength {
		first = int(t.count % traceLength)
	}
	for i := range t.events {
		lines = append(lines, t.events[(first+i)%len(t.events)].String())
	}
	return lines
}

// Divergence returns the number of the first event, from 1, in which two runs
// differ that kept their whole traces, and 0 if there is none. A second pair of
// runs with Options.StackAt then shows where each was.
func Divergence(a, b *World) uint64 {
	one, two := a.trace.events, b.trace.events
	for i := range min(len(one), len(two)) {
		if one[i].hash != two[i].hash {
			return uint64(i) + 1
		}
	}
	if len(one) != len(two) {
		return uint64(min(len(one), len(two))) + 1
	}
	return 0
}

// Stack returns the stack of the activity at Options.StackAt, once it was reached.
func (w *World) Stack() []byte { return w.stack }
