package sim

import (
	"fmt"
	"io/fs"

	"github.com/tidewheel/tidewheel/internal/env"
)

var _ env.Saboteur = (*Process)(nil)

// Sabotage implements env.Saboteur: an I/O point at which a task can fail, panic or
// lose its executor.
func (p *Process) Sabotage(site string) error {
	r := p.at(opTask, site, 0)
	if r.fault == nil {
		return nil
	}
	switch r.fault.Kind {
	case Panic:
		panic(fmt.Sprintf("a panic at %s, made by the simulation", site))
	case Lose:
		return env.ErrExecutorLost
	}
	return &fs.PathError{Op: "task", Path: site, Err: r.fault.Kind.err()}
}

// Fetch is an I/O point in a task that reads a simulated source: the read can fail
// or panic. site is its name in faults.
func (w *World) Fetch(site string) error {
	if w.current == nil {
		panic("sim: fetch of " + site + " by code that is no activity")
	}
	r := w.current.process.at(opFetch, site, 0)
	if r.fault == nil {
		return nil
	}
	if r.fault.Kind == Panic {
		panic(fmt.Sprintf("a panic at %s, made by the simulation", site))
	}
	return &fs.PathError{Op: "fetch", Path: site, Err: r.fault.Kind.err()}
}

// InTask says whether the point is one of a task, which is tried again when it fails.
func (p Point) InTask() bool { return p.operation == opTask || p.operation == opFetch }

// IsCall says whether the point is a call of something simulated outside the process.
func (p Point) IsCall() bool { return p.operation == opCall }

// Sites are the names of points of the world.
func (w *World) Sites() *Sites { return w.sites }

// InTask says whether the site is a point of tasks.
func (s *Sites) InTask(name string) bool {
	known := s.byName[name]
	return known != nil && (known.operation == opTask || known.operation == opFetch)
}
