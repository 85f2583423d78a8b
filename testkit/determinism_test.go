package testkit

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// TestTraceIsThatOfThePlan: neither the number of processors nor what ran before
// changes a run.
func TestTraceIsThatOfThePlan(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, scenario := range map[string]func(*Sim){"stream": streamCount, "table": tableCount(sink.Update)} {
		known := newPlaces()
		for seed := range uint64(40) {
			p := drawPlan(rand.New(rand.NewPCG(seed, 0)), known)
			var traces [2]uint64
			for i := range traces {
				runtime.GOMAXPROCS(i + 1)
				s := declare(scenario, p)
				f := s.play(s.begin(), settings{observe: func(_ *state, at sim.Point) { known.note(at, AllFaults) }})
				if f.failure != nil {
					t.Fatalf("%s, %v: %v", name, p, f.failure)
				}
				traces[i] = f.trace
			}
			if traces[0] != traces[1] {
				t.Errorf("%s, %v: traces %x", name, p, traces)
			}
		}
	}
}
