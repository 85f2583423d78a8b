//go:build mutants

package snapshots

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// Bugs of snapshots are found with one crash.
func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	d := crashed
	d.operators, d.batches, d.journal.SegmentBytes = []string{"a", "bb"}, 8, 200 // a segment may end between state and end of a batch
	for number, name := range map[int]string{
		2:  "a file is not synced before it is relied on",
		3:  "a directory is not synced",
		11: "a start takes changes of a batch that is not done",
		12: "a snapshot stands for a batch more than it has",
		13: "a snapshot is removed that is still needed",
	} {
		mutate.Set(number)
		what := d.explore(sim.NewDisk(sim.Strict), 0, 1, "", map[string]int{})
		if what == "" {
			t.Errorf("mutant %d was not found: %s", number, name)
			continue
		}
		t.Logf("mutant %d: %s", number, what)
	}
}
