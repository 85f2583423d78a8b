package sim

import "testing"

// TestCoroutinesOfOtherWorlds: a run is the same on coroutines that have run before, of
// which some were unwound by a crash and some had not begun. Close leaves none, which
// TestMain sees.
func TestCoroutinesOfOtherWorlds(t *testing.T) {
	alone, _ := run(t, Options{Seed: 1}, racers)
	shared := new(Coroutines)
	defer shared.Close()
	for n := range 40 {
		crashed := NewWorld(Options{Seed: 1, Coroutines: shared, Faults: []Fault{{Kind: Crash, Occurrence: n + 1}}})
		crashed.Start("app", racers)
		crashed.Run(Limit{})
		crashed.Close()
		w, _ := run(t, Options{Seed: 1, Coroutines: shared}, racers)
		if w.TraceHash() != alone.TraceHash() {
			t.Fatalf("after a crash at point %d a run has the trace %x, want %x", n+1, w.TraceHash(), alone.TraceHash())
		}
	}
	if n := len(shared.idle); n != 5 {
		t.Errorf("%d coroutines were made for 5 activities", n)
	}
}
