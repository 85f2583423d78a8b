package rdd

import (
	"context"
	"math/rand/v2"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Task is the attempt to compute a partition, as a user's function sees it.
type Task struct {
	task      *scheduler.Task
	node      *node
	partition int
}

// Context ends when the attempt is no longer wanted.
func (t Task) Context() context.Context { return t.task.Context() }

// Partition is the number of the partition in the collection that the function
// computes, from 0.
func (t Task) Partition() int { return t.partition }

// Stage is the number of the stage that the task belongs to.
func (t Task) Stage() int { return t.task.Stage() }

// Attempt counts the attempts of the task, from 0.
func (t Task) Attempt() int { return t.task.Attempt() }

// Rand returns a generator of random numbers that draws the same whenever this
// partition of this collection is computed, in whatever attempt or job. Each call
// starts it anew.
func (t Task) Rand() *rand.Rand {
	return rand.New(rand.NewPCG(t.node.session.root.options.Seed, uint64(t.node.id)<<32|uint64(t.partition)))
}
