package run

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
)

// stage is a chain of operators between two exchanges.
type stage struct {
	program *Program

	// nodes are the operators, the one that reads first.
	nodes []physical.Node

	scan *physical.Scan // nodes[0], if the stage reads a source
	from *stage         // else whose blocks it reads

	exchange   *physical.Exchange // where its rows go; nil if they are the result
	partitions int                // 0: as many as the source has
	reducers   int                // of exchange, or 1

	kept []*instance // if there is state: the machines of each partition

	mu   sync.Mutex //det:lock guards free
	free []*instance
}

// cut makes the stages of the plan below root, whose rows go to exchange.
func (p *Program) cut(root physical.Node, exchange *physical.Exchange) error {
	s := &stage{program: p, exchange: exchange, reducers: 1}
	if exchange != nil && !exchange.Single {
		s.reducers = p.options.Partitions
	}
	for node := root; ; {
		if below, ok := node.(*physical.Exchange); ok {
			if err := p.cut(below.Input, below); err != nil {
				return err
			}
			s.from = p.stages[len(p.stages)-1]
			s.partitions = s.from.reducers
			break
		}
		s.nodes = append(s.nodes, node)
		children := node.Children()
		if len(children) == 0 {
			scan, ok := node.(*physical.Scan)
			if !ok {
				return fmt.Errorf("%s reads nothing, and is no scan", node)
			}
			s.scan = scan
			break
		}
		if len(children) > 1 {
			return fmt.Errorf("%s has %d inputs: plans with more than one can't be run yet", node, len(children))
		}
		node = children[0]
	}
	slices.Reverse(s.nodes)
	p.stages = append(p.stages, s)
	return s.compile()
}

// compile makes the machines that are kept, and one set of the others, so that an
// expression without a kernel is found before anything runs.
func (s *stage) compile() error {
	x, err := s.newInstance()
	if err != nil {
		return err
	}
	if len(x.stateful) == 0 {
		s.free = append(s.free, x)
		return nil
	}
	if s.scan != nil {
		return errors.Join(fmt.Errorf("%s keeps state, but its rows are not exchanged by key", x.stateful[0].node), x.close())
	}
	for s.kept = append(s.kept, x); len(s.kept) < s.partitions; s.kept = append(s.kept, x) {
		if x, err = s.newInstance(); err != nil {
			return err
		}
	}
	for i, aggregate := range s.kept[0].stateful {
		operator := &Operator{Name: aggregate.node.(*physical.StatefulAggregate).Name}
		for _, x := range s.kept {
			operator.machines = append(operator.machines, x.stateful[i].machine)
		}
		s.program.operators = append(s.program.operators, operator)
	}
	return nil
}

// lend returns machines for an attempt at a partition in an epoch.
func (s *stage) lend(partition int, b *Batch) (*instance, error) {
	if s.kept != nil {
		x := s.kept[partition]
		return x, x.begin(b.Epoch, b.Late)
	}
	s.mu.Lock()
	var x *instance
	if last := len(s.free) - 1; last >= 0 {
		x, s.free = s.free[last], s.free[:last]
	}
	s.mu.Unlock()
	if x != nil {
		return x, nil
	}
	return s.newInstance()
}

// giveBack takes machines back from an attempt. Those of a failed one are of no
// further use, unless they have state, which the next attempt rolls back.
func (s *stage) giveBack(x *instance, failed bool) error {
	switch {
	case s.kept != nil:
		return nil
	case failed:
		return x.close()
	}
	s.mu.Lock()
	s.free = append(s.free, x)
	s.mu.Unlock()
	return nil
}

func (s *stage) close() error {
	var failed []error
	for _, x := range append(s.kept, s.free...) {
		failed = append(failed, x.close())
	}
	s.free = nil
	return errors.Join(failed...)
}

// instance is one set of the machines of a stage, and what collects their rows.
type instance struct {
	stage    *stage
	machines []exec.Machine
	emits    []exec.Emit // what machine i emits to
	out      *exec.Partitioner
	stateful []stateful

	epoch int64 // begun last; -1: none
}

type stateful struct {
	node    physical.Node
	machine exec.Stateful
}

func (s *stage) newInstance() (*instance, error) {
	x := &instance{stage: s, machines: make([]exec.Machine, len(s.nodes)), emits: make([]exec.Emit, len(s.nodes)), epoch: -1}
	x.newOutput()
	for i, node := range s.nodes {
		machine, err := exec.New(node)
		if err != nil {
			return nil, errors.Join(err, x.close())
		}
		x.machines[i] = machine
		if machine, ok := machine.(exec.Stateful); ok {
			x.stateful = append(x.stateful, stateful{node, machine})
		}
		x.emits[i] = x.collect
		if i < len(s.nodes)-1 {
			x.emits[i] = x.feed(i + 1)
		}
	}
	return x, nil
}
