package function

import (
	"fmt"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var arrayFunctions = []Function{
	{
		Name: "array", Doc: "The array of the arguments.", Least: 0, Most: -1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			t, err := b.Common(args, 0)
			return b.call("array", types.Array(t), args...), err
		},
		Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
			for _, arg := range args {
				out.Children[0].AppendRange(arg, row, row+1)
			}
			out.EndArray()
			return nil
		}),
	},
	{Name: "size", Aliases: []string{"cardinality"}, Doc: "The number of elements of an array or of entries of a map.", Least: 1, Most: 1, Bind: ofList(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.call("size", types.Int, args...), nil
	}), Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		out.Ints[row] = length(args[0], row)
		return nil
	})},
	{Name: "array_size", Doc: "The number of elements of an array.", Least: 1, Most: 1, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.call("size", types.Int, args...), nil
	})},
	{Name: "element_at", Doc: "The element at a place, from 1 or, if negative, from the end, where there must be one; or the value of a key of a map, null if it has none.", Least: 2, Most: 2, Bind: bindElementAt(false), Kernel: elementAt(1)},
	{Name: "try_element_at", Doc: "element_at with null beyond the array.", Least: 2, Most: 2, Bind: bindElementAt(true)},
	{Name: "get", Doc: "The element at a place, from 0; null beyond the array.", Least: 2, Most: 2, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		at, err := b.Arg(args, 1, types.Int)
		return b.try("element", args[0].Type().Element(), args[0], at), err
	})},
	{Name: "element", Doc: "The element at a place, from 0: what array[place] does.", Least: 2, Most: 2, Bind: bindNothing, Kernel: elementAt(0)},
	{Name: "array_contains", Doc: "Whether an element equals the value; null if none does and one is null.", Least: 2, Most: 2, Bind: withValue("array_contains", types.Boolean), Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		found, sawNull := position(args[0], row, args[1])
		if found == 0 && sawNull {
			return null
		}
		out.Bools.Put(row, found > 0)
		return nil
	})},
	{Name: "array_position", Doc: "The place, from 1, of the first element that equals the value; 0 if none does.", Least: 2, Most: 2, Bind: withValue("array_position", types.Bigint), Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		found, _ := position(args[0], row, args[1])
		out.Longs[row] = int64(found)
		return nil
	})},
	{Name: "array_remove", Doc: "The array without the elements that equal the value.", Least: 2, Most: 2, Bind: withValue("array_remove", types.Type{}), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		return keep(out, args[0], row, func(elements *vector.Column, i int) bool {
			return elements.IsNull(i) || vector.Compare(elements, i, args[1], row) != 0
		})
	})},
	{Name: "array_compact", Doc: "The array without its nulls.", Least: 1, Most: 1, Bind: sameArray("array_compact"), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		return keep(out, args[0], row, func(elements *vector.Column, i int) bool { return !elements.IsNull(i) })
	})},
	{Name: "array_distinct", Doc: "The array with equal elements once, in the order in which they come first.", Least: 1, Most: 1, Bind: sameArray("array_distinct"), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		begin := out.Children[0].Len
		appendNew(&out.Children[0], begin, args[0], row)
		out.EndArray()
		return nil
	})},
	{Name: "array_union", Doc: "The elements of both arrays, equal ones once.", Least: 2, Most: 2, Bind: twoArrays("array_union"), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		begin := out.Children[0].Len
		appendNew(&out.Children[0], begin, args[0], row)
		appendNew(&out.Children[0], begin, args[1], row)
		out.EndArray()
		return nil
	})},
	{Name: "array_intersect", Doc: "The elements of the first array that the second has, equal ones once.", Least: 2, Most: 2, Bind: twoArrays("array_intersect"), Kernel: appending(ofBoth(true))},
	{Name: "array_except", Doc: "The elements of the first array that the second does not have, equal ones once.", Least: 2, Most: 2, Bind: twoArrays("array_except"), Kernel: appending(ofBoth(false))},
	{Name: "arrays_overlap", Doc: "Whether both arrays have an element in common that is not null; null if not and one has a null while none is empty.", Least: 2, Most: 2, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		expr, err := twoArrays("arrays_overlap")(b, args)
		if call, ok := expr.(bound.Call); ok {
			call.Of = types.Boolean
			return call, err
		}
		return expr, err
	}, Kernel: strict(overlap)},
	{Name: "array_join", Doc: "The elements of an array of strings with the second argument between them; nulls are left out or, with a third argument, replaced by it.", Params: []types.Type{types.Array(types.String), types.String, types.String}, Optional: 1, Result: types.String, Kernel: strictText(arrayJoin)},
	{Name: "array_max", Doc: "The greatest element that is not null.", Least: 1, Most: 1, Bind: oneElement("array_max"), Kernel: extremeElement(1)},
	{Name: "array_min", Doc: "The least element that is not null.", Least: 1, Most: 1, Bind: oneElement("array_min"), Kernel: extremeElement(-1)},
	{Name: "array_append", Doc: "The array with the value behind its elements.", Least: 2, Most: 2, Bind: withValue("array_append", types.Type{}), Kernel: appending(insert(func(n int) int { return n }))},
	{Name: "array_prepend", Doc: "The array with the value before its elements.", Least: 2, Most: 2, Bind: withValue("array_prepend", types.Type{}), Kernel: appending(insert(func(int) int { return 0 }))},
	{Name: "array_insert", Doc: "The array with a value at a place, from 1 or, if negative, from the end; nulls fill the gap.", Least: 3, Most: 3, Bind: bindInsert, Kernel: appending(insertAt)},
	{Name: "array_repeat", Doc: "The array of a value so many times.", Least: 2, Most: 2, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		count, err := b.Arg(args, 1, types.Int)
		return b.call("array_repeat", types.Array(args[0].Type()), args[0], count), err
	}, Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if args[1].IsNull(row) {
			return null
		}
		for range args[1].Ints[row] {
			out.Children[0].AppendRange(args[0], row, row+1)
		}
		out.EndArray()
		return nil
	})},
	{Name: "reverse", Doc: "The elements of an array, or the code points of a string, the last one first.", Least: 1, Most: 1, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[0].Type().Kind() == types.KindArray {
			return b.call("reverse", args[0].Type(), args...), nil
		}
		arg, err := b.Arg(args, 0, types.String)
		return b.call("reverse_string", types.String, arg), err
	}, Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		for i := args[0].Offsets[row+1] - 1; i >= args[0].Offsets[row]; i-- {
			out.Children[0].AppendRange(&args[0].Children[0], int(i), int(i)+1)
		}
		out.EndArray()
		return nil
	})},
	{Name: "flatten", Doc: "The elements of the arrays in an array; null if one of them is.", Least: 1, Most: 1, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		inner := args[0].Type().Element()
		if inner.Kind() != types.KindArray {
			return nil, b.Mismatch(args, 0, "an array of arrays")
		}
		return b.call("flatten", inner, args...), nil
	}, Kernel: appending(flatten)},
	{Name: "slice", Doc: "So many elements from a place on, from 1 or, if negative, from the end.", Least: 3, Most: 3, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		for i := 1; i < 3; i++ {
			var err error
			if args[i], err = b.Arg(args, i, types.Int); err != nil {
				return nil, err
			}
		}
		return b.call("slice", args[0].Type(), args...), nil
	}), Kernel: appending(slice)},
	{Name: "sort_array", Doc: "The elements in ascending order, nulls first, or in descending order, nulls last, if the second argument is false.", Least: 1, Most: 2, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if !args[0].Type().Element().IsOrdered() {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "sort_array: values of type %s cannot be compared", args[0].Type().Element())
		}
		if len(args) == 2 {
			var err error
			if args[1], err = b.Arg(args, 1, types.Boolean); err != nil {
				return nil, err
			}
		}
		return b.call("sort_array", args[0].Type(), args...), nil
	}), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		sign := 1
		if len(args) == 2 && !args[1].Bools.Get(row) {
			sign = -1
		}
		sorted(out, args[0], row, func(elements *vector.Column, i, j int) int { return sign * vector.Compare(elements, i, elements, j) })
		return nil
	})},
	{Name: "sequence", Doc: "The whole numbers, dates or timestamps from the first to the second argument, in steps of the third: 1 or -1, a day if not given.", Least: 2, Most: 3, Bind: bindSequence, Kernel: sequenceKernel},
	{Name: "arrays_zip", Doc: "The array of the structs of the elements at one place; null for those of shorter arrays.", Least: 1, Most: -1, Bind: bindZip, Kernel: appending(zip)},
}

func length(c *vector.Column, row int) int32 { return c.Offsets[row+1] - c.Offsets[row] }

// ofArray checks that the first argument is an array.
func ofArray(bind func(Binding, []bound.Expr) (bound.Expr, error)) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[0].Type() == types.Void {
			args[0] = b.To(args[0], types.Array(types.Void))
		}
		if args[0].Type().Kind() != types.KindArray {
			return nil, b.Mismatch(args, 0, "an array")
		}
		return bind(b, args)
	}
}

// ofList checks that the first argument is an array or a map.
func ofList(bind func(Binding, []bound.Expr) (bound.Expr, error)) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[0].Type().Kind() == types.KindMap {
			return bind(b, args)
		}
		return ofArray(bind)(b, args)
	}
}

func sameArray(name string) func(Binding, []bound.Expr) (bound.Expr, error) {
	return ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.call(name, args[0].Type(), args...), nil
	})
}

func oneElement(name string) func(Binding, []bound.Expr) (bound.Expr, error) {
	return ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		element := args[0].Type().Element()
		if !element.IsOrdered() {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "%s: values of type %s cannot be compared", name, element)
		}
		return b.call(name, element, args...), nil
	})
}

// withValue converts the array and the value of the second argument to each other;
// the zero result is the array's type.
func withValue(name string, result types.Type) func(Binding, []bound.Expr) (bound.Expr, error) {
	return ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		of, value := args[0].Type().Element(), args[1].Type()
		if value == types.Void {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.NULL_TYPE", "%s: the value is null, which is equal to nothing", name)
		}
		element, ok := coerce.Common(of, value)
		if !ok || (of == types.String) != (value == types.String) && of != types.Void {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES", "%s: the array has elements of type %s, the value is %s", name, args[0].Type().Element(), args[1].Type())
		}
		args[0], args[1] = b.To(args[0], types.Array(element)), b.To(args[1], element)
		if result == (types.Type{}) {
			return b.call(name, types.Array(element), args...), nil
		}
		return b.call(name, result, args...), nil
	})
}

func twoArrays(name string) func(Binding, []bound.Expr) (bound.Expr, error) {
	return ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		t, err := b.Common(args, 0)
		if err != nil {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES", "%s: the arrays are of the types %s and %s", name, args[0].Type(), args[1].Type())
		}
		return b.call(name, t, args...), nil
	})
}

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

func bindElementAt(try bool) func(Binding, []bound.Expr) (bound.Expr, error) {
	return ofList(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[0].Type().Kind() == types.KindMap {
			return b.valueOf(args[0], args[1])
		}
		at, err := b.Arg(args, 1, types.Int)
		call := b.call("element_at", args[0].Type().Element(), args[0], at)
		if try {
			call.Failure = bound.GiveNull
		}
		return call, err
	})
}

// elementAt takes an element at a place that counts from base.
func elementAt(base int) func(bound.Call) (Kernel, error) {
	return appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		list, at := args[0], int(args[1].Ints[row])
		size := int(length(list, row))
		place := at - base
		if base == 1 && at == 0 {
			return fault.Runtimef("INVALID_INDEX_OF_ZERO", "the places of an array count from 1")
		}
		if base == 1 && at < 0 {
			place = size + at
		}
		if place < 0 || place >= size {
			condition := "INVALID_ARRAY_INDEX"
			if base == 1 {
				condition = "INVALID_ARRAY_INDEX_IN_ELEMENT_AT"
			}
			return noValue(condition, fmt.Sprintf("there is no place %d in an array of %d", at, size))
		}
		out.AppendRange(&list.Children[0], int(list.Offsets[row])+place, int(list.Offsets[row])+place+1)
		return nil
	})
}

// Index binds base[key]: an element of an array, from 0, or a value of a map.
func Index(session coerce.Session, base, key bound.Expr) (bound.Expr, error) {
	b := Binding{session, "[]"}
	args := []bound.Expr{base, key}
	switch base.Type().Kind() {
	case types.KindMap:
		return b.valueOf(base, key)
	case types.KindArray:
		if !key.Type().IsInteger() && key.Type() != types.Void {
			return nil, b.Mismatch(args, 1, "a whole number")
		}
		return b.call("element", base.Type().Element(), base, b.To(key, types.Int)), nil
	}
	return nil, fault.Analysisf("INVALID_EXTRACT_BASE_FIELD_TYPE", "%s is of type %s and has no elements", base, base.Type())
}

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

// insert puts the value of the second argument at a place that depends on the length.
func insert(place func(length int) int) func(out *vector.Column, args []*vector.Column, row int) error {
	return func(out *vector.Column, args []*vector.Column, row int) error {
		list := args[0]
		if list.IsNull(row) {
			return null
		}
		from, to := int(list.Offsets[row]), int(list.Offsets[row+1])
		at := from + place(to-from)
		out.Children[0].AppendRange(&list.Children[0], from, at)
		out.Children[0].AppendRange(args[1], row, row+1)
		out.Children[0].AppendRange(&list.Children[0], at, to)
		out.EndArray()
		return nil
	}
}

func bindInsert(b Binding, args []bound.Expr) (bound.Expr, error) {
	at, err := b.Arg(args, 1, types.Int)
	if err != nil {
		return nil, err
	}
	pair, err := withValue("array_insert", types.Type{})(b, []bound.Expr{args[0], args[2]})
	if err != nil {
		return nil, err
	}
	call := pair.(bound.Call)
	return b.call("array_insert", call.Of, call.Args[0], at, call.Args[1]), nil
}

func insertAt(out *vector.Column, args []*vector.Column, row int) error {
	list := args[0]
	if list.IsNull(row) || args[1].IsNull(row) {
		return null
	}
	from, size, at := int(list.Offsets[row]), int(length(list, row)), int(args[1].Ints[row])
	elements := &out.Children[0]
	nulls := func(n int) {
		for range n {
			elements.AppendNull()
		}
	}
	switch {
	case at == 0:
		return noValue("INVALID_INDEX_OF_ZERO", "the places of an array count from 1")
	case at > 0:
		before := min(at-1, size)
		elements.AppendRange(&list.Children[0], from, from+before)
		nulls(at - 1 - before)
		elements.AppendRange(args[2], row, row+1)
		elements.AppendRange(&list.Children[0], from+before, from+size)
	default:
		before := max(size+at+1, 0)
		if missing := -at - size - 1; missing > 0 {
			elements.AppendRange(args[2], row, row+1)
			nulls(missing)
		} else {
			elements.AppendRange(&list.Children[0], from, from+before)
			elements.AppendRange(args[2], row, row+1)
		}
		elements.AppendRange(&list.Children[0], from+before, from+size)
	}
	out.EndArray()
	return nil
}

func flatten(out *vector.Column, args []*vector.Column, row int) error {
	list := args[0]
	if list.IsNull(row) {
		return null
	}
	inner := &list.Children[0]
	for i := int(list.Offsets[row]); i < int(list.Offsets[row+1]); i++ {
		if inner.IsNull(i) {
			return null
		}
	}
	for i := int(list.Offsets[row]); i < int(list.Offsets[row+1]); i++ {
		out.Children[0].AppendRange(&inner.Children[0], int(inner.Offsets[i]), int(inner.Offsets[i+1]))
	}
	out.EndArray()
	return nil
}

func slice(out *vector.Column, args []*vector.Column, row int) error {
	if anyNull(args, row) {
		return null
	}
	list, start, count := args[0], int(args[1].Ints[row]), int(args[2].Ints[row])
	size := int(length(list, row))
	switch {
	case start == 0:
		return noValue("INVALID_PARAMETER_VALUE.START", "the places of an array count from 1")
	case count < 0:
		return noValue("INVALID_PARAMETER_VALUE.LENGTH", "the length of a slice is negative")
	case start < 0:
		start += size
	default:
		start--
	}
	if start >= 0 && start < size {
		from := int(list.Offsets[row]) + start
		out.Children[0].AppendRange(&list.Children[0], from, from+min(count, size-start))
	}
	out.EndArray()
	return nil
}

// sorted appends the array of the elements in the order of compare; equal ones keep
// theirs.
func sorted(out, list *vector.Column, row int, compare func(elements *vector.Column, i, j int) int) {
	order := make([]int32, 0, length(list, row))
	for i := list.Offsets[row]; i < list.Offsets[row+1]; i++ {
		order = append(order, i)
	}
	elements := &list.Children[0]
	slices.SortStableFunc(order, func(i, j int32) int { return compare(elements, int(i), int(j)) })
	out.Children[0].AppendRows(elements, order)
	out.EndArray()
}

func bindSequence(b Binding, args []bound.Expr) (bound.Expr, error) {
	t, ok := coerce.Common(args[0].Type(), args[1].Type())
	if !ok || !t.IsInteger() && !t.IsTime() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", "sequence goes over whole numbers, dates or timestamps, not from %s to %s", args[0].Type(), args[1].Type())
	}
	args[0], args[1] = b.To(args[0], t), b.To(args[1], t)
	if len(args) == 3 {
		step := args[2].Type()
		switch {
		case t.IsInteger():
			args[2] = b.To(args[2], t)
		case step.Kind() == types.KindYearMonth:
			args[2] = b.To(args[2], types.YearMonth)
		case step.Kind() == types.KindDayTime:
			args[2] = b.To(args[2], types.DayTime)
		default:
			return nil, fault.Analysisf("DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", "a sequence of %s takes no steps of %s", t, step)
		}
	}
	return b.zoned("sequence", types.Array(t), args...), nil
}

// maxSequence is how many elements a sequence may have.
const maxSequence = 1 << 31 / 8

func sequenceKernel(call bound.Call) (Kernel, error) {
	zone, err := zoneOf(call)
	t := call.Of.Element()
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		start, stop := whole(args[0], row), whole(args[1], row)
		var months, by int64
		switch {
		case len(args) == 3 && args[2].Type.Kind() == types.KindYearMonth:
			months = int64(args[2].Ints[row])
		case len(args) == 3:
			if by = whole(args[2], row); t == types.Date {
				by /= calendar.Day
			}
		case t.IsInteger() || t == types.Date:
			by = 1
		default:
			by = calendar.Day
		}
		if len(args) < 3 && stop < start {
			by = -by
		}
		sign := by + months
		if sign == 0 && start != stop || sign > 0 && start > stop || sign < 0 && start < stop {
			return fault.Runtimef("ILLEGAL_SEQUENCE_BOUNDARIES", "a sequence from %d does not come to %d in steps of %d, in %s", start, stop, sign, call)
		}
		for n := int64(0); ; n++ {
			value := start + n*by
			switch {
			case months != 0 && t == types.Date:
				value = int64(calendar.AddMonths(int(start), int(n*months)))
			case months != 0:
				value = addMonths(start, int(n*months), zone)
			case t == types.Timestamp && by%calendar.Day == 0:
				value = addDayTime(start, n*by, zone)
			}
			if sign >= 0 && value > stop || sign < 0 && value < stop || sign > 0 && value < start {
				break
			}
			if n > maxSequence {
				return fault.Runtimef("COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER", "a sequence of more than %d elements, in %s", maxSequence, call)
			}
			appendWhole(&out.Children[0], value)
			if sign == 0 {
				break
			}
		}
		out.EndArray()
		return nil
	}), err
}

// appendWhole appends a number, date or timestamp.
func appendWhole(c *vector.Column, value int64) {
	switch c.Type.Layout() {
	case types.Layout8:
		c.AppendTiny(int8(value))
	case types.Layout16:
		c.AppendSmall(int16(value))
	case types.Layout32:
		c.AppendInt(int32(value))
	default:
		c.AppendLong(value)
	}
}

func bindZip(b Binding, args []bound.Expr) (bound.Expr, error) {
	fields := make([]types.Field, len(args))
	for i, arg := range args {
		if arg.Type().Kind() != types.KindArray {
			return nil, b.Mismatch(args, i, "an array")
		}
		fields[i] = types.Nullable(fieldName(arg, i), arg.Type().Element())
	}
	return b.call("arrays_zip", types.Array(types.Struct(fields...)), args...), nil
}

// fieldName is the name of a column, or the number of the argument.
func fieldName(arg bound.Expr, i int) string {
	if column, ok := arg.(bound.Column); ok {
		return column.Field.Name
	}
	return fmt.Sprint(i)
}

func zip(out *vector.Column, args []*vector.Column, row int) error {
	if anyNull(args, row) {
		return null
	}
	longest := int32(0)
	for _, arg := range args {
		longest = max(longest, length(arg, row))
	}
	entries := &out.Children[0]
	for n := range longest {
		for i, arg := range args {
			if n < length(arg, row) {
				at := int(arg.Offsets[row] + n)
				entries.Children[i].AppendRange(&arg.Children[0], at, at+1)
			} else {
				entries.Children[i].AppendNull()
			}
		}
		entries.EndStruct()
	}
	out.EndArray()
	return nil
}
