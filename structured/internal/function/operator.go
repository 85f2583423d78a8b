package function

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
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

// timeArithmetic binds what concerns times or intervals, and returns nil for the rest.
func (b Binding) timeArithmetic(operator bound.Function, left, right bound.Expr) (bound.Expr, error) {
	l, r := left.Type(), right.Type()
	if l == types.Calendar || r == types.Calendar {
		return b.calendarArithmetic(operator, left, right)
	}
	if !l.IsTime() && !l.IsInterval() && !r.IsTime() && !r.IsInterval() {
		return nil, nil
	}
	switch {
	case l == types.String && r.IsInterval() && (operator == bound.Add || operator == bound.Subtract):
		moved, err := b.timeArithmetic(operator, b.To(left, types.Timestamp), right)
		if err != nil {
			return nil, err
		}
		return b.To(moved, types.String), nil
	case l.IsInterval() && r.IsInterval() && (operator == bound.Add || operator == bound.Subtract):
		t, ok := coerce.Common(l, r)
		if !ok {
			break
		}
		return bound.Call{Function: operator, Args: []bound.Expr{b.To(left, t), b.To(right, t)}, Of: t, Failure: b.Failure()}, nil
	case operator == bound.Add && l.IsTime():
		return b.addTime(left, right, 1)
	case operator == bound.Add && r.IsTime():
		return b.addTime(right, left, 1)
	case operator == bound.Subtract && l.IsTime() && (r.IsTime() || r == types.String):
		return b.timeBetween(left, right)
	case operator == bound.Subtract && l == types.String && r.IsTime():
		return b.timeBetween(left, right)
	case operator == bound.Subtract && l.IsTime():
		return b.addTime(left, right, -1)
	case operator == bound.Multiply && l.IsInterval() && !r.IsInterval():
		return b.scaleInterval("interval_multiply", left, right)
	case operator == bound.Multiply && r.IsInterval() && !l.IsInterval():
		return b.scaleInterval("interval_multiply", right, left)
	case operator == bound.Divide && l.IsInterval() && !r.IsInterval():
		return b.scaleInterval("interval_divide", left, right)
	}
	condition := "BINARY_OP_DIFF_TYPES"
	if l.IsInterval() && r.IsInterval() {
		condition = "UNEXPECTED_INPUT_TYPE"
	}
	return nil, fault.Analysisf("DATATYPE_MISMATCH."+condition, "%s cannot combine %s with %s",
		text(operator, []bound.Expr{left, right}), l, r)
}

// addTime adds an interval or a number of days to a time, or takes it away.
func (b Binding) addTime(time, amount bound.Expr, sign int32) (bound.Expr, error) {
	t, by := time.Type(), amount.Type()
	direction := bound.Literal{Value: sign, Of: types.Int}
	switch {
	case t == types.Date && (by.IsInteger() || by == types.Void || by == types.String):
		name := "date_add"
		if sign < 0 {
			name = "date_sub"
		}
		return b.call(name, types.Date, time, b.To(amount, types.Int)), nil
	case by.Kind() == types.KindYearMonth:
		return b.zoned("add_interval_months", t, time, b.To(amount, types.YearMonth), direction), nil
	case by.Kind() == types.KindDayTime && t == types.Date && by == types.Interval(types.Day, types.Day):
		return b.zoned("add_interval_days", t, time, amount, direction), nil
	case by.Kind() == types.KindDayTime:
		if t == types.Date {
			t = types.Timestamp
		}
		return b.zoned("add_interval_micros", t, b.To(time, t), b.To(amount, types.DayTime), direction), nil
	}
	condition := "BINARY_OP_DIFF_TYPES"
	if by == types.String {
		condition = "BINARY_OP_WRONG_TYPE"
	}
	return nil, fault.Analysisf("DATATYPE_MISMATCH."+condition, "a value of type %s cannot be added to one of type %s", by, t)
}

// timeBetween is the interval from the right time to the left one.
func (b Binding) timeBetween(left, right bound.Expr) (bound.Expr, error) {
	l, r := left.Type(), right.Type()
	if l == types.Date && r == types.Date {
		return b.call("days_between", types.Interval(types.Day, types.Day), left, right), nil
	}
	t, ok := coerce.Common(l, r)
	if t == types.Date {
		t = types.Timestamp
	}
	if !ok || !t.IsTime() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "no time lies between %s and %s", l, r)
	}
	return b.zoned("micros_between", types.DayTime, b.To(left, t), b.To(right, t)), nil
}

func (b Binding) scaleInterval(name string, interval, by bound.Expr) (bound.Expr, error) {
	t := types.DayTime
	if interval.Type().Kind() == types.KindYearMonth {
		t = types.YearMonth
	}
	if by.Type() == types.String || by.Type() == types.Void {
		by = b.To(by, types.Double)
	}
	if !by.Type().IsNumeric() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "an interval cannot be multiplied by or divided by %s", by.Type())
	}
	if !by.Type().IsInteger() && by.Type().Kind() != types.KindDecimal {
		by = b.To(by, types.Double)
	}
	return b.call(name, t, b.To(interval, t), by), nil
}

// ofAnyTime says whether a column holds days rather than microseconds.
func ofAnyTime(c *vector.Column) bool { return c.Type == types.Date }
