package clocked

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Env is an Env whose time is that of a clock.
type Env struct {
	env.Env
	clock      clock.Clock
	start      time.Time
	concurrent bool // whether the clock may call back

	mu      sync.Mutex //det:lock what follows; the clock's methods called under it do not wait
	mono    time.Duration
	timers  []*timer // of timed Parks, by deadline
	noticed int      // timers that have fired and whose Park has not returned
	loops   []*Loop  // that have not ended
	changed *env.Latch

	alarm  *clock.Timer // calls ring when the first of timers is due
	rings  time.Time    // when alarm does so
	alarms int          // counts alarms, so that one which was stopped too late is known
}

// timer is a timed Park.
type timer struct {
	deadline time.Time
	passed   env.Latch
	fired    bool
	loop     *Loop // whose Park it is, if it is a loop's
}

// New returns e with the time of c.
func New(e env.Env, c clock.Clock) *Env {
	return &Env{Env: e, clock: c, start: c.Now(), concurrent: env.Concurrent(e)}
}

// Unwrap returns the Env that e wraps.
func (e *Env) Unwrap() env.Env { return e.Env }

// Now is the clock's.
func (e *Env) Now() time.Time { return e.clock.Now() }

// Mono is the time that the clock has shown since New. A clock that is set back
// stops it.
func (e *Env) Mono() time.Duration {
	since := e.clock.Now().Sub(e.start)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mono = max(e.mono, since)
	return e.mono
}

// Park implements env.Env: limit passes by the clock.
func (e *Env) Park(ctx context.Context, limit time.Duration, on ...env.Waitable) error {
	return e.park(ctx, limit, on, nil)
}

// park parks with a timer of the clock; loop, if there is one, is armed last.
func (e *Env) park(ctx context.Context, limit time.Duration, on []env.Waitable, loop *idle) error {
	on = slices.Clip(on)
	if limit > 0 && limit < env.Forever {
		t := e.set(limit, loop)
		defer e.unset(t)
		on, limit = append(on, &t.passed), env.Forever
	}
	if loop != nil {
		on = append(on, loop)
	}
	return e.Env.Park(ctx, limit, on...)
}

// set adds a timer.
func (e *Env) set(limit time.Duration, by *idle) *timer {
	t := &timer{deadline: e.clock.Now().Add(limit)}
	if by != nil {
		t.loop = by.loop
	}
	e.mu.Lock()
	at, _ := slices.BinarySearchFunc(e.timers, t, func(a, b *timer) int {
		if a.deadline.After(b.deadline) {
			return 1
		}
		return -1 // behind those of the same moment
	})
	e.timers = slices.Insert(e.timers, at, t)
	e.setAlarm()
	e.mu.Unlock()
	if !e.clock.Now().Before(t.deadline) { // it came while the alarm was set
		e.fire()
	}
	return t
}

// unset forgets a timer whose Park returns.
func (e *Env) unset(t *timer) {
	e.mu.Lock()
	if t.fired {
		e.noticed--
	} else {
		e.timers = slices.DeleteFunc(e.timers, func(other *timer) bool { return other == t })
		e.setAlarm()
	}
	changed := e.change()
	e.mu.Unlock()
	set(changed)
}

// setAlarm has the clock call when the first timer is due. The caller holds mu.
func (e *Env) setAlarm() {
	if !e.concurrent || e.alarm != nil && len(e.timers) > 0 && e.rings.Equal(e.timers[0].deadline) {
		return
	}
	if e.alarm != nil {
		e.alarm.Stop()
		e.alarm = nil
	}
	for len(e.timers) > 0 {
		e.alarms++
		alarm, now := e.alarms, e.clock.Now()
		e.rings = e.timers[0].deadline
		e.alarm = e.clock.AfterFunc(e.rings.Sub(now), func() { e.ring(alarm) })
		if e.clock.Now().Sub(now) < time.Millisecond {
			return
		}
		e.alarm.Stop() // a mock clock was moved meanwhile: the alarm would be late
	}
}

// ring is called by the clock.
func (e *Env) ring(alarm int) {
	e.mu.Lock()
	if alarm == e.alarms {
		e.alarm = nil
	}
	e.mu.Unlock()
	e.fire()
}

// fire wakes the timed Parks that are due.
func (e *Env) fire() {
	now := e.clock.Now()
	var due []*timer
	e.mu.Lock()
	for len(e.timers) > 0 && !e.timers[0].deadline.After(now) {
		t := e.timers[0]
		e.timers = e.timers[1:]
		t.fired = true
		e.noticed++
		if t.loop != nil {
			t.loop.idle = false
		}
		due = append(due, t)
	}
	e.setAlarm()
	e.mu.Unlock()
	for _, t := range due {
		t.passed.Set()
	}
}

// change returns the latch of those who wait for a change, to be set once mu is free;
// nil if nobody waits. The caller holds mu.
func (e *Env) change() *env.Latch {
	changed := e.changed
	e.changed = nil
	return changed
}

func set(latch *env.Latch) {
	if latch != nil {
		latch.Set()
	}
}
