//go:build !mutants

package testkit

import (
	"os/exec"
	"testing"
)

// TestPlantedBugsAreCaught runs the tests of mutants in a build that has the bugs.
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
