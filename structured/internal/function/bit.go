package function

import (
	"math/bits"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var bitFunctions = []Function{
	{Name: "&", Doc: "The bits that both whole numbers have.", Least: 2, Most: 2, Bind: bindBits, Kernel: bitOperator(func(a, b int64) int64 { return a & b })},
	{Name: "|", Doc: "The bits that one of two whole numbers has.", Least: 2, Most: 2, Bind: bindBits, Kernel: bitOperator(func(a, b int64) int64 { return a | b })},
	{Name: "^", Doc: "The bits that only one of two whole numbers has.", Least: 2, Most: 2, Bind: bindBits, Kernel: bitOperator(func(a, b int64) int64 { return a ^ b })},
	{
		Name: "~", Doc: "The bits that a whole number does not have.", Least: 1, Most: 1, Bind: bindBits,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			putWhole(out, row, ^args[0].Whole(row))
			return nil
		}),
	},
	{Name: "shiftleft", Aliases: []string{"<<"}, Doc: "An int or bigint shifted to the left.", Least: 2, Most: 2, Bind: bindShift, Kernel: shift(func(v int64, by int32, width int32) int64 { return v << (by & (width - 1)) })},
	{Name: "shiftright", Aliases: []string{">>"}, Doc: "An int or bigint shifted to the right, filled with its sign.", Least: 2, Most: 2, Bind: bindShift, Kernel: shift(func(v int64, by int32, width int32) int64 { return v >> (by & (width - 1)) })},
	{
		Name: "shiftrightunsigned", Aliases: []string{">>>"}, Doc: "An int or bigint shifted to the right, filled with zeros.", Least: 2, Most: 2, Bind: bindShift,
		Kernel: shift(func(v int64, by int32, width int32) int64 {
			if width == 32 {
				return int64(int32(uint32(v) >> (by & 31)))
			}
			return int64(uint64(v) >> (by & 63))
		}),
	},
	{
		Name: "bit_count", Doc: "How many bits of a whole number, or boolean, are 1.", Least: 1, Most: 1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			if args[0].Type() == types.Boolean {
				return b.To(args[0], types.Int), nil
			}
			arg, err := b.Arg(args, 0, types.Bigint)
			return b.call("bit_count", types.Int, arg), err
		},
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = int32(bits.OnesCount64(uint64(args[0].Longs[row])))
			return nil
		}),
	},
	{
		Name: "getbit", Aliases: []string{"bit_get"}, Doc: "Bit number n of a whole number, from the right, 0 the first.", Least: 2, Most: 2,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			if !args[0].Type().IsInteger() {
				var err error
				if args[0], err = b.Arg(args, 0, types.Bigint); err != nil {
					return nil, err
				}
			}
			at, err := b.Arg(args, 1, types.Int)
			return b.call("getbit", types.Tinyint, args[0], at), err
		},
		Kernel: bitAt,
	},
}

func bitAt(call bound.Call) (Kernel, error) {
	of := call.Args[0].Type()
	width := int32(8) << (of.Kind() - types.KindTinyint)
	return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		n := args[1].Ints[row]
		if n < 0 || n >= width {
			return fault.Runtimef("INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE", "the position of a bit of a %s must be from 0 to %d, not %d", of, width-1, n)
		}
		out.Tinies[row] = int8(args[0].Whole(row) >> n & 1)
		return nil
	}), nil
}

func bindBits(b Binding, args []bound.Expr) (bound.Expr, error) {
	t := types.Void
	for i, arg := range args {
		of := arg.Type()
		if of == types.String && len(args) == 2 && args[1-i].Type().IsInteger() {
			of = types.Bigint
		}
		if !of.IsInteger() && of != types.Void {
			if len(args) == 2 && of != args[1-i].Type() {
				return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "%s cannot have %s with %s", b.Name, args[0].Type(), args[1].Type())
			}
			return nil, b.Mismatch(args, i, "a whole number")
		}
		t, _ = coerce.Common(t, of)
	}
	if t == types.Void {
		t = types.Int
	}
	for i := range args {
		args[i] = b.To(args[i], t)
	}
	return b.call(b.Name, t, args...), nil
}

func bitOperator(f func(a, b int64) int64) func(bound.Call) (Kernel, error) {
	return strict(func(out *vector.Column, args []*vector.Column, row int) error {
		putWhole(out, row, f(args[0].Whole(row), args[1].Whole(row)))
		return nil
	})
}

func bindShift(b Binding, args []bound.Expr) (bound.Expr, error) {
	t := types.Int
	if args[0].Type() == types.Bigint {
		t = types.Bigint
	}
	var err error
	if args[0], err = b.Arg(args, 0, t); err != nil {
		return nil, err
	}
	args[1], err = b.Arg(args, 1, types.Int)
	f, _ := Lookup(b.Name)
	return b.call(f.Name, t, args...), err
}

func shift(f func(v int64, by, width int32) int64) func(bound.Call) (Kernel, error) {
	return strict(func(out *vector.Column, args []*vector.Column, row int) error {
		if out.Type == types.Int {
			out.Ints[row] = int32(f(int64(args[0].Ints[row]), args[1].Ints[row], 32))
			return nil
		}
		out.Longs[row] = f(args[0].Longs[row], args[1].Ints[row], 64)
		return nil
	})
}
