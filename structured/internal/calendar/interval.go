package calendar

import (
	"math"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Add returns the sum of two intervals, part by part; false if a part is out of its range,
// and then has wrapped around.
func Add(a, b types.CalendarInterval) (sum types.CalendarInterval, ok bool) {
	sum = types.CalendarInterval{Months: a.Months + b.Months, Days: a.Days + b.Days, Microseconds: a.Microseconds + b.Microseconds}
	ok = grown(int64(a.Months), int64(b.Months), int64(sum.Months)) && grown(int64(a.Days), int64(b.Days), int64(sum.Days)) &&
		grown(a.Microseconds, b.Microseconds, sum.Microseconds)
	return sum, ok
}

// Subtract is Add of the opposite of b.
func Subtract(a, b types.CalendarInterval) (difference types.CalendarInterval, ok bool) {
	difference = types.CalendarInterval{Months: a.Months - b.Months, Days: a.Days - b.Days, Microseconds: a.Microseconds - b.Microseconds}
	_, ok = Add(difference, b)
	return difference, ok
}

// grown says whether a sum lies on the side of a that the sign of b says.
func grown(a, b, sum int64) bool { return (sum < a) == (b < 0) }

// Times returns an interval a whole number of times; false if a part is out of its range.
func Times(v types.CalendarInterval, count int64) (product types.CalendarInterval, ok bool) {
	months, days, micros := int64(v.Months)*count, int64(v.Days)*count, v.Microseconds*count
	product = types.CalendarInterval{Months: int32(months), Days: int32(days), Microseconds: micros}
	ok = count == 0 || months/count == int64(v.Months) && days/count == int64(v.Days) && micros/count == v.Microseconds &&
		months == int64(product.Months) && days == int64(product.Days) && !(count == -1 && micros == math.MinInt64)
	return product, ok
}

// Scale returns an interval a fractional number of times. Fractions of months are cut off,
// those of days become microseconds, which are rounded half up. A part that is out of its
// range is the nearest one within it; exact is then false for months or days.
func Scale(v types.CalendarInterval, factor float64) (product types.CalendarInterval, exact bool) {
	return scaled(float64(v.Months)*factor, float64(v.Days)*factor, float64(v.Microseconds)*factor)
}

// Part is Scale by what divides the interval.
func Part(v types.CalendarInterval, divisor float64) (quotient types.CalendarInterval, exact bool) {
	return scaled(float64(v.Months)/divisor, float64(v.Days)/divisor, float64(v.Microseconds)/divisor)
}

func scaled(months, days, micros float64) (v types.CalendarInterval, exact bool) {
	v.Months, v.Days = int32(clamp(months, math.MinInt32, math.MaxInt32)), int32(clamp(days, math.MinInt32, math.MaxInt32))
	micros += Day * (days - float64(v.Days))
	v.Microseconds = clamp(math.Floor(micros+0.5), math.MinInt64, math.MaxInt64)
	return v, inRange(months) && inRange(days)
}

func inRange(value float64) bool {
	return value != value || math.MinInt32-1 < value && value < math.MaxInt32+1
}

// clamp is the whole part of a number, or the nearest end of a range; 0 for NaN.
func clamp(value float64, least, greatest int64) int64 {
	switch {
	case value != value:
		return 0
	case value >= float64(greatest):
		return greatest
	case value <= float64(least):
		return least
	}
	return int64(value)
}
