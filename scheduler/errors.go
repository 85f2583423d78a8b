package scheduler

import (
	"errors"
	"fmt"
)

// ErrClosed is the cause with which Close cancels the jobs that still run, and the
// error of a Run after it.
var ErrClosed = errors.New("the scheduler is closed")

// ErrNested is the error of a Run whose context is that of a task: a task would
// wait in its slot for tasks that need a slot.
var ErrNested = errors.New("a task may not run a job: collect what it needs before, or join the two collections")

// TaskError says which task made a job fail. Unwrap leads to the error of the
// user's function; a panic in it is an *env.PanicError with the stack.
type TaskError struct {
	Job       int
	Stage     string // the stage's name
	Partition int
	Attempt   int // the last one, counted from 0
	Err       error
}

func (e *TaskError) Error() string {
	return fmt.Sprintf("job %d, stage %s, partition %d, attempt %d: %v", e.Job, e.Stage, e.Partition, e.Attempt, e.Err)
}

// Unwrap returns the error of the attempt.
func (e *TaskError) Unwrap() error { return e.Err }

// FetchError says that a shuffle block is gone. A task that meets one returns it,
// wrapped or not; the scheduler then computes the lost map outputs again and the
// task after them. It does not count as a failure of the task.
type FetchError struct {
	Shuffle  int
	Map      int // partition of the shuffle's parent whose output is missing
	Executor int // who should have had it; -1 if no executor has
}

func (e *FetchError) Error() string {
	if e.Executor < 0 {
		return fmt.Sprintf("shuffle %d has no output of map partition %d", e.Shuffle, e.Map)
	}
	return fmt.Sprintf("output of map partition %d of shuffle %d is gone from executor %d", e.Map, e.Shuffle, e.Executor)
}

// CancelledError is the error of a job that was cancelled. Unwrap leads to the
// cause: that of the context of Run, or ErrClosed.
type CancelledError struct {
	Job   int
	Name  string // what the user called
	Cause error
}

func (e *CancelledError) Error() string {
	return fmt.Sprintf("job %d (%s) was cancelled: %v", e.Job, e.Name, e.Cause)
}

// Unwrap returns the cause.
func (e *CancelledError) Unwrap() error { return e.Cause }
