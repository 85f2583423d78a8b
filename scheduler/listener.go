package scheduler

import "fmt"

// Event is something that a listener is told: one of the types below. Events come
// one at a time and in the order in which the scheduler decided them. They print
// themselves as one line.
type Event interface {
	fmt.Stringer
	event()
}

// JobStart says that a job was accepted.
type JobStart struct {
	Job        int
	Name       string
	Partitions int // how many are wanted
}

// JobEnd says that a job has ended and that none of its tasks runs any more. Err
// is what Run returns.
type JobEnd struct {
	Job int
	Err error
}

// StageStart says that an attempt of a stage begins: all its parents are complete.
type StageStart struct {
	Job     int // the first that asked for it
	Stage   int
	Attempt int // from 0; each time some of its partitions have to be computed
	Name    string
	Tasks   int // partitions that are missing
}

// StageEnd says that a stage is complete, or why it stopped before.
type StageEnd struct {
	Stage   int
	Attempt int
	Err     error
}

// TaskStart says that an attempt of a task was given to a slot of an executor.
type TaskStart struct {
	Stage     int
	Partition int
	Attempt   int
	Executor  int
}

// TaskEnd says how the attempt ended.
type TaskEnd struct {
	Stage     int
	Partition int
	Attempt   int
	Executor  int
	Outcome   Outcome
	Err       error // nil if it succeeded
}

// ExecutorLost says that an executor's blocks are gone.
type ExecutorLost struct {
	Executor int
}

// Outcome is how an attempt of a task ended.
type Outcome uint8

const (
	// Succeeded means that the result was accepted.
	Succeeded Outcome = iota

	// Failed is an error or panic of the task's function; it counts toward
	// Options.TaskAttempts.
	Failed

	// FetchFailed means that a block is gone which the task needed.
	FetchFailed

	// Refused means that whatever the task returned is dropped, since it was
	// cancelled or its executor was lost.
	Refused
)

func (o Outcome) String() string {
	return [...]string{"succeeded", "failed", "fetch failed", "refused"}[o]
}

func (JobStart) event()     {}
func (JobEnd) event()       {}
func (StageStart) event()   {}
func (StageEnd) event()     {}
func (TaskStart) event()    {}
func (TaskEnd) event()      {}
func (ExecutorLost) event() {}

func (e JobStart) String() string {
	return fmt.Sprintf("job %d (%s) starts: %s", e.Job, e.Name, count(e.Partitions, "partition"))
}

func (e JobEnd) String() string {
	return fmt.Sprintf("job %d ends%s", e.Job, because(e.Err))
}

func (e StageStart) String() string {
	return fmt.Sprintf("stage %d.%d (%s) starts for job %d: %s", e.Stage, e.Attempt, e.Name, e.Job, count(e.Tasks, "task"))
}

func (e StageEnd) String() string {
	return fmt.Sprintf("stage %d.%d ends%s", e.Stage, e.Attempt, because(e.Err))
}

func (e TaskStart) String() string {
	return fmt.Sprintf("task %d/%d.%d starts on executor %d", e.Stage, e.Partition, e.Attempt, e.Executor)
}

func (e TaskEnd) String() string {
	return fmt.Sprintf("task %d/%d.%d %v on executor %d%s", e.Stage, e.Partition, e.Attempt, e.Outcome, e.Executor, because(e.Err))
}

func (e ExecutorLost) String() string {
	return fmt.Sprintf("executor %d is lost", e.Executor)
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}
