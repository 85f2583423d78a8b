//go:build mutants

package wal

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// TestMutants plants each bug of the log that the list names, and finds it by crashes
// and errors, one of them at most unless the list says two.
func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	for _, m := range []struct{ number, depth int }{{3, 1}, {5, 1}, {6, 1}, {7, 2}, {8, 1}} {
		mutate.Set(m.number)
		x := exploreAll(t, sim.Strict, m.depth)
		if len(x.failures) == 0 {
			t.Errorf("mutant %d was not found", m.number)
			continue
		}
		t.Logf("mutant %d: %s", m.number, x.failures[0])
	}
}
