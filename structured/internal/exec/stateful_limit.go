package exec

import (
	"io"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// statefulLimit passes on the first rows of a stream. Its state is how many there
// were: a group without a key, and their count.
type statefulLimit struct {
	most  int64
	given *state.Keyed
	first *limit
}

func newStatefulLimit(node *physical.StatefulLimit) (Machine, error) {
	count := []bound.Aggregate{{Function: bound.CountRows, Of: types.Bigint}}
	given, err := state.NewKeyed(layout(nil, count, -1, false), false)
	return &statefulLimit{most: node.N, given: given, first: newLimit(0)}, err
}

func (l *statefulLimit) Begin(_, late int64) {
	l.given.Begin(late)
	l.first.left = l.most
	// There is at most one group, and reading it can't fail.
	_ = l.given.Emit(func(b *vector.Batch) error {
		l.first.left -= b.Columns[0].Longs[0]
		return nil
	})
}

func (l *statefulLimit) Push(port int, b *vector.Batch, emit Emit) error {
	return l.first.Push(port, b, func(passed *vector.Batch) error {
		if err := l.given.Push(nil, []*vector.Column{nil}, passed.Rows, passed.Selection); err != nil {
			return err
		}
		return emit(passed)
	})
}

func (l *statefulLimit) Marker(int, Marker, Emit) error { return nil }

func (l *statefulLimit) Rollback() { l.given.Rollback() }

func (l *statefulLimit) Changes(visit func(group int, frame []byte) error) error {
	return l.given.Changes(visit)
}

func (l *statefulLimit) Apply(frame []byte) error { return l.given.Apply(frame) }

func (l *statefulLimit) Snapshot(group int, w io.Writer) error { return l.given.Snapshot(group, w) }

func (l *statefulLimit) Restore(group int, r io.Reader) error { return l.given.Restore(group, r) }

func (l *statefulLimit) Counts() state.Counts { return l.given.Counts() }

func (l *statefulLimit) Close() error {
	l.given = nil
	return nil
}
