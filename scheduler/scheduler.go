package scheduler

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Options says how a scheduler runs. The zero value works.
type Options struct {
	Executors    int // groups of slots, each with a block store of its own; default 1
	Slots        int // tasks that run at once in each executor; default 2
	TaskAttempts int // failed attempts of one task after which the job fails; default 4
	Seed         uint64

	// Listener is told what happens, one event at a time. It must not block, and of
	// the scheduler it may call nothing that waits. Nil tells nobody. If it panics, it
	// is told nothing more, and Close returns the panic.
	Listener func(Event)
}

// validate fills in the defaults.
func (o *Options) validate() error {
	if o.Executors < 0 || o.Slots < 0 || o.TaskAttempts < 0 {
		return fmt.Errorf("scheduler options: executors %d, slots %d and task attempts %d may not be negative", o.Executors, o.Slots, o.TaskAttempts)
	}
	if o.Executors == 0 {
		o.Executors = 1
	}
	if o.Slots == 0 {
		o.Slots = 2
	}
	if o.TaskAttempts == 0 {
		o.TaskAttempts = 4
	}
	return nil
}

// Scheduler runs jobs. Its methods may be called by several activities at once.
type Scheduler struct {
	env      env.Env
	saboteur env.Saboteur // nil unless simulated
	options  Options

	nodes, shuffles atomic.Int64

	mu        sync.Mutex //det:lock guards what follows
	core      *core
	executors []*executor // by number
	closed    bool
	queue     []action // to be carried out, see driver.go
	spare     []action // a used queue, for recycling
	carrying  bool

	listenerErr error // changed by the activity that carries, which reads it without the lock
}

// New returns a scheduler whose executors wait for work. It must be closed.
func New(e env.Env, o Options) (*Scheduler, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	s := &Scheduler{env: e, options: o, core: newCore(o.TaskAttempts, o.Listener != nil)}
	s.saboteur, _ = e.(env.Saboteur)
	for range o.Executors {
		s.AddExecutor()
	}
	return s, nil
}

// NodeID returns the next unique node number.
func (s *Scheduler) NodeID() int { return int(s.nodes.Add(1)) - 1 }

// ShuffleID returns the next unique shuffle number.
func (s *Scheduler) ShuffleID() int { return int(s.shuffles.Add(1)) - 1 }

// Run runs a job and parks the caller until all wanted partitions have results.
// When ctx is done, the tasks of the job are cancelled and the error is a
// *CancelledError that unwraps to the cause of ctx. If a task fails for good, the
// error is a *TaskError. In each case no task that was started for this job alone
// runs any more when Run returns. The context of a task is refused with ErrNested.
func (s *Scheduler) Run(ctx context.Context, spec Job) error {
	if ctx.Value(taskContext{}) == s {
		return ErrNested
	}
	if err := spec.validate(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("job %s was not started: %w", spec.Name, context.Cause(ctx))
	}
	j := &job{Job: spec, ctx: ctx}
	if !s.submit(j) {
		return ErrClosed
	}
	if err := j.done.Wait(ctx, s.env); err != nil {
		s.stop(j, &CancelledError{Job: j.id, Name: j.Name, Cause: err})
		if err := j.done.Wait(context.Background(), s.env); err != nil {
			return err
		}
	}
	return j.failure()
}

// LoseExecutor closes the store of an executor: its map outputs and persisted
// blocks are gone, and what its running tasks return is refused. Jobs go on with
// the other executors and compute again what they miss; without any, they wait for
// AddExecutor. An unknown or lost executor is ignored.
func (s *Scheduler) LoseExecutor(id int) {
	s.mu.Lock()
	if id >= 0 && id < len(s.executors) {
		s.executors[id].store.close()
		s.step(executorLost{executor: id})
		s.executors[id].dismiss()
	}
	s.mu.Unlock()
	s.carry()
}

// AddExecutor adds an executor with an empty store. Its number was never used
// before. A closed scheduler adds none and returns -1.
func (s *Scheduler) AddExecutor() (id int) {
	x := s.newExecutor()
	s.mu.Lock()
	id = -1
	if s.closed {
		x.dismiss()
	} else {
		id = len(s.executors)
		s.executors = append(s.executors, x)
		s.step(executorAdded{slots: len(x.slots)})
	}
	s.mu.Unlock()
	if id < 0 {
		x.wait(s.env)
	}
	s.carry()
	return id
}

// Unpersist drops the persisted blocks of a node.
func (s *Scheduler) Unpersist(node int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.step(nodeUnpersisted{node: node})
	for _, x := range s.executors {
		x.store.unpersist(node)
	}
}

// ForgetShuffle drops the blocks of a shuffle. A job that still needs them computes
// them again.
func (s *Scheduler) ForgetShuffle(id int) {
	s.mu.Lock()
	for _, x := range s.executors {
		x.store.forget(id)
	}
	s.step(shuffleForgotten{shuffle: id})
	s.mu.Unlock()
	s.carry()
}

// Close cancels the jobs that run with ErrClosed, waits for their tasks and drops
// all blocks. Later calls wait too and return the same. It must not be called by a
// task. The error is that of a listener that panicked.
func (s *Scheduler) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		for _, j := range slices.Clone(s.core.jobs) {
			s.step(stop{job: j, err: &CancelledError{Job: j.id, Name: j.Name, Cause: ErrClosed}})
		}
		for _, x := range s.executors {
			x.dismiss()
		}
	}
	s.mu.Unlock()
	s.carry()
	for _, x := range s.executors { // none is added any more
		x.wait(s.env)
		x.store.close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listenerErr
}
