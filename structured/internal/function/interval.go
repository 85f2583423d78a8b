package function

import (
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var intervalFunctions = []Function{
	{
		Name: "make_ym_interval", Doc: "The interval of years and months.", Params: []types.Type{types.Int, types.Int}, Optional: 2, Result: types.YearMonth,
		Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
			if anyNull(args, row) {
				return null
			}
			months := 0
			for i, unit := range []int{12, 1}[:len(args)] {
				months += int(args[i].Ints[row]) * unit
			}
			if months != int(int32(months)) {
				return noValue("INTERVAL_ARITHMETIC_OVERFLOW", "the interval is out of range")
			}
			out.AppendInt(int32(months))
			return nil
		}),
	},
	{
		Name: "make_dt_interval", Doc: "The interval of days, hours, minutes and seconds with a fraction.",
		Params: []types.Type{types.Int, types.Int, types.Int, types.Decimal(18, 6)}, Optional: 4, Result: types.DayTime,
		Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
			if anyNull(args, row) {
				return null
			}
			total := decimal.Of(0)
			for i, unit := range []int64{calendar.Day, calendar.Hour, calendar.Minute, 1}[:len(args)] {
				part := decimal.Num{}
				if i < 3 {
					part, _ = decimal.Multiply(decimal.Of(int64(args[i].Ints[row])), 0, decimal.Of(unit), 0, 0, types.MaxPrecision)
				} else {
					part = args[3].Decimals[row]
				}
				total = total.Add(part)
			}
			micros, ok := decimal.Whole(total, 0)
			if !ok {
				return noValue("INTERVAL_ARITHMETIC_OVERFLOW", "the interval is out of range")
			}
			out.AppendLong(micros)
			return nil
		}),
	},
	{Name: "interval_multiply", Doc: "An interval so many times: what * does.", Least: 2, Most: 2, Operator: true, Kernel: strict(scaleInterval(false))},
	{Name: "interval_divide", Doc: "A part of an interval: what / does.", Least: 2, Most: 2, Operator: true, Kernel: strict(scaleInterval(true))},
	{
		Name: "decimal_div", Doc: "The whole part of a quotient of decimals: what div does.", Least: 2, Most: 2, Operator: true,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			a, b := args[0], args[1]
			if b.Decimals[row].Sign() == 0 {
				return noValue("DIVIDE_BY_ZERO", "division by zero")
			}
			quotient, ok := decimal.Quotient(a.Decimals[row], a.Type.Scale(), b.Decimals[row], b.Type.Scale())
			value, small := decimal.Whole(quotient, 0)
			if !ok || !small {
				return noValue("ARITHMETIC_OVERFLOW", "the quotient is out of the range of bigint")
			}
			out.Longs[row] = value
			return nil
		}),
	},
	{
		Name: "interval_div", Doc: "How often an interval goes into another: what div does.", Least: 2, Most: 2, Operator: true,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			divisor := args[1].Whole(row)
			if divisor == 0 {
				return noValue("DIVIDE_BY_ZERO", "division by zero")
			}
			value := args[0].Whole(row)
			if value == math.MinInt64 && divisor == -1 {
				return noValue("ARITHMETIC_OVERFLOW", "the quotient is out of the range of bigint")
			}
			out.Longs[row] = value / divisor
			return nil
		}),
	},
	intervalField("year", func(v types.CalendarInterval) int64 { return int64(v.Months / 12) }),
	intervalField("month", func(v types.CalendarInterval) int64 { return int64(v.Months % 12) }),
	intervalField("day", func(v types.CalendarInterval) int64 { return int64(v.Days) + v.Microseconds/calendar.Day }),
	intervalField("hour", func(v types.CalendarInterval) int64 { return v.Microseconds / calendar.Hour % 24 }),
	intervalField("minute", func(v types.CalendarInterval) int64 { return v.Microseconds / calendar.Minute % 60 }),
	intervalField("second", func(v types.CalendarInterval) int64 { return v.Microseconds % calendar.Minute }),
}

// intervalAt is row of a column of intervals, of whichever kind.
func intervalAt(c *vector.Column, row int) (v types.CalendarInterval) {
	switch c.Type.Kind() {
	case types.KindCalendar:
		return c.Interval(row)
	case types.KindYearMonth:
		v.Months = c.Ints[row]
	default:
		v.Microseconds = c.Longs[row]
	}
	return v
}

func intervalField(name string, part func(types.CalendarInterval) int64) Function {
	return Function{
		Name: "interval_" + name, Doc: "The field " + name + " of an interval: what " + name + " does.", Least: 1, Most: 1, Operator: true,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			value := part(intervalAt(args[0], row))
			if out.Type.Kind() == types.KindDecimal {
				out.Decimals[row] = decimal.Of(value)
			} else if !putWhole(out, row, value) {
				return noValue("ARITHMETIC_OVERFLOW", "the "+name+"s of the interval are out of range")
			}
			return nil
		}),
	}
}

// scaleInterval multiplies or divides an interval, rounded half away from zero.
func scaleInterval(divide bool) func(out *vector.Column, args []*vector.Column, row int) error {
	return func(out *vector.Column, args []*vector.Column, row int) error {
		overflow := noValue("INTERVAL_ARITHMETIC_OVERFLOW", "the interval is out of range")
		interval, by := decimal.Of(args[0].Whole(row)), args[1]
		if by.Type == types.Double {
			factor := by.Doubles[row]
			if divide && factor == 0 {
				return noValue("INTERVAL_DIVIDED_BY_ZERO", "an interval is divided by zero")
			}
			value := float64(args[0].Whole(row))
			if divide {
				value /= factor
			} else {
				value *= factor
			}
			if value = math.Round(value); !(math.Abs(value) < 1<<63) || !putWhole(out, row, int64(value)) {
				return overflow
			}
			return nil
		}
		factor, scale := decimal.Num{}, 0
		if by.Type.Kind() == types.KindDecimal {
			factor, scale = by.Decimals[row], by.Type.Scale()
		} else {
			factor = decimal.Of(by.Whole(row))
		}
		ok := false
		var result decimal.Num
		if divide {
			if factor.Sign() == 0 {
				return noValue("INTERVAL_DIVIDED_BY_ZERO", "an interval is divided by zero")
			}
			result, ok = decimal.Divide(interval, 0, factor, scale, 0, types.MaxPrecision)
		} else {
			result, ok = decimal.Multiply(interval, 0, factor, scale, 0, types.MaxPrecision)
		}
		value, small := decimal.Whole(result, 0)
		if !ok || !small || !putWhole(out, row, value) {
			return overflow
		}
		return nil
	}
}
