package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// explode gives one row for each element of a list, in order.
//
// Elements lie one after the other in the list's child, so whole stretches of them
// go out without being copied; only the columns that are kept are, a row for each
// element.
type explode struct {
	stateless
	list    *eval.Program
	keep    []int
	origins []int32         // for each element of a stretch, the row it came from
	kept    []vector.Column // memory of the kept columns
	out     vector.Batch
}

func newExplode(node *physical.Explode) (Machine, error) {
	list, err := eval.Compile(node.List)
	e := &explode{list: list, keep: node.Keep, out: vector.Batch{Columns: make([]vector.Column, len(node.Keep)+1)}}
	for _, i := range node.Keep {
		e.kept = append(e.kept, vector.NewColumn(node.Input.Schema().Fields[i].Type))
	}
	return e, err
}

// Check implements Checking.
func (e *explode) Check(b *vector.Batch) error {
	_, err := e.list.Run(b)
	return err
}

func (e *explode) Push(_ int, b *vector.Batch, emit Emit) error {
	list, err := e.list.Run(b)
	if err != nil {
		return err
	}
	// Elements [from, to) of the child are a stretch that has not gone out; its origins
	// are those of the rows that were added so far.
	from, to := 0, 0
	e.origins = e.origins[:0]
	for i := range b.Len() {
		row := b.Row(i)
		if list.IsNull(row) {
			continue
		}
		first, last := int(list.Offsets[row]), int(list.Offsets[row+1])
		if first != to {
			if err := e.emit(b, list, from, to, emit); err != nil {
				return err
			}
			from = first
		}
		for to = last; to-from > vector.MaxRows; from += vector.MaxRows {
			e.origin(row, vector.MaxRows)
			if err := e.emit(b, list, from, from+vector.MaxRows, emit); err != nil {
				return err
			}
		}
		e.origin(row, to-from)
	}
	return e.emit(b, list, from, to, emit)
}

// origin fills origins to n elements with a row.
func (e *explode) origin(row, n int) {
	for len(e.origins) < n {
		e.origins = append(e.origins, int32(row))
	}
}

// emit passes elements [from, to) on, beside the kept columns of their rows.
func (e *explode) emit(b *vector.Batch, list *vector.Column, from, to int, emit Emit) error {
	if from == to {
		return nil
	}
	for i, column := range e.keep {
		e.kept[i].Reset()
		e.kept[i].AppendRows(&b.Columns[column], e.origins)
		e.out.Columns[i] = e.kept[i]
	}
	e.out.Columns[len(e.keep)] = list.Children[0].Slice(from, to)
	e.out.Rows = to - from
	e.origins = e.origins[:0]
	return emit(&e.out)
}
