package microbatch

import (
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/structured/source"
)

// Trigger says when batches run. The zero value runs them back to back.
type Trigger struct {
	kind     triggerKind
	interval time.Duration
}

type triggerKind int

const (
	backToBack triggerKind = iota
	interval
	once
	availableNow
)

// pollInterval is how long a query that runs back to back waits before it asks
// again for data.
const pollInterval = 10 * time.Millisecond

// Every runs a batch at each multiple of d since 1970, and one at the start. If a
// batch takes longer, the ticks that it misses are not made up for: the next batch
// follows at once and the one after it is on a tick again.
func Every(d time.Duration) Trigger { return Trigger{interval, d} }

// Once runs one batch with all that is there, whatever the limits of sources, and
// stops. A pending batch counts as that one.
func Once() Trigger { return Trigger{kind: once} }

// AvailableNow runs batches until all is read that was there at the start, and
// stops.
func AvailableNow() Trigger { return Trigger{kind: availableNow} }

// Interval is that of Every, else 0.
func (t Trigger) Interval() time.Duration { return t.interval }

func (t Trigger) String() string {
	switch t.kind {
	case interval:
		return "every " + t.interval.String()
	case once:
		return "once"
	case availableNow:
		return "available now"
	}
	return "back to back"
}

// limit is what the sources are told about how much to take.
func (t Trigger) limit() source.Limit { return source.Limit{All: t.kind == once} }

// Wait says what to do after a look for data that began at started and is over now:
// look again after the wait, or stop. ran tells whether a batch was run.
func (c *Core) Wait(started, now time.Time, ran bool) (wait time.Duration, stop bool) {
	switch c.trigger.kind {
	case once:
		return 0, true
	case availableNow:
		return 0, !ran
	case interval:
		if mutate.On(24) {
			return c.trigger.tickAfter(started).Sub(now), false
		}
		// The clock may have been set back: no wait is longer than the interval.
		return min(c.trigger.tickAfter(started).Sub(now), c.trigger.interval), false
	}
	if ran {
		return 0, false
	}
	return pollInterval, false
}

// tickAfter is the first multiple of the interval after t.
func (t Trigger) tickAfter(at time.Time) time.Time {
	ns, step := at.UnixNano(), int64(t.interval)
	rest := ns % step
	if rest < 0 {
		rest += step
	}
	return time.Unix(0, ns-rest+step)
}

// AtOnce says whether the batch after one that began at started and is over now
// should follow without a wait.
func (c *Core) AtOnce(started, now time.Time) bool {
	wait, stop := c.Wait(started, now, true)
	return wait <= 0 && !stop
}
