package testkit

import (
	"fmt"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// Sim is one simulated run of a scenario. The scenario function declares on it what
// the world consists of: inputs, sinks, the program and what must hold. It is called
// anew for each run, and must declare the same each time.
type Sim struct {
	plan    *plan
	app     func(*Process) error
	parts   []part
	oracles []oracle
	outputs []func(journal.Plan) bool // whether the output has a batch
	mistake error                     // of the scenario

	spared    []string // directories that no lie of the disk touches
	sometimes []sometimes
	script    *script // nil unless it is one

	// The run.
	world     *sim.World // of the machine that runs now
	process   *sim.Process
	clocks    []*clock.Mock // of the processes on the machine
	zombie    *zombie       // that the process has replaced; nil if there is none
	base      time.Duration // when that was started
	starts    int           // its number
	version   uint64        // of the parts
	calm      bool          // the process before it was told to stop when it was at rest, and nothing ever went wrong
	violation *violation    // the first promise that was seen broken
	tally     *tally        // nil if nobody counts
	cover     *cover        // nil if nobody looks
	verbose   bool
	timeline  []string
}

// part is a piece of the world that outlasts processes, beside the disk.
type part interface {
	// save returns what load restores. It is not changed later.
	save() any
	load(saved any)

	// begin is told that a process starts.
	begin()

	// hash covers all that the future depends on.
	hash(h *xxhash.Digest)
}

// feed is a part that changes the disk from outside, at certain times.
type feed interface {
	// next is when the next change is due; false if there is none.
	next() (time.Duration, bool)

	// put makes the changes that are due.
	put() error
}

// disturbing is a part that can do something to the process that runs.
type disturbing interface{ disturbed() bool }

// settling is a part that says what is left over when all is done.
type settling interface{ settled() *violation }

// arriving is a part that is not complete before some time.
type arriving interface{ last() time.Duration }

// App declares the program. It is called in a process of its own, again after every
// simulated crash and error, as a process start would be. Its context ends when the
// program is to stop, which is no error. What it opens it closes, except what p
// hands out.
func (s *Sim) App(run func(p *Process) error) {
	switch {
	case run == nil:
		s.wrong("App: the function is nil")
	case s.app != nil:
		s.wrong("App: a scenario has one program")
	}
	s.app = run
}

func (s *Sim) add(p part) { s.parts = append(s.parts, p) }

// wrong keeps the first mistake of a scenario.
func (s *Sim) wrong(format string, values ...any) {
	if s.mistake == nil {
		s.mistake = fmt.Errorf(format, values...)
	}
}

// declare calls the scenario for a plan, which takes on what is drawn for it.
func declare(scenario func(*Sim), p *plan) *Sim {
	s := &Sim{plan: p}
	scenario(s)
	for _, in := range p.inputs {
		if in.typed == nil {
			s.wrong("the plan has rows of %s, which the scenario does not declare", in.name)
		}
	}
	if s.app == nil {
		s.wrong("the scenario has no program: call App")
	}
	if len(s.oracles) == 0 {
		s.wrong("the scenario says nothing that must hold: call ExactlyOnce, LastByKey, EqualsBatch, Eventually or Invariant")
	}
	return s
}

// now is the virtual time since the world began.
func (s *Sim) now() time.Duration { return s.base + s.world.Mono() }

// call is an I/O point of a part, at which the call can fail.
func (s *Sim) call(site string, apply func() error) error { return s.world.Call(site, apply) }

// changed says that a part is not what it was.
func (s *Sim) changed() { s.version++ }

// note adds a line to the timeline of a failure.
func (s *Sim) note(format string, values ...any) {
	if s.verbose {
		s.timeline = append(s.timeline, fmt.Sprintf(format, values...))
	}
}

// branch counts that recovery took a certain way.
func (s *Sim) branch(name string) {
	if s.tally != nil {
		s.tally.branches[name]++
	}
}

// violation is a promise that was broken. Two failures with one class are the same
// failure to the shrinker.
type violation struct {
	class string
	text  string
}

func (v *violation) Error() string { return v.class + ": " + v.text }

// violate notes a violation, which ends the run.
func (s *Sim) violate(class, format string, values ...any) error {
	v := &violation{class, fmt.Sprintf(format, values...)}
	if s.violation == nil {
		s.violation = v
		s.note("VIOLATED %v", v)
	}
	return v
}
