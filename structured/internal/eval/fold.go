package eval

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// once runs the lambda for one element of a row around it: one value for each parameter,
// the rows of the columns in turn.
func (b *body) once(around *vector.Batch, row int, args ...valueAt) (*vector.Column, error) {
	b.batch.Reset()
	b.capture(around, row)
	for i, arg := range args {
		b.params()[i].AppendRange(arg.column, arg.row, arg.row+1)
	}
	return b.run()
}

type valueAt struct {
	column *vector.Column
	row    int
}

// fold runs the lambda element by element, since each needs the result of the one
// before.
func fold(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	list := args[0]
	sum := vector.NewColumn(args[1].Type)
	return h.each(rows, func(row int) error {
		sum.Reset()
		sum.AppendRange(args[1], row, row+1)
		for i := list.Offsets[row]; i < list.Offsets[row+1]; i++ {
			next, err := h.lambdas[0].once(b, row, valueAt{&sum, 0}, valueAt{&list.Children[0], int(i)})
			if err != nil {
				return err
			}
			sum.Reset()
			sum.AppendRange(next, 0, 1)
		}
		result := &sum
		if len(h.lambdas) == 2 {
			var err error
			if result, err = h.lambdas[1].once(b, row, valueAt{&sum, 0}); err != nil {
				return err
			}
		}
		h.out.AppendRange(result, 0, 1)
		return nil
	}, list)
}

// sortElements sorts each list in the order that the lambda says, if there is one, and
// else ascending with nulls last.
func sortElements(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	list := args[0]
	elements := &list.Children[0]
	return h.each(rows, func(row int) (err error) {
		var order []int32
		for i := list.Offsets[row]; i < list.Offsets[row+1]; i++ {
			order = append(order, i)
		}
		slices.SortStableFunc(order, func(i, j int32) (result int) {
			if len(h.lambdas) == 0 {
				return compareNullsLast(elements, int(i), int(j))
			}
			if err == nil {
				result, err = h.compareBy(b, row, valueAt{elements, int(i)}, valueAt{elements, int(j)})
			}
			return result
		})
		h.out.Children[0].AppendRows(elements, order)
		h.out.EndArray()
		return err
	}, list)
}

func compareNullsLast(c *vector.Column, i, j int) int {
	if c.IsNull(i) != c.IsNull(j) {
		if c.IsNull(i) {
			return 1
		}
		return -1
	}
	return vector.Compare(c, i, c, j)
}

func (h *higher) compareBy(b *vector.Batch, row int, left, right valueAt) (int, error) {
	result, err := h.lambdas[0].once(b, row, left, right)
	if err != nil {
		return 0, err
	}
	if result.IsNull(0) {
		return 0, fault.Runtimef("COMPARATOR_RETURNS_NULL", "the order of two elements is null, in %s", h.call)
	}
	return int(result.Whole(0)), nil
}
