package testkit

import (
	"context"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/internal/snapshots"
)

// A run is a sequence of machines: each lasts until it crashes, its process fails or
// it is stopped, and the next one goes on with the same disk and the same parts.

// worldStart is the wall clock when a world begins: a multiple of Interval.
var worldStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// finished is what a run came to.
type finished struct {
	failure *violation // nil: all promises were kept
	known   bool       // the run was cut short: its rest is known
	trace   uint64
	fired   []sim.Fault
}

// settings are what a run leaves to its caller.
type settings struct {
	reuse     *reuse                  // nil: nothing is shared with other runs
	observe   func(*state, sim.Point) // called at each point with the state in which the machine began
	odd       func(site string)       // called for each site that may have a rare behaviour
	known     func(*state) bool       // whether what follows from a state is known
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
		if f.known = o.known != nil && o.known(st); f.known {
			break
		}
		done := s.machine(st, o, &f)
		if s.mistake != nil {
			f.failure = &violation{"scenario", s.mistake.Error()}
		}
		if done {
			break
		}
	}
	f.trace = st.trace
	return f
}

// machine starts a process and runs it until it ends. It returns true if the run is
// over.
func (s *Sim) machine(st *state, o settings, f *finished) (over bool) {
	st.starts++
	first := st.starts
	options := sim.Options{
		Seed:      s.plan.seed + uint64(st.starts)<<32,
		Chooser:   s.chooser(st.starts),
		Disk:      st.disk,
		Start:     worldStart.Add(st.at),
		Faults:    s.faults(st.starts),
		Spare:     s.spares,
		Watch:     s.tellTime,
		Observe:   s.observer(st, o),
		Buggify:   s.buggify(o),
		AlwaysOdd: s.plan.shape.often == 1,
		KeepTrace: o.keepTrace,
		StackAt:   o.stackAt,
	}
	if o.reuse != nil {
		options.Sites, options.Coroutines = o.reuse.sites, o.reuse.coroutines
	}
	options.SharedDisk = mayBeReplaced(options.Faults)
	options.Disk.HealTails()
	w := sim.NewWorld(options)
	defer w.Close()
	if o.worlds != nil {
		*o.worlds = append(*o.worlds, w)
	}
	s.world, s.base, s.zombie, s.clocks = w, st.at, nil, nil
	s.calm = st.clean && st.hit == 0
	s.countStart(st)
	st.clean, st.crashed = false, false
	m := &machine{Sim: s, world: w, sites: w.Sites()}
	m.start(st)
	defer func() { m.cancel(nil) }()
	status := m.drive(st, f)

	st.at, st.disk = s.now(), w.Disk()
	st.trace = st.trace*0x100000001b3 ^ w.TraceHash()
	over = m.judge(st, status, f)
	for _, fault := range w.Fired() {
		fault.Incarnation += first - 1
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
	seed := s.plan.schedule<<8 + uint64(n)
	switch {
	case s.plan.schedule == 0:
		return sim.FIFO{}
	case s.plan.pct > 0:
		return sim.NewPCT(seed, int(s.plan.pct), horizon)
	}
	return sim.NewRandom(seed)
}

// horizon is about how many choices of an activity a run has.
const horizon = 500

// buggify activates the odd sites of the plan.
func (s *Sim) buggify(o settings) func(site string) bool {
	return func(site string) bool {
		if o.odd != nil {
			o.odd(site)
		}
		return slices.Contains(s.plan.odd, site) || s.plan.shape.eager == 1 && site == snapshots.Eager
	}
}

// start starts a process.
func (m *machine) start(st *state) {
	m.starts, m.asked = st.starts, 0
	for _, p := range m.parts {
		p.begin()
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	m.cancel = cancel
	m.note("%v START %d", m.now(), st.starts)
	m.process = m.world.Start("app", func(e env.Env) error {
		p := &Process{sim: m.Sim, env: e, ctx: ctx}
		return p.run()
	})
}

// faults are those of the n-th process, which is the first on its machine, and of the
// one that replaces it there when it is stopped for a while.
func (s *Sim) faults(n int) []sim.Fault {
	var faults []sim.Fault
	for _, f := range s.plan.faults {
		if max(f.Incarnation, 1) == n {
			f.Incarnation = 1
			faults = append(faults, f)
		}
	}
	if mayBeReplaced(faults) {
		for _, f := range s.plan.faults {
			if f.Incarnation == n+1 {
				f.Incarnation = 2
				faults = append(faults, f)
			}
		}
	}
	return faults
}

func mayBeReplaced(faults []sim.Fault) bool {
	return slices.ContainsFunc(faults, func(f sim.Fault) bool { return f.Kind == sim.Pause })
}

func (s *Sim) observer(st *state, o settings) func(sim.Point) {
	if o.observe == nil {
		return nil
	}
	return func(p sim.Point) { o.observe(st, p) }
}

// probe folds a value into the trace.
func (s *Sim) probe(site string, value uint64) { s.world.Running().Probe(site, value) }
