//go:build mutants

package testkit

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// TestMutantNine: a receiver acknowledges what is not durable yet. It is caught in every
// program that reads a socket, with one fault and at most three lines, and the plan breaks nothing without it.
func TestMutantNine(t *testing.T) {
	defer mutate.Set(0)
	for _, c := range socketScenarios {
		mutate.Set(9)
		x := newExplorer(c.scenario)
		for _, p := range typical(c.scenario, newOptions(nil)) {
			if x.failed == nil {
				x.explore(nil, p, 1)
			}
		}
		if x.failed == nil {
			t.Errorf("%s: escaped from all faults", c.name)
			continue
		}
		k, small := shrink(c.scenario, *x.failed)
		t.Logf("%s: %v; shrunk in %d tries to %v", c.name, small.why, k.tries, small.plan)
		if len(small.plan.faults) != 1 || small.plan.rows() > maxRows {
			t.Errorf("%s: %d faults and %d rows, want 1 and at most 3", c.name, len(small.plan.faults), small.plan.rows())
		}
		mutate.Set(0)
		p, err := parsePlan(x.failed.plan.String()) // shrinking makes lines equal, which the counts are not meant for
		if err != nil {
			t.Fatal(err)
		}
		s := declare(c.scenario, p)
		if f := s.play(s.begin(), settings{sites: sim.NewSites()}); f.failure != nil || len(f.fired) == 0 {
			t.Errorf("%s: without the bug: %v, faults %v", c.name, f.failure, f.fired)
		}
	}
}
