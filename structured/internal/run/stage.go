package run

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
)

// stage is what lies between exchanges: one chain of operators, or, where inputs are
// united, one for each of them. Its partitions are those of its chains, one chain
// after the other.
type stage struct {
	program *Program
	root    physical.Node // whose rows the stage makes
	chains  []*chain

	exchange *physical.Exchange // where its rows go; nil if they are the result or a table
	reducers int                // of exchange, or 1

	// build, if not nil, is the join whose table of one side the stage makes of all its
	// rows, in one task: its one block is the table.
	build *physical.HashJoin

	// fixed says that the stage reads nothing that grows: its output is made by the
	// first batch and kept.
	fixed bool
	node  *node // of a fixed stage, once there is one
}

// cut makes the stage of the plan below root, after those that it reads from.
func (p *Program) cut(root physical.Node, exchange *physical.Exchange) (*stage, error) {
	s := &stage{program: p, root: root, exchange: exchange, reducers: 1, fixed: p.streaming && !physical.Streaming(root)}
	if exchange != nil && !exchange.Single {
		s.reducers = p.options.Partitions
	}
	if err := s.grow(root, nil); err != nil {
		return nil, err
	}
	p.stages = append(p.stages, s)
	for _, c := range s.chains {
		if err := c.compile(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// below returns the stage that feeds an exchange. One that is read twice is run once.
func (p *Program) below(exchange *physical.Exchange) (*stage, error) {
	if s, ok := p.exchanges[exchange]; ok {
		return s, nil
	}
	s, err := p.cut(exchange.Input, exchange)
	if err != nil {
		return nil, err
	}
	p.exchanges[exchange] = s
	return s, nil
}

// table returns the stage that makes the table of a broadcast side.
func (p *Program) table(join *physical.HashJoin, broadcast *physical.Broadcast) (*stage, error) {
	if s, ok := p.tables[broadcast]; ok {
		return s, nil
	}
	rows, err := p.below(&physical.Exchange{Input: broadcast.Input, Single: true})
	if err != nil {
		return nil, err
	}
	s := &stage{program: p, root: broadcast, reducers: 1, build: join, fixed: rows.fixed}
	s.chains = []*chain{{stage: s, from: rows, partitions: 1}}
	p.stages = append(p.stages, s)
	p.tables[broadcast] = s
	return s, nil
}

// grow adds the chains that end in root and go on in above, the operator next to root
// last.
func (s *stage) grow(root physical.Node, above []physical.Node) error {
	c := &chain{stage: s, nodes: slices.Clone(above)}
	for node := root; ; node = node.Children()[0] {
		switch n := node.(type) {
		case *physical.Union:
			for _, input := range n.Inputs {
				if err := s.grow(input, c.nodes); err != nil {
					return err
				}
			}
			return nil
		case *physical.Exchange:
			from, err := s.program.below(n)
			if err != nil {
				return err
			}
			c.from, c.partitions = from, from.reducers
			return s.add(c)
		case *physical.Scan:
			c.scan = n
			c.nodes = append(c.nodes, n)
			return s.add(c)
		case *physical.Values:
			c.partitions = 1
			c.nodes = append(c.nodes, n)
			return s.add(c)
		}
		if len(node.Children()) == 0 {
			return fmt.Errorf("%s reads nothing, and has no rows of its own", node)
		}
		c.nodes = append(c.nodes, node)
	}
}

// add completes a chain whose operators were collected from the end.
func (s *stage) add(c *chain) error {
	slices.Reverse(c.nodes)
	for i, node := range c.nodes {
		for port, input := range node.Children() {
			if port == 0 {
				continue
			}
			from, err := s.side(node, input)
			if err != nil {
				return err
			}
			c.sides = append(c.sides, side{at: i, port: port, from: from})
		}
	}
	s.chains = append(s.chains, c)
	return nil
}

// side returns the stage that feeds a further input of an operator.
func (s *stage) side(node, input physical.Node) (*stage, error) {
	switch n := input.(type) {
	case *physical.Exchange:
		return s.program.below(n)
	case *physical.Broadcast:
		if join, ok := node.(*physical.HashJoin); ok {
			return s.program.table(join, n)
		}
	}
	return nil, fmt.Errorf("%s reads %s, which is neither exchanged nor broadcast", node, input)
}

// at returns the chain that computes a partition, and which of the chain's own
// partitions that is. parts is how many each chain has.
func (s *stage) at(partition int, parts []int) (*chain, int) {
	for i, c := range s.chains {
		if partition < parts[i] {
			return c, partition
		}
		partition -= parts[i]
	}
	return nil, 0
}

func (s *stage) close() error {
	var failed []error
	for _, c := range s.chains {
		failed = append(failed, c.close())
	}
	return errors.Join(failed...)
}

// stateful is a machine whose state outlives the batch.
type stateful struct {
	node    physical.Stateful
	machine exec.Stateful
}
