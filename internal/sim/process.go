package sim

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Process is a simulated process: the Env of its activities. When it is killed,
// each activity unwinds from where it is with a panic of env.Crash, and every
// call of the Env panics so again: deferred code cannot touch the world.
type Process struct {
	world       *World
	name        string
	incarnation int
	main        *env.Proc
	first       *activity // that of main
	activities  []*activity
	held        []*activity // runnable, but for the pause
	dead        bool
	paused      bool

	faults []Fault       // to come
	slow   time.Duration // that each operation of the disk takes
	counts []int32       // points by site
	points int

	files     []*openFile
	conns     []*conn
	listeners []*listener
	leaks     Leaks
}

var _ env.Env = (*Process)(nil)

// Name returns the name that the process was started with.
func (p *Process) Name() string { return p.name }

// Incarnation is the number of the process by order of World.Start, from 1.
func (p *Process) Incarnation() int { return p.incarnation }

// Points is the number of its I/O points so far.
func (p *Process) Points() int { return p.points }

// Ended says whether main has returned, and with which error. A process that was
// killed has not ended.
func (p *Process) Ended() (bool, error) {
	if !p.main.Done().IsSet() {
		return false, nil
	}
	return true, p.main.Wait(context.Background(), p)
}

func (p *Process) isAlive() bool { return !p.dead }

// Leaks is what a process still had when its main function returned.
type Leaks struct{ Activities, Files, Locks, Connections, Listeners []string }

// Any says whether there was something.
func (l Leaks) Any() bool {
	return len(l.Activities)+len(l.Files)+len(l.Locks)+len(l.Connections)+len(l.Listeners) > 0
}

// Leaks returns what was left when main returned.
func (p *Process) Leaks() Leaks { return p.leaks }

func (p *Process) findLeaks() Leaks {
	var leaks Leaks
	for _, a := range p.activities {
		leaks.Activities = append(leaks.Activities, a.name)
	}
	for _, f := range p.files {
		leaks.Files = append(leaks.Files, f.name)
	}
	for _, l := range p.world.locks {
		if l.owner == p {
			leaks.Locks = append(leaks.Locks, l.name)
		}
	}
	slices.Sort(leaks.Locks)
	for _, c := range p.conns {
		leaks.Connections = append(leaks.Connections, c.at.name)
	}
	for _, l := range p.listeners {
		leaks.Listeners = append(leaks.Listeners, l.at.name)
	}
	return leaks
}

// Kill ends the process where it is, as SIGKILL does: what it wrote stays visible
// on the disk. It must not be called by an activity. Killing a process that has
// ended does nothing.
func (p *Process) Kill() {
	if !p.dead {
		p.end()
	}
}

// end unwinds all activities and frees what the process held.
func (p *Process) end() {
	w := p.world
	p.dead = true
	isOurs := func(a *activity) bool { return a.process == p }
	w.runnable = slices.DeleteFunc(w.runnable, isOurs)
	w.parked = slices.DeleteFunc(w.parked, func(a *activity) bool {
		if isOurs(a) && a.done != nil {
			w.cancels--
		}
		return isOurs(a)
	})
	for _, a := range p.activities {
		a.kill()
	}
	p.activities, p.held, p.files = nil, nil, nil
	w.recoverFrom(p)
	for id, l := range w.locks {
		if l.owner == p {
			delete(w.locks, id)
		}
	}
	for _, l := range slices.Clone(p.listeners) {
		l.close()
	}
	for _, c := range slices.Clone(p.conns) {
		c.close()
	}
}

// Pause stops the process until Resume, as SIGSTOP does: it keeps files and
// locks, and time passes. It must not be called by an activity.
func (p *Process) Pause() {
	p.paused = true
	w := p.world
	w.runnable = slices.DeleteFunc(w.runnable, func(a *activity) bool {
		if a.process == p {
			p.held = append(p.held, a)
		}
		return a.process == p
	})
}

// Resume lets a paused process go on.
func (p *Process) Resume() {
	p.paused = false
	p.world.runnable = append(p.world.runnable, p.held...)
	p.held = nil
}

// Now is the world's wall clock.
func (p *Process) Now() time.Time {
	p.check()
	return p.world.Now()
}

// Mono is the world's virtual time.
func (p *Process) Mono() time.Duration {
	p.check()
	return p.world.mono
}

// FS is the file system on the world's disk.
func (p *Process) FS() env.FS { return fileSystem{p.world, p} }

// Rand returns a stream that depends on the world's seed, the incarnation and the
// name.
func (p *Process) Rand(stream string) *rand.Rand {
	p.check()
	return env.Stream(p.world.options.Seed, strconv.Itoa(p.incarnation)+"/"+stream)
}

// Spawn starts an activity, which first runs when the loop comes to it.
func (p *Process) Spawn(name string, f func() error) *env.Proc {
	p.check()
	w := p.world
	proc := &env.Proc{Name: name}
	a := w.newActivity(p, name, func() { proc.Run(f) })
	if p.first == nil {
		p.first = a
	}
	p.activities = append(p.activities, a)
	w.enqueue(a)
	return proc
}

// Park gives control to the loop until the activity may go on.
func (p *Process) Park(ctx context.Context, limit time.Duration, on ...env.Waitable) error {
	w := p.world
	a := p.at(opPark, "", 0).activity
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if limit <= 0 {
		return nil
	}
	for i, waitable := range on {
		if waitable.Arm(&a.waker) {
			disarm(a, on[:i])
			return nil
		}
	}
	defer disarm(a, on)
	a.until = env.Forever
	if limit < env.Forever-w.mono {
		a.until = w.mono + limit
	}
	p.park(ctx, a)
	return context.Cause(ctx)
}

func disarm(a *activity, on []env.Waitable) {
	for _, waitable := range on {
		waitable.Disarm(&a.waker)
	}
}

// park waits until a is woken, a.until has come or ctx is done.
func (p *Process) park(ctx context.Context, a *activity) {
	w := p.world
	a.state, a.done, a.timedOut = parked, nil, false
	if ctx.Done() != nil {
		a.done = ctx
		w.cancels++
	}
	w.parked = append(w.parked, a)
	a.pause()
}

// Yield lets the other runnable activities run first.
func (p *Process) Yield() {
	w := p.world
	a := p.at(opYield, "", 0).activity
	if s, ok := w.chooser.(Scheduler); ok {
		s.Yielded(a.number)
	}
	if len(w.runnable) > 0 {
		p.giveWay(a)
	}
}

// giveWay puts a running activity at the end of the queue.
func (p *Process) giveWay(a *activity) {
	p.world.enqueue(a)
	a.pause()
}

// Probe folds the value into the trace.
func (p *Process) Probe(site string, value uint64) { p.at(opProbe, site, value) }

// Buggify says true for a quarter of the calls at a site that is active.
func (p *Process) Buggify(site string) bool {
	p.check()
	return p.world.buggify.fires(site)
}

// check unwinds the caller if the process is dead.
func (p *Process) check() {
	if p.dead {
		panic(env.Crash{})
	}
}
