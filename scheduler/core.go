package scheduler

import "slices"

// core decides what runs where. It is a pure state machine: step takes one input
// and returns the actions that follow from it. It neither blocks nor calls
// anything but the methods of nodes, and equal inputs give equal actions.
//
// What must hold between two steps:
//
//   - A partition of a stage is idle, queued, live (one attempt runs) or done, and
//     never has two live attempts. An attempt that is refused stays live until it
//     has returned, and only then is its partition queued again.
//   - A stage runs if none of the map stages it reads is incomplete as far as the
//     core knows, else it waits for them and is among their children.
//   - A map stage is active only while a stage waits for it.
type core struct {
	attempts  int  // failures of one task after which its jobs fail
	listening bool // whether anybody wants events

	executors []*slots       // by number; a lost one stays, so numbers are never used again
	free      int            // free slots of all executors
	running   map[int]*Task  // by attempt number
	jobs      []*job         // those that have not ended, oldest first
	shuffles  map[int]*stage // the map stage of each shuffle, with where its outputs are
	active    []*stage       // map stages that wait or run, in the order in which they became so
	ready     []*stage       // stages with queued tasks, by job and number
	kept      blockRegister

	nextJob, nextStage, nextAttempt int

	actions []action
}

func newCore(attempts int, listening bool) *core {
	return &core{
		attempts:  attempts,
		listening: listening,
		running:   make(map[int]*Task),
		shuffles:  make(map[int]*stage),
		kept:      make(blockRegister),
	}
}

// slots are those of one executor.
type slots struct {
	lost  bool
	tasks []*Task // nil: free
	free  int
}

// input is what the core is told; one of the types below.
type input interface{ input() }

type (
	// submit brings a new job.
	submit struct{ job *job }

	// stop ends a job with an error, unless it has ended.
	stop struct {
		job *job
		err error
	}

	// returned says what an attempt returned.
	returned struct {
		attempt int
		value   any // blocks of a map task, result of a result task
		err     error
	}

	// executorAdded brings an executor; the first has number 0.
	executorAdded struct{ slots int }

	executorLost struct{ executor int }

	// blockKept says that an executor has a persisted block.
	blockKept struct{ node, partition, executor int }

	nodeUnpersisted  struct{ node int }
	shuffleForgotten struct{ shuffle int }
)

func (submit) input()           {}
func (stop) input()             {}
func (returned) input()         {}
func (executorAdded) input()    {}
func (executorLost) input()     {}
func (blockKept) input()        {}
func (nodeUnpersisted) input()  {}
func (shuffleForgotten) input() {}

// action is what the core wants done. Actions are carried out in order, in the
// sense that driver.go explains.
type action struct {
	kind      actionKind
	task      *Task // launch, refuse, store
	job       *job  // deliver, finish
	partition int   // deliver
	value     any   // store: the blocks; deliver: the result
	event     Event // notify
}

type actionKind uint8

const (
	launch  actionKind = iota // give the task to its slot
	refuse                    // tell a running task that its result is not wanted any more
	store                     // put the blocks of a map task into its executor's store
	deliver                   // hand a result to the job
	notify                    // tell the listener
	finish                    // wake the submitter: the job has ended and none of its tasks runs
)

// step is the whole interface of the core. The actions are valid until the next
// call.
func (c *core) step(in input) []action {
	clear(c.actions)
	c.actions = c.actions[:0]
	switch in := in.(type) {
	case submit:
		c.submit(in.job)
	case stop:
		c.stop(in.job, in.err)
	case returned:
		c.returned(in)
	case executorAdded:
		c.executors = append(c.executors, &slots{tasks: make([]*Task, in.slots), free: in.slots})
		c.free += in.slots
	case executorLost:
		c.executorLost(in.executor)
	case blockKept:
		if !c.executors[in.executor].lost {
			c.kept.add(in.node, in.partition, in.executor)
		}
	case nodeUnpersisted:
		delete(c.kept, in.node)
	case shuffleForgotten:
		c.shuffleForgotten(in.shuffle)
	}
	c.launch()
	return c.actions
}

func (c *core) do(a action) { c.actions = append(c.actions, a) }

func (c *core) notify(e Event) { c.do(action{kind: notify, event: e}) }

// launch fills the free slots with queued tasks: those of the oldest job first,
// and within it those of the stage with the lowest number.
func (c *core) launch() {
	for c.free > 0 && len(c.ready) > 0 {
		s := c.ready[0]
		index := s.dequeue()
		if s.queued() == 0 {
			c.ready = slices.Delete(c.ready, 0, 1)
		}
		executor, slot := c.takeSlot()
		t := s.newTask(index)
		t.id, t.executor, t.slot = c.nextAttempt, executor, slot
		c.nextAttempt++
		c.executors[executor].tasks[slot] = t
		c.running[t.id] = t
		c.do(action{kind: launch, task: t})
		if c.listening {
			c.notify(TaskStart{Stage: s.id, Partition: t.partition, Attempt: t.attempt, Executor: executor})
		}
	}
}

// takeSlot takes a slot of the executor that has the most free ones. There is one.
func (c *core) takeSlot() (executor, slot int) {
	for id, x := range c.executors {
		if x.free > c.executors[executor].free {
			executor = id
		}
	}
	x := c.executors[executor]
	slot = slices.Index(x.tasks, nil)
	x.free--
	c.free--
	return executor, slot
}

func (c *core) freeSlot(t *Task) {
	x := c.executors[t.executor]
	x.tasks[t.slot] = nil
	if !x.lost {
		x.free++
		c.free++
	}
}
