package function

import (
	"bytes"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// intervalParts are the parameters of make_interval: years, months, weeks, days, hours,
// minutes, and seconds with a fraction.
var intervalParts = []types.Type{types.Int, types.Int, types.Int, types.Int, types.Int, types.Int, types.Decimal(18, 6)}

// calendarFunctions are those of intervals that have months, days and microseconds at once.
var calendarFunctions = []Function{
	{
		Name: "make_interval", Doc: "The interval of years, months, weeks, days, hours, minutes and seconds with a fraction, each 0 if it is not given.",
		Params: intervalParts, Optional: len(intervalParts), Result: types.Calendar, Kernel: makeInterval,
	},
	{Name: "try_make_interval", Doc: "make_interval with null for what is out of range.", Least: 0, Most: len(intervalParts), Bind: bindTry("make_interval")},
	{Name: "interval_of", Doc: "The interval that a string says: what the gap of a session is.", Least: 1, Most: 1, Operator: true, Kernel: intervalOf},
	{Name: "calendar_add", Doc: "The sum of two intervals: what + does.", Least: 2, Most: 2, Operator: true, Kernel: sumIntervals(calendar.Add)},
	{Name: "calendar_subtract", Doc: "The difference of two intervals: what - does.", Least: 2, Most: 2, Operator: true, Kernel: sumIntervals(calendar.Subtract)},
	{Name: "calendar_multiply", Doc: "An interval so many times: what * does.", Least: 2, Most: 2, Operator: true, Kernel: multiplyInterval},
	{Name: "calendar_divide", Doc: "A part of an interval: what / does.", Least: 2, Most: 2, Operator: true, Kernel: divideInterval},
	{Name: "add_interval", Doc: "A time later by an interval: what + does. Months come first, then days, then what is less.", Least: 2, Most: 2, Operator: true, Kernel: addInterval},
}

var errInterval = noValue("ARITHMETIC_OVERFLOW", "the interval is out of range")

func makeInterval(call bound.Call) (Kernel, error) {
	units := [...]types.CalendarInterval{
		{Months: 12}, {Months: 1}, {Days: 7}, {Days: 1}, {Microseconds: calendar.Hour}, {Microseconds: calendar.Minute},
	}
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		var sum types.CalendarInterval
		for i, arg := range args {
			part, ok := types.CalendarInterval{}, true
			if i < len(units) {
				part, ok = calendar.Times(units[i], int64(arg.Ints[row]))
			} else {
				part.Microseconds, ok = decimal.Whole(arg.Decimals[row], 0)
			}
			if ok {
				sum, ok = calendar.Add(sum, part)
			}
			if !ok {
				return errInterval
			}
		}
		out.AppendInterval(sum)
		return nil
	}), nil
}

// intervalOf remembers the last text, for mostly there are few.
func intervalOf(call bound.Call) (Kernel, error) {
	var last []byte
	var known types.CalendarInterval
	return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		written := args[0].String(row)
		if last == nil || !bytes.Equal(last, written) {
			v, err := values.ParseCalendarInterval(string(written))
			if err != nil {
				return noValue("CAST_INVALID_INPUT", err.Error()+"; a length of time is written as '5 seconds'")
			}
			last, known = append(last[:0], written...), v
		}
		out.SetInterval(row, known)
		return nil
	}), nil
}

// unlessExact is the error of a result that is not exact, unless calculations wrap around.
func unlessExact(call bound.Call, exact bool) error {
	if exact || call.Failure == bound.Wrap {
		return nil
	}
	return errInterval
}

func sumIntervals(f func(a, b types.CalendarInterval) (types.CalendarInterval, bool)) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) {
		return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
			v, exact := f(args[0].Interval(row), args[1].Interval(row))
			out.SetInterval(row, v)
			return unlessExact(call, exact)
		}), nil
	}
}

func multiplyInterval(call bound.Call) (Kernel, error) {
	return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		v, exact := calendar.Scale(args[0].Interval(row), args[1].Doubles[row])
		out.SetInterval(row, v)
		return unlessExact(call, exact)
	}), nil
}

func divideInterval(call bound.Call) (Kernel, error) {
	return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		divisor := args[1].Doubles[row]
		if divisor == 0 {
			return noValue("INTERVAL_DIVIDED_BY_ZERO", "an interval is divided by zero")
		}
		v, exact := calendar.Part(args[0].Interval(row), divisor)
		out.SetInterval(row, v)
		return unlessExact(call, exact)
	}), nil
}

// addInterval adds an interval to a time. To a date one must have no part that is less than
// a day, unless calculations wrap around: then what is left of the last day is lost.
func addInterval(call bound.Call) (Kernel, error) {
	zone, err := zoneOf(call)
	if call.Of == types.TimestampNTZ {
		zone = time.UTC
	}
	return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) (err error) {
		v := args[1].Interval(row)
		if !ofAnyTime(args[0]) {
			out.Longs[row], err = moved(args[0].Longs[row], v, zone)
			return err
		}
		day := int(args[0].Ints[row])
		switch {
		case v.Microseconds == 0:
			return putDay(out, row, calendar.AddMonths(day, int(v.Months))+int(v.Days))
		case call.Failure != bound.Wrap:
			return noValue("INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION", "a date does not move by hours or less; cast it to a timestamp")
		}
		instant, ok := calendar.InstantAt(day, 0, zone)
		if !ok {
			return errTimestamp
		}
		if instant, err = moved(instant, v, zone); err != nil {
			return err
		}
		day, _ = calendar.Split(calendar.Clock(instant, zone))
		return putDay(out, row, day)
	}), err
}

// IntervalOf is the calendar interval that a string says; any other string fails the query.
func IntervalOf(arg bound.Expr) bound.Expr {
	return Binding{Session: coerce.Session{ANSI: true}}.call("interval_of", types.Calendar, arg)
}

// Opposite is a calendar interval with all signs turned.
func Opposite(session coerce.Session, interval bound.Expr) bound.Expr {
	nothing := bound.Literal{Value: types.CalendarInterval{}, Of: types.Calendar}
	return Binding{Session: session}.call("calendar_subtract", types.Calendar, nothing, interval)
}
