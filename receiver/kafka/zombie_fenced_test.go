//go:build !mutants

package kafka_test

import (
	"errors"
	"os/exec"
	"testing"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

func TestZombieIsFenced(t *testing.T) {
	if records, err := zombie(t); records != 1 || !errors.Is(err, kafka.ErrFenced) {
		t.Errorf("the output has %d records, want 1; the zombie's commit: %v, want ErrFenced", records, err)
	}
}

// TestPlantedBugsAreCaught runs TestMutants in a build that has the bugs.
func TestPlantedBugsAreCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("the build takes a while")
	}
	out, err := exec.CommandContext(t.Context(), "go", "test", "-tags", "mutants", "-run", "^TestMutants", "-v", ".").CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
