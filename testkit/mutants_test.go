//go:build mutants

package testkit

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// mutants are the planted bugs. Each has a plan made by hand for the program that
// it shows to be broken, whatever the searches find.
var mutants = []struct {
	number int
	bug    string
	plan   string
}{
	{1, "a batch is committed before the sink has it", `v1;wave=1;in=words:["a","b","a"];f=crash@write(counts)#1/kept`},
	{2, "a file is not synced before its rename", `v1;in=words:["a"];f=crash@syncdir(ckpt)#1/truncated`},
	{3, "a directory is not synced after a new entry", `v1;in=words:["a"];f=crash@write(counts)#1/lost`},
	{10, "a planned batch that runs again asks for new offsets", `v1;wave=1;in=words:["a","b"];f=crash@write(counts)#1/kept`},
}

// bounds of a shrunk plan
const (
	maxFaults = 2
	maxRows   = 3
)

func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	for _, m := range mutants {
		mutate.Set(m.number)
		t.Logf("mutant %d: %s", m.number, m.bug)

		began := time.Now()
		x := newExplorer(streamCount)
		for _, p := range typical(streamCount) {
			if x.failed == nil {
				x.explore(nil, p, 1)
			}
		}
		caught(t, "Exhaust", x.worlds, x.failed, began)
		began = time.Now()
		runs := newTally()
		caught(t, "Check", 0, check(streamCount, 100, 1, runs), began)
	}
}

// caught wants a failure that shrinks to a small plan.
func caught(t *testing.T, by string, worlds int, f *failed, began time.Time) {
	t.Helper()
	took := time.Since(began)
	if f == nil {
		t.Errorf("  escaped from %s", by)
		return
	}
	k, small := shrink(streamCount, *f)
	t.Logf("  %-7s %6.1f ms, shrunk in %d tries to %v: %v", by, took.Seconds()*1e3, k.tries, small.plan, small.why)
	if len(small.plan.faults) > maxFaults || small.plan.rows() > maxRows {
		t.Errorf("  shrunk to %d faults and %d rows, want at most %d and %d", len(small.plan.faults), small.plan.rows(), maxFaults, maxRows)
	}
}

// TestMutantsAreBugs: each plan breaks a promise with the bug and none without it.
func TestMutantsAreBugs(t *testing.T) {
	defer mutate.Set(0)
	for _, m := range mutants {
		p, err := parsePlan(m.plan)
		if err != nil {
			t.Fatal(err)
		}
		for _, planted := range []int{0, m.number} {
			mutate.Set(planted)
			s := declare(streamCount, p)
			f := s.play(s.begin(), settings{sites: sim.NewSites()})
			switch {
			case len(f.fired) == 0:
				t.Errorf("mutant %d: the fault of %s did not happen", m.number, m.plan)
			case planted == 0 && f.failure != nil:
				t.Errorf("mutant %d: the plan breaks the program without the bug: %v", m.number, f.failure)
			case planted != 0 && f.failure == nil:
				t.Errorf("mutant %d: the plan does not break the program", m.number)
			case planted != 0:
				t.Logf("mutant %d: %v", m.number, f.failure)
			}
		}
	}
}
