package scheduler

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Options says how a scheduler runs. The zero value works.
type Options struct {
	Executors    int // groups of slots, each with a block store of its own; default 1
	Slots        int // tasks that run at once in each executor; default 2
	TaskAttempts int // failed attempts of one task after which the job fails; default 4
	Seed         uint64

	// Listener is told what happens, one event at a time. It must not block and may
	// not call the scheduler. Nil tells nobody.
	Listener func(Event)
}

// Scheduler runs jobs. Its methods may be called by several activities at once.
type Scheduler struct{}

// New returns a scheduler whose executors wait for work. It must be closed.
func New(e env.Env, o Options) (*Scheduler, error) { return nil, errors.New("not implemented") }

// Run runs a job and parks the caller until all wanted partitions have results.
// When ctx is done, the tasks of the job are cancelled and the error is a
// *CancelledError that unwraps to the cause of ctx. If a task fails for good, the
// error is a *TaskError. In each case no task of the job runs any more when Run
// returns. The context of a task is refused with ErrNested.
func (s *Scheduler) Run(ctx context.Context, job Job) error { return errors.New("not implemented") }

// NodeID returns the next unique node number.
func (s *Scheduler) NodeID() int { return 0 }

// ShuffleID returns the next unique shuffle number.
func (s *Scheduler) ShuffleID() int { return 0 }

// LoseExecutor closes the store of an executor: its map outputs and persisted
// blocks are gone, and what its running tasks return is refused. Jobs go on with
// the other executors and compute again what they miss; without any, they wait for
// AddExecutor. An unknown or lost executor is ignored.
func (s *Scheduler) LoseExecutor(id int) {}

// AddExecutor adds an executor with an empty store. Its number was never used.
func (s *Scheduler) AddExecutor() (id int) { return 0 }

// Unpersist drops the persisted blocks of a node.
func (s *Scheduler) Unpersist(node int) {}

// ForgetShuffle drops the blocks of a shuffle. A job that still needs them computes
// them again.
func (s *Scheduler) ForgetShuffle(id int) {}

// Close cancels the jobs that run with ErrClosed, waits for their tasks and drops
// all blocks. Later calls do nothing.
func (s *Scheduler) Close() error { return nil }

// Explain draws the lineage of a node, cut into the stages that a job over it
// would have if nothing was computed yet. Equal graphs give equal text.
func Explain(final Node) string { return "" }

// Task is one attempt to compute a partition. Its methods are for the activity
// that runs it.
type Task struct{}

// Context ends with the attempt, or earlier if it is cancelled. It carries the
// values, not the deadline, of the context of the Run that started the stage.
func (t *Task) Context() context.Context { return nil }

// Env is the outside world.
func (t *Task) Env() env.Env { return nil }

// Stage is the number of the stage. A map stage keeps it when it runs again.
func (t *Task) Stage() int { return 0 }

// Partition is the partition of the stage's node that the task computes.
func (t *Task) Partition() int { return 0 }

// Attempt counts the attempts of the stage to compute the partition, from 0.
func (t *Task) Attempt() int { return 0 }

// Turn is called once a chunk. It yields in simulation, and returns an error if the
// attempt is cancelled; the task then ends with that error.
func (t *Task) Turn() error { return nil }

// Rand returns a generator that draws the same numbers in every attempt. It is
// seeded with the scheduler's seed, the node or shuffle that the stage computes,
// and the partition. Each call starts it anew.
func (t *Task) Rand() *rand.Rand { return nil }

// Fetch reads the blocks that the map tasks of a shuffle wrote for a reducer, in
// the order of the map partitions; empty ones are left out. A missing one ends it
// with a *FetchError, which the task must return, wrapped or not.
func (t *Task) Fetch(shuffle *Shuffle, reduce int) iter.Seq2[any, error] { return nil }

// Block returns a persisted block, if an executor has it.
func (t *Task) Block(node, partition int) (any, bool) { return nil, false }

// Keep persists a block in the task's executor. It belongs to the store at once,
// whatever becomes of the attempt, and nobody may change it any more.
func (t *Task) Keep(node, partition int, block any) {}
