package scheduler

import (
	"cmp"
	"errors"
	"slices"
)

// maxStageFailures is how many attempts of a stage in a row may end for want of a
// map output before its jobs fail.
const maxStageFailures = 4

// stage is a chain of narrow dependencies, computed by one task for each
// partition. A result stage ends in a job's final node and lives as long as the
// job. A map stage ends in the parent of a shuffle; it lives as long as the shuffle
// is known, holds the register of its outputs, and becomes active again when some
// of them are wanted but missing.
type stage struct {
	id     int  // given when it first runs, so that parents come first; -1 before
	result bool // a result stage; else a map stage

	// While it is active.
	node    Node
	shuffle *Shuffle // of a map stage
	owner   *job     // the one that made it active

	state    stageState
	attempt  int // of the stage, from 0; -1 before the first
	failures int // attempts in a row that ended in a fetch failure

	tasks []taskState
	left  int // partitions that are not done
	queue []int
	head  int // of the queue

	parents  []*stage // map stages that it waits for
	children []*stage // stages that wait for it
}

type stageState uint8

const (
	inactive stageState = iota // complete, or nobody needs it
	waiting                    // for its parents
	running
)

// taskState is what is known of one partition of a stage.
type taskState struct {
	queued   bool
	done     bool
	live     *Task // the attempt that runs
	attempts int   // launched so far
	failures int   // those that count

	// The output of a done map task.
	executor int
	writer   int // the attempt that wrote it
}

func newStage(partitions int) *stage {
	return &stage{id: -1, attempt: -1, tasks: make([]taskState, partitions), left: partitions}
}

// resultStage makes the stage that ends in the final node of a job.
func resultStage(j *job) *stage {
	s := newStage(j.wanted())
	s.result, s.node, s.owner = true, j.Final, j
	return s
}

// mapStage returns the map stage of a shuffle. If it is not active, it will be so
// for the given job.
func (c *core) mapStage(shuffle *Shuffle, owner *job) *stage {
	s := c.shuffles[shuffle.ID]
	if s == nil {
		s = newStage(shuffle.Parent.Partitions())
		c.shuffles[shuffle.ID] = s
	}
	if s.state == inactive {
		s.node, s.shuffle, s.owner = shuffle.Parent, shuffle, owner
	}
	return s
}

// name is the stage's name in events and errors.
func (s *stage) name() string {
	if s.result {
		return s.owner.Name + " of " + s.node.Name()
	}
	return s.node.Name()
}

// partition is the partition of the node that task number index computes.
func (s *stage) partition(index int) int {
	if s.result && s.owner.Partitions != nil {
		return s.owner.Partitions[index]
	}
	return index
}

func (s *stage) newTask(index int) *Task {
	state := &s.tasks[index]
	t := &Task{
		stage:        s,
		stageID:      s.id,
		stageAttempt: s.attempt,
		index:        index,
		partition:    s.partition(index),
		attempt:      state.attempts,
		shuffle:      s.shuffle,
		job:          s.owner,
	}
	state.attempts++
	state.live = t
	return t
}

// dependents appends the jobs that need the stage, oldest first.
func (s *stage) dependents(jobs []*job) []*job {
	if s.result {
		place, found := slices.BinarySearchFunc(jobs, s.owner, func(a, b *job) int { return cmp.Compare(a.id, b.id) })
		if !found {
			jobs = slices.Insert(jobs, place, s.owner)
		}
	}
	for _, child := range s.children {
		jobs = child.dependents(jobs)
	}
	return jobs
}

// activate begins an attempt of a stage: at once if all that it reads is there,
// else after the map stages that compute it.
func (c *core) activate(s *stage) {
	if s.state == inactive && !s.result {
		c.active = append(c.active, s)
	}
	s.state = waiting
	for _, shuffle := range c.missing(s) {
		parent := c.mapStage(shuffle, s.owner)
		parent.children = append(parent.children, s)
		s.parents = append(s.parents, parent)
		if parent.state == inactive {
			c.activate(parent)
		}
	}
	if len(s.parents) == 0 {
		c.run(s)
	}
}

func (c *core) run(s *stage) {
	s.state = running
	s.attempt++
	if s.id < 0 {
		s.id = c.nextStage
		c.nextStage++
	}
	if c.listening {
		c.notify(StageStart{Job: s.owner.id, Stage: s.id, Attempt: s.attempt, Name: s.name(), Tasks: s.left})
	}
	if s.queue == nil {
		s.queue = make([]int, 0, s.left)
	}
	c.enqueueIdle(s)
}

// enqueueIdle queues all partitions that are neither done nor queued nor live.
func (c *core) enqueueIdle(s *stage) {
	for index := range s.tasks {
		c.enqueue(s, index)
	}
}

// enqueue queues a partition if its stage runs and it has to be computed.
func (c *core) enqueue(s *stage, index int) {
	state := &s.tasks[index]
	if s.state != running || state.done || state.queued || state.live != nil {
		return
	}
	if s.queued() == 0 {
		place, _ := slices.BinarySearchFunc(c.ready, s, func(a, b *stage) int {
			return cmp.Or(cmp.Compare(a.owner.id, b.owner.id), cmp.Compare(a.id, b.id))
		})
		c.ready = slices.Insert(c.ready, place, s)
	}
	state.queued = true
	s.queue = append(s.queue, index)
}

func (s *stage) queued() int { return len(s.queue) - s.head }

// dequeue takes the partition that was queued first. There is one.
func (s *stage) dequeue() int {
	index := s.queue[s.head]
	s.head++
	if s.head == len(s.queue) {
		s.queue, s.head = s.queue[:0], 0
	}
	s.tasks[index].queued = false
	return index
}

// suspend takes the stage's tasks from the queue.
func (c *core) suspend(s *stage) {
	if s.queued() > 0 {
		c.ready = slices.DeleteFunc(c.ready, func(x *stage) bool { return x == s })
	}
	for s.queued() > 0 {
		s.dequeue()
	}
}

// complete ends a map stage whose outputs are all there, and goes on with the
// stages that waited for them.
func (c *core) complete(s *stage) {
	c.endStage(s, nil)
	children := s.children
	s.children = nil
	c.retire(s, nil)
	s.failures = 0
	for index := range s.tasks {
		s.tasks[index].failures = 0
	}
	for _, child := range children {
		child.parents = slices.DeleteFunc(child.parents, func(x *stage) bool { return x == s })
		if len(child.parents) == 0 {
			c.activate(child)
		}
	}
}

// discard ends a stage that nobody needs any more, and the stages that it alone
// waited for. If that is because a job has ended, the job waits for their tasks.
func (c *core) discard(s *stage, ended *job) {
	cause := errUnneeded
	if ended != nil && ended.err != nil {
		cause = ended.err
	}
	if s.state == running {
		c.endStage(s, cause)
	}
	c.suspend(s)
	for index := range s.tasks {
		if t := s.tasks[index].live; t != nil {
			c.refuse(t, cause, ended)
		}
	}
	c.retire(s, ended)
}

// errUnneeded is why a stage is discarded when its child got all it wanted in
// another way.
var errUnneeded = errors.New("the stage is not needed any more")

// retire makes a stage inactive. Its node, shuffle and job are let go, since they
// hold the functions and elements of the user's collections.
func (c *core) retire(s *stage, ended *job) {
	if s.state == inactive {
		return
	}
	s.state = inactive
	parents := s.parents
	s.parents = nil
	for _, parent := range parents {
		parent.children = slices.DeleteFunc(parent.children, func(x *stage) bool { return x == s })
		if len(parent.children) == 0 {
			c.discard(parent, ended)
		}
	}
	if !s.result {
		c.active = slices.DeleteFunc(c.active, func(x *stage) bool { return x == s })
	}
	s.node, s.shuffle, s.owner = nil, nil, nil
}

func (c *core) endStage(s *stage, err error) {
	if c.listening {
		c.notify(StageEnd{Stage: s.id, Attempt: s.attempt, Err: err})
	}
}
