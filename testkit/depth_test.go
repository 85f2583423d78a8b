package testkit

import (
	"flag"
	"testing"
	"time"
)

var depthFlag = flag.Int("testkit.depth", 0, "depth of TestDepth; 0 skips it")

// TestDepth explores programs completely, however long that takes, and prints the account.
func TestDepth(t *testing.T) {
	if *depthFlag == 0 {
		t.Skip("for make depth2; TestCheck and others go to depth 1")
	}
	for _, name := range []string{"stream", "table", "stream of a socket", "windows of a socket", "stream of kafka", "table of kafka"} {
		t.Run(name, func(t *testing.T) {
			p := programNamed(t, name)
			x := newExplorer(p.scenario)
			x.faults = p.faults
			began := time.Now()
			x.all(typical(p.scenario, newOptions(nil)), *depthFlag)
			t.Logf("%v depth=%d, %.1f s", x, *depthFlag, time.Since(began).Seconds())
			fail(t, p.scenario, x.failed)
		})
	}
}
