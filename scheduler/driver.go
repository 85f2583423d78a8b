package scheduler

import (
	"fmt"

	"github.com/tidewheel/tidewheel/internal/env"
)

// No activity of its own drives the core. Whoever has news for it (a submitter, a
// worker whose task has returned, a caller of LoseExecutor) steps it and sees to
// the actions, under two rules:
//
//   - What must happen at once happens under the lock that guards the core, and
//     only changes memory: tasks go to the mailboxes of their slots, running ones
//     are told to stop, blocks go to their store. So a block is in its store before
//     any task is launched that reads it.
//   - What calls a user's function or wakes a submitter goes to a queue, which one
//     activity at a time empties, in order and outside the lock. Whoever finds
//     another one at it leaves it his actions. So results and events come one at a
//     time and in the core's order, and a job's end after its last result.

// step steps the core. The caller holds the lock, and calls carry after it.
func (s *Scheduler) step(in input) {
	for _, a := range s.core.step(in) {
		switch a.kind {
		case launch:
			a.task.scheduler = s
			s.executors[a.task.executor].slots[a.task.slot].Put(a.task)
		case store:
			s.executors[a.task.executor].store.putOutput(a.task, a.value.([]any))
		case refuse:
			a.task.stop(a.task.refused)
			s.queue = append(s.queue, a)
		default:
			s.queue = append(s.queue, a)
		}
	}
}

// carry empties the queue, unless another activity does.
func (s *Scheduler) carry() {
	s.mu.Lock()
	if s.carrying {
		s.mu.Unlock()
		return
	}
	s.carrying = true
	for len(s.queue) > 0 {
		queue := s.queue
		s.queue = s.spare
		s.mu.Unlock()
		for _, a := range queue {
			s.carryOut(a)
		}
		clear(queue)
		s.mu.Lock()
		s.spare = queue[:0]
	}
	s.carrying = false
	s.mu.Unlock()
}

func (s *Scheduler) carryOut(a action) {
	switch a.kind {
	case refuse:
		a.task.cancelContext()
	case deliver:
		s.deliver(a.job, a.partition, a.value)
	case notify:
		s.notify(a.event)
	case finish:
		if s.options.Listener != nil {
			s.notify(JobEnd{Job: a.job.id, Err: a.job.failure()})
		}
		a.job.done.Set()
	}
}

// deliver hands a result to its job. If that panics, the job fails.
func (s *Scheduler) deliver(j *job, partition int, value any) {
	if j.Result == nil || j.resultErr != nil {
		return
	}
	err := env.Protect(func() error {
		j.Result(partition, value)
		return nil
	})
	if err != nil {
		j.resultErr = fmt.Errorf("job %d (%s), result of partition %d: %w", j.id, j.Name, partition, err)
		s.stop(j, j.resultErr)
	}
}

func (s *Scheduler) notify(e Event) {
	if s.listenerErr != nil {
		return
	}
	err := env.Protect(func() error {
		s.options.Listener(e)
		return nil
	})
	if err != nil {
		s.mu.Lock()
		s.listenerErr = fmt.Errorf("listener, at %q: %w", e, err)
		s.mu.Unlock()
	}
}

// stop ends a job, unless it has ended.
func (s *Scheduler) stop(j *job, err error) {
	s.mu.Lock()
	s.step(stop{job: j, err: err})
	s.mu.Unlock()
	s.carry()
}

// submit brings a job to the core; it reports false if the scheduler is closed.
func (s *Scheduler) submit(j *job) bool {
	s.mu.Lock()
	open := !s.closed
	if open {
		s.step(submit{job: j})
	}
	s.mu.Unlock()
	s.carry()
	return open
}

// returned tells the core what a task returned.
func (s *Scheduler) returned(t *Task, value any, err error) {
	s.mu.Lock()
	s.step(returned{attempt: t.id, value: value, err: err})
	s.mu.Unlock()
	s.carry()
}
