package function

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
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
	{Name: "size", Aliases: []string{"cardinality"}, Doc: "The number of elements of an array or of entries of a map; -1 for null with ANSI mode off.", Least: 1, Most: 1, Bind: ofList(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		size := b.call("size", types.Int, args...)
		if b.ANSI {
			return size, nil
		}
		return bindCoalesce(b, []bound.Expr{size, bound.Literal{Value: int32(-1), Of: types.Int}})
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
	{Name: "element", Doc: "The element at a place, from 0: what array[place] does.", Least: 2, Most: 2, Operator: true, Kernel: elementAt(0)},
	{Name: "array_contains", Doc: "Whether an element equals the value; null if none does and one is null.", Least: 2, Most: 2, Bind: comparing(withValue("array_contains", types.Boolean)), Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		found, sawNull := position(args[0], row, args[1])
		if found == 0 && sawNull {
			return null
		}
		out.Bools.Put(row, found > 0)
		return nil
	})},
	{Name: "array_position", Doc: "The place, from 1, of the first element that equals the value; 0 if none does.", Least: 2, Most: 2, Bind: comparing(withValue("array_position", types.Bigint)), Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		found, _ := position(args[0], row, args[1])
		out.Longs[row] = int64(found)
		return nil
	})},
	{Name: "array_remove", Doc: "The array without the elements that equal the value.", Least: 2, Most: 2, Bind: comparing(withValue("array_remove", types.Type{})), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
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
	{Name: "array_distinct", Doc: "The array with equal elements once, in the order in which they come first.", Least: 1, Most: 1, Bind: comparing(sameArray("array_distinct")), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		begin := out.Children[0].Len
		appendNew(&out.Children[0], begin, args[0], row)
		out.EndArray()
		return nil
	})},
	{Name: "array_union", Doc: "The elements of both arrays, equal ones once.", Least: 2, Most: 2, Bind: comparing(twoArrays("array_union")), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		begin := out.Children[0].Len
		appendNew(&out.Children[0], begin, args[0], row)
		appendNew(&out.Children[0], begin, args[1], row)
		out.EndArray()
		return nil
	})},
	{Name: "array_intersect", Doc: "The elements of the first array that the second has, equal ones once.", Least: 2, Most: 2, Bind: comparing(twoArrays("array_intersect")), Kernel: appending(ofBoth(true))},
	{Name: "array_except", Doc: "The elements of the first array that the second does not have, equal ones once.", Least: 2, Most: 2, Bind: comparing(twoArrays("array_except")), Kernel: appending(ofBoth(false))},
	{Name: "arrays_overlap", Doc: "Whether both arrays have an element in common that is not null; null if not and one has a null while none is empty.", Least: 2, Most: 2, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		expr, err := comparing(twoArrays("arrays_overlap"))(b, args)
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
		if err := b.comparable(args[0].Type().Element()); err != nil {
			return nil, err
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
		elements, order := inOrder(args[0], row, func(e *vector.Column, i, j int) int { return sign * vector.Compare(e, i, e, j) })
		out.Children[0].AppendRows(elements, order)
		out.EndArray()
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
		return b.call(name, element, args...), b.comparable(element)
	})
}

// comparing is a function of arrays whose elements it compares.
func comparing(bind func(Binding, []bound.Expr) (bound.Expr, error)) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		expr, err := bind(b, args)
		if err != nil {
			return nil, err
		}
		return expr, b.comparable(args[0].Type().Element())
	}
}

// comparable returns an error if values of a type have neither equality nor order.
func (b Binding) comparable(t types.Type) error {
	if !t.IsOrdered() {
		return fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "%s: values of type %s cannot be compared", b.Name, t)
	}
	return nil
}

// withValue converts the array and the value of the second argument to each other;
// the zero result is the array's type.
func withValue(name string, result types.Type) func(Binding, []bound.Expr) (bound.Expr, error) {
	return ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		of, value := args[0].Type().Element(), args[1].Type()
		if value == types.Void && name == "array_contains" {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.NULL_TYPE", "%s: the value is null, which is equal to nothing", name)
		}
		element, ok := coerce.Common(of, value)
		if !ok || (of.Kind() == types.KindString) != (value.Kind() == types.KindString) && of != types.Void && value != types.Void {
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
		a, other := args[0].Type().Element(), args[1].Type().Element()
		mixed := a != types.Void && other != types.Void && (a.Kind() == types.KindString) != (other.Kind() == types.KindString)
		t, err := b.Common(args, 0)
		if err != nil || mixed {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES", "%s: the arrays are of the types %s and %s", name, args[0].Type(), args[1].Type())
		}
		return b.call(name, t, args...), nil
	})
}
