package structured

import (
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The simulated worlds are small and short: with little alive, the collector would
	// run all the time.
	debug.SetGCPercent(400)
	goleak.VerifyTestMain(m)
}
