package exec

import (
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	parse "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// session adds the span of time that each row keeps a session open. Columns pass
// through; rows without a span leave the selection.
type session struct {
	stateless
	time, gap *eval.Program
	spans     vector.Column
	rows      vector.Selection
	out       vector.Batch

	// The last gap that was read of a string: mostly there are few.
	last   []byte
	length int64
}

func newSession(node *physical.Session) (Machine, error) {
	s := &session{spans: vector.NewColumn(types.WindowOf(node.Time.Type())), rows: vector.Selection{}}
	s.out.Columns = make([]vector.Column, node.Input.Schema().Len()+1)
	var err error
	if s.time, err = eval.Compile(node.Time); err != nil {
		return nil, err
	}
	s.gap, err = eval.Compile(node.Gap)
	return s, err
}

func (s *session) Push(_ int, b *vector.Batch, emit Emit) error {
	times, err := s.time.Run(b)
	if err != nil {
		return err
	}
	gaps, err := s.gap.Run(b)
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
		if times.IsNull(row) || gaps.IsNull(row) {
			continue
		}
		gap, err := s.gapOf(gaps, row)
		if err != nil {
			return err
		}
		if gap <= 0 {
			continue
		}
		start := times.Longs[row]
		if start > math.MaxInt64-gap {
			return fault.Runtimef("ARITHMETIC_OVERFLOW", "the session that begins %d microseconds after 1970 does not end within the range of timestamps", start)
		}
		starts.Longs[row], ends.Longs[row] = start, start+gap
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

// gapOf is the gap of a row in microseconds.
func (s *session) gapOf(gaps *vector.Column, row int) (int64, error) {
	if gaps.Type.Kind() != types.KindString {
		return gaps.Longs[row], nil
	}
	written := gaps.String(row)
	if s.last == nil || string(s.last) != string(written) {
		length, ok := parse.ParseDuration(string(written))
		if !ok {
			return 0, fault.Runtimef("CAST_INVALID_INPUT", "the gap %q of a session is no length of time such as '5 seconds'", written)
		}
		s.last, s.length = append(s.last[:0], written...), length
	}
	return s.length, nil
}
