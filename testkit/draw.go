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
var faultKinds = []sim.Kind{sim.Crash, sim.Kill, sim.Delay, sim.Fail, sim.FailAfter, sim.NoSpace, sim.Short}

// place is what is known of a site from runs before: how often one process reached
// it, and which errors it can have.
type place struct {
	occurrences int
	errors      []sim.Kind
}

// places knows the sites at which faults can hit, and those that can be odd.
type places struct {
	points map[string]*place
	odd    map[string]bool
}

func newPlaces() places { return places{map[string]*place{}, map[string]bool{}} }

func (p places) noteOdd(site string) { p.odd[site] = true }

func (p places) note(at sim.Point) {
	known := p.points[at.Site]
	if known == nil {
		known = &place{errors: at.Errors()}
		p.points[at.Site] = known
	}
	known.occurrences = max(known.occurrences, at.Occurrence)
}

// drawPlan draws a plan but for the inputs, which the scenario draws. A third of the plans
// have no fault but odd shapes, a third one fault, the others up to four.
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
	for incarnation := 1; faults > 0 && len(known.points) > 0; faults-- {
		f := known.draw(r)
		f.Incarnation = incarnation
		p.faults = append(p.faults, f)
		if f.Kind != sim.Delay && r.IntN(4) > 0 {
			incarnation++
		}
	}
	return p
}

// draw draws a point and what happens there. A program spends most sites on its start
// and most points on its batches, and what matters most is around the calls of sources
// and sinks: each of the three has its share.
func (p places) draw(r *rand.Rand) sim.Fault {
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
	switch draw := r.IntN(10); {
	case draw < 3 && len(at.errors) > 0:
		f.Kind = at.errors[r.IntN(len(at.errors))]
	case draw == 4:
		f.Kind, f.Delay = sim.Delay, time.Duration(1+r.IntN(5000))*time.Millisecond
	case draw == 5:
		f.Kind = sim.Kill
	default:
		f.Outcome = sim.Outcome{Kind: sim.OutcomeKind(r.IntN(int(sim.Mixed) + 1)), Seed: r.Uint64N(1000)}
	}
	return f
}

// isCall says whether a site is a call of a source or a sink in the middle of a batch.
func isCall(site string) bool {
	for _, call := range []string{"latest(", "last(", "write(", "commit(", "probe(batch("} {
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
