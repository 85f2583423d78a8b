package scheduler

import (
	"fmt"
	"math"
)

// executorLost refuses the attempts that run on an executor and forgets its
// blocks. Stages that read them learn it by a fetch failure.
func (c *core) executorLost(executor int) {
	x := c.executors[executor]
	if x.lost {
		return
	}
	x.lost = true
	c.free -= x.free
	x.free = 0
	if c.listening {
		c.notify(ExecutorLost{Executor: executor})
	}
	for _, t := range x.tasks {
		if t != nil {
			c.refuse(t, fmt.Errorf("executor %d is lost", executor), nil)
		}
	}
	c.kept.lose(executor)
	c.unregister(executor, math.MaxInt)
}

// unregister forgets the map outputs of an executor that were written by attempts
// before the given one, and queues those that an active stage needs.
func (c *core) unregister(executor, before int) {
	//det:unordered each output is judged alone; tasks are queued below, in order
	for _, s := range c.shuffles {
		for index := range s.tasks {
			if state := &s.tasks[index]; state.done && state.executor == executor && state.writer < before {
				state.done = false
				s.left++
			}
		}
	}
	for _, s := range c.active {
		c.enqueueIdle(s)
	}
}

func (c *core) shuffleForgotten(shuffle int) {
	s := c.shuffles[shuffle]
	if s == nil {
		return
	}
	live := false
	for index := range s.tasks {
		state := &s.tasks[index]
		if state.done {
			state.done = false
			s.left++
		}
		live = live || state.live != nil
	}
	if s.state == inactive && !live {
		delete(c.shuffles, shuffle)
	}
	c.enqueueIdle(s)
}

// output says which executor has the output of a map task.
func (c *core) output(shuffle, partition int) (executor int, ok bool) {
	s := c.shuffles[shuffle]
	if s == nil || partition >= len(s.tasks) || !s.tasks[partition].done {
		return -1, false
	}
	return s.tasks[partition].executor, true
}

// shuffleComplete says whether all outputs of a shuffle are there.
func (c *core) shuffleComplete(shuffle *Shuffle) bool {
	if s := c.shuffles[shuffle.ID]; s != nil {
		return s.left == 0
	}
	return shuffle.Parent.Partitions() == 0
}

// blockRegister says which executor has each persisted block: for each node and
// partition its number plus one, or 0.
type blockRegister map[int][]int

func (r blockRegister) add(node, partition, executor int) {
	executors := r[node]
	for len(executors) <= partition {
		executors = append(executors, 0)
	}
	executors[partition] = executor + 1
	r[node] = executors
}

func (r blockRegister) find(node, partition int) (executor int, ok bool) {
	executors := r[node]
	if partition >= len(executors) || executors[partition] == 0 {
		return -1, false
	}
	return executors[partition] - 1, true
}

func (r blockRegister) lose(executor int) {
	//det:unordered entries are only cleared
	for _, executors := range r {
		for partition, owner := range executors {
			if owner == executor+1 {
				executors[partition] = 0
			}
		}
	}
}
