package testkit

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured/sink"
)

var tracesFlag = flag.Int("testkit.traces", 200, "random runs whose traces are compared")

// onlyPrint has a process print the hash of its traces and compare nothing.
const onlyPrint = "TESTKIT_TRACES"

// TestTraceIsThatOfThePlan: the runs of the same plans have the same traces in other
// processes, on one processor and on two. (make traces compares them with those of a
// build with the race detector.)
func TestTraceIsThatOfThePlan(t *testing.T) {
	here := hashOfTraces(t, *tracesFlag)
	fmt.Printf("traces %016x\n", here)
	if os.Getenv(onlyPrint) != "" {
		return
	}
	for _, processors := range []string{"1", "2"} {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTraceIsThatOfThePlan$", fmt.Sprint("-testkit.traces=", *tracesFlag), fmt.Sprint("-testkit.seed=", *seedFlag))
		child.Env = append(os.Environ(), onlyPrint+"=1", "GOMAXPROCS="+processors)
		out, err := child.CombinedOutput()
		if err != nil || !strings.Contains(string(out), fmt.Sprintf("traces %016x\n", here)) {
			t.Errorf("with GOMAXPROCS=%s: %v, want traces %016x:\n%s", processors, err, here, out)
		}
	}
}

// hashOfTraces runs random plans of two programs.
func hashOfTraces(t *testing.T, runs int) uint64 {
	t.Helper()
	sum := fnv.New64a()
	for _, scenario := range []func(*Sim){streamCount, tableCount(sink.Update)} {
		known, shared := newPlaces(), newReuse()
		stop := shared.start()
		for seed := range uint64(runs / 2) {
			p := drawPlan(rand.New(rand.NewPCG(seed, *seedFlag)), known)
			s := declare(scenario, p)
			f := s.play(s.begin(), settings{reuse: shared, observe: func(_ *state, at sim.Point) { known.note(at, AllFaults) }})
			if f.failure != nil {
				t.Fatalf("%v: %v", p, f.failure)
			}
			fmt.Fprintln(sum, f.trace)
		}
		stop()
	}
	return sum.Sum64()
}

// TestSchedules: each way to schedule is another order.
func TestSchedules(t *testing.T) {
	traces := map[uint64]string{}
	for _, text := range []string{"v1", "v1;schedule=3", "v1;schedule=3;pct=1", "v1;schedule=3;pct=3", "v1;schedule=4;pct=3"} {
		p, err := parsePlan(text + `;in=words:["a","b","a","c"]`)
		if err != nil {
			t.Fatal(err)
		}
		s := declare(streamCount, p)
		f := s.play(s.begin(), settings{})
		if f.failure != nil {
			t.Errorf("%s: %v", text, f.failure)
		}
		if other, ok := traces[f.trace]; ok {
			t.Errorf("%s has the trace of %s", text, other)
		}
		traces[f.trace] = text
	}
}
