package receiver

import "time"

// limiter spaces elements out to a rate. It is pure, and counts in the time at which
// the next element may come: elements ahead of it wait. Those of a short while may
// come together, since waits of less than a millisecond can't be had.
type limiter struct {
	rate float64       // elements a second; 0: no limit
	next time.Duration // when the next element may come
}

const limiterBurst = 10 * time.Millisecond

// wait is how long elements have to wait now.
func (l *limiter) wait(now time.Duration) time.Duration {
	if l.rate == 0 {
		return 0
	}
	early := l.next - now
	if early <= 0 || early < limiterBurst && l.rate >= 1/limiterBurst.Seconds() {
		return 0
	}
	return early
}

// take notes that elements came.
func (l *limiter) take(now time.Duration, elements int) {
	if l.rate > 0 {
		l.next = max(l.next, now) + time.Duration(float64(elements)/l.rate*float64(time.Second))
	}
}

// set changes the rate. What has come already is paid for at the old one, but no later
// than at a second's worth of the new one.
func (l *limiter) set(now time.Duration, rate float64) {
	l.rate = rate
	l.next = min(l.next, now+time.Second)
}

// pace is the rate that options and estimates together allow.
func pace(o Options, estimate float64) float64 {
	if !o.BackPressure {
		return o.MaxRate
	}
	if estimate == 0 {
		estimate = o.InitialRate
	}
	if o.MaxRate == 0 || estimate == 0 {
		return max(o.MaxRate, estimate)
	}
	return min(o.MaxRate, estimate)
}
