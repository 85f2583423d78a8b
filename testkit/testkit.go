package testkit

import (
	"flag"
	"strings"
	"testing"
	"time"
)

var (
	planFlag  = flag.String("testkit.plan", "", "run the one plan that a failure has printed, instead of all others")
	runsFlag  = flag.Int("testkit.runs", 0, "random runs of each Check; 0 is 100, or 20 with -short")
	seedFlag  = flag.Uint64("testkit.seed", 1, "seed that the plans of Check and Swarm are drawn from")
	swarmFlag = flag.Duration("testkit.swarm", 0, "how long each Swarm takes; 0 is what it asks for")
	traceFlag = flag.Bool("testkit.trace", false, "print every event of a failed run")
)

// Check is what a test of a program usually calls. It runs the scenario under random
// plans: input, shape of the world, order of activities and faults are drawn first,
// and then the run takes its course; each run is made twice and must be the same.
// Then it does what [Exhaust] does, and with a [Depth] of more than 1 it stops after
// two seconds, or the [Budget].
//
// A failure is shrunk to the smallest plan that fails in the same way, and printed
// with a command that replays it.
func Check(t testing.TB, scenario func(*Sim), list ...Option) {
	t.Helper()
	if replayed(t, scenario) {
		return
	}
	o := newOptions(list)
	if o.budget == 0 && o.depth > 1 {
		o.budget = 2 * time.Second
	}
	if testing.Short() {
		o.depth, o.budget = 1, 200*time.Millisecond
	}
	seen := newCover()
	c := newChecker(scenario, *seedFlag, o)
	c.cover = seen
	fail(t, scenario, c.check(o.runs))
	exhaust(t, scenario, o, seen)
	if !testing.Short() {
		seen.report(t)
	}
}

// Exhaust runs a scenario without faults and then once with each fault that can
// happen on the way: a crash at every I/O point with every state in which it can
// leave the disk, an error before and after every call of a source, a sink and the
// disk, and each trouble of a task. It prints what was explored. A failure is shrunk
// and printed as by [Check]. The input is one of about a dozen rows.
func Exhaust(t testing.TB, scenario func(*Sim), list ...Option) {
	t.Helper()
	if replayed(t, scenario) {
		return
	}
	o, seen := newOptions(list), newCover()
	exhaust(t, scenario, o, seen)
	if o.budget == 0 {
		seen.report(t)
	}
}

func exhaust(t testing.TB, scenario func(*Sim), o options, seen *cover) {
	t.Helper()
	began := time.Now()
	x := newExplorer(scenario)
	x.faults, x.cover = o.faults, seen
	if o.budget > 0 {
		x.until = began.Add(o.budget)
	}
	x.all(typical(scenario, o), o.depth)
	t.Logf("testkit: %v depth=%d, %.2f s", x, o.depth, time.Since(began).Seconds())
	fail(t, scenario, x.failed)
}

// Swarm runs a scenario under random plans for some time, 0 being a second, and
// prints what has happened in all the runs together. The flag -testkit.swarm sets the
// time of all swarms. Of the runs, one in a few is made twice.
func Swarm(t testing.TB, d time.Duration, scenario func(*Sim), list ...Option) {
	t.Helper()
	if replayed(t, scenario) {
		return
	}
	switch {
	case *swarmFlag > 0:
		d = *swarmFlag
	case d == 0:
		d = time.Second
	}
	began, seen := time.Now(), newCover()
	c := newChecker(scenario, *seedFlag, newOptions(list))
	c.cover, c.tally = seen, newTally()
	for time.Since(began) < d {
		fail(t, scenario, c.check(64))
	}
	var text strings.Builder
	c.tally.write(&text)
	t.Logf("testkit: %.1f s, %s", time.Since(began).Seconds(), &text)
	seen.report(t)
}

// Replay runs a scenario under one plan, as a failure has printed it: a test that a
// bug stays away. A plan with a fault that does not happen any more is an error.
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
