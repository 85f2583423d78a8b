package testkit

import (
	"fmt"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// diverged finds where two runs of a plan differ.
func diverged(scenario func(*Sim), p *plan) *violation {
	run := func(stackAt uint64) (worlds []*sim.World) {
		s := declare(scenario, p)
		s.play(s.begin(), settings{keepTrace: true, stackAt: stackAt, worlds: &worlds})
		return worlds
	}
	const pairs = 8 // what differs once may agree the next time
	for range pairs {
		a, b := run(0), run(0)
		for i := range min(len(a), len(b)) {
			if at := sim.Divergence(a[i], b[i]); at > 0 {
				return divergence(i, at, a[i], b[i], run)
			}
		}
	}
	return &violation{"determinism", "two runs of one plan have different traces"}
}

// divergence describes where two runs of a machine differ, with the stacks of two more.
func divergence(machine int, at uint64, a, b *sim.World, run func(stackAt uint64) []*sim.World) *violation {
	event := func(w *sim.World) string {
		if trace := w.Trace(); at <= uint64(len(trace)) {
			return trace[at-1]
		}
		return "(the run has ended)"
	}
	text := fmt.Sprintf("two runs of one plan differ from event %d of process %d on:\n    %s\n    %s", at, machine+1, event(a), event(b))
	if c, d := run(at), run(at); machine < len(c) && machine < len(d) {
		text += fmt.Sprintf("\n  the stacks there:\n%s\n%s", c[machine].Stack(), d[machine].Stack())
	}
	return &violation{"determinism", text + "\n  the program depends on something else than its input: the order of a map, the time of day, random numbers, goroutines"}
}
