package run

import (
	"context"
	"fmt"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/scheduler"
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// batchRun is one run of a program.
type batchRun struct {
	Batch
	program *Program
	nodes   map[*stage]*node
}

// node is a stage of one batch, as the scheduler sees it.
type node struct {
	id, partitions int
	stage          *stage
	dependencies   []scheduler.Dependency

	shuffle *scheduler.Shuffle // of its output; nil for the last stage
}

// ID implements scheduler.Node.
func (n *node) ID() int { return n.id }

// Name implements scheduler.Node.
func (n *node) Name() string { return n.stage.nodes[len(n.stage.nodes)-1].String() }

// Partitions implements scheduler.Node.
func (n *node) Partitions() int { return n.partitions }

// Dependencies implements scheduler.Node.
func (n *node) Dependencies() []scheduler.Dependency { return n.dependencies }

// Persisted implements scheduler.Node.
func (n *node) Persisted() bool { return false }

// node makes the node of a stage, after those that it reads from.
func (r *batchRun) node(s *stage) *node {
	sched := r.program.options.Scheduler
	n := &node{id: sched.NodeID(), stage: s, partitions: s.partitions}
	if s.scan != nil {
		n.partitions = len(r.Sources[s.scan.Source])
	} else {
		n.dependencies = []scheduler.Dependency{r.nodes[s.from].shuffle}
	}
	if s.exchange != nil {
		n.shuffle = &scheduler.Shuffle{
			ID: sched.ShuffleID(), Parent: n, Reducers: s.reducers,
			Write: func(t *scheduler.Task, partition int) ([]any, error) {
				out, err := r.run(t, n, partition)
				if err != nil {
					return nil, err
				}
				return out.blocks(), nil
			},
		}
	}
	r.nodes[s] = n
	return n
}

// block is what one task sends to one reducer.
type block struct {
	batches []*vector.Batch
	counts  *counts // of reducer 0 alone: all that led to the blocks of the task
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
			blocks[i] = &block{batches, o.counts}
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
}

// run is one attempt at a partition of a stage.
func (r *batchRun) run(t *scheduler.Task, n *node, partition int) (out *output, err error) {
	x, err := n.stage.lend(partition, &r.Batch)
	if err != nil {
		return nil, err
	}
	done := false
	defer func() { // a panic of a user's function passes through here, too
		if closeErr := n.stage.giveBack(x, !done); err == nil {
			err = closeErr
		}
	}()
	c := newCounts(r.program)
	if n.stage.scan != nil {
		err = r.read(t, n.stage.scan, partition, x, c)
	} else {
		err = r.fetch(t, n, partition, x, c)
	}
	if err == nil {
		err = x.marker(exec.Marker{Epoch: r.Epoch, Watermark: r.Watermark, End: r.End})
	}
	if err != nil {
		return nil, err
	}
	done = true
	return x.take(c), nil
}

// fetch pushes the blocks of a partition, in the order of the tasks that wrote them.
func (r *batchRun) fetch(t *scheduler.Task, n *node, partition int, x *instance, c *counts) error {
	for value, err := range t.Fetch(r.nodes[n.stage.from].shuffle, partition) {
		if err != nil {
			return err
		}
		b := value.(*block)
		if b.counts != nil {
			c.merge(b.counts)
		}
		for _, batch := range b.batches {
			if err := t.Turn(); err != nil {
				return err
			}
			if err := x.push(batch); err != nil {
				return err
			}
		}
	}
	return nil
}

// read pushes the rows of a source partition. A partition that filters for itself
// gets the scan's predicate, and the machine that would test it is left out.
func (r *batchRun) read(t *scheduler.Task, scan *physical.Scan, partition int, x *instance, c *counts) error {
	part, push := r.Sources[scan.Source][partition], x.push
	records := part.Read
	if filtering, ok := part.(source.Filtering); ok && scan.Predicate != nil {
		program, err := eval.Compile(scan.Predicate)
		if err != nil {
			return err
		}
		filter := &pushedFilter{text: scan.Predicate.String(), program: program}
		records = func(ctx context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
			return filtering.ReadWhere(ctx, columns, filter)
		}
		push = x.emits[0]
	}
	var batch vector.Batch
	schema := scan.Schema()
	for record, err := range records(t.Context(), scan.Columns) {
		if err == nil {
			err = batch.FromArrow(record)
		}
		if err == nil {
			err = check(&batch, schema)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", scan.Name, err)
		}
		c.rows[scan.Source] += record.NumRows()
		err = batch.Cut(func(b *vector.Batch) error {
			if err := t.Turn(); err != nil {
				return err
			}
			return push(b)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// check holds a source to the columns it was asked for: machines trust their types.
func check(b *vector.Batch, schema types.Schema) error {
	if len(b.Columns) != schema.Len() {
		return fmt.Errorf("the source gave %d columns instead of the %d it was asked for", len(b.Columns), schema.Len())
	}
	for i, field := range schema.Fields {
		if b.Columns[i].Type != field.Type {
			return fmt.Errorf("the source gave column %s of type %s, but its schema says %s", field.Name, b.Columns[i].Type, field.Type)
		}
	}
	return nil
}

// pushedFilter is a predicate as a source sees it.
type pushedFilter struct {
	text    string
	program *eval.Program
	batch   vector.Batch
}

func (f *pushedFilter) String() string { return f.text }

// Select implements source.Filter.
func (f *pushedFilter) Select(record arrow.RecordBatch) ([]int32, error) {
	if err := f.batch.FromArrow(record); err != nil {
		return nil, err
	}
	return f.program.Select(&f.batch)
}
