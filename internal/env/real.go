package env

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

// Real returns the Env of the operating system: goroutines, the system's clocks
// and its files. Its random streams start from a seed drawn anew.
func Real() Env {
	return &real{
		start:    time.Now(),
		seed:     rand.Uint64(),
		parkings: sync.Pool{New: func() any { return newParking() }},
	}
}

// Wrapper is an Env that changes part of another one.
type Wrapper interface {
	Env
	Unwrap() Env
}

// Concurrent says whether the activities of e are goroutines, which run at the same
// time and which code outside may wake: true for Real, false in simulation.
func Concurrent(e Env) bool {
	for {
		wrapper, ok := e.(Wrapper)
		if !ok {
			_, isReal := e.(*real)
			return isReal
		}
		e = wrapper.Unwrap()
	}
}

// Processors is how many activities can run at once: what Go uses of the machine,
// or two where the Env is simulated.
func Processors(e Env) int {
	if Concurrent(e) {
		return runtime.GOMAXPROCS(0)
	}
	return 2
}

// real keeps its parkings itself: a channel made in a bubble of testing/synctest
// must not be used outside of it, so no package variable may hold one.
type real struct {
	start    time.Time
	seed     uint64
	parkings sync.Pool
}

func (*real) Now() time.Time                  { return time.Now() }
func (r *real) Mono() time.Duration           { return time.Since(r.start) }
func (*real) FS() FS                          { return osFS{} }
func (*real) Net() Net                        { return osNet{} }
func (*real) Yield()                          {}
func (*real) Probe(site string, value uint64) {}
func (*real) Buggify(site string) bool        { return false }

func (r *real) Rand(stream string) *rand.Rand {
	return Stream(r.seed, stream)
}

// Stream returns the generator of a named sub-stream of a seed.
func Stream(seed uint64, stream string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(stream))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

func (*real) Spawn(name string, f func() error) *Proc {
	p := &Proc{Name: name}
	go p.Run(f)
	return p
}

// parking is what one Park needs; it is recycled.
type parking struct {
	woken chan struct{}
	waker Waker
	timer *time.Timer
}

func newParking() *parking {
	p := &parking{woken: make(chan struct{}, 1), timer: time.NewTimer(time.Hour)}
	p.timer.Stop()
	p.waker.Wake = func() {
		select {
		case p.woken <- struct{}{}:
		default:
		}
	}
	return p
}

func (r *real) Park(ctx context.Context, limit time.Duration, on ...Waitable) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if limit <= 0 {
		return nil
	}
	p := r.parkings.Get().(*parking)
	defer r.release(p, on)
	for _, waitable := range on {
		if waitable.Arm(&p.waker) {
			return nil
		}
	}
	var passed <-chan time.Time
	if limit != Forever {
		p.timer.Reset(limit)
		passed = p.timer.C
	}
	select {
	case <-p.woken:
	case <-passed:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// release keeps p for the next Park. A waker taken from its Waitable but not yet called may
// still wake the next Park that uses p, which is one more spurious wake-up.
func (r *real) release(p *parking, on []Waitable) {
	for _, waitable := range on {
		waitable.Disarm(&p.waker)
	}
	p.timer.Stop()
	select {
	case <-p.woken:
	default:
	}
	r.parkings.Put(p)
}
