package testkit

import (
	"fmt"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// explorer tries every fault at every point. A crash needs no second run of what came
// before it: the durable world is cloned at the point, and the program is started in
// each state that the disk can be in. An error needs a run of its own, for what the
// process has in memory matters.
type explorer struct {
	scenario func(*Sim)
	sites    *sim.Sites
	seen     map[uint64]int // states that were explored, to which depth
	kinds    map[sim.Kind]bool
	outcomes map[sim.OutcomeKind]bool
	doubled  int // runs that were made twice

	points, worlds, pruned int
	failed                 *failed
}

func newExplorer(scenario func(*Sim)) *explorer {
	return &explorer{
		scenario: scenario, sites: sim.NewSites(), seen: map[uint64]int{},
		kinds: map[sim.Kind]bool{}, outcomes: map[sim.OutcomeKind]bool{},
	}
}

// failed is a run that broke a promise.
type failed struct {
	plan *plan
	why  *violation
}

// every says which of the runs is made twice to see whether it is the same.
const every = 64

// snapshot is the world at a point.
type snapshot struct {
	state *state
	fault sim.Fault // a crash there
}

// explore runs the program from a state and then with each fault that can happen on
// the way, depth of them one after the other. A nil state is the beginning. The plan
// has the faults that led to the state.
func (x *explorer) explore(st *state, p *plan, depth int) {
	s := declare(x.scenario, p)
	if st == nil {
		st = s.begin()
	}
	key := s.hash(st) ^ s.coming(st)
	if before, ok := x.seen[key]; ok && before >= depth {
		x.pruned++
		return
	}
	x.seen[key] = depth

	var snapshots []snapshot
	var errors []sim.Fault
	var last mark
	o := settings{sites: x.sites}
	if depth > 0 {
		o.observe = func(began *state, at sim.Point) {
			x.points++
			if now := (mark{s.world.Disk().Generation(), s.version, s.now(), began.starts}); now != last {
				last = now
				snapshots = append(snapshots, snapshot{s.clone(began), incarnated(at.Fault(sim.Crash), began.starts)})
			}
			for _, kind := range at.Errors() {
				if kind == sim.NoFiles {
					continue // does what an I/O error does
				}
				errors = append(errors, incarnated(at.Fault(kind), began.starts))
			}
		}
	}
	x.worlds++
	f := s.play(st, o)
	if f.failure == nil && x.worlds%every == 1 {
		f.failure = x.again(st, p, f.trace)
	}
	if f.failure != nil {
		x.failed = &failed{p, f.failure}
		return
	}
	x.crashes(s, p, snapshots, depth)
	for _, fault := range errors {
		if x.failed != nil {
			return
		}
		x.kinds[fault.Kind] = true
		x.explore(st, p.with(func(p *plan) { p.faults = append(p.faults, fault) }), depth-1)
	}
}

// coming is a hash of the faults that the plan has for processes to come.
func (s *Sim) coming(st *state) uint64 {
	h := xxhash.New()
	for _, f := range s.plan.faults {
		if f.Incarnation > st.starts {
			fmt.Fprint(h, f)
		}
	}
	return h.Sum64()
}

// mark tells moments apart between which nothing durable has changed.
type mark struct {
	disk, parts uint64
	at          time.Duration
	process     int
}

func incarnated(f sim.Fault, n int) sim.Fault {
	f.Incarnation = n
	return f
}

// crashes explores what each crash leaves.
func (x *explorer) crashes(s *Sim, p *plan, snapshots []snapshot, depth int) {
	for _, at := range snapshots {
		for _, outcome := range at.state.disk.Outcomes() {
			if x.failed != nil {
				return
			}
			x.kinds[sim.Crash], x.outcomes[outcome.Kind] = true, true
			crashed := *at.state
			crashed.disk = at.state.disk.Crash(outcome)
			crashed.at += time.Duration(s.plan.shape.downtime) * Interval
			crashed.clean, crashed.crashed = false, true
			fault := at.fault
			fault.Outcome = outcome
			x.explore(&crashed, p.with(func(p *plan) { p.faults = append(p.faults, fault) }), depth-1)
		}
	}
}

// again runs from a state once more and compares the traces.
func (x *explorer) again(st *state, p *plan, trace uint64) *violation {
	x.doubled++
	s := declare(x.scenario, p)
	if f := s.play(st, settings{sites: x.sites}); f.trace != trace {
		return diverged(x.scenario, p)
	}
	return nil
}

// String is the account of what was explored.
func (x *explorer) String() string {
	return fmt.Sprintf("points=%d kinds=%d outcomes=%d worlds=%d pruned=%d run-twice=%d",
		x.points, len(x.kinds), len(x.outcomes), x.worlds, x.pruned, x.doubled)
}

// diverged finds where two runs of a plan differ.
func diverged(scenario func(*Sim), p *plan) *violation {
	run := func(stackAt uint64) (worlds []*sim.World) {
		s := declare(scenario, p)
		s.play(s.begin(), settings{keepTrace: true, stackAt: stackAt, worlds: &worlds})
		return worlds
	}
	const pairs = 8 // what differs once may agree the next time
	for range pairs {
		a, b := run(0), run(0)
		for i := range min(len(a), len(b)) {
			if at := sim.Divergence(a[i], b[i]); at > 0 {
				return divergence(i, at, a[i], b[i], run)
			}
		}
	}
	return &violation{"determinism", "two runs of one plan have different traces"}
}

// divergence describes where two runs of a machine differ, with the stacks of two more.
func divergence(machine int, at uint64, a, b *sim.World, run func(stackAt uint64) []*sim.World) *violation {
	event := func(w *sim.World) string {
		if trace := w.Trace(); at <= uint64(len(trace)) {
			return trace[at-1]
		}
		return "(the run has ended)"
	}
	text := fmt.Sprintf("two runs of one plan differ from event %d of process %d on:\n    %s\n    %s", at, machine+1, event(a), event(b))
	if c, d := run(at), run(at); machine < len(c) && machine < len(d) {
		text += fmt.Sprintf("\n  the stacks there:\n%s\n%s", c[machine].Stack(), d[machine].Stack())
	}
	return &violation{"determinism", text + "\n  the program depends on something else than its input: the order of a map, the time of day, random numbers, goroutines"}
}
