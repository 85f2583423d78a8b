package run

import (
	"errors"
	"fmt"
	"sync"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
)

// chain is operators of which each feeds the next, the first of them fed by a source
// or by another stage.
type chain struct {
	stage *stage
	nodes []physical.Node // the one that reads first

	scan *physical.Scan // nodes[0], if the chain reads a source
	from *stage         // else whose blocks it reads; nil for rows that are written out

	sides      []side // the other inputs of operators, in order of the operators
	partitions int    // 0: as many as the source has

	kept []*instance // if there is state: the machines of each partition

	mu   sync.Mutex //det:lock guards free
	free []*instance
}

// side is an input of an operator other than its first.
type side struct {
	at, port int // of which operator, and which of its inputs
	from     *stage
}

// compile makes the machines that are kept, and one set of the others, so that an
// expression without a kernel is found before anything runs.
func (c *chain) compile() error {
	x, err := c.newInstance()
	if err != nil {
		return err
	}
	if len(x.stateful) == 0 {
		c.free = append(c.free, x)
		return nil
	}
	if c.scan != nil || len(c.stage.chains) > 1 {
		return errors.Join(fmt.Errorf("%s keeps state, but its rows are not exchanged by key", x.stateful[0].node), x.close())
	}
	for c.kept = append(c.kept, x); len(c.kept) < c.partitions; c.kept = append(c.kept, x) {
		if x, err = c.newInstance(); err != nil {
			return err
		}
	}
	for i, first := range c.kept[0].stateful {
		operator := &Operator{Name: first.node.StateName()}
		for _, x := range c.kept {
			operator.machines = append(operator.machines, x.stateful[i].machine)
		}
		c.stage.program.operators = append(c.stage.program.operators, operator)
	}
	return nil
}

// lend returns machines for an attempt at a partition in an epoch.
func (c *chain) lend(partition int, b *Batch) (*instance, error) {
	if c.kept != nil {
		x := c.kept[partition]
		return x, x.begin(b.Epoch, b.Late)
	}
	c.mu.Lock()
	var x *instance
	if last := len(c.free) - 1; last >= 0 {
		x, c.free = c.free[last], c.free[:last]
	}
	c.mu.Unlock()
	if x != nil {
		return x, nil
	}
	return c.newInstance()
}

// giveBack takes machines back from an attempt. Those of a failed one are of no
// further use, unless they have state, which the next attempt rolls back.
func (c *chain) giveBack(x *instance, failed bool) error {
	switch {
	case c.kept != nil:
		return nil
	case failed:
		return x.close()
	}
	c.mu.Lock()
	c.free = append(c.free, x)
	c.mu.Unlock()
	return nil
}

func (c *chain) close() error {
	var failed []error
	for _, x := range append(c.kept, c.free...) {
		failed = append(failed, x.close())
	}
	c.free = nil
	return errors.Join(failed...)
}
