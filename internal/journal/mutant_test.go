//go:build mutants

package journal

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// TestMutants plants the bugs that have their site in this package or below, and
// wants each to be found with one crash.
func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	for _, number := range []int{2, 3} {
		mutate.Set(number)
		x := exploreAll(t, &driver{batches: 3, options: Options{Kind: "test"}}, sim.Strict, 1, 0)
		if len(x.failures) == 0 {
			t.Errorf("mutant %d was not found", number)
			continue
		}
		t.Logf("mutant %d: %s", number, x.failures[0])
	}
}
