package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/scheduler"
	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/source"
)

// Options say how a plan is run.
type Options struct {
	Scheduler  *scheduler.Scheduler
	Name       string // of the jobs, for events and errors
	Partitions int    // of each exchange that is not single; 1 or more
}

// Program is a compiled plan. It is used by one activity at a time.
type Program struct {
	options    Options
	streaming  bool
	stages     []*stage // each after those it reads from; the last one has the result
	exchanges  map[*physical.Exchange]*stage
	tables     map[*physical.Broadcast]*stage
	sources    int
	watermarks int
	operators  []*Operator
}

// Batch is what one run of a program computes.
type Batch struct {
	Epoch     int64
	Watermark int64 // µs: what is closed at the end of the batch
	Late      int64 // µs: the watermark of the batch before; what it closes is too late
	End       bool  // whether no batch follows

	// Lenient leaves out rows of which an expression can't be computed.
	Lenient bool

	// Sources are the partitions to read, by the number of the source.
	Sources [][]source.Partition
}

// Result is what a batch gave.
type Result struct {
	// Partitions are the rows. They belong to the caller.
	Partitions [][]*vector.Batch

	// Rows counts the rows that were read, by the number of the source; a source that
	// is scanned twice counts twice.
	Rows []int64

	// Bad are the rows that were left out, in order.
	Bad []BadRow

	// Seen is what the watermark operators have seen, by their number.
	Seen []exec.Seen
}

// Operator is a stateful operator of a program.
type Operator struct {
	Name     string
	machines []exec.Stateful // by partition
}

// Compile cuts a plan into stages and makes their machines.
func Compile(root physical.Node, o Options) (*Program, error) {
	if o.Partitions < 1 || o.Partitions > keyed.Groups {
		return nil, fmt.Errorf("%d partitions: state has %d key groups, so there can be 1 to %d partitions", o.Partitions, keyed.Groups, keyed.Groups)
	}
	p := &Program{
		options: o, streaming: physical.Streaming(root),
		exchanges: map[*physical.Exchange]*stage{}, tables: map[*physical.Broadcast]*stage{},
	}
	if _, err := p.cut(root, nil); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	physical.Walk(root, func(node physical.Node) {
		switch n := node.(type) {
		case *physical.Scan:
			p.sources = max(p.sources, n.Source+1)
		case *physical.Watermark:
			p.watermarks = max(p.watermarks, n.ID+1)
		}
	})
	return p, nil
}

// Watermarks is the number of watermark operators.
func (p *Program) Watermarks() int { return p.watermarks }

// Operators are the stateful operators, in plan order.
func (p *Program) Operators() []*Operator { return p.operators }

// last is the stage that has the result.
func (p *Program) last() *stage { return p.stages[len(p.stages)-1] }

// Run computes a batch. After an error the program can only be closed.
func (p *Program) Run(ctx context.Context, b Batch) (*Result, error) {
	r := &batchRun{Batch: b, program: p, nodes: make(map[*stage]*node, len(p.stages))}
	var shuffles []int
	for _, s := range p.stages {
		n := r.node(s)
		if n.shuffle != nil && !s.fixed {
			shuffles = append(shuffles, n.shuffle.ID)
		}
	}
	final := r.nodes[p.last()]
	result := &Result{Partitions: make([][]*vector.Batch, final.partitions)}
	counted := make([]*counts, final.partitions)
	err := p.options.Scheduler.Run(ctx, scheduler.Job{
		Name:  p.options.Name,
		Final: final,
		Run: func(t *scheduler.Task, partition int) (any, error) {
			return r.run(t, final, partition)
		},
		Result: func(partition int, value any) {
			out := value.(*output)
			result.Partitions[partition], counted[partition] = out.parts[0], out.counts
		},
	})
	for _, id := range shuffles {
		p.options.Scheduler.ForgetShuffle(id)
	}
	if err != nil {
		return nil, err
	}
	total := newCounts(p)
	for _, c := range counted {
		total.merge(c)
	}
	result.Rows, result.Seen, result.Bad = total.rows, total.seen, total.bad
	return result, nil
}

// Close drops all machines and their memory. It may be called more than once.
func (p *Program) Close() error {
	var failed []error
	for _, s := range p.stages {
		if s.node != nil {
			p.options.Scheduler.ForgetShuffle(s.node.shuffle.ID)
			s.node = nil
		}
		failed = append(failed, s.close())
	}
	return errors.Join(failed...)
}

// Apply redoes changes of the state of a key group, oldest first, before the first
// batch.
func (o *Operator) Apply(group int, frames [][]byte) error {
	for _, frame := range frames {
		if err := o.machine(group).Apply(frame); err != nil {
			return err
		}
	}
	return nil
}

// machine is that of the partition which owns a key group.
func (o *Operator) machine(group int) exec.Stateful {
	return o.machines[group*len(o.machines)/keyed.Groups]
}

// Changes calls visit for each key group that the last batch changed, ascending.
// The frame is valid until visit returns.
func (o *Operator) Changes(visit func(group int, frame []byte) error) error {
	for _, machine := range o.machines {
		if err := machine.Changes(visit); err != nil {
			return err
		}
	}
	return nil
}

// Counts is how much state there is, and what the last batch did to it.
func (o *Operator) Counts() state.Counts {
	var counts state.Counts
	for _, machine := range o.machines {
		counts.Add(machine.Counts())
	}
	return counts
}

// Partitions is the number of partitions of the state.
func (o *Operator) Partitions() int { return len(o.machines) }
