package testkit

import (
	"fmt"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// state is what outlasts a machine.
type state struct {
	disk    *sim.Disk
	at      time.Duration // since the world began
	starts  int           // processes started so far
	stopped bool          // by wish, once
	clean   bool          // the last process ended by wish
	crashed bool          // the last process was killed, with its machine or alone
	reread  bool          // a process was started once more, when all was done, to see that it can be
	hit     time.Duration // when something last went wrong
	trace   uint64
	parts   []any
}

// begin is the state of a world in which nothing has happened.
func (s *Sim) begin() *state {
	st := &state{disk: sim.NewDisk(sim.Profile(s.plan.shape.profile))}
	s.save(st)
	return st
}

func (s *Sim) save(st *state) {
	st.parts = make([]any, len(s.parts))
	for i, p := range s.parts {
		st.parts[i] = p.save()
	}
}

// clone returns the state in which a crash would leave the world now, but for the
// disk's outcome.
func (s *Sim) clone(st *state) *state {
	c := *st
	c.disk, c.at, c.hit = s.world.Disk().Clone(), s.now(), s.now()
	s.save(&c)
	return &c
}

// hash covers all that the future of a state depends on.
func (s *Sim) hash(st *state) uint64 {
	h := xxhash.New()
	fmt.Fprint(h, st.disk.Hash(), st.at, st.stopped, st.reread, s.plan.shape)
	for i, p := range s.parts {
		p.load(st.parts[i])
		p.hash(h)
	}
	return h.Sum64()
}
