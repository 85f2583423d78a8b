//go:build mutants

package kafka_test

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
)

// TestMutants: a transactional id that is another one in each run fences nobody.
func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	mutate.Set(19)
	if records, err := zombie(t); records != 2 {
		t.Errorf("mutant 19: the output has %d records, want the batch doubled; the zombie's commit: %v", records, err)
	}
	mutate.Set(0)
	if records, err := zombie(t); records != 1 || err == nil {
		t.Errorf("without a mutant: the output has %d records; the zombie's commit: %v", records, err)
	}
}
