package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// finalAggregate merges partial results and gives out the groups at the marker that
// ends the input.
type finalAggregate struct {
	keys, buffers []*vector.Column
	groups        *state.Grouping
}

func newFinalAggregate(node *physical.FinalAggregate) (Machine, error) {
	groups, err := state.NewGrouping(layout(node.Keys, node.Aggregates, -1, true))
	return &finalAggregate{
		keys:    make([]*vector.Column, len(node.Keys)),
		buffers: make([]*vector.Column, len(node.Aggregates)),
		groups:  groups,
	}, err
}

func (f *finalAggregate) Push(_ int, b *vector.Batch, _ Emit) error {
	columnsOf(f.keys, b, 0)
	columnsOf(f.buffers, b, len(f.keys))
	return f.groups.Push(f.keys, f.buffers, b.Rows, b.Selection)
}

func (f *finalAggregate) Marker(_ int, m Marker, emit Emit) error {
	if !m.End {
		return nil
	}
	if len(f.keys) == 0 {
		f.groups.Touch()
	}
	return f.groups.Drain(emit)
}

func (f *finalAggregate) Close() error {
	f.groups = nil
	return nil
}
