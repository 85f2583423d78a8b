package run

import (
	"errors"

	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

func (x *instance) newOutput() {
	exchange := x.stage.exchange
	if exchange == nil {
		exchange = &physical.Exchange{Input: x.stage.nodes[len(x.stage.nodes)-1], Single: true}
	}
	x.out = exec.NewPartitioner(exchange, x.stage.reducers)
}

func (x *instance) collect(b *vector.Batch) error { return x.out.Push(b) }

// feed passes rows to machine i.
func (x *instance) feed(i int) exec.Emit {
	return func(b *vector.Batch) error { return x.machines[i].Push(0, b, x.emits[i]) }
}

// push sends rows through all machines.
func (x *instance) push(b *vector.Batch) error {
	if len(x.machines) == 0 {
		return x.collect(b)
	}
	return x.machines[0].Push(0, b, x.emits[0])
}

// marker ends the epoch: each machine has had all rows of those before it.
func (x *instance) marker(m exec.Marker) error {
	for i, machine := range x.machines {
		if err := machine.Marker(0, m, x.emits[i]); err != nil {
			return err
		}
	}
	return nil
}

// begin starts an epoch of machines with state. A second attempt undoes the first:
// state is rolled back, and the other machines are made anew.
func (x *instance) begin(epoch, late int64) error {
	if x.epoch == epoch {
		for i, machine := range x.machines {
			if machine, ok := machine.(exec.Stateful); ok {
				machine.Rollback()
				continue
			}
			fresh, err := exec.New(x.stage.nodes[i])
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
