package scheduler

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestCoreModel runs the core against a model of executors over random graphs:
// tasks return in any order, fail, and miss blocks; executors come and go; jobs are
// submitted and stopped at any time. Then
//
//   - every job ends, with each wanted partition exactly once or with an error for
//     which there is a reason,
//   - no map output is computed that an executor has: recomputed are the lost ones,
//   - a partition never has two attempts at a time.
func TestCoreModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			m.random()
		}
		m.drain()
		for _, j := range m.jobs {
			m.checkEnd(j)
		}
		m.recomputeExactly()
	})
}

var errBoom = errors.New("boom")

// output names a map output: shuffle and map partition.
type output [2]int

type model struct {
	t     *rapid.T
	graph testGraph
	core  *core

	live     []*Task          // attempts that run
	present  map[output]int   // executor
	computed map[output]int   // how many times
	kept     map[[2]int]int   // node and partition: executor
	rotten   bool             // blocks were lost without the core's knowledge
	setbacks int              // events after which some task may miss a block
	failures map[*stage][]int // by task, since the stage was last complete

	jobs    []*job
	results map[*job][]int
	ended   map[*job]bool
	stopped map[*job]bool
}

func newModel(t *rapid.T) *model {
	m := &model{
		t:        t,
		core:     newCore(rapid.IntRange(1, 3).Draw(t, "attempts"), false),
		present:  make(map[output]int),
		computed: make(map[output]int),
		kept:     make(map[[2]int]int),
		results:  make(map[*job][]int),
		ended:    make(map[*job]bool),
		stopped:  make(map[*job]bool),
		failures: make(map[*stage][]int),
	}
	for n := range rapid.IntRange(1, 8).Draw(t, "nodes") {
		m.node(n)
	}
	for range rapid.IntRange(1, 3).Draw(t, "executors") {
		m.step(executorAdded{slots: rapid.IntRange(1, 3).Draw(t, "slots")})
	}
	return m
}

// node adds a node over some of those before it.
func (m *model) node(n int) {
	t := m.t
	name := fmt.Sprintf("n%d", n)
	partitions := rapid.IntRange(0, 4).Draw(t, "partitions")
	line := []string{name, ""}
	parent := func() *testNode { return rapid.SampledFrom(m.graph.order).Draw(t, "parent") }
	kind := "source"
	if n > 0 {
		kind = rapid.SampledFrom([]string{"source", "narrow", "union", "shuffle", "join"}).Draw(t, "kind")
	}
	switch kind {
	case "narrow":
		p := parent()
		partitions = p.partitions
		line = append(line, "narrow="+p.name)
	case "union":
		a, b := parent(), parent()
		partitions = a.partitions + b.partitions
		line = append(line, "union="+a.name+","+b.name)
	case "shuffle":
		line = append(line, "shuffle="+parent().name)
	case "join":
		line = append(line, "shuffle="+parent().name, "shuffle="+parent().name)
	}
	if rapid.IntRange(0, 3).Draw(t, "persisted") == 0 {
		line = append(line, "persisted")
	}
	line[1] = fmt.Sprint(partitions)
	if err := m.graph.add(line); err != nil {
		t.Fatal(err)
	}
}

// random does one thing that can happen.
func (m *model) random() {
	t := m.t
	switch rapid.SampledFrom([]string{"run", "return", "return", "return", "return", "fail", "lose", "rot", "add", "stop", "forget", "unpersist"}).Draw(t, "step") {
	case "run":
		m.run()
	case "return":
		m.returnOne(nil)
	case "fail":
		m.returnOne(errBoom)
	case "lose":
		m.setbacks++
		executor := m.executor()
		m.drop(executor)
		m.step(executorLost{executor: executor})
	case "rot":
		if rapid.IntRange(0, 3).Draw(t, "really") == 0 {
			m.setbacks++
			m.drop(m.executor())
			m.rotten = true
		}
	case "add":
		m.step(executorAdded{slots: 1})
	case "stop":
		if len(m.jobs) > 0 {
			j := rapid.SampledFrom(m.jobs).Draw(t, "job")
			m.stopped[j] = true
			m.step(stop{job: j, err: &CancelledError{Job: j.id, Cause: errBoom}})
		}
	case "forget":
		m.setbacks++
		if m.graph.shuffles > 0 {
			shuffle := rapid.IntRange(0, m.graph.shuffles-1).Draw(t, "shuffle")
			for key := range m.present {
				if key[0] == shuffle {
					delete(m.present, key)
				}
			}
			m.step(shuffleForgotten{shuffle: shuffle})
		}
	case "unpersist":
		m.setbacks++
		node := rapid.SampledFrom(m.graph.order).Draw(t, "node").id
		for key := range m.kept {
			if key[0] == node {
				delete(m.kept, key)
			}
		}
		m.step(nodeUnpersisted{node: node})
	}
}

func (m *model) executor() int {
	return rapid.IntRange(0, len(m.core.executors)-1).Draw(m.t, "executor")
}

// drop loses all blocks of an executor.
func (m *model) drop(executor int) {
	for key, owner := range m.present {
		if owner == executor {
			delete(m.present, key)
		}
	}
	for key, owner := range m.kept {
		if owner == executor {
			delete(m.kept, key)
		}
	}
}

func (m *model) run() {
	n := rapid.SampledFrom(m.graph.order).Draw(m.t, "final")
	j := &job{Job: Job{Name: "run", Final: n}}
	for p := range n.partitions {
		if rapid.Bool().Draw(m.t, "wanted") {
			j.Partitions = append(j.Partitions, p)
		}
	}
	m.jobs = append(m.jobs, j)
	m.step(submit{job: j})
}

// returnOne lets one of the attempts that run return.
func (m *model) returnOne(err error) {
	if len(m.live) == 0 {
		return
	}
	place := rapid.IntRange(0, len(m.live)-1).Draw(m.t, "attempt")
	task := m.live[place]
	m.live = slices.Delete(m.live, place, place+1)
	in := returned{attempt: task.id, err: err}
	if err == nil {
		in.err = m.compute(task)
	}
	if in.err == errBoom && task.refused == nil {
		m.fails(task)
	}
	if in.err == nil && task.shuffle != nil {
		in.value = make([]any, task.shuffle.Reducers)
	}
	m.step(in)
}

func (m *model) fails(task *Task) {
	counts := m.failures[task.stage]
	for len(counts) <= task.index {
		counts = append(counts, 0)
	}
	counts[task.index]++
	m.failures[task.stage] = counts
	if task.shuffle == nil && counts[task.index] > m.core.attempts {
		m.t.Fatalf("partition %d of job %d failed %d times", task.partition, task.job.id, counts[task.index])
	}
}

// compute is what a task does: it reads its inputs, and meets those that are gone.
func (m *model) compute(task *Task) error {
	if task.shuffle != nil {
		return m.read(task, task.shuffle.Parent, task.partition)
	}
	return m.read(task, task.job.Final, task.partition)
}

func (m *model) read(task *Task, node Node, partition int) error {
	block := [2]int{node.ID(), partition}
	executor, known := m.core.kept.find(node.ID(), partition)
	if _, has := m.kept[block]; known && has {
		return nil
	}
	if known && !m.rotten {
		m.t.Fatalf("block %v should be on executor %d", block, executor)
	}
	for _, dependency := range node.Dependencies() {
		switch d := dependency.(type) {
		case Narrow:
			for _, p := range d.needs([]int{partition}) {
				if err := m.read(task, d.Parent, p); err != nil {
					return err
				}
			}
		case *Shuffle:
			for p := range d.Parent.Partitions() {
				executor, known := m.core.output(d.ID, p)
				owner, has := m.present[output{d.ID, p}]
				if known && !m.rotten && (!has || owner != executor) {
					m.t.Fatalf("output %d of shuffle %d should be on executor %d", p, d.ID, executor)
				}
				if !known || !has || owner != executor {
					return &FetchError{Shuffle: d.ID, Map: p, Executor: executor}
				}
			}
		}
	}
	if node.Persisted() && !known && !m.core.executors[task.executor].lost {
		m.kept[block] = task.executor
		m.step(blockKept{node: node.ID(), partition: partition, executor: task.executor})
	}
	return nil
}

// step steps the core and does what it wants.
func (m *model) step(in input) {
	for _, a := range slices.Clone(m.core.step(in)) {
		switch a.kind {
		case launch:
			for _, other := range m.live {
				if other.stage == a.task.stage && other.partition == a.task.partition {
					m.t.Fatalf("two attempts of %d/%d run", a.task.stageID, a.task.partition)
				}
			}
			m.live = append(m.live, a.task)
		case store:
			key := output{a.task.shuffle.ID, a.task.partition}
			if owner, has := m.present[key]; has && !m.rotten {
				m.t.Fatalf("output %v was computed again, but executor %d has it", key, owner)
			}
			m.present[key] = a.task.executor
			m.computed[key]++
		case deliver:
			if m.ended[a.job] || slices.Contains(m.results[a.job], a.partition) {
				m.t.Fatalf("job %d got partition %d after its end or twice", a.job.id, a.partition)
			}
			m.results[a.job] = append(m.results[a.job], a.partition)
		case finish:
			if m.ended[a.job] {
				m.t.Fatalf("job %d ended twice", a.job.id)
			}
			m.ended[a.job] = true
		}
	}
	if err := m.core.check(); err != nil {
		m.t.Fatalf("after %T: %v", in, err)
	}
}

// drain lets everything that runs come to an end without further failures.
func (m *model) drain() {
	m.step(executorAdded{slots: 2})
	for returns := 0; len(m.live) > 0; returns++ {
		if returns == 10_000 {
			m.t.Fatal("jobs do not end")
		}
		m.returnOne(nil)
	}
	if len(m.core.jobs) > 0 || len(m.core.active) > 0 {
		m.t.Fatalf("%d jobs and %d stages are stuck", len(m.core.jobs), len(m.core.active))
	}
}

func (m *model) checkEnd(j *job) {
	if !m.ended[j] {
		m.t.Fatalf("job %d has not ended", j.id)
	}
	want := j.Partitions
	if want == nil {
		for p := range j.Final.Partitions() {
			want = append(want, p)
		}
	}
	var cancelled *CancelledError
	var failed *TaskError
	var missing *FetchError
	switch {
	case j.err == nil:
		slices.Sort(m.results[j])
		if !slices.Equal(m.results[j], want) {
			m.t.Fatalf("job %d got partitions %v of %v", j.id, m.results[j], want)
		}
	case errors.As(j.err, &cancelled):
		if !m.stopped[j] {
			m.t.Fatalf("job %d was never stopped, but: %v", j.id, j.err)
		}
	case !errors.As(j.err, &failed):
		m.t.Fatalf("job %d ended with %v", j.id, j.err)
	case errors.Is(failed, errBoom):
		if !m.hasReason() {
			m.t.Fatalf("job %d gave up, but no task failed %d times: %v", j.id, m.core.attempts, j.err)
		}
	case !errors.As(failed, &missing):
		m.t.Fatalf("job %d ended with %v", j.id, j.err)
	case m.setbacks < maxStageFailures:
		m.t.Fatalf("job %d gave up after %d setbacks: %v", j.id, m.setbacks, j.err)
	}
}

func (m *model) hasReason() bool {
	for _, counts := range m.failures {
		if slices.ContainsFunc(counts, func(n int) bool { return n >= m.core.attempts }) {
			return true
		}
	}
	return false
}

// recomputeExactly loses one executor while nothing runs and then runs every node:
// the outputs computed again are those that were lost and are read.
func (m *model) recomputeExactly() {
	m.rotten = false
	everything := func() {
		for _, n := range m.graph.order {
			j := &job{Job: Job{Name: "all", Final: n}}
			m.jobs = append(m.jobs, j)
			m.step(submit{job: j})
			m.drain()
			if j.err != nil {
				m.t.Fatalf("nothing failed, but: %v", j.err)
			}
		}
	}
	for executor := range m.core.executors { // whatever rotted is gone for all
		m.drop(executor)
		m.step(executorLost{executor: executor})
	}
	m.step(executorAdded{slots: 2})
	m.step(executorAdded{slots: 2})
	everything()
	before := 0
	for _, n := range m.computed {
		before += n
	}
	lost := m.executor()
	want := m.needed(lost)
	m.drop(lost)
	m.step(executorLost{executor: lost})
	everything()
	after := 0
	for _, n := range m.computed {
		after += n
	}
	if after-before != want {
		m.t.Fatalf("%d outputs were computed again; %d were lost and needed", after-before, want)
	}
}

// needed counts the outputs of an executor that are read again when it is lost:
// those of shuffles that a walk meets from the nodes that are not persisted in full
// elsewhere.
func (m *model) needed(lost int) int {
	shuffles := make(map[int]bool)
	var walk func(node Node, partition int)
	walk = func(node Node, partition int) {
		if owner, has := m.kept[[2]int{node.ID(), partition}]; has && owner != lost {
			return
		}
		for _, dependency := range node.Dependencies() {
			switch d := dependency.(type) {
			case Narrow:
				for _, p := range d.needs([]int{partition}) {
					walk(d.Parent, p)
				}
			case *Shuffle:
				if shuffles[d.ID] {
					continue
				}
				shuffles[d.ID] = true
				for p := range d.Parent.Partitions() {
					if m.present[output{d.ID, p}] == lost {
						walk(d.Parent, p)
					}
				}
			}
		}
	}
	for _, n := range m.graph.order {
		for p := range n.partitions {
			walk(n, p)
		}
	}
	count := 0
	for key, owner := range m.present {
		if owner == lost && shuffles[key[0]] {
			count++
		}
	}
	return count
}
