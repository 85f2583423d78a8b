package bound

import (
	"fmt"
	"math"
	"time"
)

// Window is a grid of time windows [start, start+Size), one beginning at Start and
// at every multiple of Slide from there. Times are microseconds; the grid is
// anchored at 1970-01-01T00:00:00Z whatever the session's time zone. Slide is at
// most Size; if they are equal the windows tumble.
type Window struct {
	Size, Slide, Start int64
}

// Last returns the start of the last window that begins at or before t. It holds t.
func (w Window) Last(t int64) int64 {
	past := (t - w.Start) % w.Slide
	if past < 0 {
		past += w.Slide
	}
	return t - past
}

// Holds reports whether all windows that hold t are within the range of times.
func (w Window) Holds(t int64) bool {
	return t >= math.MinInt64+w.Size+w.Slide && t <= math.MaxInt64-w.Size
}

func (w Window) String() string {
	text := duration(w.Size)
	if w.Slide != w.Size {
		text += " every " + duration(w.Slide)
	}
	if w.Start != 0 {
		text += " from " + duration(w.Start)
	}
	return text
}

func duration(microseconds int64) string {
	if whole := time.Duration(microseconds) * time.Microsecond; whole/time.Microsecond == time.Duration(microseconds) {
		return whole.String()
	}
	return fmt.Sprintf("%dµs", microseconds)
}
