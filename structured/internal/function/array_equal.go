package function

import (
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// position returns the place of the first element that equals row of value, and
// whether an element is null.
func position(list *vector.Column, row int, value *vector.Column) (found int, sawNull bool) {
	elements := &list.Children[0]
	for i := list.Offsets[row]; i < list.Offsets[row+1]; i++ {
		switch {
		case elements.IsNull(int(i)):
			sawNull = true
		case vector.Compare(elements, int(i), value, row) == 0:
			return int(i-list.Offsets[row]) + 1, sawNull
		}
	}
	return 0, sawNull
}

// keep appends the array of the elements that f wants.
func keep(out, list *vector.Column, row int, f func(elements *vector.Column, i int) bool) error {
	for i := int(list.Offsets[row]); i < int(list.Offsets[row+1]); i++ {
		if f(&list.Children[0], i) {
			out.Children[0].AppendRange(&list.Children[0], i, i+1)
		}
	}
	out.EndArray()
	return nil
}

// appendNew appends the elements that are not in out yet, from begin on.
func appendNew(out *vector.Column, begin int, list *vector.Column, row int) {
	for i := int(list.Offsets[row]); i < int(list.Offsets[row+1]); i++ {
		if !has(out, begin, out.Len, &list.Children[0], i) {
			out.AppendRange(&list.Children[0], i, i+1)
		}
	}
}

// has reports whether an element equals one of those between two places; null equals
// null.
func has(list *vector.Column, from, to int, element *vector.Column, i int) bool {
	for j := from; j < to; j++ {
		if vector.Compare(list, j, element, i) == 0 {
			return true
		}
	}
	return false
}

func ofBoth(wanted bool) func(out *vector.Column, args []*vector.Column, row int) error {
	return func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		begin := out.Children[0].Len
		other := args[1]
		return keep(out, args[0], row, func(elements *vector.Column, i int) bool {
			return has(&other.Children[0], int(other.Offsets[row]), int(other.Offsets[row+1]), elements, i) == wanted &&
				!has(&out.Children[0], begin, out.Children[0].Len, elements, i)
		})
	}
}

func overlap(out *vector.Column, args []*vector.Column, row int) error {
	a, b := args[0], args[1]
	sawNull := false
	for i := int(a.Offsets[row]); i < int(a.Offsets[row+1]); i++ {
		if a.Children[0].IsNull(i) {
			sawNull = true
		} else if has(&b.Children[0], int(b.Offsets[row]), int(b.Offsets[row+1]), &a.Children[0], i) {
			out.Bools.Put(row, true)
			return nil
		}
	}
	for i := int(b.Offsets[row]); i < int(b.Offsets[row+1]); i++ {
		sawNull = sawNull || b.Children[0].IsNull(i)
	}
	if sawNull && length(a, row) > 0 && length(b, row) > 0 {
		return null
	}
	out.Bools.Put(row, false)
	return nil
}
