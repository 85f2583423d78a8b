package testkit

import (
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// explorer tries every fault at every point. A crash needs no second run of what came
// before it: the durable world is cloned at the point, and the program is started in
// each state that the disk can be in. So is it for a kill, which is like the kindest crash
// unless another fault follows. An error needs a run of its own, for what the process has
// in memory matters.
//
// Left out is what would show nothing new: a state from which the program was started
// before; a fault before the one that led here, for the two were tried in the other
// order; what a process that ended with an error left, if a process was started from
// the same; and an error at a point that was reached before with the same durable
// world, unless that has not changed since the last fault: what a process has in
// memory follows from what is durable and where it is.
type explorer struct {
	scenario func(*Sim)
	reuse    *reuse
	faults   FaultSet
	until    time.Time      // zero: no bound
	seen     map[uint64]int // states that were explored, to which depth
	erred    map[uint64]int // errors that were tried, by what a process saw and where it was
	kinds    map[sim.Kind]bool
	outcomes map[sim.OutcomeKind]bool
	jumped   map[string]bool // sites
	doubled  int             // runs that were made twice
	cover    *cover
	tally    *tally // nil if nobody counts

	points, worlds, pruned int
	tried, known           int // branches of the run without faults
	failed                 *failed
}

func newExplorer(scenario func(*Sim)) *explorer {
	return &explorer{
		scenario: scenario, reuse: newReuse(), faults: AllFaults, seen: map[uint64]int{}, erred: map[uint64]int{},
		kinds: map[sim.Kind]bool{}, outcomes: map[sim.OutcomeKind]bool{},
		jumped: map[string]bool{},
	}
}

// failed is a run that broke a promise.
type failed struct {
	plan *plan
	why  *violation
}

// variants are the ways in which a fault is tried: lies at a few places, and logs that
// keep nothing, or a little.
func variants(f sim.Fault) (all []sim.Fault) {
	switch f.Kind {
	case sim.Pause, sim.Elect:
		f.Delay = 3 * Interval
	case sim.Flip, sim.Misdirect, sim.Expire:
		for f.Seed = range uint64(3) {
			all = append(all, f)
		}
		return all
	}
	return []sim.Fault{f}
}

// every says which of the runs is made twice to see whether it is the same.
const every = 64

// branch is a fault at a point of a run: a crash, with the state that it interrupts,
// or an error.
type branch struct {
	state *state // nil for an error
	fault sim.Fault
}

// all explores plans to a depth, the lower depths first. Of the plans, the first goes
// beyond depth 1.
func (x *explorer) all(plans []*plan, depth int) {
	defer x.reuse.start()()
	x.explore(nil, plans[0].with(func(p *plan) { p.shape.stop = 2 }), 0) // a stop at rest
	for d := 1; d <= depth && x.failed == nil; d++ {
		x.tried, x.known = 0, 0
		for i, p := range plans {
			if i == 0 || d == 1 {
				x.explore(nil, p, d)
			}
		}
	}
}

func (x *explorer) over() bool {
	return x.failed != nil || !x.until.IsZero() && time.Now().After(x.until)
}

// explore runs the program from a state and then with each fault that can happen on
// the way, depth of them one after the other. A nil state is the beginning. The plan
// has the faults that led to the state.
func (x *explorer) explore(st *state, p *plan, depth int) {
	if x.failed != nil {
		return
	}
	s := declare(x.scenario, p)
	s.cover, s.tally = x.cover, x.tally
	root := st == nil
	if root {
		st = s.begin()
	}
	began := st.starts
	key := s.hash(st) ^ s.coming(st) ^ atRisk(st.disk)
	if x.isKnown(key, depth) {
		return
	}
	var branches []branch
	where := position{sim: s}
	o := settings{reuse: x.reuse}
	o.known = func(st *state) bool {
		return st.starts > began && (depth == 0 || st.disk.IsDurable()) && x.isKnown(s.hash(st)^s.coming(st), depth)
	}
	if depth > 0 {
		o.observe = func(began *state, at sim.Point) {
			if s.zombie != nil || s.waits(began.starts) {
				return
			}
			x.points++
			moved := where.moved(began, at)
			if moved && x.faults&Crash != 0 {
				branches = append(branches, branch{s.clone(began), incarnated(at.Fault(sim.Crash), began.starts)})
			}
			if moved && x.faults&Kill != 0 && depth > 1 && !s.world.Disk().IsDurable() {
				branches = append(branches, branch{s.clone(began), incarnated(at.Fault(sim.Kill), began.starts)})
			}
			for _, jump := range x.jumps(at) {
				branches = append(branches, branch{nil, incarnated(jump, began.starts)})
			}
			for _, kind := range x.faults.errors(at) {
				if kind == sim.NoFiles || depth > 1 && kind == sim.Panic || !x.isNew(where.key(at, kind), depth) {
					continue // NoFiles does what an error does; to what comes after a panic, it is a failure
				}
				for _, f := range variants(at.Fault(kind)) {
					branches = append(branches, branch{nil, incarnated(f, began.starts)})
				}
			}
		}
	}
	x.worlds++
	f := s.play(st, o)
	if f.failure == nil && x.worlds%every == 1 && !f.known {
		f.failure = x.again(st, p, f.trace)
	}
	if f.failure != nil {
		x.failed = &failed{p, f.failure}
		return
	}
	if root {
		x.known += len(branches)
	}
	// All crashes come before all errors: what a process that failed leaves is most
	// often what a crash has left.
	slices.SortStableFunc(branches, func(a, b branch) int { return b2i(a.state == nil) - b2i(b.state == nil) })
	for _, i := range spread(len(branches), root && depth > 1 && !x.until.IsZero()) {
		if x.over() {
			return
		}
		x.follow(s, st, p, branches[i], depth-1)
		if root {
			x.tried++
		}
	}
}

// jumps returns the jumps of the wall clock that are tried at a point: one back and one
// forth at each site, once.
func (x *explorer) jumps(at sim.Point) (jumps []sim.Fault) {
	if !x.faults.allows(at, sim.Jump) || x.jumped[at.Site] {
		return nil
	}
	x.jumped[at.Site] = true
	for _, d := range []time.Duration{farBack, 20 * Interval} {
		f := at.Fault(sim.Jump)
		f.Delay = d
		jumps = append(jumps, f)
	}
	return jumps
}

// isNew says whether an error was not tried at a place to a depth, and notes that it
// will be.
func (x *explorer) isNew(key uint64, depth int) bool {
	if before, ok := x.erred[key]; ok && before >= depth {
		x.pruned++
		return false
	}
	x.erred[key] = depth
	return true
}

// isKnown says whether a state was explored to a depth, and notes that it will be.
func (x *explorer) isKnown(key uint64, depth int) bool {
	if before, ok := x.seen[key]; ok && before >= depth {
		x.pruned++
		return true
	}
	x.seen[key] = depth
	return false
}

// spread is the order in which branches are followed: as they come, or, where time may
// run out, from all over the run.
func spread(n int, mixed bool) []int {
	order := make([]int, n)
	step := 1
	if mixed {
		for step = int(float64(n)*0.618) | 1; n > 0 && gcd(step, n) != 1; step++ {
		}
	}
	for i := range order {
		order[i] = i * step % n
	}
	return order
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// waits says whether an error of the plan has yet to hit the process that runs: faults
// before it were tried without it.
func (s *Sim) waits(process int) bool {
	if len(s.plan.faults) == 0 {
		return false
	}
	last := s.plan.faults[len(s.plan.faults)-1]
	return last.Kind != sim.Crash && (process < last.Incarnation || process == last.Incarnation && len(s.world.Fired()) == 0)
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

// atRisk is a hash of what a crash would leave of a disk; 0 if that is all.
func atRisk(d *sim.Disk) uint64 {
	if d.IsDurable() {
		return 0
	}
	return bits.RotateLeft64(d.Crash(sim.Outcome{Kind: sim.Lost}).Hash(), 1)
}

// position is where a run is: the durable world, and how often each site was passed
// since that has changed.
type position struct {
	sim   *Sim
	mark  mark
	world uint64         // hash of what is durable or seen
	since map[string]int // points by site
}

// mark tells moments apart between which nothing durable has changed.
type mark struct {
	disk, parts uint64
	at          time.Duration
	process     int
	faults      int // that have hit the process
}

// moved takes in a point and says whether something has changed before it.
func (w *position) moved(began *state, at sim.Point) bool {
	s := w.sim
	now := mark{s.world.Disk().Generation(), s.version, s.now(), began.starts, len(s.world.Fired())}
	if now == w.mark {
		w.since[at.Site]++
		return false
	}
	h := xxhash.New()
	fmt.Fprint(h, s.world.Disk().Hash(), now.at, s.plan.shape, began.stopped)
	for _, p := range s.parts {
		p.hash(h)
	}
	if now.faults != w.mark.faults && now.process == w.mark.process {
		fmt.Fprint(h, s.plan.faults) // its effect on the memory is not yet over
	}
	moved := now.disk != w.mark.disk || now.parts != w.mark.parts || now.at != w.mark.at || now.process != w.mark.process
	w.mark, w.world, w.since = now, h.Sum64(), map[string]int{at.Site: 1}
	return moved
}

// key tells the place of an error from all others.
func (w *position) key(at sim.Point, kind sim.Kind) uint64 {
	return xxhash.Sum64String(fmt.Sprint(w.world, at.Site, w.since[at.Site], kind))
}

func incarnated(f sim.Fault, n int) sim.Fault {
	f.Incarnation = n
	return f
}

// follow explores what comes of a branch: of a crash, from each state that it can
// leave the disk in. A kill leaves what was not synced, for the next fault to take.
func (x *explorer) follow(s *Sim, st *state, p *plan, b branch, depth int) {
	x.kinds[b.fault.Kind] = true
	with := func(f sim.Fault) *plan {
		return p.with(func(p *plan) {
			p.faults = append(p.faults, f)
			if f.Kind.Corrupts() {
				p.shape.stop = 2 // what is damaged is read again while there is work to do
			}
		})
	}
	restart := func(f sim.Fault, disk *sim.Disk) {
		ended := *b.state
		ended.disk = disk
		ended.at += time.Duration(s.plan.shape.downtime) * Interval
		ended.clean, ended.crashed = false, true
		x.explore(&ended, with(f), depth)
	}
	switch {
	case b.state == nil:
		x.explore(st, with(b.fault), depth)
		return
	case b.fault.Kind == sim.Kill:
		restart(b.fault, b.state.disk)
		return
	}
	for _, outcome := range b.state.disk.Outcomes() {
		if x.over() || !x.faults.leaves(outcome.Kind) {
			continue
		}
		x.outcomes[outcome.Kind] = true
		fault := b.fault
		fault.Outcome = outcome
		restart(fault, b.state.disk.Crash(outcome))
	}
}

// again runs from a state once more and compares the traces.
func (x *explorer) again(st *state, p *plan, trace uint64) *violation {
	x.doubled++
	s := declare(x.scenario, p)
	if f := s.play(st, settings{reuse: x.reuse}); f.trace != trace {
		return diverged(x.scenario, p)
	}
	return nil
}

// String is the account of what was explored.
func (x *explorer) String() string {
	text := fmt.Sprintf("points=%d kinds=%d outcomes=%d worlds=%d pruned=%d run-twice=%d",
		x.points, len(x.kinds), len(x.outcomes), x.worlds, x.pruned, x.doubled)
	if x.failed == nil && x.tried < x.known {
		text += fmt.Sprintf(", out of time after %d of %d branches", x.tried, x.known)
	}
	return text
}
