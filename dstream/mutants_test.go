//go:build mutants

package dstream

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
)

// Bugs of recovery are found with one crash.
func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	for number, name := range map[int]string{
		1:  "a batch is committed before its outputs have it",
		2:  "a file is not synced before it is relied on",
		3:  "a directory is not synced",
		10: "a planned batch that runs again asks for new offsets",
		11: "a start takes changes of a batch that is not done",
		12: "a snapshot stands for a batch more than it has",
		13: "a snapshot is removed that is still needed",
		27: "a pending batch is run again with another number of partitions",
	} {
		mutate.Set(number)
		p := program{ticks: 3}
		if 11 <= number && number <= 13 {
			p = program{ticks: 8, few: true}
		}
		wrong, worlds := p.explore()
		if wrong == "" {
			t.Errorf("mutant %d was not found in %d worlds: %s", number, worlds, name)
			continue
		}
		t.Logf("mutant %d, after %d worlds: %s", number, worlds, wrong)
	}
}
