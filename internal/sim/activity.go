package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// activity is a coroutine of a process.
type activity struct {
	process *Process
	name    string
	number  int // unique in the world
	state   state
	waker   env.Waker

	// While parked: when it wakes by itself, the context that may end the wait (nil
	// if it never ends), and afterwards whether the limit passed.
	until    time.Duration
	done     context.Context
	timedOut bool

	coroutine *coroutine
	begun     bool
	killed    bool
}

type state uint8

const (
	runnable state = iota
	running
	parked
)

func (a *activity) String() string {
	return fmt.Sprintf("%s.%d/%s", a.process.name, a.process.incarnation, a.name)
}

// newActivity makes an activity that is about to run body.
func (w *World) newActivity(p *Process, name string, body func()) *activity {
	w.activity++
	a := &activity{process: p, name: name, number: w.activity}
	a.waker.Wake = a.wake
	a.coroutine = w.options.Coroutines.take(func() {
		defer a.recoverCrash()
		body()
	})
	return a
}

// resume runs the activity until it parks, gives way or ends. It returns false when it
// has ended.
func (a *activity) resume() bool {
	a.begun = true
	a.coroutine.resume()
	if a.coroutine.body != nil {
		return true
	}
	a.process.world.options.Coroutines.put(a.coroutine)
	return false
}

// kill unwinds the activity from where it is.
func (a *activity) kill() {
	if !a.begun {
		a.process.world.options.Coroutines.put(a.coroutine)
		return
	}
	a.killed = true
	a.resume()
}

// recoverCrash ends the unwinding of an activity that was killed. Whatever its
// deferred functions panic with meanwhile dies with the process.
func (a *activity) recoverCrash() {
	if !a.process.dead {
		return
	}
	_ = recover()
}

// pause gives control back to the loop, which resumes the activity later. If the
// process is killed meanwhile, the activity unwinds from here.
func (a *activity) pause() {
	if a.coroutine.yield(struct{}{}); a.killed {
		panic(env.Crash{})
	}
}

// wake makes a parked activity runnable.
func (a *activity) wake() {
	if a.state != parked || a.process.dead {
		return
	}
	for i, other := range a.process.world.parked {
		if other == a {
			a.process.world.unpark(i)
			return
		}
	}
}
