package testkit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/sink"
)

// swarmRuns is how many random runs TestSwarm makes unless -testkit.runs says
// otherwise; fullSwarm is how many must have met every fault and way of recovery.
const (
	swarmRuns = 500
	fullSwarm = 20_000
)

// TestSwarm runs the word counts at random: no promise is broken, and over a full
// run nothing that can happen is missing.
func TestSwarm(t *testing.T) {
	runs := swarmRuns
	if *runsFlag > 0 {
		runs = *runsFlag
	}
	counts := []struct {
		test      string // that replays its plans
		scenario  func(*Sim)
		stateless bool // so it has no snapshots
	}{
		{"TestStreamWordCount", streamCount, false},
		{"TestStreamWordCountOfFiles", streamFiles, false},
		{"TestTableWordCount/complete", tableCount(sink.Complete), false},
		{"TestTableWordsOfFiles", tableFiles, true},
	}
	for _, c := range counts {
		t.Run(c.test, func(t *testing.T) {
			began := time.Now()
			count := newTally()
			if f := check(c.scenario, runs/len(counts), *seedFlag, count); f != nil {
				t.Fatal(report(c.test, c.scenario, *f, *traceFlag))
			}
			var text strings.Builder
			count.write(&text)
			t.Logf("%.2f s, %s", time.Since(began).Seconds(), text.String())
			never := count.never()
			if c.stateless {
				never = slices.DeleteFunc(never, func(name string) bool { return strings.Contains(name, "snapshot") })
			}
			if len(never) > 0 && runs >= fullSwarm {
				t.Errorf("did not occur in %d runs: %s", count.runs, strings.Join(never, ", "))
			}
		})
	}
}
