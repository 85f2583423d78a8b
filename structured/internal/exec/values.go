package exec

import (
	"errors"

	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// values gives its rows at each marker.
type values struct {
	rows []*eval.Programs
	out  *vector.Batch
}

func newValues(node *physical.Values) (Machine, error) {
	v := &values{rows: make([]*eval.Programs, len(node.Rows)), out: vector.NewBatch(node.Schema())}
	for i, row := range node.Rows {
		var err error
		if v.rows[i], err = eval.CompileAll(row); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (v *values) Push(int, *vector.Batch, Emit) error {
	return errors.New("values have no input")
}

func (v *values) Marker(_ int, _ Marker, emit Emit) error {
	one := &vector.Batch{Rows: 1}
	v.out.Reset()
	for _, row := range v.rows {
		columns, err := row.Run(one)
		if err != nil {
			return err
		}
		for i, column := range columns {
			v.out.Columns[i].AppendRange(column, 0, 1)
		}
		if v.out.Rows++; v.out.Rows == vector.MaxRows {
			if err := emit(v.out); err != nil {
				return err
			}
			v.out.Reset()
		}
	}
	if v.out.Rows == 0 {
		return nil
	}
	return emit(v.out)
}

func (v *values) Close() error { return nil }

// expand gives its input once for each list of expressions, behind whose columns it
// puts theirs.
type expand struct {
	stateless
	lists []*eval.Programs
	out   vector.Batch
}

func newExpand(node *physical.Expand) (Machine, error) {
	e := &expand{lists: make([]*eval.Programs, len(node.Lists))}
	for i, list := range node.Lists {
		var err error
		if e.lists[i], err = eval.CompileAll(list); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *expand) Push(_ int, b *vector.Batch, emit Emit) error {
	for _, list := range e.lists {
		e.out.Columns = append(e.out.Columns[:0], b.Columns...)
		columns, err := list.Run(b)
		if err != nil {
			return err
		}
		for _, column := range columns {
			e.out.Columns = append(e.out.Columns, *column)
		}
		e.out.Rows, e.out.Selection = b.Rows, b.Selection
		if err := emit(&e.out); err != nil {
			return err
		}
	}
	return nil
}

// single gives one row at the marker.
type single struct{ row *vector.Batch }

func (s *single) Push(_ int, b *vector.Batch, _ Emit) error {
	s.row.Append(b)
	if s.row.Rows > 1 {
		return fault.Runtimef("SCALAR_SUBQUERY_TOO_MANY_ROWS", "a subquery that stands for a value gives more than one row")
	}
	return nil
}

func (s *single) Marker(_ int, _ Marker, emit Emit) error {
	if s.row.Rows == 0 {
		for i := range s.row.Columns {
			s.row.Columns[i].AppendNull()
		}
		s.row.Rows = 1
	}
	err := emit(s.row)
	s.row.Reset()
	return err
}

func (s *single) Close() error { return nil }

// offset leaves out the first rows after each marker.
type offset struct {
	n, left int64
	rows    vector.Selection
	out     vector.Batch
}

func newOffset(n int64) *offset { return &offset{n: n, left: n} }

func (o *offset) Push(_ int, b *vector.Batch, emit Emit) error {
	n := int64(b.Len())
	if o.left == 0 {
		return emit(b)
	}
	if n <= o.left {
		o.left -= n
		return nil
	}
	o.rows = o.rows[:0]
	for i := int(o.left); i < int(n); i++ {
		o.rows = append(o.rows, int32(b.Row(i)))
	}
	o.out = vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: o.rows}
	o.left = 0
	return emit(&o.out)
}

func (o *offset) Marker(int, Marker, Emit) error {
	o.left = o.n
	return nil
}

func (o *offset) Close() error { return nil }
