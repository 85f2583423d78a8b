package scheduler

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestCore runs the scripts in testdata/core. Commands of a script:
//
//	graph                       one node a line, as in testGraph.add
//	new executors= slots= attempts=
//	run JOB NODE [partitions=(0,1)]
//	ok TASKS | fail TASKS | lost-block TASKS shuffle= map= executor=
//	stop JOB | lose EXECUTOR | add SLOTS
//	keep NODE PARTITION EXECUTOR | unpersist NODE | forget SHUFFLE
//
// TASKS are attempts that run, as NODE/partition for a map task and JOB/partition
// for a result task, or any, as #attempt. Each command prints the actions that
// follow from it.
func TestCore(t *testing.T) {
	datadriven.Walk(t, "testdata/core", func(t *testing.T, path string) {
		var script coreScript
		datadriven.RunTest(t, path, script.command)
	})
}

type coreScript struct {
	testGraph
	core *core
	jobs map[string]*job
	text strings.Builder
}

func (x *coreScript) command(t *testing.T, d *datadriven.TestData) string {
	x.text.Reset()
	argument := func(i int) string { return d.CmdArgs[i].Key }
	number := func(i int) int {
		n, err := strconv.Atoi(argument(i))
		if err != nil {
			d.Fatalf(t, "%v", err)
		}
		return n
	}
	switch d.Cmd {
	case "graph":
		x.testGraph = testGraph{}
		for line := range strings.Lines(d.Input) {
			if err := x.add(strings.Fields(line)); err != nil {
				d.Fatalf(t, "%v", err)
			}
		}
	case "new":
		var executors, slots, attempts int
		d.ScanArgs(t, "executors", &executors)
		d.ScanArgs(t, "slots", &slots)
		d.ScanArgs(t, "attempts", &attempts)
		x.core, x.jobs = newCore(attempts, true), make(map[string]*job)
		for range executors {
			x.step(t, executorAdded{slots: slots})
		}
	case "run":
		j := &job{Job: Job{Name: argument(0), Final: x.nodes[argument(1)]}}
		if arg, ok := d.Arg("partitions"); ok {
			j.Partitions = []int{}
			for _, value := range arg.Vals {
				p, err := strconv.Atoi(value)
				if err != nil {
					d.Fatalf(t, "%v", err)
				}
				j.Partitions = append(j.Partitions, p)
			}
		}
		x.jobs[j.Name] = j
		x.step(t, submit{job: j})
	case "ok", "fail", "lost-block":
		var err error
		switch d.Cmd {
		case "fail":
			err = errors.New("boom")
		case "lost-block":
			missing := new(FetchError)
			d.ScanArgs(t, "shuffle", &missing.Shuffle)
			d.ScanArgs(t, "map", &missing.Map)
			d.ScanArgs(t, "executor", &missing.Executor)
			err = fmt.Errorf("read: %w", missing)
		}
		for _, arg := range d.CmdArgs {
			if len(arg.Vals) == 0 {
				x.step(t, x.returned(d, t, arg.Key, err))
			}
		}
	case "stop":
		j := x.jobs[argument(0)]
		x.step(t, stop{job: j, err: &CancelledError{Job: j.id, Name: j.Name, Cause: errors.New("enough")}})
	case "lose":
		x.step(t, executorLost{executor: number(0)})
	case "add":
		x.step(t, executorAdded{slots: number(0)})
	case "keep":
		x.step(t, blockKept{node: x.nodes[argument(0)].id, partition: number(1), executor: number(2)})
	case "unpersist":
		x.step(t, nodeUnpersisted{node: x.nodes[argument(0)].id})
	case "forget":
		x.step(t, shuffleForgotten{shuffle: number(0)})
	default:
		d.Fatalf(t, "unknown command %s", d.Cmd)
	}
	return x.text.String()
}

// returned makes the input for the attempt that name names.
func (x *coreScript) returned(d *datadriven.TestData, t *testing.T, name string, err error) returned {
	var attempt int
	if _, bad := fmt.Sscanf(name, "#%d", &attempt); bad == nil {
		return returned{attempt: attempt, err: err}
	}
	for _, executor := range x.core.executors {
		for _, task := range executor.tasks {
			if task == nil {
				continue
			}
			if task.shuffle == nil && name == fmt.Sprintf("%s/%d", task.job.Name, task.partition) {
				return returned{attempt: task.id, err: err}
			}
			if task.shuffle != nil && name == fmt.Sprintf("%s/%d", task.shuffle.Parent.Name(), task.partition) {
				return returned{attempt: task.id, value: make([]any, task.shuffle.Reducers), err: err}
			}
		}
	}
	d.Fatalf(t, "no attempt of %s runs", name)
	return returned{}
}

// step steps the core, prints what follows and checks what must always hold.
func (x *coreScript) step(t *testing.T, in input) {
	for _, a := range x.core.step(in) {
		switch a.kind {
		case launch:
			fmt.Fprintf(&x.text, "launch #%d: %d/%d.%d on executor %d\n", a.task.id, a.task.stageID, a.task.partition, a.task.attempt, a.task.executor)
		case refuse:
			fmt.Fprintf(&x.text, "refuse #%d: %v\n", a.task.id, a.task.refused)
		case store:
			fmt.Fprintf(&x.text, "store shuffle %d map %d in executor %d\n", a.task.shuffle.ID, a.task.partition, a.task.executor)
		case deliver:
			fmt.Fprintf(&x.text, "deliver %s partition %d\n", a.job.Name, a.partition)
		case finish:
			fmt.Fprintf(&x.text, "finish %s%s\n", a.job.Name, because(a.job.err))
		case notify:
			if _, launched := a.event.(TaskStart); !launched { // the line before
				fmt.Fprintf(&x.text, "%v\n", a.event)
			}
		}
	}
	if err := x.core.check(); err != nil {
		t.Errorf("after %T: %v", in, err)
	}
}

// check says what does not hold of the things that the core promises.
func (c *core) check() error {
	free, live := 0, 0
	for id, x := range c.executors {
		idle := 0
		for _, t := range x.tasks {
			switch {
			case t == nil:
				idle++
			case c.running[t.id] != t || t.stage.tasks[t.index].live != t:
				return fmt.Errorf("attempt %d runs but is not live", t.id)
			default:
				live++
			}
		}
		if x.lost {
			idle = 0
		}
		if idle != x.free {
			return fmt.Errorf("executor %d has %d free slots, not %d", id, idle, x.free)
		}
		free += idle
	}
	if free != c.free || live != len(c.running) {
		return fmt.Errorf("%d slots are free, not %d; %d attempts run, not %d", free, c.free, live, len(c.running))
	}
	if c.free > 0 && len(c.ready) > 0 {
		return fmt.Errorf("%d slots are free and tasks are queued", c.free)
	}
	stages := slices.Clone(c.active)
	for _, s := range c.active {
		if s.state == inactive || len(s.children) == 0 {
			return fmt.Errorf("stage %d is active for nobody", s.id)
		}
	}
	for _, j := range c.jobs {
		stages = append(stages, j.result)
	}
	for _, s := range stages {
		if err := s.check(c); err != nil {
			return fmt.Errorf("stage %d: %w", s.id, err)
		}
	}
	return nil
}

func (s *stage) check(c *core) error {
	left := 0
	for index, state := range s.tasks {
		claims := 0
		for _, claim := range []bool{state.done, state.queued, state.live != nil} {
			if claim {
				claims++
			}
		}
		if claims > 1 || s.state == running && claims == 0 || s.state != running && state.queued {
			return fmt.Errorf("partition %d, in state %d: done %v, queued %v, live %v", index, s.state, state.done, state.queued, state.live)
		}
		if !state.done {
			left++
		}
	}
	if left != s.left || left == 0 {
		return fmt.Errorf("%d partitions are left, not %d", left, s.left)
	}
	if slices.Contains(c.ready, s) != (s.queued() > 0) {
		return fmt.Errorf("%d queued tasks, ready: %v", s.queued(), slices.Contains(c.ready, s))
	}
	if (s.state == waiting) != (len(s.parents) > 0) {
		return fmt.Errorf("state %d with %d parents", s.state, len(s.parents))
	}
	for _, parent := range s.parents {
		if !slices.Contains(parent.children, s) || parent.state == inactive {
			return fmt.Errorf("it waits for stage %d, which does not know", parent.id)
		}
	}
	return nil
}
