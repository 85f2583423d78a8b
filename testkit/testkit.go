package testkit

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/sim"
)

var (
	planFlag  = flag.String("testkit.plan", "", "run the one plan that a failure has printed, instead of all others")
	runsFlag  = flag.Int("testkit.runs", 0, "random runs of each Check; 0 is 100, or 20 with -short")
	seedFlag  = flag.Uint64("testkit.seed", 1, "seed that the plans of Check are drawn from")
	traceFlag = flag.Bool("testkit.trace", false, "print every event of a failed run")
)

// Option changes what Check and Exhaust do.
type Option func(*options)

type options struct {
	runs  int
	depth int
}

// Runs sets the number of random runs of Check. The flag -testkit.runs goes before
// it.
func Runs(n int) Option { return func(o *options) { o.runs = n } }

// Depth sets how many faults Exhaust tries one after the other, the second in the
// recovery from the first. Default 1. The number of worlds grows as a power of it.
func Depth(n int) Option { return func(o *options) { o.depth = n } }

func newOptions(list []Option) options {
	o := options{runs: 100, depth: 1}
	if testing.Short() {
		o.runs = 20
	}
	for _, option := range list {
		option(&o)
	}
	if *runsFlag > 0 {
		o.runs = *runsFlag
	}
	return o
}

// Check runs a scenario under random plans: input, shape of the world, order of
// activities and faults are drawn first, and then the run takes its course. Each run
// is made twice and must be the same. A failure is shrunk to the smallest plan that
// fails in the same way, and printed with a command that replays it.
func Check(t testing.TB, scenario func(*Sim), list ...Option) {
	t.Helper()
	if replayed(t, scenario) {
		return
	}
	o := newOptions(list)
	fail(t, scenario, check(scenario, o.runs, *seedFlag, nil))
}

// check returns the first of some random plans that fails. Every run is made twice, or
// of a swarm, which counts, one in a few.
func check(scenario func(*Sim), runs int, seed uint64, count *tally) *failed {
	sites, known := sim.NewSites(), newPlaces()
	for n := range runs {
		var p *plan
		if n == 0 {
			p = typical(scenario)[0]
		} else {
			p = drawPlan(rand.New(rand.NewPCG(seed, uint64(n))), known)
		}
		s := declare(scenario, p)
		if s.mistake != nil {
			return &failed{p, &violation{"scenario", s.mistake.Error()}}
		}
		s.tally = count
		o := settings{sites: sites, odd: known.noteOdd}
		if n%8 == 0 {
			o.observe = func(_ *state, at sim.Point) {
				known.note(at)
				if count != nil {
					count.sites[at.Site] = true
				}
			}
		}
		f := s.play(s.begin(), o)
		if count != nil {
			count.runs++
		}
		if f.failure == nil && (count == nil || n%16 == 0) {
			again := declare(scenario, p)
			if again.play(again.begin(), settings{sites: sites}).trace != f.trace {
				f.failure = diverged(scenario, p)
			}
		}
		if f.failure != nil {
			return &failed{p, f.failure}
		}
	}
	return nil
}

// Exhaust runs a scenario without faults and then once with each fault that can
// happen on the way: a crash at every I/O point with every state in which it can
// leave the disk, and an error before and after every call of a source, a sink and
// the disk. It prints what was explored. A failure is shrunk and printed as by
// [Check]. The input is one of about a dozen rows.
func Exhaust(t testing.TB, scenario func(*Sim), list ...Option) {
	t.Helper()
	if replayed(t, scenario) {
		return
	}
	o := newOptions(list)
	began := time.Now()
	x := newExplorer(scenario)
	for _, p := range typical(scenario) {
		x.explore(nil, p, o.depth)
		if x.failed != nil {
			break
		}
	}
	t.Logf("testkit: %v depth=%d, %.2f s", x, o.depth, time.Since(began).Seconds())
	fail(t, scenario, x.failed)
}

// typical returns plans with an input of about a dozen rows, for sinks that say
// which batch they have and for those that don't.
func typical(scenario func(*Sim)) []*plan {
	const rows = 12
	var best *plan
	distance := 0
	for seed := range uint64(64) {
		p := newPlan()
		p.seed = seed + 1
		declare(scenario, p)
		if d := max(p.rows()-rows, rows-p.rows()); best == nil || d < distance {
			best, distance = p, d
		}
	}
	return []*plan{best, best.with(func(p *plan) { p.shape.asked = 1 })}
}

// Replay runs a scenario under one plan, as a failure has printed it: a test that a
// bug stays away. A plan with a crash that does not happen any more is an error.
func Replay(t testing.TB, plan string, scenario func(*Sim)) {
	t.Helper()
	replay(t, plan, scenario)
}

// replayed runs the plan of the command line, if there is one.
func replayed(t testing.TB, scenario func(*Sim)) bool {
	t.Helper()
	if *planFlag == "" {
		return false
	}
	replay(t, *planFlag, scenario)
	return true
}

func replay(t testing.TB, text string, scenario func(*Sim)) {
	t.Helper()
	p, err := parsePlan(text)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	s := declare(scenario, p)
	f := s.play(s.begin(), settings{})
	if f.failure != nil {
		fail(t, scenario, &failed{p, f.failure})
	}
	if len(f.fired) < len(p.faults) {
		t.Fatalf("testkit: of the plan's faults %v only %v happened: the program has changed since the plan was made", p.faults, f.fired)
	}
}

// fail is where all failures leave.
func fail(t testing.TB, scenario func(*Sim), f *failed) {
	t.Helper()
	if f == nil {
		return
	}
	if f.why.class == "scenario" {
		t.Fatalf("testkit: %s", f.why.text)
	}
	t.Fatal(report(t.Name(), scenario, *f, *traceFlag))
}
