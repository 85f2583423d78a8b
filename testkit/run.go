package testkit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// A run is a sequence of machines: each lasts until it crashes, its process fails or
// it is stopped, and the next one goes on with the same disk and the same parts.

const (
	// liveness is how long the program may take to be done with its input once all
	// of it has arrived and nothing has gone wrong any more.
	liveness = 12 * Interval

	// maxPoints is how many I/O points a machine may pass in that time.
	maxPoints = 200_000

	// glance is when the oracles look, after the middle of two ticks.
	glance = Interval / 4
)

// worldStart is the wall clock when a world begins: a multiple of Interval.
var worldStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// state is what outlasts a machine.
type state struct {
	disk    *sim.Disk
	at      time.Duration // since the world began
	starts  int           // processes started so far
	stopped bool          // by wish, once
	clean   bool          // the last process ended by wish
	crashed bool          // the last process was killed, with its machine or alone
	hit     time.Duration // when something last went wrong
	trace   uint64
	parts   []any
}

// begin is the state of a world in which nothing has happened.
func (s *Sim) begin() *state {
	st := &state{disk: sim.NewDisk(sim.Profile(s.plan.shape.profile))}
	s.save(st)
	return st
}

func (s *Sim) save(st *state) {
	st.parts = make([]any, len(s.parts))
	for i, p := range s.parts {
		st.parts[i] = p.save()
	}
}

// clone returns the state in which a crash would leave the world now, but for the
// disk's outcome.
func (s *Sim) clone(st *state) *state {
	c := *st
	c.disk, c.at, c.hit = s.world.Disk().Clone(), s.now(), s.now()
	s.save(&c)
	return &c
}

// hash covers all that the future of a state depends on.
func (s *Sim) hash(st *state) uint64 {
	h := xxhash.New()
	fmt.Fprint(h, st.disk.Hash(), st.at, st.stopped, s.plan.shape)
	for i, p := range s.parts {
		p.load(st.parts[i])
		p.hash(h)
	}
	return h.Sum64()
}

// finished is what a run came to.
type finished struct {
	failure *violation // nil: all promises were kept
	trace   uint64
	starts  int
	points  int
	fired   []sim.Fault
	last    *state
}

// settings are what a run leaves to its caller.
type settings struct {
	sites     *sim.Sites
	observe   func(*state, sim.Point) // called at each point with the state in which the machine began
	odd       func(site string)       // called for each site that may have a rare behaviour
	keepTrace bool
	stackAt   uint64 // of the first machine whose trace is as long
	worlds    *[]*sim.World
}

// play runs the program from a state until its input is consumed and all promises
// are kept, or one is broken.
func (s *Sim) play(st *state, o settings) finished {
	var f finished
	began := *st
	st = &began
	st.disk = st.disk.Clone() // the machine changes it
	for i, p := range s.parts {
		p.load(st.parts[i])
	}
	for f.failure == nil {
		done := s.machine(st, o, &f)
		if s.mistake != nil {
			f.failure = &violation{"scenario", s.mistake.Error()}
		}
		if done {
			break
		}
	}
	f.trace, f.starts, f.last = st.trace, st.starts, st
	return f
}

// machine starts a process and runs it until it ends. It returns true if the run is
// over.
func (s *Sim) machine(st *state, o settings, f *finished) (over bool) {
	st.starts++
	w := sim.NewWorld(sim.Options{
		Seed:      s.plan.seed + uint64(st.starts)<<32,
		Chooser:   s.chooser(st.starts),
		Disk:      st.disk,
		Start:     worldStart.Add(st.at),
		Faults:    s.faults(st.starts),
		Observe:   s.observer(st, o),
		Buggify:   s.buggify(o),
		Sites:     o.sites,
		KeepTrace: o.keepTrace,
		StackAt:   o.stackAt,
	})
	defer w.Close()
	if o.worlds != nil {
		*o.worlds = append(*o.worlds, w)
	}
	s.world, s.base = w, st.at
	for _, p := range s.parts {
		p.begin()
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	s.note("%v START %d", s.now(), st.starts)
	s.countStart(st)
	st.clean, st.crashed = false, false
	process := w.Start("app", func(e env.Env) error {
		p := &Process{sim: s, env: e, ctx: ctx}
		return p.run()
	})
	s.process = process
	m := &machine{Sim: s, world: w, cancel: cancel}
	status := m.drive(st, f)

	st.at, st.disk = s.now(), w.Disk()
	st.trace = st.trace*0x100000001b3 ^ w.TraceHash()
	f.points += int(w.Points())
	over = m.judge(st, status, f)
	for _, fault := range w.Fired() {
		fault.Incarnation = st.starts
		f.fired = append(f.fired, fault)
	}
	s.countEnd(w)
	if !over && status == sim.Crashed {
		st.at += time.Duration(s.plan.shape.downtime) * Interval
	}
	s.save(st)
	return over
}

// chooser decides the order of activities on the n-th machine.
func (s *Sim) chooser(n int) sim.Chooser {
	if s.plan.schedule == 0 {
		return sim.FIFO{}
	}
	return sim.NewRandom(s.plan.schedule<<8 + uint64(n))
}

// buggify activates the odd sites of the plan.
func (s *Sim) buggify(o settings) func(site string) bool {
	return func(site string) bool {
		if o.odd != nil {
			o.odd(site)
		}
		return slices.Contains(s.plan.odd, site)
	}
}

// faults are those of the n-th process, which is the first on its machine.
func (s *Sim) faults(n int) []sim.Fault {
	var faults []sim.Fault
	for _, f := range s.plan.faults {
		if max(f.Incarnation, 1) == n {
			f.Incarnation = 1
			faults = append(faults, f)
		}
	}
	return faults
}

func (s *Sim) observer(st *state, o settings) func(sim.Point) {
	if o.observe == nil {
		return nil
	}
	return func(p sim.Point) { o.observe(st, p) }
}

// probe folds a value into the trace.
func (s *Sim) probe(site string, value uint64) { s.process.Probe(site, value) }

// machine is one machine with its process.
type machine struct {
	*Sim
	world  *sim.World
	cancel context.CancelCauseFunc
	asked  time.Duration // when it was told to stop; 0: not yet
}

// drive runs the machine from one glance at the oracles to the next.
func (m *machine) drive(st *state, f *finished) sim.Status {
	for {
		if err := m.feed(); err != nil {
			m.wrong("%v", err)
			return sim.Done
		}
		status := m.world.Run(sim.Limit{Time: m.step(), Points: maxPoints})
		if m.violation != nil {
			f.failure = m.violation
			return status
		}
		if status != sim.Limited {
			return status
		}
		if m.now()%Interval != glance && m.world.Points() < maxPoints {
			continue // a file arrives
		}
		if m.look(st, f) {
			return status
		}
	}
}

// step is the time to the next glance or arrival.
func (m *machine) step() time.Duration {
	now := m.now()
	next := now - now%Interval + glance
	if next <= now {
		next += Interval
	}
	for _, p := range m.parts {
		if feed, ok := p.(feed); ok {
			if at, ok := feed.next(); ok {
				next = min(next, at)
			}
		}
	}
	return next - now
}

// feed puts what has arrived on the disk.
func (m *machine) feed() error {
	for _, p := range m.parts {
		if feed, ok := p.(feed); ok {
			if err := feed.put(); err != nil {
				return err
			}
		}
	}
	return nil
}

// look asks the oracles and says whether the machine must not go on.
func (m *machine) look(st *state, f *finished) bool {
	broken, final := m.verdict()
	switch {
	case final:
		f.failure = broken
	case m.world.Points() >= maxPoints:
		f.failure = &violation{"liveness", fmt.Sprintf("%d I/O points without an end", m.world.Points())}
	case m.asked != 0 && m.now() > max(m.asked+liveness, m.deadline(st)):
		f.failure = &violation{"liveness", fmt.Sprintf("the program was told to stop and has not returned within %s; waiting: %v", m.now()-m.asked, m.world.Parked())}
	case m.asked != 0:
	case broken == nil || m.wantsStop(st):
		m.note("%v STOP", m.now())
		m.asked = m.now()
		m.cancel(nil)
	case m.now() > m.deadline(st):
		f.failure = &violation{broken.class, fmt.Sprintf("%s; nothing went wrong for %s", broken.text, m.now()-max(st.hit, m.arrived()))}
	}
	return f.failure != nil
}

func (m *machine) wantsStop(st *state) bool {
	stop := m.plan.shape.stop
	return stop > 0 && !st.stopped && m.now() > time.Duration(stop)*Interval
}

// verdict is that of all oracles. It is nil only if all of the input has arrived.
func (s *Sim) verdict() (broken *violation, final bool) {
	for _, o := range s.oracles {
		v, final := o.check()
		if final {
			return v, true
		}
		if v != nil {
			broken = v
		}
	}
	if broken == nil && s.now() < s.arrived() {
		broken = &violation{"lost", "not all of the input has arrived"}
	}
	return broken, false
}

// arrived is when all of the input is there.
func (s *Sim) arrived() time.Duration {
	var last time.Duration
	for _, p := range s.parts {
		if in, ok := p.(arriving); ok {
			last = max(last, in.last())
		}
	}
	return last
}

func (s *Sim) deadline(st *state) time.Duration {
	calm := max(st.hit, s.arrived())
	if fired := s.world.Fired(); len(fired) > 0 {
		calm = max(calm, s.base)
		for _, f := range fired {
			calm += f.Delay
		}
	}
	return calm + liveness
}

// judge says what the end of a machine means.
func (m *machine) judge(st *state, status sim.Status, f *finished) (over bool) {
	if len(m.world.Fired()) > 0 {
		st.hit = m.now()
	}
	if f.failure != nil {
		return true
	}
	switch status {
	case sim.Crashed:
		m.note("%v CRASH %v", m.now(), m.world.Fired())
		st.crashed = true
		return false
	case sim.Done:
	default:
		f.failure = &violation{"liveness", fmt.Sprintf("the program waits for ever: %v", m.world.Parked())}
		return true
	}
	_, err := m.process.Ended()
	broken, final := m.verdict()
	switch {
	case final:
		f.failure = broken
		return true
	case err != nil && len(m.world.Fired()) == 0:
		f.failure = &violation{"failed start", fmt.Sprintf("process %d failed though nothing was done to it: %v", st.starts, err)}
		return true
	case err != nil:
		m.note("%v FAILED %v", m.now(), err)
		st.at += time.Duration(m.plan.shape.downtime) * Interval
		return false
	}
	if leaks := m.process.Leaks(); len(leaks.Activities)+len(leaks.Files)+len(leaks.Locks) > 0 && len(m.world.Fired()) == 0 {
		f.failure = &violation{"leak", fmt.Sprintf("the program returned and left %+v", leaks)}
		return true
	}
	m.note("%v ENDED", m.now())
	st.clean = true
	if broken == nil {
		return true
	}
	if m.asked != 0 && !st.stopped {
		st.stopped = true
		return false
	}
	if m.now() > m.deadline(st) {
		f.failure = broken
		return true
	}
	st.at += Interval // a program that ends by itself is started again for what arrives
	return false
}
