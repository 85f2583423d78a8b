package run

import (
	"slices"

	"github.com/tidewheel/tidewheel/scheduler"
	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// batchRun is one run of a program.
type batchRun struct {
	Batch
	program *Program
	nodes   map[*stage]*node
}

// node is a stage of one batch, as the scheduler sees it; that of a fixed stage is of
// all batches.
type node struct {
	id           int
	stage        *stage
	parts        []int // how many partitions each chain has
	partitions   int   // all of them
	dependencies []scheduler.Dependency

	shuffle *scheduler.Shuffle // of its output; nil for the last stage
}

// ID implements scheduler.Node.
func (n *node) ID() int { return n.id }

// Name implements scheduler.Node.
func (n *node) Name() string { return n.stage.root.String() }

// Partitions implements scheduler.Node.
func (n *node) Partitions() int { return n.partitions }

// Dependencies implements scheduler.Node.
func (n *node) Dependencies() []scheduler.Dependency { return n.dependencies }

// Persisted implements scheduler.Node.
func (n *node) Persisted() bool { return false }

// node makes the node of a stage, after those that it reads from.
func (r *batchRun) node(s *stage) *node {
	if s.node != nil {
		r.nodes[s] = s.node
		return s.node
	}
	sched := r.program.options.Scheduler
	n := &node{id: sched.NodeID(), stage: s}
	for _, c := range s.chains {
		parts := c.partitions
		if c.scan != nil {
			parts = len(r.Sources[c.scan.Source])
		} else if c.from != nil {
			n.dependsOn(r.nodes[c.from].shuffle)
		}
		for _, side := range c.sides {
			n.dependsOn(r.nodes[side.from].shuffle)
		}
		n.parts = append(n.parts, parts)
		n.partitions += parts
	}
	if s != r.program.last() {
		n.shuffle = &scheduler.Shuffle{
			ID: sched.ShuffleID(), Parent: n, Reducers: s.reducers,
			Write: func(t *scheduler.Task, partition int) ([]any, error) {
				if s.build != nil {
					return r.build(t, n)
				}
				out, err := r.run(t, n, partition)
				if err != nil {
					return nil, err
				}
				return out.blocks(), nil
			},
		}
		if s.fixed {
			s.node = n
		}
	}
	r.nodes[s] = n
	return n
}

// dependsOn adds a dependency, once.
func (n *node) dependsOn(shuffle *scheduler.Shuffle) {
	if !slices.Contains(n.dependencies, scheduler.Dependency(shuffle)) {
		n.dependencies = append(n.dependencies, shuffle)
	}
}

// block is what one task sends to one reducer.
type block struct {
	batches []*vector.Batch
	counts  *counts // of reducer 0 alone: all that led to the blocks of the task

	table *exec.JoinTable // instead of batches: one side of a join
}

// output is what a task has made.
type output struct {
	parts  [][]*vector.Batch // by reducer
	counts *counts
}

func (o *output) blocks() []any {
	blocks := make([]any, len(o.parts))
	for i, batches := range o.parts {
		switch {
		case i == 0:
			blocks[i] = &block{batches: batches, counts: o.counts}
		case len(batches) > 0:
			blocks[i] = &block{batches: batches}
		}
	}
	return blocks
}

// counts is what tasks count on their way.
type counts struct {
	rows []int64     // read, by source
	seen []exec.Seen // by watermark
	bad  []BadRow
}

func newCounts(p *Program) *counts {
	return &counts{rows: make([]int64, p.sources), seen: make([]exec.Seen, p.watermarks)}
}

func (c *counts) merge(other *counts) {
	for i, rows := range other.rows {
		c.rows[i] += rows
	}
	for i, seen := range other.seen {
		c.seen[i].Merge(seen)
	}
	c.bad = append(c.bad, other.bad...)
}

// run is one attempt at a partition of a stage.
func (r *batchRun) run(t *scheduler.Task, n *node, partition int) (out *output, err error) {
	chain, own := n.stage.at(partition, n.parts)
	x, err := chain.lend(own, &r.Batch)
	if err != nil {
		return nil, err
	}
	x.lenient, x.bad, x.refused = r.Lenient, nil, false
	x.task = vector.Task{Partition: partition, Epoch: r.Epoch, Attempt: x.task.Attempt + 1}
	done := false
	defer func() { // a panic of a user's function passes through here, too
		if closeErr := chain.giveBack(x, !done); err == nil {
			err = closeErr
		}
	}()
	feed := &feed{Task: t, run: r, partition: partition, own: own, x: x, counts: newCounts(r.program)}
	port, err := feed.all()
	if err == nil {
		err = x.marker(port, r.marker(n.stage))
	}
	if err != nil {
		return nil, err
	}
	done = true
	return x.take(feed.counts), nil
}

// build makes the table of one side of a join.
func (r *batchRun) build(t *scheduler.Task, n *node) ([]any, error) {
	table, err := exec.NewJoinTable(n.stage.build, 1)
	if err != nil {
		return nil, err
	}
	feed := &feed{Task: t, run: r, counts: newCounts(r.program)}
	blocks, err := feed.fetch(n.stage.chains[0].from, 0)
	if err == nil {
		err = feed.push(blocks, table.Push)
	}
	if err != nil {
		return nil, err
	}
	table.Finish()
	return []any{&block{table: table, counts: feed.counts}}, nil
}

// marker ends the batch, and what a fixed stage reads altogether.
func (r *batchRun) marker(s *stage) exec.Marker {
	return exec.Marker{Epoch: r.Epoch, Watermark: r.Watermark, End: r.End || s.fixed}
}
