package scheduler

import (
	"errors"
	"fmt"

	"github.com/tidewheel/tidewheel/internal/mutate"
)

// returned takes what an attempt returned. It is the one place where a result is
// accepted, and where those of refused attempts are dropped.
func (c *core) returned(in returned) {
	t := c.running[in.attempt]
	if t == nil {
		return // it has returned before
	}
	delete(c.running, t.id)
	c.freeSlot(t)
	s := t.stage
	s.tasks[t.index].live = nil
	if t.refused != nil {
		if mutate.On(21) && in.err == nil && s.result && s.state == running {
			c.do(action{kind: deliver, job: t.job, partition: t.partition, value: in.value})
			s.left--
		}
		c.endTask(t, Refused, t.refused)
		c.drained(t)
		c.enqueue(s, t.index)
		return
	}
	err := in.err
	if err == nil {
		err = t.check(in.value)
	}
	var missing *FetchError
	switch {
	case err == nil:
		c.succeeded(t, in.value)
	case errors.As(err, &missing):
		c.endTask(t, FetchFailed, err)
		c.fetchFailed(t, missing, err)
	default:
		c.endTask(t, Failed, err)
		c.failed(t, err)
	}
}

// check looks at the form of what a map task returned.
func (t *Task) check(value any) error {
	if t.shuffle == nil {
		return nil
	}
	if blocks := value.([]any); len(blocks) != t.shuffle.Reducers {
		return fmt.Errorf("shuffle %d has %d reducers but its writer returned %d blocks", t.shuffle.ID, t.shuffle.Reducers, len(blocks))
	}
	return nil
}

func (c *core) succeeded(t *Task, value any) {
	s, state := t.stage, &t.stage.tasks[t.index]
	state.done = true
	s.left--
	c.endTask(t, Succeeded, nil)
	if s.result {
		c.do(action{kind: deliver, job: t.job, partition: t.partition, value: value})
		if s.left == 0 {
			c.endStage(s, nil)
			c.retire(s, t.job)
			c.end(t.job, nil)
		}
		return
	}
	state.executor, state.writer = t.executor, t.id
	c.do(action{kind: store, task: t, value: value})
	if s.left == 0 {
		c.complete(s)
	}
}

// failed queues the partition again, or fails the stage's jobs at the limit.
func (c *core) failed(t *Task, err error) {
	state := &t.stage.tasks[t.index]
	state.failures++
	if state.failures >= c.attempts {
		c.abort(t.stage, t, err)
		return
	}
	c.enqueue(t.stage, t.index)
}

// fetchFailed computes lost map outputs again.
//
//  1. The executor that could not give a block is taken to have lost all outputs.
//     Outputs that were written after the reporting attempt was launched are newer
//     than what it saw and stay: a late report can't wipe them.
//  2. The attempt of the stage ends. Those of its tasks that run go on, and what
//     they return counts.
//  3. The stage waits for the map stages whose outputs are missing, and then runs
//     the partitions that it still lacks.
//
// A report from an earlier attempt of the stage, or while it waits already, ends
// no second attempt.
func (c *core) fetchFailed(t *Task, missing *FetchError, err error) {
	s := t.stage
	if missing.Executor >= 0 {
		c.unregister(missing.Executor, t.id)
	}
	if s.state != running || t.stageAttempt != s.attempt {
		c.enqueue(s, t.index)
		return
	}
	s.failures++
	if s.failures >= maxStageFailures {
		c.abort(s, t, fmt.Errorf("the stage failed %d times in a row for want of map outputs: %w", s.failures, err))
		return
	}
	c.endStage(s, err)
	c.suspend(s)
	c.activate(s)
}

// refuse tells a running attempt to stop; what it returns will be dropped. If a
// job is given, it ends only when the attempt has returned.
func (c *core) refuse(t *Task, cause error, ended *job) {
	if t.refused == nil {
		t.refused = cause
		c.do(action{kind: refuse, task: t})
	}
	if ended != nil && t.drains == nil {
		t.drains = ended
		ended.draining++
	}
}

func (c *core) drained(t *Task) {
	if t.drains == nil {
		return
	}
	t.drains.draining--
	if t.drains.draining == 0 {
		c.finish(t.drains)
	}
}

func (c *core) endTask(t *Task, o Outcome, err error) {
	if c.listening {
		c.notify(TaskEnd{Stage: t.stageID, Partition: t.partition, Attempt: t.attempt, Executor: t.executor, Outcome: o, Err: err})
	}
}
