package testkit

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// faultKinds are the kinds of fault that random plans use.
var faultKinds = []sim.Kind{
	sim.Crash, sim.Kill, sim.Delay, sim.Fail, sim.FailAfter, sim.NoSpace, sim.Short, sim.Panic, sim.Lose,
	sim.Jump, sim.Slow, sim.Stuck, sim.Full,
}

// anywhere are those of them that are possible at every point.
var anywhere = []sim.Kind{sim.Crash, sim.Kill, sim.Delay, sim.Jump, sim.Slow, sim.Stuck, sim.Full}

// place is what is known of a site from runs before: how often one process reached
// it, and which faults it can have.
type place struct {
	occurrences int
	kinds       []sim.Kind
	inTask      bool
	faults      FaultSet // that are allowed
}

// places knows the sites at which faults can hit, and those that can be odd.
type places struct {
	points map[string]*place
	odd    map[string]bool
}

func newPlaces() places { return places{points: map[string]*place{}, odd: map[string]bool{}} }

func (p places) noteOdd(site string) { p.odd[site] = true }

func (p places) note(at sim.Point, faults FaultSet) {
	known := p.points[at.Site]
	if known == nil {
		known = &place{inTask: at.InTask(), kinds: faults.errors(at), faults: faults}
		for _, kind := range anywhere {
			if faults.allows(at, kind) {
				known.kinds = append(known.kinds, kind)
			}
		}
		if len(known.kinds) == 0 {
			return
		}
		p.points[at.Site] = known
	}
	known.occurrences = max(known.occurrences, at.Occurrence)
}

// maxTaskFaults is how many attempts at tasks a plan lets fail: with one more, a
// program may give up.
const maxTaskFaults = 3

// drawPlan draws a plan but for the inputs, which the scenario draws. A third of the plans
// have no fault but odd shapes, a third one fault, the others up to four. Each kind of
// fault is in the plan's reach with a probability of a half.
func drawPlan(r *rand.Rand, known places) *plan {
	p := newPlan()
	p.seed = r.Uint64N(1 << 31)
	if r.IntN(2) == 0 {
		p.schedule = 1 + r.Uint64N(1<<31)
	}
	for _, k := range knobs {
		if r.IntN(2) == 0 {
			*k.of(&p.shape) = k.from + r.IntN(k.to-k.from+1)
		}
	}
	if r.IntN(2) == 0 {
		for _, site := range slices.Sorted(maps.Keys(known.odd)) {
			if r.IntN(2) == 0 {
				p.odd = append(p.odd, site)
			}
		}
	}
	faults := 0
	switch r.IntN(3) {
	case 1:
		faults = 1
	case 2:
		faults = 2 + r.IntN(3)
	}
	enabled := slices.DeleteFunc(slices.Clone(faultKinds), func(sim.Kind) bool { return r.IntN(2) == 0 })
	if len(enabled) == 0 {
		enabled = faultKinds
	}
	enabled = slices.Concat(enabled, lies, incidents, []sim.Kind{sim.Pause}) // which not all programs can have
	inTasks := 0
	for incarnation := 1; faults > 0 && len(known.points) > 0; faults-- {
		f, at := known.draw(r, enabled)
		if at.inTask && isError(f.Kind) {
			if inTasks++; inTasks > maxTaskFaults {
				continue
			}
		}
		f.Incarnation = incarnation
		p.faults = append(p.faults, f)
		if f.Kind.Excuses() && !at.inTask && r.IntN(4) > 0 {
			incarnation++
		}
	}
	if p.schedule > 0 && r.IntN(2) == 0 {
		p.pct = 1 + r.Uint64N(4)
	}
	return p
}

func isError(kind sim.Kind) bool { return !slices.Contains(anywhere, kind) }

// draw draws a point and what happens there. A program spends most sites on its start
// and most points on its batches, and what matters most is around the calls of sources
// and sinks: each of the three has its share.
func (p places) draw(r *rand.Rand, enabled []sim.Kind) (sim.Fault, *place) {
	sites := slices.Sorted(maps.Keys(p.points))
	weight := func(site string) int { return p.points[site].occurrences }
	switch r.IntN(3) {
	case 0:
		weight = func(string) int { return 1 }
	case 1:
		if slices.ContainsFunc(sites, isCall) {
			sites = slices.DeleteFunc(sites, func(site string) bool { return !isCall(site) })
		}
	}
	site := pick(r, sites, weight)
	at := p.points[site]
	f := sim.Fault{Site: site, Occurrence: 1 + min(r.IntN(at.occurrences), r.IntN(at.occurrences))}
	f.Kind = at.kind(r, enabled)
	switch f.Kind {
	case sim.Delay:
		f.Delay = time.Duration(1+r.IntN(5000)) * time.Millisecond
	case sim.Jump:
		f.Delay = jumps[r.IntN(len(jumps))]
	case sim.Slow:
		f.Delay = time.Duration(1+r.IntN(20)) * time.Millisecond
	case sim.Stuck, sim.Pause, sim.Elect:
		f.Delay = time.Duration(1+r.IntN(5)) * time.Second
	case sim.Flip, sim.Misdirect, sim.Expire:
		f.Seed = r.Uint64N(1000)
	case sim.Full:
		f.Space = r.Int64N(4 << 10)
	case sim.Crash:
		f.Outcome = sim.Outcome{Kind: sim.OutcomeKind(r.IntN(int(sim.Mixed) + 1)), Seed: r.Uint64N(1000)}
		if !at.faults.leaves(f.Outcome.Kind) {
			f.Outcome.Kind = sim.Lost
		}
	}
	return f, at
}

// farBack is so far that a program that waits for the wall clock does not end in time, and
// near enough for a stream to catch up with all the batches between.
const farBack = -100 * Interval

// jumps are how far the wall clock is set.
var jumps = []time.Duration{farBack, -2 * Interval, 2 * Interval, 20 * Interval}

// kind draws what happens at a place: of the kinds enabled, if it can have one of
// them, and a crash as often as all others together.
func (p *place) kind(r *rand.Rand, enabled []sim.Kind) sim.Kind {
	kinds := slices.DeleteFunc(slices.Clone(p.kinds), func(k sim.Kind) bool { return !slices.Contains(enabled, k) })
	if len(kinds) == 0 {
		kinds = p.kinds
	}
	if slices.Contains(kinds, sim.Crash) && r.IntN(2) == 0 {
		return sim.Crash
	}
	return kinds[r.IntN(len(kinds))]
}

// isCall says whether a site is a call of a source or a sink in the middle of a batch.
func isCall(site string) bool {
	for _, call := range []string{"latest(", "last(", "write(", "rest(", "prepare(", "prepared(", "commit(", "probe(batch("} {
		if strings.HasPrefix(site, call) {
			return true
		}
	}
	return false
}

func pick(r *rand.Rand, sites []string, weight func(string) int) string {
	sum := 0
	for _, site := range sites {
		sum += weight(site)
	}
	at := r.IntN(sum)
	for _, site := range sites {
		if at -= weight(site); at < 0 {
			return site
		}
	}
	return ""
}
