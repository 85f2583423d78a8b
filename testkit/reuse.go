package testkit

import (
	"sync"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// reuse is what runs that are made one after another share, so that each begins faster.
// It changes nothing about them.
type reuse struct {
	sites      *sim.Sites
	coroutines *sim.Coroutines // nil outside of start and stop
}

func newReuse() *reuse {
	ballast()
	return &reuse{sites: sim.NewSites()}
}

// start begins a series of runs. It ends with stop, which leaves no coroutine.
func (r *reuse) start() (stop func()) {
	if r.coroutines != nil {
		return func() {} // within another one
	}
	r.coroutines = new(sim.Coroutines)
	return func() {
		r.coroutines.Close()
		r.coroutines = nil
	}
}

// ballast is memory that is never touched, and so takes none. A run leaves a lot of
// garbage and keeps nothing: with a heap as small as that, a third of the time would
// go into collections.
var ballast = sync.OnceValue(func() []byte { return make([]byte, 64<<20) })
