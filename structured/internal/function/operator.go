package function

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Arithmetic binds one of + - * / % and div to its two arguments: numbers, or times
// and intervals, whose arithmetic is that of functions of this package.
func Arithmetic(session coerce.Session, operator bound.Function, args []bound.Expr) (bound.Expr, error) {
	b := Binding{session, string(operator)}
	if expr, err := b.timeArithmetic(operator, args[0], args[1]); expr != nil || err != nil {
		return expr, err
	}
	for i := range args {
		if other := args[1-i].Type(); args[i].Type() == types.String && other.IsNumeric() {
			if other = coerce.Spoken(other); !b.ANSI {
				other = types.Double
			}
			args[i] = b.To(args[i], other)
		}
	}
	left, right := args[0].Type(), args[1].Type()
	t, ok := coerce.Common(left, right)
	switch {
	case !ok:
		return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES",
			"%s cannot combine %s with %s; cast one of them", text(operator, args), left, right)
	case t == types.Void:
		t = types.Double
	case !t.IsNumeric() && left != right && left != types.String && right != types.String:
		return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "%s needs numbers, not %s and %s", text(operator, args), left, right)
	case !t.IsNumeric():
		return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", "%s needs numbers, not %s", text(operator, args), t)
	}
	switch {
	case operator == bound.IntegralDivide && t.Kind() != types.KindDecimal:
		t = types.Bigint
	case t.Kind() == types.KindDecimal:
		return b.decimals(operator, args)
	case operator == bound.Divide:
		t = types.Double
	}
	return bound.Call{Function: operator, Args: []bound.Expr{b.To(args[0], t), b.To(args[1], t)}, Of: t, Failure: b.Failure()}, nil
}

func text(operator bound.Function, args []bound.Expr) string {
	return bound.Text(operator, []string{args[0].String(), args[1].String()})
}

// decimals binds an operator to decimals and whole numbers. A constant whole number
// counts as a decimal of its own digits, so that 1.5 + 1 does not grow to 21 digits; a
// tinyint does not.
func (b Binding) decimals(operator bound.Function, args []bound.Expr) (bound.Expr, error) {
	for i, arg := range args {
		as := coerce.AsDecimal(arg.Type())
		if literal, ok := arg.(bound.Literal); ok && arg.Type().IsInteger() && arg.Type() != types.Tinyint && literal.Value != nil {
			n, _ := constantInt(arg)
			as = types.Decimal(len(strings.TrimPrefix(strconv.Itoa(n), "-")), 0)
		}
		if as.Kind() != types.KindDecimal {
			as = args[1-i].Type() // void
		}
		args[i] = b.To(arg, as)
	}
	left, right := args[0].Type(), args[1].Type()
	if operator == bound.IntegralDivide {
		return b.call("decimal_div", types.Bigint, args...), nil
	}
	return bound.Call{Function: operator, Args: args, Of: coerce.Arithmetic(operator, left, right), Failure: b.Failure()}, nil
}
