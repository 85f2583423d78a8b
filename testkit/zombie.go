package testkit

import (
	"context"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// zombie is a process that was stopped for so long that another has taken its place,
// and that then goes on, on a disk that both share. One of the two is fenced; it may fail.
type zombie struct {
	process *sim.Process
	cancel  context.CancelCauseFunc
	number  int
	until   time.Duration // when it goes on; 0 when it has
}

// replace starts a process in the place of the one that was just stopped.
func (m *machine) replace(st *state) {
	fired := m.world.Fired()
	m.zombie = &zombie{m.process, m.cancel, st.starts, m.now() + fired[len(fired)-1].Delay}
	m.note("%v STOPPED %d", m.now(), st.starts)
	st.starts++
	m.start(st)
}

// before is when the zombie goes on, if that is before another moment.
func (z *zombie) before(next time.Duration) time.Duration {
	if z == nil || z.until == 0 {
		return next
	}
	return min(next, z.until)
}

// wake lets the zombie go on when it is time.
func (m *machine) wake() {
	if z := m.zombie; z != nil && z.until > 0 && m.now() >= z.until {
		m.resume(z)
	}
}

func (m *machine) resume(z *zombie) {
	m.note("%v GOES ON %d", m.now(), z.number)
	z.until = 0
	z.process.Resume()
}

// outlived says whether the process has ended and the zombie has not.
func (m *machine) outlived() bool {
	if m.zombie == nil {
		return false
	}
	ended, _ := m.process.Ended()
	return ended
}

// bury lets the zombie do what it still does.
func (m *machine) bury(f *finished) sim.Status {
	if m.zombie.until > 0 {
		m.resume(m.zombie)
	}
	m.zombie.cancel(nil)
	status := m.world.Run(sim.Limit{Time: liveness, Points: maxPoints})
	switch {
	case m.violation != nil:
		f.failure = m.violation
	case status == sim.Limited:
		f.failure = &violation{"liveness", fmt.Sprintf("process %d was stopped for a while, replaced and told to stop, and has not returned within %s; waiting: %v", m.zombie.number, liveness, m.world.Parked())}
	}
	return status
}

// contested says whether two processes run at once. Which of them counts is settled by
// the log: a process that was stopped before it had claimed its epoch takes over again.
func (s *Sim) contested() bool { return s.zombie != nil }
