package testkit

import "testing"

// TestPlansOfOldBugs replays what the searches have found in the engine.
func TestPlansOfOldBugs(t *testing.T) {
	for _, bug := range []struct {
		name, plan string
		scenario   func(*Sim)
	}{
		// What a failed sync has dropped does not become durable by another sync.
		{"owner file", `v1;in=in:["b"];f=error@sync(out/_tidewheel/owner)#1;f=crash@2:park(dstream)#4/kept`, streamFiles},
		{"format file", `v1;in=words:[];f=error-after@rename(ckpt/format)#1;f=crash@2:syncdir(ckpt)#1/subset`, streamCount},
	} {
		t.Run(bug.name, func(t *testing.T) { Replay(t, bug.plan, bug.scenario) })
	}
}
