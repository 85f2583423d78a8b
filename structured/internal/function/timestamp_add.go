package function

import (
	"math"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var errTimestamp = noValue("DATETIME_OVERFLOW", "the timestamp is out of range")

// near returns microseconds that were computed in 64 bits, if they are where a computation
// of less precision has them: else the 64 bits were too few.
func near(micros int64, expected float64) (int64, error) {
	if math.Abs(float64(micros)-expected) > 3*calendar.Day {
		return 0, errTimestamp
	}
	return micros, nil
}

// addMonths moves a timestamp by months at the same time of the day.
func addMonths(instant int64, months int, zone *time.Location) (int64, error) {
	day, ofDay := calendar.Split(calendar.Clock(instant, zone))
	clock, ok := calendar.At(calendar.AddMonths(day, months), ofDay)
	if !ok {
		return 0, errTimestamp
	}
	return near(calendar.Moved(instant, clock, zone), float64(clock))
}

// addDayTime moves a timestamp by the days of the calendar in an interval, then by
// the rest.
func addDayTime(instant, micros int64, zone *time.Location) (int64, error) {
	return addDays(instant, micros/calendar.Day, micros%calendar.Day, zone)
}

// addDays moves a timestamp by days of the calendar, then by microseconds.
func addDays(instant, days, micros int64, zone *time.Location) (int64, error) {
	clock := calendar.Clock(instant, zone) + days*calendar.Day
	return near(calendar.Moved(instant, clock, zone)+micros, float64(instant)+float64(days)*calendar.Day+float64(micros))
}

// moved returns a timestamp later by an interval of the calendar.
func moved(instant int64, by types.CalendarInterval, zone *time.Location) (int64, error) {
	if by.Months != 0 {
		var err error
		if instant, err = addMonths(instant, int(by.Months), zone); err != nil {
			return 0, err
		}
	}
	return addDays(instant, int64(by.Days), by.Microseconds, zone)
}

// microsBetween is the time between what clocks show: a day in which they are changed has
// 24 hours.
func microsBetween(out *vector.Column, args []*vector.Column, row int, zone *time.Location) (err error) {
	if args[0].Type == types.TimestampNTZ {
		zone = time.UTC
	}
	to, from := args[0].Longs[row], args[1].Longs[row]
	out.Longs[row], err = near(calendar.Clock(to, zone)-calendar.Clock(from, zone), float64(to)-float64(from))
	return err
}

func addIntervalMonths(out *vector.Column, args []*vector.Column, row int, zone *time.Location) (err error) {
	months := int(args[1].Ints[row]) * int(args[2].Ints[row])
	if ofAnyTime(args[0]) {
		return putDay(out, row, calendar.AddMonths(int(args[0].Ints[row]), months))
	}
	if args[0].Type == types.TimestampNTZ {
		zone = time.UTC
	}
	out.Longs[row], err = addMonths(args[0].Longs[row], months, zone)
	return err
}

func addIntervalMicros(out *vector.Column, args []*vector.Column, row int, zone *time.Location) (err error) {
	if args[0].Type == types.TimestampNTZ {
		zone = time.UTC
	}
	micros, sign := args[1].Longs[row], int64(args[2].Ints[row])
	if micros == math.MinInt64 && sign < 0 {
		return errTimestamp
	}
	out.Longs[row], err = addDayTime(args[0].Longs[row], micros*sign, zone)
	return err
}

// saturated is the whole part of a number, or the nearest end of the range.
func saturated(value float64) int64 {
	switch {
	case value >= math.MaxInt64:
		return math.MaxInt64
	case value <= math.MinInt64:
		return math.MinInt64
	}
	return int64(value)
}
