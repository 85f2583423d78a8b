package sim

import (
	"fmt"
	"strings"
	"time"
)

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

// trace is a running hash over all that happened, and the events if they are wanted.
type trace struct {
	hash   uint64
	keep   bool
	events []event
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
	if t.keep {
		e.hash = t.hash
		t.events = append(t.events, e)
	}
}

// strike notes that a fault hit the last event.
func (t *trace) strike(f Fault) {
	t.fold(uint64(f.Kind) + 1)
	if t.keep {
		t.events[len(t.events)-1].fault = &f
	}
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

// Trace returns all events, if Options.KeepTrace is set, a line each: virtual time,
// activity, site, a hash of what was written, the fault. A run that has not kept them
// is made again.
func (w *World) Trace() []string {
	lines := make([]string, len(w.trace.events))
	for i, e := range w.trace.events {
		lines[i] = e.String()
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
