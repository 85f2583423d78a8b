package exec

import (
	"io"
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// sessions merges partial results into sessions.
type sessions struct {
	at            int
	keys, buffers []*vector.Column
	kept          *state.Sessions
}

func newSessions(node *physical.SessionAggregate, expire bool) (sessions, error) {
	l := state.Layout{Time: -1, Aggregates: node.Aggregates, Merge: true}
	for i, key := range node.Keys {
		if i != node.At {
			l.Keys = append(l.Keys, state.Key{Type: key.Type})
		}
	}
	kept, err := state.NewSessions(l, node.At, node.Keys[node.At].Type, expire)
	return sessions{
		at: node.At, keys: make([]*vector.Column, len(l.Keys)),
		buffers: make([]*vector.Column, len(node.Aggregates)), kept: kept,
	}, err
}

func (s *sessions) Push(_ int, b *vector.Batch, _ Emit) error {
	keys := s.keys[:0]
	for i := range len(s.keys) + 1 {
		if i != s.at {
			keys = append(keys, &b.Columns[i])
		}
	}
	columnsOf(s.buffers, b, len(s.keys)+1)
	return s.kept.Push(keys, &b.Columns[s.at], s.buffers, b.Rows, b.Selection)
}

func (s *sessions) Close() error {
	s.kept = nil
	return nil
}

// sessionAggregate gives out the sessions at the marker that ends the input.
type sessionAggregate struct {
	sessions
	node *physical.SessionAggregate
}

func newSessionAggregate(node *physical.SessionAggregate) (Machine, error) {
	s, err := newSessions(node, false)
	return &sessionAggregate{s, node}, err
}

func (s *sessionAggregate) Marker(_ int, m Marker, emit Emit) error {
	if !m.End {
		return nil
	}
	if err := s.kept.Emit(emit); err != nil {
		return err
	}
	var err error
	s.sessions, err = newSessions(s.node, false)
	return err
}

// statefulSessions has sessions that are kept from epoch to epoch.
type statefulSessions struct {
	sessions
	mode physical.Mode
}

func newStatefulSessions(node *physical.StatefulSessions) (Machine, error) {
	s, err := newSessions(&node.SessionAggregate, node.Mode != physical.Complete)
	return &statefulSessions{s, node.Mode}, err
}

func (s *statefulSessions) Begin(_, late int64) { s.kept.Begin(late) }

func (s *statefulSessions) Marker(_ int, m Marker, emit Emit) error {
	if s.mode == physical.Append {
		return s.kept.Close(m.Watermark, emit)
	}
	if err := s.kept.Close(math.MinInt64, nil); err != nil {
		return err
	}
	return s.kept.Emit(emit)
}

func (s *statefulSessions) Rollback() { s.kept.Rollback() }

func (s *statefulSessions) Changes(visit func(group int, frame []byte) error) error {
	return s.kept.Changes(visit)
}

func (s *statefulSessions) Apply(frame []byte) error { return s.kept.Apply(frame) }

func (s *statefulSessions) Snapshot(group int, w io.Writer) error { return s.kept.Snapshot(group, w) }

func (s *statefulSessions) Restore(group int, r io.Reader) error { return s.kept.Restore(group, r) }

func (s *statefulSessions) Counts() state.Counts { return s.kept.Counts() }
