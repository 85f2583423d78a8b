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
		// A stream that is stopped while it starts has not failed.
		{"stop while starting", `v1;wave=1;in=words:["c","c","c"];f=crash@mkdir(ckpt)#1/kept;f=crash@2:commit(words)#2/kept;f=delay@3:list(ckpt/snap)#1/4.551s`, streamCount},
		{"stop while a receiver's log waits", `v1;wave=1;stop=3;in=socket-sender-7:["m5","z7","m5"];f=stuck@2:stat(ckpt/source/*)#1/5s;f=slow@2:create(out/_tidewheel/owner.new)#1/20ms`, streamSocket},
	} {
		t.Run(bug.name, func(t *testing.T) { Replay(t, bug.plan, bug.scenario) })
	}
}
