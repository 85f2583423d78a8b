package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// call binds a function with its arguments: their number and types are checked and
// converted to what package bound asks for.
func (b *binder) call(c syntax.Call) (bound.Expr, error) {
	switch {
	case isAggregate(c.Function):
		if b.aggregate == nil {
			return nil, fault.Analysisf("", "%s is a function of many rows; it may stand in Agg and Select only", c)
		}
		return b.aggregate(c)
	case c.Function == "explode":
		return nil, fault.Analysisf("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
			"%s gives rows, not a value; it may stand alone in Select and WithColumn only", c)
	}
	args, err := b.bindAll(c.Args)
	if err != nil {
		return nil, err
	}
	function := bound.Function(c.Function)
	if least, most, ok := arity(function); !ok {
		return nil, fault.Analysisf("UNRESOLVED_ROUTINE", "no function %q", c.Function)
	} else if len(args) < least || len(args) > most {
		return nil, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "%s takes %s, got %d",
			c.Function, arguments(least, most), len(args))
	}
	switch function {
	case bound.Equal, bound.NotEqual, bound.EqualNullSafe, bound.Less, bound.LessEqual, bound.Greater, bound.GreaterEqual, bound.In:
		return b.compare(function, args)
	case bound.And, bound.Or, bound.Not:
		return b.typed(function, types.Boolean, types.Boolean, args, func(t types.Type) bool { return t == types.Boolean })
	case bound.IsNull, bound.IsNotNull:
		return bound.Call{Function: function, Args: args, Of: types.Boolean}, nil
	case bound.Add, bound.Subtract, bound.Multiply, bound.Remainder, bound.Divide:
		return b.arithmetic(function, args)
	case bound.Negate:
		if args[0].Type() == types.Int || args[0].Type() == types.Bigint {
			return bound.Call{Function: function, Args: args, Of: args[0].Type()}, nil
		}
		return b.typed(function, types.Double, types.Double, args, func(t types.Type) bool { return t.IsNumeric() || t == types.String })
	case bound.Length:
		return b.typed(function, types.String, types.Int, args, isAtomic)
	case bound.Like:
		return b.typed(function, types.String, types.Boolean, args, isAtomic)
	case bound.Split:
		return b.typed(function, types.String, types.Array(types.String), args, isAtomic)
	case bound.WindowTime:
		return b.typed(function, types.Window(), types.Timestamp, args, func(t types.Type) bool { return t == types.Window() })
	default: // lower, upper, trim, concat
		return b.typed(function, types.String, types.String, args, isAtomic)
	}
}

const anyNumber = 1 << 30

// arity is how many arguments a scalar function takes.
func arity(function bound.Function) (least, most int, ok bool) {
	switch function {
	case bound.Not, bound.IsNull, bound.IsNotNull, bound.Negate,
		bound.Lower, bound.Upper, bound.Trim, bound.Length, bound.WindowTime:
		return 1, 1, true
	case bound.Equal, bound.NotEqual, bound.EqualNullSafe, bound.Less, bound.LessEqual, bound.Greater, bound.GreaterEqual,
		bound.And, bound.Or, bound.Add, bound.Subtract, bound.Multiply, bound.Divide, bound.Remainder, bound.Like, bound.Split:
		return 2, 2, true
	case bound.In:
		return 2, anyNumber, true
	case bound.Concat:
		return 0, anyNumber, true
	}
	return 0, 0, false
}

func arguments(least, most int) string {
	switch {
	case most == anyNumber:
		return fmt.Sprintf("at least %d arguments", least)
	case most == 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", most)
}

// typed converts every argument to one type; may says which others are converted.
func (b *binder) typed(function bound.Function, to, result types.Type, args []bound.Expr, may func(types.Type) bool) (bound.Expr, error) {
	for i, arg := range args {
		if t := arg.Type(); t != types.Void && !may(t) {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
				"%s: argument %d must be %s, but %s is %s", function, i+1, to, arg, t)
		}
		args[i] = b.convert(arg, to)
	}
	return bound.Call{Function: function, Args: args, Of: result}, nil
}

func (b *binder) compare(function bound.Function, args []bound.Expr) (bound.Expr, error) {
	t, ok := commonOf(args)
	if !ok {
		return nil, fault.Analysisf("DATATYPE_MISMATCH."+dataDiffer(function),
			"%s cannot compare %s; cast one of them", bound.Text(function, texts(args)), typeList(args))
	}
	if !t.IsOrdered() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
			"%s: values of type %s cannot be compared", bound.Text(function, texts(args)), t)
	}
	for i, arg := range args {
		args[i] = b.convert(arg, t)
	}
	return bound.Call{Function: function, Args: args, Of: types.Boolean}, nil
}

func dataDiffer(function bound.Function) string {
	if function == bound.In {
		return "DATA_DIFF_TYPES"
	}
	return "BINARY_OP_DIFF_TYPES"
}

func (b *binder) arithmetic(function bound.Function, args []bound.Expr) (bound.Expr, error) {
	for i := range args {
		if other := args[1-i].Type(); args[i].Type() == types.String && other.IsNumeric() {
			args[i] = b.convert(args[i], spoken(other))
		}
	}
	left, right := args[0].Type(), args[1].Type()
	t, ok := common(left, right)
	if !ok {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES",
			"%s cannot combine %s; cast one of them", bound.Text(function, texts(args)), typeList(args))
	}
	if t == types.Void || function == bound.Divide && t.IsNumeric() {
		t = types.Double
	}
	if !t.IsNumeric() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE",
			"%s needs numbers, not %s", bound.Text(function, texts(args)), t)
	}
	for i, arg := range args {
		args[i] = b.convert(arg, t)
	}
	return bound.Call{Function: function, Args: args, Of: t}, nil
}

func texts(args []bound.Expr) []string {
	list := make([]string, len(args))
	for i, arg := range args {
		list[i] = arg.String()
	}
	return list
}

// typeList is the different types of args, as an error names them.
func typeList(args []bound.Expr) string {
	var list []string
	for _, arg := range args {
		if t := arg.Type().String(); !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return strings.Join(list, " with ")
}
