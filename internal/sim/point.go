package sim

import (
	"context"
	"io/fs"
	"runtime/debug"
	"slices"
)

// Point is an I/O point that was reached.
type Point struct {
	Process    *Process
	Activity   string
	Site       string
	Path       string // of the operation
	Occurrence int    // of the site in the process, from 1
	Number     int    // of the point in the process, from 1

	operation operation
	incidents []Kind // of what is called
}

// Fault addresses a fault at this point.
func (p Point) Fault(k Kind) Fault {
	return Fault{Kind: k, Incarnation: p.Process.incarnation, Site: p.Site, Occurrence: p.Occurrence}
}

// IsAppend says whether the operation at the point appends to a file, which Flip,
// LoseWrite and Misdirect can corrupt.
func (p Point) IsAppend() bool {
	return p.operation == opAppend && !p.Process.world.spares(p.Path)
}

func (w *World) spares(name string) bool { return w.options.Spare != nil && w.options.Spare(name) }

// Errors lists the errors that the operation at the point can have: Fail, FailAfter,
// NoSpace, NoFiles and Short as far as they apply, and what can happen to the thing that
// is called. NoSpace and NoFiles do what Fail does, with an error that says more.
func (p Point) Errors() []Kind { return slices.Concat(p.operation.kinds(), p.incidents) }

// reached is what an operation has to know about its point.
type reached struct {
	activity *activity
	fault    *Fault // an error to report, or nil
}

// fails says whether the operation is not to be carried out at all.
func (r reached) fails() bool {
	if r.fault == nil {
		return false
	}
	switch r.fault.Kind {
	case Fail, NoSpace, NoFiles:
		return true
	}
	return false
}

// failsAfter says whether the operation is carried out and reports an error.
func (r reached) failsAfter() bool { return r.fault != nil && r.fault.Kind == FailAfter }

// isShort says whether only a part is to be done.
func (r reached) isShort() bool { return r.fault != nil && r.fault.Kind == Short }

// at is an I/O point: the moment before an operation on a path. The loop may run
// other activities here; a fault may hit. The value becomes part of the trace.
func (p *Process) at(op operation, path string, value uint64) reached {
	return p.reach(context.Background(), op, path, value, nil)
}

// atIn is at for an operation that ctx ends, and with it the delay of a fault.
func (p *Process) atIn(ctx context.Context, op operation, path string, value uint64) reached {
	return p.reach(ctx, op, path, value, nil)
}

func (p *Process) reach(ctx context.Context, op operation, path string, value uint64, incidents []Kind) reached {
	p.check()
	w := p.world
	a := w.current
	if a == nil || a.process != p {
		panic("sim: " + operationNames[op] + " " + path + " by code that is no activity of process " + p.name)
	}
	if w.budget > 0 && w.points >= w.budget {
		w.goOnLater(a)
	} else if op != opYield && len(w.runnable) > 0 {
		w.maySwitch(a)
	}
	if op == opPark || op == opYield {
		path = a.name
	}
	s := w.sites.of(op, path)
	for s.index >= len(p.counts) {
		p.counts = append(p.counts, 0)
	}
	p.counts[s.index]++
	p.points++
	w.points++
	r := reached{activity: a}
	occurrence := int(p.counts[s.index])
	w.trace.add(event{mono: w.mono, activity: a, site: s, occurrence: occurrence, value: value})
	if w.points == w.options.StackAt {
		w.stack = debug.Stack()
	}
	if w.options.Observe != nil {
		w.options.Observe(Point{p, a.name, s.name, path, occurrence, p.points, op, incidents})
	}
	for i := range p.faults {
		f := &p.faults[i]
		if f.Site == s.name && f.Occurrence == occurrence || f.Site == "" && f.Occurrence == p.points {
			p.strike(ctx, a, s, path, occurrence, f, incidents, &r)
		}
	}
	return r
}

// maySwitch lets the chooser run another activity first. Option 0 goes on with a.
func (w *World) maySwitch(a *activity) {
	i := w.schedule("switch", a)
	if i == 0 {
		return
	}
	w.successor = w.runnable[i-1]
	w.runnable = slices.Delete(w.runnable, i-1, i)
	w.enqueue(a)
	a.pause()
}

// goOnLater gives control to the loop for Run to return; a is the first in the
// queue of the next Run.
func (w *World) goOnLater(a *activity) {
	a.state = runnable
	w.runnable = slices.Insert(w.runnable, 0, a)
	a.pause()
}

// strike carries out a fault, or leaves the error to the operation.
func (p *Process) strike(ctx context.Context, a *activity, s *site, path string, occurrence int, f *Fault, incidents []Kind, r *reached) {
	w := p.world
	hit := *f
	hit.Incarnation, hit.Site, hit.Occurrence = p.incarnation, s.name, occurrence
	switch f.Kind {
	case Crash, Kill, Pause:
		w.halt = &hit
	case Delay:
	case Full:
		w.full = p.ail(*f)
	case Stuck:
		w.stuck = p.ail(*f)
	case Slow:
		p.slow = f.Delay
	case Jump:
		w.JumpClock(f.Delay)
	case Flip, LoseWrite, Misdirect:
		if s.operation != opAppend || w.spares(path) {
			return
		}
		r.fault = f
	default:
		if !slices.Contains(s.operation.kinds(), f.Kind) && !slices.Contains(incidents, f.Kind) {
			return
		}
		r.fault = f
	}
	w.fired = append(w.fired, hit)
	w.trace.strike(hit)
	switch f.Kind {
	case Crash, Kill, Pause:
		w.goOnLater(a)
	case Delay:
		a.until = w.mono + f.Delay
		p.park(ctx, a)
	}
}

// Call is an I/O point of a simulated source or sink, called by the process that
// runs now: site is its name in faults, and apply what it does. An error fault
// comes instead of apply or after it.
func (w *World) Call(site string, apply func() error) error {
	return w.CallOutside(site, Incidents{}, apply)
}

// Incidents are what can happen to a simulated source or sink when it is called: of the
// kinds Elect, Expire and TimeOut. Befall carries one out before the call is made.
type Incidents struct {
	Kinds  []Kind
	Befall func(Fault)
}

// CallOutside is a Call of something that incidents can befall.
func (w *World) CallOutside(site string, incidents Incidents, apply func() error) error {
	if w.current == nil {
		panic("sim: call of " + site + " by code that is no activity")
	}
	r := w.current.process.reach(context.Background(), opCall, site, 0, incidents.Kinds)
	if r.fault != nil && slices.Contains(incidents.Kinds, r.fault.Kind) {
		incidents.Befall(*r.fault)
	}
	if r.fails() {
		return &fs.PathError{Op: "call", Path: site, Err: r.fault.Kind.err()}
	}
	if err := apply(); err != nil {
		return err
	}
	if r.failsAfter() {
		return &fs.PathError{Op: "call", Path: site, Err: r.fault.Kind.err()}
	}
	return nil
}

// Point is a Call that does nothing.
func (w *World) Point(site string) error { return w.Call(site, func() error { return nil }) }
