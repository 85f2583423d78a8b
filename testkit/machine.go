package testkit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/internal/sim"
)

const (
	// liveness is how long the program may take to be done with its input once all
	// of it has arrived and nothing has gone wrong any more.
	liveness = 12 * Interval

	// maxPoints is how many I/O points a machine may pass in that time.
	maxPoints = 200_000

	// glance is when the oracles look, after each tick.
	glance = Interval / 4
)

// machine is one machine with its process.
type machine struct {
	*Sim
	world  *sim.World
	sites  *sim.Sites
	cancel context.CancelCauseFunc // of the process
	asked  time.Duration           // when it was told to stop; 0: not yet
}

// drive runs the machine from one glance at the oracles to the next.
func (m *machine) drive(st *state, f *finished) sim.Status {
	for {
		if err := m.feed(); err != nil {
			m.wrong("%v", err)
			return sim.Done
		}
		m.wake()
		status := m.world.Run(sim.Limit{Time: m.step(), Points: maxPoints})
		if m.violation != nil {
			f.failure = m.violation
			return status
		}
		if status == sim.Paused {
			m.replace(st)
			continue
		}
		if status == sim.Limited && m.outlived() {
			return m.bury(f)
		}
		if status != sim.Limited {
			return status
		}
		if m.now()%Interval != glance && m.world.Points() < maxPoints {
			continue // a file arrives
		}
		if m.look(st, f) {
			return status
		}
	}
}

// step is the time to the next glance or arrival.
func (m *machine) step() time.Duration {
	now := m.now()
	next := now - now%Interval + glance
	if next <= now {
		next += Interval
	}
	for _, p := range m.parts {
		if feed, ok := p.(feed); ok {
			if at, ok := feed.next(); ok {
				next = min(next, at)
			}
		}
	}
	return m.zombie.before(next) - now
}

// feed puts what has arrived on the disk.
func (m *machine) feed() error {
	for _, p := range m.parts {
		if feed, ok := p.(feed); ok {
			if err := feed.put(); err != nil {
				return err
			}
		}
	}
	return nil
}

// look asks the oracles and says whether the machine must not go on.
func (m *machine) look(st *state, f *finished) bool {
	broken, final := m.verdict()
	switch {
	case final:
		f.failure = broken
	case m.world.Points() >= maxPoints:
		f.failure = &violation{"liveness", fmt.Sprintf("%d I/O points without an end", m.world.Points())}
	case m.asked != 0 && m.now() > max(m.asked+liveness, m.deadline(st)):
		f.failure = &violation{"liveness", fmt.Sprintf("the program was told to stop and has not returned within %s; waiting: %v", m.now()-m.asked, m.world.Parked())}
	case m.asked != 0:
	case broken == nil || m.wantsStop(st):
		m.note("%v STOP", m.now())
		m.asked = m.now()
		m.cancel(nil)
	case m.now() > m.deadline(st):
		f.failure = &violation{broken.class, fmt.Sprintf("%s; nothing went wrong for %s", broken.text, m.now()-max(st.hit, m.arrived()))}
	}
	return f.failure != nil
}

func (m *machine) wantsStop(st *state) bool {
	stop := m.plan.shape.stop
	return stop > 0 && !st.stopped && m.now() > time.Duration(stop)*Interval
}

// verdict is that of all oracles. It is nil only if all of the input has arrived.
func (s *Sim) verdict() (broken *violation, final bool) {
	s.lookAround()
	for _, o := range s.oracles {
		v, final := o.check()
		if final {
			return v, true
		}
		if v != nil {
			broken = v
		}
	}
	for _, p := range s.parts {
		if p, ok := p.(settling); ok && broken == nil {
			broken = p.settled()
		}
	}
	if broken == nil && s.now() < s.arrived() {
		broken = &violation{"lost", "not all of the input has arrived"}
	}
	return broken, false
}

// arrived is when all of the input is there.
func (s *Sim) arrived() time.Duration {
	var last time.Duration
	for _, p := range s.parts {
		if in, ok := p.(arriving); ok {
			last = max(last, in.last())
		}
	}
	return last
}

func (s *Sim) deadline(st *state) time.Duration {
	calm := max(st.hit, s.arrived())
	if fired := s.world.Fired(); len(fired) > 0 {
		calm = max(calm, s.base)
		for _, f := range fired {
			calm += slowness(f)
		}
	}
	return calm + liveness
}

// slowness is how much later all may be done after a fault.
func slowness(f sim.Fault) time.Duration {
	switch f.Kind {
	case sim.Delay, sim.Stuck, sim.Pause, sim.Elect:
		return f.Delay
	case sim.Slow:
		return liveness
	}
	return 0
}

// judge says what the end of a machine means.
func (m *machine) judge(st *state, status sim.Status, f *finished) (over bool) {
	if len(m.world.Fired()) > 0 {
		st.hit = m.now()
	}
	if f.failure != nil {
		return true
	}
	switch status {
	case sim.Crashed:
		m.note("%v CRASH %v", m.now(), m.world.Fired())
		st.crashed = true
		return false
	case sim.Done:
	default:
		f.failure = &violation{"liveness", fmt.Sprintf("the program waits for ever: %v", m.world.Parked())}
		return true
	}
	_, err := m.process.Ended()
	broken, final := m.verdict()
	switch {
	case final:
		f.failure = broken
		return true
	case err != nil && !m.disturbed() && st.disk.IsDamaged():
		f.failure = m.restore(st, err)
		return f.failure != nil
	case err != nil && !m.disturbed() && m.noticed(err):
		m.note("%v LOSS FOUND %v", m.now(), err)
		m.branch(lossFound)
		st.hit = m.now()
		return false
	case err != nil && !m.disturbed():
		f.failure = &violation{"failed start", fmt.Sprintf("process %d failed though nothing was done to it: %v", st.starts, err)}
		return true
	case err != nil:
		m.note("%v FAILED %v", m.now(), err)
		st.at += time.Duration(m.plan.shape.downtime) * Interval
		return false
	}
	if leaks := m.process.Leaks(); leaks.Any() && !m.disturbed() {
		f.failure = &violation{"leak", fmt.Sprintf("the program returned and left %+v", leaks)}
		return true
	}
	m.note("%v ENDED", m.now())
	st.clean = true
	if broken == nil {
		again := (st.disk.IsDamaged() || m.contested()) && !st.reread
		st.reread = true
		return !again
	}
	if m.asked != 0 && !st.stopped {
		st.stopped = true
		return false
	}
	if m.now() > m.deadline(st) {
		f.failure = broken
		return true
	}
	st.at += Interval // a program that ends by itself is started again for what arrives
	return false
}

// disturbed says whether something happened to the process that excuses an error. What
// befalls a task does not: it is tried again.
func (m *machine) disturbed() bool {
	if m.contested() {
		return true
	}
	for _, p := range m.parts {
		if d, ok := p.(disturbing); ok && d.disturbed() {
			return true
		}
	}
	return slices.ContainsFunc(m.world.Fired(), func(f sim.Fault) bool {
		return f.Kind.Excuses() && !(m.sites.InTask(f.Site) && isError(f.Kind))
	})
}
