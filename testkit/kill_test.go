package testkit

import "testing"

// TestKillAndCrash has every crash after every kill: a kill leaves what was not synced for
// the next process to see, and to rely on, and the crash takes it away.
func TestKillAndCrash(t *testing.T) {
	for _, name := range []string{"stream of files", "table of files"} {
		t.Run(name, func(t *testing.T) {
			p := programNamed(t, name)
			x := newExplorer(p.scenario)
			x.faults = Kill | Crash | Torn
			x.all(typical(p.scenario, newOptions(nil)), 2)
			t.Log(x)
			fail(t, p.scenario, x.failed)
		})
	}
}
