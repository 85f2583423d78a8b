package function

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

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
	if args[1].Type() == types.Void {
		return nil, b.Mismatch(args, 1, "a place")
	}
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
