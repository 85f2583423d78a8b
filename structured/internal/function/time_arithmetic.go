package function

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// timeArithmetic binds what concerns times or intervals, by the types of both sides, and
// returns nil for what it does not know. Which sides decide, and in which order, is as in
// Spark: the refusals follow from that.
func (b Binding) timeArithmetic(operator bound.Function, left, right bound.Expr) (bound.Expr, error) {
	l, r := left.Type(), right.Type()
	switch {
	case !l.IsTime() && !isInterval(l) && !r.IsTime() && !isInterval(r):
		return nil, nil
	case operator == bound.Add:
		return b.addTimes(left, right)
	case operator == bound.Subtract:
		return b.subtractTimes(left, right)
	case operator == bound.Multiply && isInterval(l), operator == bound.Divide && isInterval(l):
		return b.scaleInterval(operator, left, right)
	case operator == bound.Multiply && isInterval(r):
		return b.scaleInterval(operator, right, left)
	case operator == bound.IntegralDivide && l.IsInterval() && l.Kind() == r.Kind():
		t := widestInterval(l)
		return b.call("interval_div", types.Bigint, b.To(left, t), b.To(right, t)), nil
	}
	return nil, nil
}

func (b Binding) addTimes(left, right bound.Expr) (bound.Expr, error) {
	if sum := b.sumOfIntervals(bound.Add, "calendar_add", left, right); sum != nil {
		return sum, nil
	}
	l, r := left.Type(), right.Type()
	switch {
	case hasDays(r):
		return b.move(left, right, 1)
	case hasDays(l):
		return b.move(right, left, 1)
	case l.IsTime() && r.Kind() == types.KindYearMonth:
		return b.move(left, right, 1)
	case r.IsTime() && l.Kind() == types.KindYearMonth:
		return b.move(right, left, 1)
	case l == types.Date && r == types.String, l == types.String && r == types.Date:
		return nil, b.refuse(bound.Add, left, right)
	case l == types.Date:
		return b.library("date_add", []bound.Expr{left, right})
	case r == types.Date:
		return b.library("date_add", []bound.Expr{right, left})
	}
	return nil, nil
}

func (b Binding) subtractTimes(left, right bound.Expr) (bound.Expr, error) {
	if difference := b.sumOfIntervals(bound.Subtract, "calendar_subtract", left, right); difference != nil {
		return difference, nil
	}
	l, r := left.Type(), right.Type()
	switch {
	case hasDays(r), l.IsTime() && r.Kind() == types.KindYearMonth:
		return b.move(left, right, -1)
	case isTimestamp(l), isTimestamp(r):
		t, ok := coerce.Common(l, r)
		if !ok || !isTimestamp(t) {
			return nil, b.refuse(bound.Subtract, left, right)
		}
		return b.zoned("micros_between", types.DayTime, b.To(left, t), b.To(right, t)), nil
	case r == types.Date, l == types.Date && r == types.String:
		if t, ok := coerce.Common(l, r); !ok || t != types.Date {
			return nil, b.refuse(bound.Subtract, left, right)
		}
		return b.call("days_between", types.Interval(types.Day, types.Day), b.To(left, types.Date), b.To(right, types.Date)), nil
	case l == types.Date:
		return b.library("date_sub", []bound.Expr{left, right})
	}
	return nil, nil
}

// sumOfIntervals binds what adds two intervals of one kind, of which one may be null, or
// takes one from the other; it returns nil for all else.
func (b Binding) sumOfIntervals(operator bound.Function, ofCalendar string, left, right bound.Expr) bound.Expr {
	l, r := left.Type(), right.Type()
	t, ok := coerce.Common(l, r)
	switch {
	case l == types.Calendar && r == types.Calendar:
		return b.call(ofCalendar, l, left, right)
	case ok && t.IsInterval():
		return bound.Call{Function: operator, Args: []bound.Expr{b.To(left, t), b.To(right, t)}, Of: t, Failure: b.Failure()}
	}
	return nil
}

// move adds an interval to a time, or takes it away. A string is read as a timestamp, and
// the result is a string again.
func (b Binding) move(time, by bound.Expr, sign int32) (bound.Expr, error) {
	t := time.Type()
	if t == types.String {
		moved, err := b.move(b.To(time, types.Timestamp), by, sign)
		if err != nil {
			return nil, err
		}
		return b.To(moved, types.String), nil
	}
	direction := bound.Literal{Value: sign, Of: types.Int}
	switch interval := by.Type(); {
	case t == types.Void:
		return nil, fault.Analysisf("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "null + %s: cast null to what the interval is added to", by)
	case !t.IsTime():
		return nil, b.refuse(bound.Add, time, by)
	case interval == types.Calendar && sign < 0:
		return b.zoned("add_interval", t, time, Opposite(b.Session, by)), nil
	case interval == types.Calendar:
		return b.zoned("add_interval", t, time, by), nil
	case interval.Kind() == types.KindYearMonth:
		return b.zoned("add_interval_months", t, time, b.To(by, types.YearMonth), direction), nil
	case t == types.Date && interval == types.Interval(types.Day, types.Day):
		return b.zoned("add_interval_days", t, time, by, direction), nil
	case t == types.Date:
		t = types.Timestamp
	}
	return b.zoned("add_interval_micros", t, b.To(time, t), b.To(by, types.DayTime), direction), nil
}

// scaleInterval multiplies an interval by a number or divides it.
func (b Binding) scaleInterval(operator bound.Function, interval, by bound.Expr) (bound.Expr, error) {
	t, number := interval.Type(), by.Type()
	if number == types.String || number == types.Void || number == types.Float || t == types.Calendar && number.IsNumeric() {
		by = b.To(by, types.Double)
	}
	if !by.Type().IsNumeric() {
		return nil, b.refuse(operator, interval, by)
	}
	name := map[bound.Function]string{bound.Multiply: "multiply", bound.Divide: "divide"}[operator]
	if t == types.Calendar {
		return b.call("calendar_"+name, t, interval, by), nil
	}
	t = widestInterval(t)
	return b.call("interval_"+name, t, b.To(interval, t), by), nil
}

func (b Binding) refuse(operator bound.Function, left, right bound.Expr) error {
	return fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "%s cannot combine %s with %s",
		text(operator, []bound.Expr{left, right}), left.Type(), right.Type())
}

// widestInterval is the interval of all units of a kind.
func widestInterval(t types.Type) types.Type {
	if t.Kind() == types.KindYearMonth {
		return types.YearMonth
	}
	return types.DayTime
}

func isInterval(t types.Type) bool { return t.IsInterval() || t == types.Calendar }

// hasDays reports whether a type is an interval that has days or less.
func hasDays(t types.Type) bool { return t.Kind() == types.KindDayTime || t == types.Calendar }

func isTimestamp(t types.Type) bool { return t == types.Timestamp || t == types.TimestampNTZ }

// ofAnyTime says whether a column holds days rather than microseconds.
func ofAnyTime(c *vector.Column) bool { return c.Type == types.Date }
