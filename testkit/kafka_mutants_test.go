//go:build mutants

package testkit

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
)

// TestMutantsOfKafka: a fetch that is repeated hands records over a second time.
func TestMutantsOfKafka(t *testing.T) {
	defer mutate.Set(0)
	mutate.Set(23)
	t.Log("mutant 23: a fetch that had to be repeated does not drop the records that were there before")
	for _, program := range kafkaPrograms {
		began := time.Now()
		x := newExplorer(program.scenario)
		x.explore(nil, typical(program.scenario, newOptions(nil))[0], 1)
		caught(t, program.name, x.worlds, program.scenario, x.failed, began)
	}
}
