package exec

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/order"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// sorter gives the rows since the last marker in order, those that are equal in the
// order in which they came. With most >= 0 it gives only the first ones, and keeps
// not many more.
type sorter struct {
	orders []bound.Order
	keys   arguments
	most   int64

	rows   *vector.Batch // kept rows
	sorted *vector.Batch // their keys
	by     []order.Key   // columns of sorted
	sorter order.Sorter
	order  []int32
	out    *vector.Batch
}

func newSort(schema types.Schema, orders []bound.Order, most int64) (Machine, error) {
	s := &sorter{orders: orders, most: most, rows: vector.NewBatch(schema), out: vector.NewBatch(schema)}
	var keys types.Schema
	var exprs []bound.Expr
	for _, o := range orders {
		keys.Fields = append(keys.Fields, types.Nullable("", o.Expr.Type()))
		exprs = append(exprs, o.Expr)
	}
	s.sorted = vector.NewBatch(keys)
	var err error
	s.keys, err = newArguments(exprs)
	return s, err
}

func (s *sorter) Push(_ int, b *vector.Batch, _ Emit) error {
	if err := s.keys.eval(b); err != nil {
		return err
	}
	keys := vector.Batch{Rows: b.Rows, Selection: b.Selection}
	for _, column := range s.keys.columns {
		keys.Columns = append(keys.Columns, *column)
	}
	s.rows.Append(b)
	s.sorted.Append(&keys)
	if s.most >= 0 && int64(s.rows.Rows) > 2*s.most+vector.MaxRows {
		s.shrink()
	}
	return nil
}

// sort computes order.
func (s *sorter) sort() {
	s.by = s.by[:0]
	for i, o := range s.orders {
		s.by = append(s.by, order.Key{Column: &s.sorted.Columns[i], Descending: o.Descending, NullsFirst: o.NullsFirst})
	}
	s.order = s.sorter.Sort(s.rows.Rows, s.by...)
	if s.most >= 0 && int64(len(s.order)) > s.most {
		s.order = s.order[:s.most]
	}
}

// shrink keeps only the rows that would be given now. They stay in the order in
// which they came, so that equal rows still do after the next sort.
func (s *sorter) shrink() {
	s.sort()
	slices.Sort(s.order)
	for _, b := range []**vector.Batch{&s.rows, &s.sorted} {
		kept := &vector.Batch{Columns: make([]vector.Column, len((*b).Columns))}
		for i := range kept.Columns {
			kept.Columns[i] = vector.NewColumn((*b).Columns[i].Type)
		}
		kept.Gather(*b, s.order)
		*b = kept
	}
}

// take returns the rows since the last marker in order, and their keys, and forgets
// them.
func (s *sorter) take() (rows *vector.Batch, keys []vector.Column) {
	s.sort()
	sorted := []*vector.Batch{s.rows, s.sorted}
	for i, b := range sorted {
		out := &vector.Batch{Columns: make([]vector.Column, len(b.Columns))}
		for j := range out.Columns {
			out.Columns[j] = vector.NewColumn(b.Columns[j].Type)
		}
		out.Gather(b, s.order)
		b.Reset()
		sorted[i] = out
	}
	return sorted[0], sorted[1].Columns
}

func (s *sorter) Marker(_ int, _ Marker, emit Emit) error {
	s.sort()
	for rest := s.order; len(rest) > 0; {
		n := min(len(rest), vector.MaxRows)
		s.out.Reset()
		s.out.Gather(s.rows, rest[:n])
		if err := emit(s.out); err != nil {
			return err
		}
		rest = rest[n:]
	}
	s.rows.Reset()
	s.sorted.Reset()
	return nil
}

func (s *sorter) Close() error {
	*s = sorter{}
	return nil
}
