package run

import (
	"errors"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// instance is one set of the machines of a chain, and what collects their rows.
type instance struct {
	chain    *chain
	machines []exec.Machine
	emits    []exec.Emit // what machine i emits to
	out      *exec.Partitioner
	stateful []stateful

	epoch int64       // begun last; -1: none
	task  vector.Task // the attempt that has it

	lenient bool     // whether rows are left out of which an expression can't be computed
	bad     []BadRow // which were
	refused bool     // whether a machine has failed for another reason
}

func (c *chain) newInstance() (*instance, error) {
	x := &instance{chain: c, machines: make([]exec.Machine, len(c.nodes)), emits: make([]exec.Emit, len(c.nodes)), epoch: -1}
	if c.stage.build == nil {
		x.newOutput()
	}
	for i, node := range c.nodes {
		machine, err := exec.New(node)
		if err != nil {
			return nil, errors.Join(err, x.close())
		}
		x.machines[i] = machine
		if machine, ok := machine.(exec.Stateful); ok {
			x.stateful = append(x.stateful, stateful{node.(physical.Stateful), machine})
		}
		x.emits[i] = x.collect
		if i < len(c.nodes)-1 {
			x.emits[i] = x.feed(i + 1)
		}
	}
	return x, nil
}

func (x *instance) newOutput() {
	stage := x.chain.stage
	exchange := stage.exchange
	if exchange == nil {
		exchange = &physical.Exchange{Input: stage.root, Single: true}
	}
	x.out = exec.NewPartitioner(exchange, stage.reducers)
}

func (x *instance) collect(b *vector.Batch) error { return x.out.Push(b) }

// feed passes rows to machine i.
func (x *instance) feed(i int) exec.Emit {
	return func(b *vector.Batch) error { return x.pushTo(i, 0, b) }
}

// push sends rows through all machines, by that input of the first.
func (x *instance) push(port int, b *vector.Batch) error {
	if len(x.machines) == 0 {
		return x.collect(b)
	}
	return x.pushTo(0, port, b)
}

// pushTo passes rows to machine i.
func (x *instance) pushTo(i, port int, b *vector.Batch) error {
	b.Task = x.task
	if x.lenient {
		return x.pushLenient(i, port, b)
	}
	return x.machines[i].Push(port, b, x.emits[i])
}

// marker ends the epoch, of the first machine by that input: each machine has had all
// rows of those before it.
func (x *instance) marker(port int, m exec.Marker) error {
	for i, machine := range x.machines {
		if err := machine.Marker(port, m, x.emits[i]); err != nil {
			return err
		}
		port = 0
	}
	return nil
}

// begin starts an epoch of machines with state. A second attempt undoes the first:
// state is rolled back, and the other machines are made anew.
func (x *instance) begin(epoch, late int64) error {
	if x.epoch == epoch && !mutate.On(20) {
		for i, machine := range x.machines {
			if machine, ok := machine.(exec.Stateful); ok {
				machine.Rollback()
				continue
			}
			fresh, err := exec.New(x.chain.nodes[i])
			if err != nil {
				return err
			}
			x.machines[i] = fresh
			if err := machine.Close(); err != nil {
				return err
			}
		}
		x.newOutput()
	}
	x.epoch = epoch
	for _, s := range x.stateful {
		s.machine.Begin(epoch, late)
	}
	return nil
}

// take returns what the machines have given since the last marker.
func (x *instance) take(c *counts) *output {
	for _, machine := range x.machines {
		if watermark, ok := machine.(*exec.Watermark); ok {
			c.seen[watermark.ID].Merge(watermark.Take())
		}
	}
	c.bad = append(c.bad, x.bad...)
	return &output{parts: x.out.Take(), counts: c}
}

func (x *instance) close() error {
	var failed []error
	for _, machine := range x.machines {
		if machine != nil {
			failed = append(failed, machine.Close())
		}
	}
	return errors.Join(failed...)
}
