//go:build mutants

package wal

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/sim"
)

func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	for _, number := range []int{3} {
		mutate.Set(number)
		x := exploreAll(t, sim.Strict, 1)
		if len(x.failures) == 0 {
			t.Errorf("mutant %d was not found", number)
			continue
		}
		t.Log(x.failures[0])
	}
}
