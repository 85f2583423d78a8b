package function

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

func arrayJoin(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	list, first := args[0], true
	for i := int(list.Offsets[row]); i < int(list.Offsets[row+1]); i++ {
		element := &list.Children[0]
		if element.IsNull(i) && len(args) < 3 {
			continue
		}
		if !first {
			dst = append(dst, args[1].String(row)...)
		}
		first = false
		if element.IsNull(i) {
			dst = append(dst, args[2].String(row)...)
		} else {
			dst = append(dst, element.String(i)...)
		}
	}
	return dst, nil
}

func extremeElement(sign int) func(bound.Call) (Kernel, error) {
	return appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		list, best := args[0], -1
		elements := &list.Children[0]
		for i := int(list.Offsets[row]); i < int(list.Offsets[row+1]); i++ {
			if !elements.IsNull(i) && (best < 0 || sign*vector.Compare(elements, i, elements, best) > 0) {
				best = i
			}
		}
		if best < 0 {
			return null
		}
		out.AppendRange(elements, best, best+1)
		return nil
	})
}

// inOrder returns the elements of all lists and the places among them of a row's, in the
// order of compare; equal ones keep theirs.
func inOrder(list *vector.Column, row int, compare func(elements *vector.Column, i, j int) int) (elements *vector.Column, order []int32) {
	elements = &list.Children[0]
	order = make([]int32, 0, length(list, row))
	for i := list.Offsets[row]; i < list.Offsets[row+1]; i++ {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(i, j int32) int { return compare(elements, int(i), int(j)) })
	return elements, order
}

// ascending is inOrder without the nulls.
func ascending(list *vector.Column, row int) (elements *vector.Column, order []int32) {
	elements, order = inOrder(list, row, func(e *vector.Column, i, j int) int { return vector.Compare(e, i, e, j) })
	nulls := 0
	for nulls < len(order) && elements.IsNull(int(order[nulls])) {
		nulls++ // come first
	}
	return elements, order[nulls:]
}
