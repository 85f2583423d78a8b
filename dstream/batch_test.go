package dstream

import (
	"testing"
	"time"
)

func at(seconds float64) time.Time {
	return time.Unix(0, int64(seconds*float64(time.Second))).UTC()
}

func TestGeneratorGrid(t *testing.T) {
	// Trap 4: started at 7.3 s, zero is 7 s and the first batch is 8 s.
	g := newGenerator(time.Second, at(7.3))
	if !g.zero.Equal(at(7)) {
		t.Fatalf("zero = %v, want 7 s", g.zero)
	}
	tick, wait, end := g.next(at(7.3))
	if tick != 1 || wait != 700*time.Millisecond || end {
		t.Fatalf("next = %d, %v, %v; want tick 1 in 700 ms", tick, wait, end)
	}
	if !g.time(1).Equal(at(8)) {
		t.Errorf("tick 1 ends at %v, want 8 s", g.time(1))
	}
}

func TestGeneratorSkipsNothing(t *testing.T) {
	// Trap 44: a clock that jumps five intervals gives all five batches, in order.
	g := newGenerator(time.Second, at(0))
	now := at(5)
	for want := int64(1); want <= 5; want++ {
		tick, wait, _ := g.next(now)
		if tick != want || wait != 0 {
			t.Fatalf("next = %d in %v, want tick %d at once", tick, wait, want)
		}
		g.done = tick
	}
	if tick, wait, _ := g.next(now); tick != 6 || wait != time.Second {
		t.Errorf("next = %d in %v, want tick 6 in 1 s", tick, wait)
	}
}

func TestGeneratorDrain(t *testing.T) {
	g := newGenerator(time.Second, at(0))
	g.done = 3
	g.drain(at(3.4))
	if tick, wait, end := g.next(at(3.4)); tick != 4 || wait != 600*time.Millisecond || end {
		t.Fatalf("next = %d in %v, end %v; want one more tick", tick, wait, end)
	}
	g.done = 4
	if _, _, end := g.next(at(4)); !end {
		t.Error("a drained stream goes on")
	}
}

func TestFloorBefore1970(t *testing.T) {
	if got := floor(at(-0.5), time.Second); !got.Equal(at(-1)) {
		t.Errorf("floor(-0.5 s) = %v, want -1 s", got)
	}
}
