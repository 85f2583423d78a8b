package exec

import (
	"io"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// statefulAggregate merges partial results into groups that are kept from epoch to
// epoch. See physical.StatefulAggregate for what each mode gives.
type statefulAggregate struct {
	mode          physical.Mode
	keys, buffers []*vector.Column
	groups        *state.Keyed
}

func newStatefulAggregate(node *physical.StatefulAggregate) (Machine, error) {
	expire := node.EventTime >= 0 && node.Mode != physical.Complete
	groups, err := state.NewKeyed(layout(node.Keys, node.Aggregates, node.EventTime, true), expire)
	return &statefulAggregate{
		mode:    node.Mode,
		keys:    make([]*vector.Column, len(node.Keys)),
		buffers: make([]*vector.Column, len(node.Aggregates)),
		groups:  groups,
	}, err
}

func (s *statefulAggregate) Begin(_, late int64) { s.groups.Begin(late) }

func (s *statefulAggregate) Push(_ int, b *vector.Batch, _ Emit) error {
	columnsOf(s.keys, b, 0)
	columnsOf(s.buffers, b, len(s.keys))
	return s.groups.Push(s.keys, s.buffers, b.Rows, b.Selection)
}

func (s *statefulAggregate) Marker(_ int, m Marker, emit Emit) error {
	if len(s.keys) == 0 {
		s.groups.Touch()
	}
	switch s.mode {
	case physical.Append:
		return s.groups.Close(m.Watermark, emit)
	case physical.Update:
		if err := s.groups.EmitTouched(emit); err != nil {
			return err
		}
		return s.groups.Close(m.Watermark, nil)
	default:
		return s.groups.Emit(emit)
	}
}

func (s *statefulAggregate) Rollback() { s.groups.Rollback() }

func (s *statefulAggregate) Changes(visit func(group int, frame []byte) error) error {
	return s.groups.Changes(visit)
}

func (s *statefulAggregate) Apply(frame []byte) error { return s.groups.Apply(frame) }

func (s *statefulAggregate) Snapshot(group int, w io.Writer) error {
	return s.groups.Snapshot(group, w)
}

func (s *statefulAggregate) Restore(group int, r io.Reader) error { return s.groups.Restore(group, r) }

func (s *statefulAggregate) Counts() state.Counts { return s.groups.Counts() }

func (s *statefulAggregate) Close() error {
	s.groups = nil
	return nil
}
