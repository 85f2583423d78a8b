package scheduler

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// Task is one attempt to compute a partition. Its methods are for the activity
// that runs it.
type Task struct {
	scheduler *Scheduler

	// Set at launch.
	id             int // of the attempt, unique in the scheduler and rising
	executor, slot int
	stageID        int
	stageAttempt   int
	index          int // in the stage
	partition      int // of the stage's node
	attempt        int // of the partition in this stage
	shuffle        *Shuffle
	job            *job // that started the stage

	// Of the core.
	stage   *stage
	refused error // why its result is not wanted any more
	drains  *job  // ended, and waits for this attempt to return

	stopped atomic.Bool
	cause   error // valid once stopped is set

	mu     sync.Mutex //det:lock guards ctx and cancel
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// taskContext is the key under which a task's context names its scheduler.
type taskContext struct{}

// Context ends with the attempt, or earlier if it is cancelled. It carries the
// values, but neither the deadline nor the end, of the context of the Run that
// started the stage: another job may need the stage too.
func (t *Task) Context() context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx == nil {
		parent := context.WithValue(context.WithoutCancel(t.job.ctx), taskContext{}, t.scheduler)
		t.ctx, t.cancel = context.WithCancelCause(parent)
		if t.stopped.Load() {
			t.cancel(t.cause)
		}
	}
	return t.ctx
}

// Env is the outside world.
func (t *Task) Env() env.Env { return t.scheduler.env }

// Stage is the number of the stage. A map stage keeps it when it runs again.
func (t *Task) Stage() int { return t.stageID }

// Partition is the partition of the stage's node that the task computes.
func (t *Task) Partition() int { return t.partition }

// Attempt counts the attempts of the stage to compute the partition, from 0.
func (t *Task) Attempt() int { return t.attempt }

// Turn is called once a chunk. It yields in simulation, and returns an error if the
// attempt is cancelled; the task then ends with that error.
func (t *Task) Turn() error {
	t.scheduler.env.Yield()
	if t.stopped.Load() {
		return t.cause
	}
	if t.scheduler.saboteur != nil {
		return t.sabotage("turn")
	}
	return nil
}

// sabotage lets the simulation bring trouble to the attempt at some point of it.
func (t *Task) sabotage(point string) error {
	kind := "result"
	if t.shuffle != nil {
		kind = "map"
	}
	err := t.scheduler.saboteur.Sabotage(point + "(" + kind + ")")
	if !errors.Is(err, env.ErrExecutorLost) {
		return err
	}
	t.scheduler.LoseExecutor(t.executor)
	t.scheduler.AddExecutor()
	return nil
}

// Rand returns a generator that draws the same numbers in every attempt. It is
// seeded with the scheduler's seed, the node or shuffle that the stage computes,
// and the partition. Each call starts it anew.
func (t *Task) Rand() *rand.Rand {
	if t.shuffle != nil {
		return env.Stream(t.scheduler.options.Seed, fmt.Sprintf("shuffle %d, partition %d", t.shuffle.ID, t.partition))
	}
	return env.Stream(t.scheduler.options.Seed, fmt.Sprintf("node %d, partition %d", t.job.Final.ID(), t.partition))
}

// Fetch reads the blocks that the map tasks of a shuffle wrote for a reducer, in
// the order of the map partitions; empty ones are left out. A missing one ends it
// with a *FetchError, which the task must return, wrapped or not.
func (t *Task) Fetch(shuffle *Shuffle, reduce int) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for partition, executor := range t.scheduler.locate(shuffle) {
			block, ok := any(nil), false
			if executor.store != nil {
				block, ok = executor.store.output(shuffle.ID, partition, reduce)
			}
			if !ok && mutate.On(22) {
				continue
			}
			if !ok {
				yield(nil, &FetchError{Shuffle: shuffle.ID, Map: partition, Executor: executor.id})
				return
			}
			if block != nil && !yield(block, nil) {
				return
			}
		}
	}
}

// location is the executor that has a map output; -1 and nil if none has.
type location struct {
	id    int
	store *blockStore
}

// locate says where the map outputs of a shuffle are at this moment.
func (s *Scheduler) locate(shuffle *Shuffle) []location {
	locations := make([]location, shuffle.Parent.Partitions())
	s.mu.Lock()
	defer s.mu.Unlock()
	for partition := range locations {
		id, ok := s.core.output(shuffle.ID, partition)
		locations[partition].id = id
		if ok {
			locations[partition].store = s.executors[id].store
		}
	}
	return locations
}

// Block returns a persisted block, if an executor has it.
func (t *Task) Block(node, partition int) (any, bool) {
	s := t.scheduler
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.core.kept.find(node, partition)
	if !ok {
		return nil, false
	}
	return s.executors[id].store.block(node, partition)
}

// Keep persists a block in the task's executor. It belongs to the store at once,
// whatever becomes of the attempt, and nobody may change it any more. If an
// executor has the block already, that one stays.
func (t *Task) Keep(node, partition int, block any) {
	s := t.scheduler
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.core.kept.find(node, partition); ok {
		return
	}
	if s.executors[t.executor].store.keep(node, partition, block) {
		s.step(blockKept{node: node, partition: partition, executor: t.executor})
	}
}

// run computes the partition: blocks for a map task, a result for a result task.
func (t *Task) run() (value any, err error) {
	defer t.cancelContext()
	if t.stopped.Load() {
		return nil, t.cause
	}
	err = env.Protect(func() (err error) {
		if t.shuffle == nil {
			value, err = t.job.Run(t, t.partition)
		} else {
			var blocks []any
			blocks, err = t.shuffle.Write(t, t.partition)
			value = blocks
		}
		if err == nil && t.scheduler.saboteur != nil {
			err = t.sabotage("return")
		}
		return err
	})
	return value, err
}

// stop makes Turn return the cause from now on.
func (t *Task) stop(cause error) {
	t.cause = cause
	t.stopped.Store(true)
}

// cancelContext ends the attempt's context, if anyone has asked for it.
func (t *Task) cancelContext() {
	t.mu.Lock()
	cancel := t.cancel
	t.mu.Unlock()
	if cancel == nil {
		return
	}
	var cause error
	if t.stopped.Load() {
		cause = t.cause
	}
	cancel(cause)
}
