package latency

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWatch(t *testing.T) {
	now := time.Hour
	w := Start(func() time.Duration { return now })
	var split Split
	for _, part := range []*time.Duration{&split.Fetch, &split.Compute, &split.Fetch} {
		now += 1500 * time.Microsecond
		w.Lap(part)
	}
	now += time.Millisecond
	split.Total = w.Total()
	text, err := JSON(split)
	const want = `{"latestOffset":3,"queryPlanning":0,"compute":1.5,"walCommit":0,"addBatch":0,"state":0,"commitOffsets":0,"triggerExecution":5.5}`
	if err != nil || string(text) != want {
		t.Errorf("got %s, %v; want %s", text, err, want)
	}
}
