//go:build mutants

package testkit

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// mutants are the planted bugs. Each has a plan made by hand that breaks a promise of
// both word counts, whatever the searches find.
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

// mutated are the programs that they are planted in.
var mutated = []struct {
	name     string
	scenario func(*Sim)
}{
	{"stream", streamCount},
	{"table", tableCount(sink.Complete)},
}

// What a plan must shrink to, and how long a search may take.
const (
	maxFaults = 2
	maxRows   = 3
	maxTime   = 10 * time.Second
)

func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	for _, m := range mutants {
		for _, program := range mutated {
			mutate.Set(m.number)
			t.Logf("mutant %d of the %s: %s", m.number, program.name, m.bug)
			began := time.Now()
			x := newExplorer(program.scenario)
			x.all(typical(program.scenario, newOptions(nil)), 1)
			caught(t, "Exhaust", x.worlds, program.scenario, x.failed, began)

			began = time.Now()
			count := newTally()
			f := check(program.scenario, 100, 1, count)
			caught(t, "Check", count.runs, program.scenario, f, began)
		}
	}
}

// caught wants a failure that was found in time and shrinks to a small plan.
func caught(t *testing.T, by string, runs int, scenario func(*Sim), f *failed, began time.Time) {
	t.Helper()
	took := time.Since(began)
	if f == nil {
		t.Errorf("    escaped from %s", by)
		return
	}
	k, small := shrink(scenario, *f)
	t.Logf("    %s: %s after %d runs, %.1f ms; shrunk in %d tries to %d faults and %d rows: %v",
		by, small.why.class, runs, took.Seconds()*1e3, k.tries, len(small.plan.faults), small.plan.rows(), small.plan)
	if len(small.plan.faults) > maxFaults || small.plan.rows() > maxRows {
		t.Errorf("    shrunk to %d faults and %d rows, want at most %d and %d", len(small.plan.faults), small.plan.rows(), maxFaults, maxRows)
	}
	if took > maxTime {
		t.Errorf("    took %v, want at most %v", took, maxTime)
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
		for _, program := range mutated {
			for _, planted := range []int{0, m.number} {
				mutate.Set(planted)
				s := declare(program.scenario, p)
				f := s.play(s.begin(), settings{sites: sim.NewSites()})
				switch {
				case len(f.fired) == 0:
					t.Errorf("%s, mutant %d: the fault of %s did not happen", program.name, m.number, m.plan)
				case planted == 0 && f.failure != nil:
					t.Errorf("%s, mutant %d: the plan breaks the program without the bug: %v", program.name, m.number, f.failure)
				case planted != 0 && f.failure == nil:
					t.Errorf("%s, mutant %d: the plan does not break the program", program.name, m.number)
				case planted != 0:
					t.Logf("%s, mutant %d: %v", program.name, m.number, f.failure)
				}
			}
		}
	}
}
