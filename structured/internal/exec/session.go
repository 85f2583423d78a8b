package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// session adds the span of time that each row keeps a session open. Columns pass
// through; rows without a span leave the selection.
type session struct {
	stateless
	time, end *eval.Program
	spans     vector.Column
	rows      vector.Selection
	out       vector.Batch
}

func newSession(node *physical.Session) (Machine, error) {
	s := &session{spans: vector.NewColumn(types.WindowOf(node.Time.Type())), rows: vector.Selection{}}
	s.out.Columns = make([]vector.Column, node.Input.Schema().Len()+1)
	var err error
	if s.time, err = eval.Compile(node.Time); err != nil {
		return nil, err
	}
	s.end, err = eval.Compile(node.End)
	return s, err
}

func (s *session) Push(_ int, b *vector.Batch, emit Emit) error {
	times, err := s.time.Run(b)
	if err != nil {
		return err
	}
	until, err := s.end.Run(b)
	if err != nil {
		return err
	}
	s.spans.Resize(b.Rows)
	starts, ends := &s.spans.Children[0], &s.spans.Children[1]
	starts.Resize(b.Rows)
	ends.Resize(b.Rows)
	s.rows = s.rows[:0]
	for i := range b.Len() {
		row := b.Row(i)
		if times.IsNull(row) || until.IsNull(row) || until.Longs[row] <= times.Longs[row] {
			continue
		}
		starts.Longs[row], ends.Longs[row] = times.Longs[row], until.Longs[row]
		s.rows = append(s.rows, int32(row))
	}
	if len(s.rows) == 0 {
		return nil
	}
	copy(s.out.Columns, b.Columns)
	s.out.Columns[len(b.Columns)] = s.spans
	s.out.Rows, s.out.Selection = b.Rows, s.rows
	return emit(&s.out)
}
