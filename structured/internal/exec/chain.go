package exec

import (
	"errors"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// Chain returns a machine that feeds the output of each machine to port 0 of the
// next. Ports of the chain are those of the first machine. A marker reaches a machine
// after all rows that it made the one before emit. Without machines rows pass through.
func Chain(machines ...Machine) Machine {
	c := &chain{machines: machines, emits: make([]Emit, len(machines))}
	for i := range machines {
		if i == len(machines)-1 {
			c.emits[i] = func(b *vector.Batch) error { return c.out(b) }
		} else {
			c.emits[i] = func(b *vector.Batch) error { return machines[i+1].Push(0, b, c.emits[i+1]) }
		}
	}
	return c
}

type chain struct {
	machines []Machine
	emits    []Emit // what machine i emits to
	out      Emit   // of the call in progress
}

func (c *chain) Push(port int, b *vector.Batch, emit Emit) error {
	if len(c.machines) == 0 {
		return emit(b)
	}
	c.out = emit
	return c.machines[0].Push(port, b, c.emits[0])
}

func (c *chain) Marker(port int, m Marker, emit Emit) error {
	c.out = emit
	for i, machine := range c.machines {
		if err := machine.Marker(port, m, c.emits[i]); err != nil {
			return err
		}
		port = 0
	}
	return nil
}

func (c *chain) Close() error {
	var errs []error
	for _, machine := range c.machines {
		errs = append(errs, machine.Close())
	}
	return errors.Join(errs...)
}
