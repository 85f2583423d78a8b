package run

import (
	"github.com/tidewheel/tidewheel/scheduler"
	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// feed is an attempt at a partition whose machines are being given their rows.
type feed struct {
	*scheduler.Task
	run       *batchRun
	partition int // of the stage
	own       int // of the chain
	x         *instance
	counts    *counts
}

// all pushes all rows, and returns the input of the first machine whose marker is
// left to be sent.
//
// Sides come first, those of the last operators before the others: so an operator has
// its sides complete before rows come by its first input.
func (f *feed) all() (port int, err error) {
	c := f.x.chain
	var first []*block
	if c.from != nil {
		if first, err = f.fetch(c.from, f.own); err != nil {
			return 0, err
		}
	}
	for i := len(c.sides) - 1; i >= 0; i-- {
		s := c.sides[i]
		reducer := f.own
		if s.from.reducers == 1 {
			reducer = 0
		}
		blocks, err := f.fetch(s.from, reducer)
		if err != nil {
			return 0, err
		}
		join, ok := f.x.machines[s.at].(*exec.HashJoin)
		switch {
		case ok && s.from.build != nil:
			join.Use(blocks[0].table)
			continue
		case ok && s.at == 0 && c.from != nil && rows(first) < rows(blocks):
			// The smaller side makes the table. The side becomes the first input.
			join.Build(0)
			if err := f.side(0, 0, first); err != nil {
				return 0, err
			}
			first, port = blocks, s.port
			continue
		case ok:
			join.Build(s.port)
		}
		if err := f.side(s.at, s.port, blocks); err != nil {
			return 0, err
		}
	}
	if c.scan != nil {
		return 0, f.read(c.scan)
	}
	return port, f.push(first, func(b *vector.Batch) error { return f.x.push(port, b) })
}

// side gives a machine all rows of one input, and the marker after them.
func (f *feed) side(at, port int, blocks []*block) error {
	machine, emit := f.x.machines[at], f.x.emits[at]
	err := f.push(blocks, func(b *vector.Batch) error { return machine.Push(port, b, emit) })
	if err != nil {
		return err
	}
	return machine.Marker(port, f.run.marker(f.x.chain.stage), emit)
}

// fetch returns the blocks that a stage has for a reducer, in the order of the tasks
// that wrote them.
func (f *feed) fetch(from *stage, reducer int) ([]*block, error) {
	var blocks []*block
	for value, err := range f.Fetch(f.run.nodes[from].shuffle, reducer) {
		if err != nil {
			return nil, err
		}
		b := value.(*block)
		// What is read once for all batches, or by all partitions, counts once.
		if b.counts != nil && !from.fixed && (from.build == nil || f.partition == 0) {
			f.counts.merge(b.counts)
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

func (f *feed) push(blocks []*block, push func(*vector.Batch) error) error {
	for _, b := range blocks {
		for _, batch := range b.batches {
			if err := f.Turn(); err != nil {
				return err
			}
			if err := push(batch); err != nil {
				return err
			}
		}
	}
	return nil
}

func rows(blocks []*block) int {
	n := 0
	for _, b := range blocks {
		for _, batch := range b.batches {
			n += batch.Rows
		}
	}
	return n
}
