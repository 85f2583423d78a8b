package clocked

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Loop is an activity for which Settle waits, such as the one that runs the batches
// of a stream. Park and End are for that activity.
type Loop struct {
	env   env.Env
	clock *Env // nil: the Env follows no clock, and the Loop adds nothing to it
	idle  bool // guarded by clock.mu
}

// NewLoop adds a loop to those of e, which may be any Env. It counts as busy until
// its first Park. Whoever makes it before the activity is spawned can be sure that
// Settle waits for it.
func NewLoop(e env.Env) *Loop {
	l := &Loop{env: e}
	l.clock, _ = e.(*Env)
	if l.clock != nil {
		l.clock.mu.Lock()
		l.clock.loops = append(l.clock.loops, l)
		l.clock.mu.Unlock()
	}
	return l
}

// Park is Park of the Env, called when the loop has nothing to do until one of on is
// ready or limit has passed.
func (l *Loop) Park(ctx context.Context, limit time.Duration, on ...env.Waitable) error {
	if l.clock == nil {
		return l.env.Park(ctx, limit, on...)
	}
	mark := &idle{loop: l}
	watched := make([]env.Waitable, len(on), len(on)+2)
	for i, waitable := range on {
		watched[i] = &watch{Waitable: waitable, mark: mark}
	}
	defer mark.end()
	return l.clock.park(ctx, limit, watched, mark)
}

// End says that Settle need not wait for the loop any more. It may be called more
// than once.
func (l *Loop) End() {
	if l.clock == nil {
		return
	}
	l.clock.mu.Lock()
	l.clock.loops = slices.DeleteFunc(l.clock.loops, func(other *Loop) bool { return other == l })
	changed := l.clock.change()
	l.clock.mu.Unlock()
	set(changed)
}

// idle marks a loop as idle during a Park. It is armed as the last of what the Park
// waits for, and so only if nothing else was ready.
type idle struct {
	loop  *Loop
	woken bool // guarded by clock.mu
}

// Arm implements env.Waitable; it is never ready.
func (i *idle) Arm(*env.Waker) bool {
	c := i.loop.clock
	c.mu.Lock()
	i.loop.idle = !i.woken
	changed := c.change()
	c.mu.Unlock()
	set(changed)
	return false
}

// Disarm implements env.Waitable.
func (i *idle) Disarm(*env.Waker) {}

// end marks the loop as busy.
func (i *idle) end() {
	c := i.loop.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	i.woken, i.loop.idle = true, false
}

// watch marks the loop as busy when what it waits for becomes ready, before the
// loop runs.
type watch struct {
	env.Waitable
	mark  *idle
	waker env.Waker
}

// Arm implements env.Waitable.
func (w *watch) Arm(waker *env.Waker) bool {
	w.waker.Wake = func() {
		w.mark.end()
		waker.Wake()
	}
	return w.Waitable.Arm(&w.waker)
}

// Disarm implements env.Waitable.
func (w *watch) Disarm(*env.Waker) { w.Waitable.Disarm(&w.waker) }

// ErrNoMock is returned by Settle if time does not stand still.
var ErrNoMock = errors.New("only a session whose Options.Clock is a *clock.Mock can settle: with any other clock time goes on, and more is always about to fall due")

// Settle waits until all that is due at the present time of e's mock clock has been
// done: every timed Park whose limit has passed has returned, and every loop is
// idle. It returns the cause of ctx if that is done first, which is the way out if a
// loop itself waits for the clock to be moved.
func Settle(ctx context.Context, e env.Env) error {
	c, ok := e.(*Env)
	if ok {
		_, ok = c.clock.(*clock.Mock)
	}
	if !ok {
		return ErrNoMock
	}
	for {
		c.fire()
		changed := c.unsettled()
		if changed == nil {
			return nil
		}
		if err := changed.Wait(ctx, c.Env); err != nil {
			return err
		}
	}
}

// unsettled returns a latch that is set at the next change, or nil if nothing is left
// to do.
func (e *Env) unsettled() *env.Latch {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.noticed == 0 && !slices.ContainsFunc(e.loops, func(l *Loop) bool { return !l.idle }) {
		return nil
	}
	if e.changed == nil {
		e.changed = new(env.Latch)
	}
	return e.changed
}
