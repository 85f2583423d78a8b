//go:build mutants

package receiver_test

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/sim"
)

func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	for _, number := range []int{3, 9} {
		mutate.Set(number)
		x := crashes{last: 8, sites: sim.NewSites(), seen: map[string]int{}}
		x.explore(sim.NewDisk(sim.Strict), 1, outside{}, 1)
		if x.failure == nil {
			t.Errorf("mutant %d was not found", number)
			continue
		}
		t.Logf("mutant %d: %v", number, x.failure)
	}
}
