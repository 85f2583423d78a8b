package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// explode gives one row for each element of a list, in order.
//
// Elements lie one after the other in the list's child, so whole stretches of them
// go out without being copied; only the columns that are kept are, a row for each
// element. A row that is given for an empty list ends a stretch: its null is a column
// of its own.
type explode struct {
	stateless
	list     *eval.Program
	outer    bool
	keep     []int
	origins  []int32         // for each element of a stretch, the row it came from
	kept     []vector.Column // memory of the kept columns
	place    *vector.Column  // of the elements' places; nil if they are not asked for
	nothing  vector.Column   // nulls in the place of elements
	elements int             // which column of out they are
	out      vector.Batch
}

func newExplode(node *physical.Explode) (Machine, error) {
	list, err := eval.Compile(node.List)
	e := &explode{list: list, outer: node.Outer, keep: node.Keep, nothing: vector.NewColumn(node.List.Type().Element())}
	for _, i := range node.Keep {
		e.kept = append(e.kept, vector.NewColumn(node.Input.Schema().Fields[i].Type))
	}
	e.elements = len(node.Keep)
	if node.Position != "" {
		place := vector.NewColumn(types.Int)
		e.place = &place
		e.elements++
	}
	e.out.Columns = make([]vector.Column, e.elements+1)
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
	e.reset()
	for i := range b.Len() {
		row := b.Row(i)
		first, last := 0, 0
		if !list.IsNull(row) {
			first, last = int(list.Offsets[row]), int(list.Offsets[row+1])
		}
		if first == last {
			if !e.outer {
				continue
			}
			if err := e.emit(b, list.Children[0].Slice(from, to), emit); err != nil {
				return err
			}
			from = to
			if err := e.emitNothing(b, row, emit); err != nil {
				return err
			}
			continue
		}
		if first != to {
			if err := e.emit(b, list.Children[0].Slice(from, to), emit); err != nil {
				return err
			}
			from = first
		}
		place := int32(0)
		for to = last; to-from > vector.MaxRows; from += vector.MaxRows {
			place = e.origin(row, vector.MaxRows, place)
			if err := e.emit(b, list.Children[0].Slice(from, from+vector.MaxRows), emit); err != nil {
				return err
			}
		}
		e.origin(row, to-from, place)
	}
	return e.emit(b, list.Children[0].Slice(from, to), emit)
}

// origin fills origins to n elements with a row, the first of which has a place in its
// list, and returns the place after the last.
func (e *explode) origin(row, n int, place int32) int32 {
	for len(e.origins) < n {
		e.origins = append(e.origins, int32(row))
		if e.place != nil {
			e.place.AppendInt(place)
		}
		place++
	}
	return place
}

func (e *explode) reset() {
	e.origins = e.origins[:0]
	if e.place != nil {
		e.place.Reset()
	}
}

// emit passes elements on, beside the kept columns of their rows.
func (e *explode) emit(b *vector.Batch, elements vector.Column, emit Emit) error {
	if elements.Len == 0 {
		return nil
	}
	for i, column := range e.keep {
		e.kept[i].Reset()
		e.kept[i].AppendRows(&b.Columns[column], e.origins)
		e.out.Columns[i] = e.kept[i]
	}
	if e.place != nil {
		e.out.Columns[len(e.keep)] = *e.place
	}
	e.out.Columns[e.elements] = elements
	e.out.Rows = elements.Len
	err := emit(&e.out)
	e.reset()
	return err
}

// emitNothing passes a row on that has no element.
func (e *explode) emitNothing(b *vector.Batch, row int, emit Emit) error {
	e.nothing.Reset()
	e.nothing.AppendNull()
	e.origins = append(e.origins[:0], int32(row))
	if e.place != nil {
		e.place.Reset()
		e.place.AppendNull()
	}
	return e.emit(b, e.nothing, emit)
}
