package testkit

import (
	"context"
	"errors"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/structured"
)

// Process is a simulated process of the program. It is for the function given to
// [Sim.App], until that returns.
type Process struct {
	sim     *Sim
	env     env.Env
	ctx     context.Context
	rdd     *rdd.Session
	session *structured.Session
}

// Context ends when the program is to stop.
func (p *Process) Context() context.Context { return p.ctx }

// FS is the simulated disk, for files that the program itself writes and reads. As on
// a real one, a file lasts once it and its directory are synced.
func (p *Process) FS() env.FS { return p.env.FS() }

// Options returns the options of a stream in the simulated world whose progress is in
// a directory of the simulated disk. Env, Interval, Checkpoint and
// Parallelism are set; Env and Interval must stay.
func (p *Process) Options(checkpoint string) dstream.Options {
	return dstream.Options{
		Env:         p.env,
		Interval:    Interval,
		Checkpoint:  checkpoint,
		Parallelism: p.parallelism(),
	}
}

// parallelism may be another one after a restart.
func (p *Process) parallelism() int {
	shape := p.sim.plan.shape
	if p.sim.starts > 1 && shape.later > 0 {
		return shape.later
	}
	return shape.parallelism
}

// RDD returns a session for collections in the simulated world. It is closed when
// the program returns.
func (p *Process) RDD() *rdd.Session {
	if p.rdd == nil {
		s, err := rdd.Open(rdd.Options{Env: p.env, Parallelism: p.parallelism()})
		if err != nil {
			panic(err) // becomes the error of the process
		}
		p.rdd = s
	}
	return p.rdd
}

// Session returns a session for queries in the simulated world. It is closed when
// the program returns. Queries keep their progress in directories of the simulated
// disk; a trigger such as structured.Every(testkit.Interval) spares the simulation
// the polling.
func (p *Process) Session() *structured.Session {
	if p.session == nil {
		s, err := structured.Open(structured.Options{RDD: p.RDD(), Partitions: p.parallelism()})
		if err != nil {
			panic(err) // becomes the error of the process
		}
		p.session = s
	}
	return p.session
}

// run is the main function of the process.
func (p *Process) run() error {
	err := p.sim.app(p)
	err = errors.Join(err, p.close())
	p.sim.probe("end", 0) // so that a crash after everything is tried too
	return err
}

func (p *Process) close() error {
	var errs []error
	if p.session != nil {
		errs = append(errs, p.session.Close())
	}
	if p.rdd != nil {
		errs = append(errs, p.rdd.Close())
	}
	return errors.Join(errs...)
}
