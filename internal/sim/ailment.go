package sim

import (
	"context"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// ailment is what the disk suffers from for a while.
type ailment struct {
	by    *Process      // ends with it, if until is env.Forever
	until time.Duration // by World.Mono
	left  int64         // bytes that a full disk still takes
}

// ail makes the disk suffer from a fault of a process.
func (p *Process) ail(f Fault) *ailment {
	a := &ailment{by: p, until: env.Forever, left: f.Space}
	if f.Delay > 0 {
		a.until = p.world.mono + f.Delay
	}
	return a
}

// isOver says whether the ailment has ended with its time.
func (a *ailment) isOver(w *World) bool { return a == nil || a.until <= w.mono }

// endsWith says whether the ailment ends with a process.
func (a *ailment) endsWith(p *Process) bool {
	return a != nil && a.by == p && a.until == env.Forever
}

// recoverFrom ends what lasts as long as a process.
func (w *World) recoverFrom(p *Process) {
	if w.stuck.endsWith(p) {
		w.stuck = nil
	}
	if w.full.endsWith(p) {
		w.full = nil
	}
}

// waitForDisk keeps an activity at an operation of the disk while that is stuck, and
// for as long as the process's operations take.
func (p *Process) waitForDisk(a *activity) {
	w := p.world
	if p.slow > 0 {
		a.until = w.mono + p.slow
		p.park(context.Background(), a)
	}
	for !w.stuck.isOver(w) {
		a.until = w.stuck.until
		p.park(context.Background(), a)
	}
}

// reserve returns how many of n bytes there is space for, and takes it.
func (w *World) reserve(n int) int {
	if w.full.isOver(w) {
		return n
	}
	n = int(min(int64(n), w.full.left))
	w.full.left -= int64(n)
	return n
}

// isFull says whether there is space for nothing more.
func (w *World) isFull() bool { return !w.full.isOver(w) && w.full.left <= 0 }

// release gives back the space of a file that lost its name.
func (w *World) release(n *node) {
	if !w.full.isOver(w) && !n.isDir {
		w.full.left += int64(len(n.data))
	}
}
