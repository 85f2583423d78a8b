//go:build mutants

package checkpoint

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// The bugs that can be planted here are found by crashing at every point.
func TestMutantsAreFound(t *testing.T) {
	for _, number := range []int{2, 3} {
		mutate.Set(number)
		x := explorer{t: t}
		x.explore(sim.Strict, 1)
		mutate.Set(0)
		if x.violation == "" {
			t.Errorf("mutant %d is not found", number)
		} else {
			t.Logf("mutant %d: %s", number, x.violation)
		}
	}
}
