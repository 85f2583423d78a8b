package sim

import (
	"context"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// overtaking is a program with a bug of depth 2: one activity must run from beginning to
// end while another stands still in its middle. It reports whether that happened.
func overtaking(found *bool) func(env.Env) error {
	return func(e env.Env) error {
		progress, overtaken := 0, false
		slow := e.Spawn("slow", func() error {
			for range 20 {
				e.Probe("step", 0)
				progress++
			}
			return nil
		})
		fast := e.Spawn("fast", func() error {
			before := progress
			for range 20 {
				e.Probe("step", 0)
			}
			overtaken = before == progress && 0 < progress && progress < 20
			return nil
		})
		for _, p := range []*env.Proc{slow, fast} {
			if err := p.Wait(context.Background(), e); err != nil {
				return err
			}
		}
		*found = overtaken
		return nil
	}
}

// TestPCT: a bug that needs one activity to stand still for long is found by priorities
// that change once, and never by uniform choices. A recorded run is replayed.
func TestPCT(t *testing.T) {
	count := func(chooser func(seed uint64) Chooser) int {
		found := 0
		for seed := range uint64(1000) {
			once := func(c Chooser) (*World, bool) {
				bug := false
				w := NewWorld(Options{Seed: 1, Chooser: c})
				w.Start("app", overtaking(&bug))
				if status := w.Run(Limit{}); status != Done {
					t.Fatal(status)
				}
				return w, bug
			}
			recorder := &Recorder{Chooser: chooser(seed)}
			w, bug := once(recorder)
			if bug {
				found++
			}
			if seed%50 != 0 {
				continue
			}
			if again, _ := once(chooser(seed)); again.TraceHash() != w.TraceHash() {
				t.Fatalf("seed %d: two runs differ", seed)
			}
			if replayed, same := once(NewReplay(recorder.Choices)); replayed.TraceHash() != w.TraceHash() || same != bug {
				t.Fatalf("seed %d: the replay differs", seed)
			}
		}
		return found
	}
	uniform := count(func(seed uint64) Chooser { return NewRandom(seed) })
	byPriority := count(func(seed uint64) Chooser { return NewPCT(seed, 2, 50) })
	flat := count(func(seed uint64) Chooser { return NewPCT(seed, 1, 50) })
	t.Logf("of 1000 runs: uniform %d, PCT with depth 2 %d, with depth 1 %d", uniform, byPriority, flat)
	if byPriority < 1000/2/50 || flat > 0 || uniform > 0 { // what PCT promises for n = 2, k = 50
		t.Errorf("uniform %d, PCT with depth 2 %d, with depth 1 %d", uniform, byPriority, flat)
	}
}

// TestPCTYields: who gives way falls behind, so that one who waits by yielding waits for
// somebody.
func TestPCTYields(t *testing.T) {
	for seed := range uint64(50) {
		done := false
		w := NewWorld(Options{Chooser: &Recorder{Chooser: NewPCT(seed, 3, 50)}})
		w.Start("app", func(e env.Env) error {
			waiting := e.Spawn("waiting", func() error {
				for !done {
					e.Yield()
				}
				return nil
			})
			e.Yield()
			done = true
			return waiting.Wait(context.Background(), e)
		})
		if status := w.Run(Limit{Points: 1000}); status != Done {
			t.Fatalf("seed %d: %v", seed, status)
		}
	}
}
