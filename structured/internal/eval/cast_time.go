package eval

import (
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

const second = calendar.Second

// times converts dates and timestamps, among each other and from and to numbers of
// seconds.
func (c caster) times(from, to types.Type) castLoop {
	switch from.Kind() {
	case types.KindDate:
		return c.fromDate(to)
	case types.KindTimestamp:
		return c.fromTimestamp(to)
	case types.KindTimestampNTZ:
		return c.fromClock(to)
	}
	if to != types.Timestamp {
		return nil
	}
	return c.toTimestamp(from)
}

func (c caster) fromDate(to types.Type) castLoop {
	return c.fixed(types.Date, to, func(out, in *vector.Column, row int) outcome {
		clock, ok := text.Midnight(in.Ints[row])
		if to == types.Timestamp {
			clock = calendar.Instant(clock, c.zone)
		}
		out.Longs[row] = clock
		return fits(ok)
	})
}

func (c caster) fromClock(to types.Type) castLoop {
	if to == types.Date {
		return direct(longs, ints, dayOfClock)
	}
	return direct(longs, longs, func(clock int64) int64 { return calendar.Instant(clock, c.zone) })
}

func dayOfClock(clock int64) int32 {
	day, _ := calendar.Split(clock)
	return int32(day)
}

func (c caster) fromTimestamp(to types.Type) castLoop {
	switch to.Kind() {
	case types.KindDate:
		return direct(longs, ints, func(v int64) int32 { return dayOfClock(calendar.Clock(v, c.zone)) })
	case types.KindTimestampNTZ:
		return direct(longs, longs, func(v int64) int64 { return calendar.Clock(v, c.zone) })
	case types.KindBoolean:
		return boolFrom(longs)
	case types.KindTinyint:
		return secondsAs(c, to, tinies)
	case types.KindSmallint:
		return secondsAs(c, to, smalls)
	case types.KindInt:
		return secondsAs(c, to, ints)
	case types.KindBigint:
		return direct(longs, longs, floorSeconds)
	case types.KindFloat:
		return direct(longs, floats, func(v int64) float32 { return float32(float64(v) / second) })
	case types.KindDouble:
		return direct(longs, doubles, func(v int64) float64 { return float64(v) / second })
	case types.KindDecimal:
		return c.fixed(types.Timestamp, to, func(out, in *vector.Column, row int) outcome {
			var ok bool
			out.Decimals[row], ok = decimal.Rescale(decimal.Of(in.Longs[row]), 6, to.Scale(), to.Precision())
			return valid(ok)
		})
	}
	return nil
}

func secondsAs[T whole](c caster, to types.Type, results func(*vector.Column) []T) castLoop {
	return c.fixed(types.Timestamp, to, func(out, in *vector.Column, row int) outcome {
		seconds := floorSeconds(in.Longs[row])
		results(out)[row] = T(seconds)
		return fits(int64(T(seconds)) == seconds)
	})
}

func floorSeconds(microseconds int64) int64 {
	seconds := microseconds / second
	if microseconds%second < 0 {
		seconds--
	}
	return seconds
}

// toTimestamp reads numbers as seconds since 1970. Whole ones beyond the range are
// the nearest instant.
func (c caster) toTimestamp(from types.Type) castLoop {
	switch from.Kind() {
	case types.KindBoolean:
		return c.fixed(from, types.Timestamp, func(out, in *vector.Column, row int) outcome {
			out.Longs[row] = 0
			if in.Bools.Get(row) {
				out.Longs[row] = 1 // a microsecond, as in Spark
			}
			return fine
		})
	case types.KindTinyint:
		return direct(tinies, longs, func(v int8) int64 { return int64(v) * second })
	case types.KindSmallint:
		return direct(smalls, longs, func(v int16) int64 { return int64(v) * second })
	case types.KindInt:
		return direct(ints, longs, func(v int32) int64 { return int64(v) * second })
	case types.KindBigint:
		return direct(longs, longs, func(v int64) int64 {
			switch {
			case v > math.MaxInt64/second:
				return math.MaxInt64
			case v < math.MinInt64/second:
				return math.MinInt64
			}
			return v * second
		})
	case types.KindFloat:
		return c.fixed(from, types.Timestamp, func(out, in *vector.Column, row int) outcome {
			return putSeconds(out, row, float64(in.Floats[row]))
		})
	case types.KindDouble:
		return c.fixed(from, types.Timestamp, func(out, in *vector.Column, row int) outcome {
			return putSeconds(out, row, in.Doubles[row])
		})
	case types.KindDecimal:
		return c.fixed(from, types.Timestamp, func(out, in *vector.Column, row int) outcome {
			micros, ok := decimal.Multiply(in.Decimals[row], from.Scale(), decimal.Of(second), 0, from.Scale(), 38)
			whole, small := decimal.Whole(micros, from.Scale())
			out.Longs[row] = whole
			return valid(ok && small)
		})
	}
	return nil
}

func putSeconds(out *vector.Column, row int, seconds float64) outcome {
	if math.IsNaN(seconds) || math.IsInf(seconds, 0) {
		return bad
	}
	micros := seconds * second
	out.Longs[row] = saturate(micros, math.MinInt64, math.MaxInt64)
	return fits(micros < math.MaxInt64 && micros >= math.MinInt64)
}

// intervals converts between intervals of one kind, which differ in how they are
// written, and between one of a single unit and numbers of that unit.
func (c caster) intervals(from, to types.Type) castLoop {
	if from.Kind() == to.Kind() {
		return c.cutInterval(from, to)
	}
	interval, number := from, to
	if to.IsInterval() {
		interval, number = to, from
	}
	if !number.IsInteger() && number.Kind() != types.KindDecimal {
		return nil
	}
	unit := unitSize(interval)
	if number.Kind() == types.KindDecimal && unit == calendar.Second {
		return c.exactSeconds(from, to)
	}
	if from.IsInterval() {
		return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
			return putChecked(out, row, wholeAt(in, row)/unit)
		})
	}
	return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
		value := wholeAt(in, row)
		product := value * unit
		if product/unit != value || to.Kind() == types.KindYearMonth && product != int64(int32(product)) {
			return bad
		}
		putWhole64(out, row, product)
		return fine
	})
}

// exactSeconds converts between intervals that end in seconds and decimals, with
// fractions of them.
func (c caster) exactSeconds(from, to types.Type) castLoop {
	if from.IsInterval() {
		return c.fixed(from, to, func(out, in *vector.Column, row int) (result outcome) {
			var ok bool
			out.Decimals[row], ok = decimal.Rescale(decimal.Of(in.Longs[row]), 6, to.Scale(), to.Precision())
			return fits(ok)
		})
	}
	return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
		exact, ok := decimal.Rescale(in.Decimals[row], from.Scale(), 6, types.MaxPrecision)
		micros, small := decimal.Whole(exact, 0)
		out.Longs[row] = micros
		return fits(ok && small)
	})
}

// unitSize is the least unit of an interval, in months or microseconds.
func unitSize(interval types.Type) int64 {
	_, least := interval.Units()
	return [...]int64{12, 1, calendar.Day, calendar.Hour, calendar.Minute, calendar.Second}[least]
}

// cutInterval cuts off what is less than the least unit of the result.
func (c caster) cutInterval(_, to types.Type) castLoop {
	unit := unitSize(to)
	if to.Kind() == types.KindYearMonth {
		return direct(ints, ints, func(v int32) int32 { return v - v%int32(unit) })
	}
	return direct(longs, longs, func(v int64) int64 {
		if unit == calendar.Second { // with its fraction
			return v
		}
		return v - v%unit
	})
}

// wholeAt returns a whole number, or what an interval counts; of a decimal without its
// fraction.
func wholeAt(c *vector.Column, row int) int64 {
	if c.Type.Layout() == types.Layout128 {
		value, _ := decimal.Whole(c.Decimals[row], c.Type.Scale())
		return value
	}
	return c.Whole(row)
}

func putWhole64(out *vector.Column, row int, value int64) {
	if out.Type.Layout() == types.Layout32 {
		out.Ints[row] = int32(value)
		return
	}
	out.Longs[row] = value
}

// putChecked writes a whole number into a numeric column, if it fits.
func putChecked(out *vector.Column, row int, value int64) outcome {
	if result := putWhole(out, row, value); result != fine {
		return result
	}
	return fits(wholeAt(out, row) == value)
}
