package sim

import (
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Options of a world. The zero value is a world with an empty strict disk, FIFO
// order and no faults.
type Options struct {
	// Seed is what the random streams of processes start from.
	Seed uint64

	// Chooser decides the order of activities. Nil is FIFO.
	Chooser Chooser

	// Disk is the durable part of the world, which Run changes. Nil is an empty
	// disk of the strict profile.
	Disk *Disk

	// SharedDisk makes the disk one of several machines: no lock keeps the process
	// of one from what that of another has locked.
	SharedDisk bool

	// Start is the wall clock when the monotonic one is 0. The zero value is the
	// first second of 2026, UTC.
	Start time.Time

	// Advance, if set, is called with each step of virtual time before anything
	// wakes. In a bubble of testing/synctest it sleeps as long and waits for the
	// bubble to settle, so that deadlines of contexts pass too.
	Advance func(time.Duration)

	// Watch, if set, is called with the wall clock whenever that has moved, before
	// anything wakes.
	Watch func(now time.Time)

	// Faults are what goes wrong.
	Faults []Fault

	// Spare says which files Flip, LoseWrite and Misdirect do not damage. Nil is none.
	Spare func(name string) bool

	// Buggify says which of the rare behaviours are active in the run; it is asked
	// once for each site. Nil is none.
	Buggify func(site string) bool

	// AlwaysOdd has the active ones taken at every call, and not at one in four.
	AlwaysOdd bool

	// Observe, if set, is called at each point, right before the operation and its
	// fault: the moment to clone the disk. What the last operation did is seen on the
	// disk when Run returns.
	Observe func(Point)

	// KeepTrace keeps the events for Trace and Divergence, not only their hash.
	KeepTrace bool

	// StackAt is the number of an event, from 1, at which the stack of the activity
	// is kept; see Divergence. 0 is none.
	StackAt uint64

	// Sites is shared by worlds that run one after another. Nil is a new one.
	Sites *Sites

	// Coroutines is shared in the same way, by worlds that all are closed before it is.
	// Nil has each activity run on a new one.
	Coroutines *Coroutines
}

// World is a simulated machine, or several that share a disk: processes, a disk,
// virtual time, and one loop that runs all of it on the caller's goroutine. A
// World is used by one goroutine.
type World struct {
	options Options
	chooser Chooser
	disk    *Disk
	sites   *Sites
	trace   trace
	buggify buggify

	mono time.Duration
	wall time.Duration // offset of the wall clock

	processes []*Process
	current   *activity   // nil while the loop runs
	runnable  []*activity // in the order in which they became so
	successor *activity   // runs next, by choice
	parked    []*activity // in the order in which they parked
	cancels   int         // of those parked, how many have a context that can end
	locks     map[nodeID]*lock
	servers   map[address]server
	timed     []TimedPeer
	port      int   // the last that was given out, counted from the first
	activity  int   // number of the last activity
	numbers   []int // of the activities to choose from; kept for the next choice

	points uint64
	budget uint64 // number of points at which Run returns
	fired  []Fault
	full   *ailment
	stuck  *ailment
	stack  []byte
	halt   *Fault // why the loop must stop now
}

// Status is why Run returned.
type Status int

// The statuses.
const (
	Done      Status = iota // all processes have ended
	Quiescent               // nothing can run, and no timer will change that
	Crashed                 // a Crash or Kill fault; start the process again to go on
	Paused                  // a Pause fault; Run again to go on
	Limited                 // the limit of Run was reached; Run again to go on
)

func (s Status) String() string {
	return [...]string{"done", "quiescent", "crashed", "paused", "limited"}[s]
}

// Limit bounds a Run. A zero field does not.
type Limit struct {
	Points uint64        // I/O points from now
	Time   time.Duration // virtual time from now; the clock advances exactly so far if nothing else happens
}

// NewWorld returns a world without processes. The caller closes it, unless Run has
// said Done.
func NewWorld(o Options) *World {
	w := &World{options: o, chooser: o.Chooser, disk: o.Disk, sites: o.Sites}
	if w.chooser == nil {
		w.chooser = FIFO{}
	}
	if w.disk == nil {
		w.disk = NewDisk(Strict)
	}
	if w.sites == nil {
		w.sites = NewSites()
	}
	if w.options.Start.IsZero() {
		w.options.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	w.trace.keep = o.KeepTrace
	w.buggify.seed, w.buggify.activate, w.buggify.always = o.Seed, o.Buggify, o.AlwaysOdd
	return w
}

// Disk returns the disk as it is now. A crash replaces it.
func (w *World) Disk() *Disk { return w.disk }

// Now is the wall clock.
func (w *World) Now() time.Time { return w.options.Start.Add(w.mono + w.wall) }

// Mono is the virtual time since the world began.
func (w *World) Mono() time.Duration { return w.mono }

// JumpClock moves the wall clock, either way. The monotonic clock is not moved.
func (w *World) JumpClock(by time.Duration) {
	w.wall += by
	w.tellTime()
}

func (w *World) tellTime() {
	if w.options.Watch != nil {
		w.options.Watch(w.Now())
	}
}

// Running is the process that runs now; nil between activities.
func (w *World) Running() *Process {
	if w.current == nil {
		return nil
	}
	return w.current.process
}

// Points is the number of I/O points of all processes so far.
func (w *World) Points() uint64 { return w.points }

// Fired lists the faults that have happened, with the site's name and occurrence.
func (w *World) Fired() []Fault { return w.fired }

// Start starts a process whose first activity is main. It runs when Run does.
func (w *World) Start(name string, main func(env.Env) error) *Process {
	p := &Process{world: w, name: name, incarnation: len(w.processes) + 1}
	for _, f := range w.options.Faults {
		if max(f.Incarnation, 1) == p.incarnation {
			p.faults = append(p.faults, f)
		}
	}
	w.processes = append(w.processes, p)
	p.main = p.Spawn("main", func() error { return main(p) })
	return p
}

// Run runs the processes until all have ended or nothing is left to do, or one of
// the other statuses is reached.
func (w *World) Run(limit Limit) Status {
	w.budget = 0
	if limit.Points > 0 {
		w.budget = w.points + limit.Points
	}
	until := env.Forever
	if limit.Time > 0 {
		until = w.mono + limit.Time
	}
	for {
		w.wakeCancelled()
		if a := w.next(); a != nil {
			w.resume(a)
			if w.halt != nil {
				return w.stop()
			}
			if w.budget > 0 && w.points >= w.budget {
				return Limited
			}
			continue
		}
		if !slices.ContainsFunc(w.processes, (*Process).isAlive) {
			return Done
		}
		if !w.advance(until) {
			if until != env.Forever {
				return Limited
			}
			return Quiescent
		}
	}
}

// next takes the activity to run next from the queue.
func (w *World) next() *activity {
	if a := w.successor; a != nil {
		w.successor = nil
		return a
	}
	n := len(w.runnable)
	if n == 0 {
		return nil
	}
	i := 0
	if n > 1 {
		i = w.schedule("schedule", nil)
	}
	a := w.runnable[i]
	w.runnable = slices.Delete(w.runnable, i, i+1)
	return a
}

// choose asks the chooser and folds the answer into the trace.
func (w *World) choose(site string, n int) int {
	option := w.chooser.Choose(site, n)
	w.trace.fold(uint64(option))
	return option
}

// schedule asks the chooser for one of the activities that can run; with, if it is
// set, comes before them.
func (w *World) schedule(site string, with *activity) int {
	s, ok := w.chooser.(Scheduler)
	if !ok {
		n := len(w.runnable)
		if with != nil {
			n++
		}
		return w.choose(site, n)
	}
	numbers := w.numbers[:0]
	if with != nil {
		numbers = append(numbers, with.number)
	}
	for _, a := range w.runnable {
		numbers = append(numbers, a.number)
	}
	w.numbers = numbers
	option := s.Schedule(numbers)
	w.trace.fold(uint64(option))
	return option
}

// resume runs an activity until it parks, gives way or ends.
func (w *World) resume(a *activity) {
	a.state = running
	w.trace.fold(uint64(a.number))
	w.current = a
	alive := a.resume()
	w.current = nil
	if alive {
		return
	}
	p := a.process
	p.activities = slices.DeleteFunc(p.activities, func(x *activity) bool { return x == a })
	if a == p.first && !p.dead {
		p.leaks = p.findLeaks()
		p.end()
	}
}

// stop carries out the fault that halted the loop.
func (w *World) stop() Status {
	f := w.halt
	w.halt = nil
	p := w.processes[f.Incarnation-1]
	switch f.Kind {
	case Pause:
		p.Pause()
		return Paused
	case Kill:
		p.Kill()
	case Crash:
		w.Crash(f.Outcome)
	}
	return Crashed
}

// Crash stops the machine: all processes end where they are, and the disk is
// left with an outcome.
func (w *World) Crash(o Outcome) { w.crash(w.disk.Crash(o)) }

// CrashBy is Crash with an outcome whose every detail the chooser decides.
func (w *World) CrashBy(c Chooser) { w.crash(w.disk.CrashBy(c)) }

func (w *World) crash(image *Disk) {
	for _, p := range w.processes {
		p.Kill()
	}
	w.disk = image
	w.locks = nil
	w.trace.fold(image.Hash())
}

// wakeCancelled makes activities runnable whose context has ended.
func (w *World) wakeCancelled() {
	if w.cancels == 0 {
		return
	}
	for i := 0; i < len(w.parked); {
		a := w.parked[i]
		if a.done != nil && a.done.Err() != nil && !a.process.paused {
			w.unpark(i)
			continue
		}
		i++
	}
}

// advance moves the clock to the next timer, of an activity or a peer, or to until if that is before it,
// and wakes what is due. It returns false if until was reached or there is
// neither.
func (w *World) advance(until time.Duration) bool {
	at := w.nextTick()
	for _, a := range w.parked {
		if !a.process.paused {
			at = min(at, w.deadline(a))
		}
	}
	due := at <= until && at != env.Forever
	if !due {
		at = until
	}
	if at == env.Forever {
		return false
	}
	if step := at - w.mono; step > 0 {
		w.mono = at
		w.trace.fold(uint64(at))
		if w.options.Advance != nil {
			w.options.Advance(step)
		}
		w.tellTime()
	}
	w.tick()
	for i := 0; i < len(w.parked); {
		if a := w.parked[i]; !a.process.paused && a.until <= w.mono {
			a.timedOut = true
			w.unpark(i)
			continue
		}
		i++
	}
	return due
}

// deadline is when a parked activity wakes by itself. Deadlines of contexts count
// only where virtual time is that of the contexts' clock.
func (w *World) deadline(a *activity) time.Duration {
	at := a.until
	if a.done != nil && w.options.Advance != nil {
		if deadline, ok := a.done.Deadline(); ok {
			at = min(at, w.mono+max(time.Until(deadline), 0))
		}
	}
	return at
}

// unpark moves the i-th parked activity to the end of the queue.
func (w *World) unpark(i int) {
	a := w.parked[i]
	w.parked = slices.Delete(w.parked, i, i+1)
	if a.done != nil {
		w.cancels--
	}
	w.enqueue(a)
}

// enqueue puts an activity at the end of the queue, or of that of its process
// while this is paused.
func (w *World) enqueue(a *activity) {
	a.state = runnable
	if p := a.process; p.paused {
		p.held = append(p.held, a)
		return
	}
	w.runnable = append(w.runnable, a)
}

// Parked lists the activities that wait, as process.incarnation/activity.
func (w *World) Parked() []string {
	names := make([]string, len(w.parked))
	for i, a := range w.parked {
		names[i] = a.String()
	}
	return names
}

// Close ends all processes, which frees their coroutines. The world can still be
// looked at. Further calls do nothing.
func (w *World) Close() {
	for _, p := range w.processes {
		p.Kill()
	}
}
