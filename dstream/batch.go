package dstream

import "time"

// The batch generator decides which batch comes next and when. It is pure: the
// loop in run.go tells it the time and what was asked, and does what it answers.
//
// Batch times lie on a grid of intervals since 1970. Tick k ends at zero + k
// intervals; a late tick runs at once, and none is skipped or merged.
type generator struct {
	interval time.Duration
	zero     time.Time
	done     int64 // last tick that ended
	last     int64 // tick after which to end, once a graceful stop was asked; 0: none
}

// newGenerator starts a grid whose first batch ends at the next multiple of the
// interval after now.
func newGenerator(interval time.Duration, now time.Time) *generator {
	return &generator{interval: interval, zero: floor(now, interval)}
}

// resumeGenerator goes on after a tick that ended at the given time.
func resumeGenerator(interval time.Duration, tick int64, at time.Time) *generator {
	return &generator{interval: interval, zero: at.Add(-time.Duration(tick) * interval), done: tick}
}

// floor is the last multiple of the interval since 1970 that is not after t.
func floor(t time.Time, interval time.Duration) time.Time {
	nanoseconds := t.UnixNano()
	remainder := nanoseconds % int64(interval)
	if remainder < 0 {
		remainder += int64(interval)
	}
	return time.Unix(0, nanoseconds-remainder).UTC()
}

// time is when a tick ends, which is its name.
func (g *generator) time(tick int64) time.Time {
	return g.zero.Add(time.Duration(tick) * g.interval)
}

// tick is the last one that a slide divides and that does not end after t.
func (g *generator) tick(t time.Time, slide int64) int64 {
	since, grid := t.Sub(g.zero), time.Duration(slide)*g.interval
	tick := int64(since / grid)
	if since < 0 && since%grid != 0 {
		tick--
	}
	return tick * slide
}

// next returns the tick to run now; or how long to wait before asking again; or
// end, when a graceful stop was asked and its last tick is done.
func (g *generator) next(now time.Time) (tick int64, wait time.Duration, end bool) {
	if g.last > 0 && g.done >= g.last {
		return 0, 0, true
	}
	tick = g.done + 1
	return tick, max(0, g.time(tick).Sub(now)), false
}

// drain asks to end after the batch that takes in what arrived until now.
func (g *generator) drain(now time.Time) {
	if g.last == 0 {
		g.last = max(g.done, int64(now.Sub(g.zero)/g.interval)) + 1
	}
}
