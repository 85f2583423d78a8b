package exec

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// maxPartial is how many groups a partial aggregation holds before it gives them
// out. Beyond that it would hardly shrink its input, and its table would not stay in
// the cache.
const maxPartial = 1 << 17

// partialAggregate groups what one partition has in one epoch. A group may go out
// more than once, if there are very many.
type partialAggregate struct {
	args   arguments // the keys, then those of the functions: nil for count(*)
	keys   int
	groups *state.Grouping
}

func newPartialAggregate(node *physical.PartialAggregate) (Machine, error) {
	p := &partialAggregate{keys: len(node.KeyExprs)}
	exprs := slices.Clone(node.KeyExprs)
	for _, aggregate := range node.Aggregates {
		exprs = append(exprs, aggregate.Arg)
	}
	var err error
	if p.args, err = newArguments(exprs); err != nil {
		return nil, err
	}
	p.groups, err = state.NewGrouping(layout(node.Keys, node.Aggregates, -1, false))
	return p, err
}

// Check implements Checking.
func (p *partialAggregate) Check(b *vector.Batch) error { return p.args.eval(b) }

func (p *partialAggregate) Push(_ int, b *vector.Batch, emit Emit) error {
	if err := p.args.eval(b); err != nil {
		return err
	}
	if err := p.groups.Push(p.args.columns[:p.keys], p.args.columns[p.keys:], b.Rows, b.Selection); err != nil {
		return err
	}
	if p.groups.Len() > maxPartial {
		return p.groups.Drain(emit)
	}
	return nil
}

func (p *partialAggregate) Marker(_ int, _ Marker, emit Emit) error {
	if p.keys == 0 {
		p.groups.Touch()
	}
	return p.groups.Drain(emit)
}

func (p *partialAggregate) Close() error {
	p.groups = nil
	return nil
}
