package testkit

import (
	"time"

	"github.com/benbjohnson/clock"
)

// FakeClock returns a clock that shows the time of the simulated world, its jumps
// included, for code of the program that asks a clock.Clock for the time. Its timers
// fire as time passes, but on goroutines of their own, and waiting for one stops the
// simulation: only what asks for the time belongs into a simulation. Process.Options
// and Process.Session have the simulated time already; a session that is opened with this
// clock needs a Settle when time has passed.
//
// The clock sleeps a millisecond whenever time moves. In a bubble of testing/synctest
// around the whole test that takes no time.
func (p *Process) FakeClock() *clock.Mock {
	mock := clock.NewMock()
	mock.Set(p.env.Now())
	p.sim.clocks = append(p.sim.clocks, mock)
	return mock
}

// tellTime sets the clocks of the processes that run.
func (s *Sim) tellTime(now time.Time) {
	for _, mock := range s.clocks {
		mock.Set(now)
	}
}
