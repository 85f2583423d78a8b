package function

import (
	"fmt"
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var conditionFunctions = []Function{
	{
		Name: "coalesce", Doc: "The first argument that is not null. The later ones are not evaluated where an earlier one is not null.",
		Least: 1, Most: -1, Bind: bindCoalesce,
	},
	{Name: "nvl", Aliases: []string{"ifnull"}, Doc: "The first argument, or the second where that is null.", Least: 2, Most: 2, Bind: bindCoalesce},
	{
		Name: "nvl2", Doc: "The second argument where the first is not null, else the third.", Least: 3, Most: 3,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			t, err := b.Common(args, 1)
			notNull := bound.Call{Function: bound.IsNotNull, Args: args[:1], Of: types.Boolean}
			return bound.Call{Function: bound.Case, Args: []bound.Expr{notNull, args[1], args[2]}, Of: t}, err
		},
	},
	{
		Name: "nullif", Doc: "Null where both arguments are equal, else the first.", Least: 2, Most: 2,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			first := args[0]
			t, ok := coerce.Common(first.Type(), args[1].Type())
			if !ok {
				return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "nullif cannot compare %s with %s; cast one of them", first.Type(), args[1].Type())
			}
			if err := b.comparable(t); err != nil {
				return nil, err
			}
			args[0], args[1] = b.To(first, t), b.To(args[1], t)
			equal := bound.Call{Function: bound.Equal, Args: args, Of: types.Boolean}
			return bound.Call{Function: bound.Case, Args: []bound.Expr{equal, bound.Literal{Of: first.Type()}, first}, Of: first.Type()}, nil
		},
	},
	{
		Name: "zeroifnull", Doc: "The number, or 0 where it is null.", Least: 1, Most: 1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			return bindCoalesce(b, append(args[:1:1], bound.Literal{Value: int32(0), Of: types.Int}))
		},
	},
	{
		Name: "nullifzero", Doc: "Null where the number is 0, else the number.", Least: 1, Most: 1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			return b.library("nullif", append(args[:1:1], bound.Literal{Value: int32(0), Of: types.Int}))
		},
	},
	{
		Name: "equal_null", Doc: "Whether both arguments are equal, or both null.", Least: 2, Most: 2,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			_, err := b.Common(args, 0)
			return bound.Call{Function: bound.EqualNullSafe, Args: args, Of: types.Boolean}, err
		},
	},
	{
		Name: "elt", Doc: "The argument of a number, which is the first argument and counts the others from 1.", Least: 2, Most: -1, Bind: bindElt,
		Kernel: appending(elt),
	},
	{
		Name: "if", Aliases: []string{"iff"}, Doc: "The second argument where the first is true, else the third.", Least: 3, Most: 3,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) { return b.choice(args) },
	},
	{
		Name: "case", Doc: "The value behind the first condition that is true; the last argument, if it has no condition, where none is; else null.",
		Least: 2, Most: -1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) { return b.choice(args) },
	},
	{Name: "greatest", Doc: "The greatest argument that is not null. NaN is greater than every other number.", Least: 2, Most: -1, Bind: bindExtreme, Kernel: extreme(1)},
	{Name: "least", Doc: "The least argument that is not null.", Least: 2, Most: -1, Bind: bindExtreme, Kernel: extreme(-1)},
	{
		Name: "isnan", Doc: "Whether a double is NaN; false for null.", Params: []types.Type{types.Double}, Result: types.Boolean,
		Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
			out.AppendBool(!args[0].IsNull(row) && math.IsNaN(args[0].Doubles[row]))
			return nil
		}),
	},
	{
		Name: "nanvl", Doc: "The first double, or the second where the first is NaN.", Params: []types.Type{types.Double, types.Double}, Result: types.Double,
		Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
			chosen := args[0]
			if !chosen.IsNull(row) && math.IsNaN(chosen.Doubles[row]) {
				chosen = args[1]
			}
			out.AppendRange(chosen, row, row+1)
			return nil
		}),
	},
	{
		Name: "raise_error", Doc: "No value: it fails the query with the message.", Params: []types.Type{types.String}, Result: types.Void, Volatile: true,
		Kernel: strict(func(_ *vector.Column, args []*vector.Column, row int) error {
			return fault.Runtimef("USER_RAISED_EXCEPTION", "%s", args[0].String(row))
		}),
	},
	{
		Name: "assert_true", Doc: "Null where the condition is true; else it fails the query with the message.", Volatile: true,
		Params: []types.Type{types.Boolean, types.String}, Optional: 1, Result: types.Void,
		Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
			if !args[0].IsNull(row) && args[0].Bools.Get(row) {
				return null
			}
			message := given(args, 1, func(c *vector.Column) string { return string(c.String(row)) }, "the condition is not true")
			return fault.Runtimef("USER_RAISED_EXCEPTION", "%s", message)
		}),
	},
	{
		Name: "typeof", Doc: "The type of the argument, as a string.", Least: 1, Most: 1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			return bound.Literal{Value: args[0].Type().String(), Of: types.String}, nil
		},
	},
}

func bindCoalesce(b Binding, args []bound.Expr) (bound.Expr, error) {
	t, err := b.Common(args, 0)
	return bound.Call{Function: bound.Coalesce, Args: args, Of: t}, err
}

// choice binds conditions and values in turn, and a last value without a condition.
func (b Binding) choice(args []bound.Expr) (bound.Expr, error) {
	var values []bound.Expr
	for i := range args {
		if i%2 == 0 && i+1 < len(args) {
			if t := args[i].Type(); t != types.Boolean && (t != types.Void || b.Name == "case") {
				return nil, b.Mismatch(args, i, "a condition")
			}
			args[i] = b.To(args[i], types.Boolean)
			continue
		}
		values = append(values, args[i])
	}
	t, err := b.Common(values, 0)
	if err != nil {
		return nil, err
	}
	for i := range args {
		if i%2 == 1 || i+1 == len(args) {
			args[i] = b.To(args[i], t)
		}
	}
	if len(args)%2 == 0 {
		args = append(args, bound.Literal{Of: t})
	}
	return bound.Call{Function: bound.Case, Args: args, Of: t}, nil
}

func bindElt(b Binding, args []bound.Expr) (bound.Expr, error) {
	for i := range args {
		to := types.String
		if i == 0 {
			to = types.Int
		}
		var err error
		if args[i], err = b.Arg(args, i, to); err != nil {
			return nil, err
		}
	}
	return b.call("elt", types.String, args...), nil
}

func elt(out *vector.Column, args []*vector.Column, row int) error {
	if args[0].IsNull(row) {
		return null
	}
	at := int(args[0].Ints[row])
	if at < 1 || at >= len(args) {
		return noValue("INVALID_ARRAY_INDEX", fmt.Sprintf("there is no value %d of %d", at, len(args)-1))
	}
	if args[at].IsNull(row) {
		return null
	}
	out.AppendString(args[at].String(row))
	return nil
}

func bindExtreme(b Binding, args []bound.Expr) (bound.Expr, error) {
	if err := b.sameKind(args); err != nil {
		return nil, err
	}
	t, err := b.Common(args, 0)
	if err == nil {
		err = b.comparable(t)
	}
	return b.call(b.Name, t, args...), err
}

func extreme(sign int) func(bound.Call) (Kernel, error) {
	return appending(func(out *vector.Column, args []*vector.Column, row int) error {
		var best *vector.Column
		for _, arg := range args {
			if !arg.IsNull(row) && (best == nil || vector.Compare(arg, row, best, row)*sign > 0) {
				best = arg
			}
		}
		if best == nil {
			return null
		}
		out.AppendRange(best, row, row+1)
		return nil
	})
}
