// Package calendar computes with days, clock times, zones and intervals.
//
// A day is counted from 1970-01-01 in the proleptic Gregorian calendar. A clock time
// is what a clock shows somewhere: microseconds since 1970-01-01 00:00:00 there. An
// instant is microseconds since 1970-01-01T00:00:00Z. A zone leads from one to the
// other: [Clock] and [Instant].
//
// The days of the calendar are computed as in Howard Hinnant's "chrono-Compatible
// Low-Level Date Algorithms": a year begins in March, so that the leap day is its
// last, and eras of 400 years are alike.
package calendar

import (
	"math"
	"time"
)

// Microseconds of a second, a minute, an hour and a day.
const (
	Second = 1_000_000
	Minute = 60 * Second
	Hour   = 60 * Minute
	Day    = 24 * Hour
)

// DayOf returns the day of a date. Months and days beyond their limits count on.
func DayOf(year, month, day int) int {
	month--
	year += floorDiv(month, 12)
	month = floorMod(month, 12) + 1
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	ofEra := year - era*400
	ofYear := (153*(month-3) + 2) / 5
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + ofYear + day - 1 - 719468
}

// Date returns the date of a day.
func Date(day int) (year, month, dayOfMonth int) {
	day += 719468
	era := floorDiv(day, 146097)
	ofEra := day - era*146097
	year = (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := ofEra - (365*year + year/4 - year/100)
	shifted := (5*ofYear + 2) / 153
	dayOfMonth = ofYear - (153*shifted+2)/5 + 1
	month = shifted + 3
	if month > 12 {
		month -= 12
		year++
	}
	return year + era*400, month, dayOfMonth
}

// Valid reports whether there is such a date: the days from 1970 to it are an int32.
func Valid(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 || day > DaysIn(year, month) || year != int(int32(year)) {
		return false
	}
	since := DayOf(year, month, day)
	return since == int(int32(since))
}

// At returns the clock time of a moment of a day; false if it is beyond the range of
// timestamps.
func At(day int, ofDay int64) (clock int64, ok bool) {
	if day < 0 { // the first day is not whole
		day, ofDay = day+1, ofDay-Day
	}
	if last := math.MaxInt64 / Day; day > last || day < -last {
		return 0, false
	}
	midnight := int64(day) * Day
	clock = midnight + ofDay
	return clock, (clock >= midnight) == (ofDay >= 0)
}

// InstantAt returns the instant at which clocks in a zone show a moment of a day, as
// Instant does; false if it is beyond the range.
func InstantAt(day int, ofDay int64, zone *time.Location) (instant int64, ok bool) {
	clock, ok := At(day, ofDay)
	instant = Instant(clock, zone)
	wrapped := (instant < 0) != (clock < 0) && max(clock, -clock) > 2*Day
	return instant, ok && !wrapped
}

// DaysIn returns the number of days of a month.
func DaysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// AddMonths returns the day some months later, or the last of its month if that one
// is shorter.
func AddMonths(day, months int) int {
	year, month, dayOfMonth := Date(day)
	month += months - 1
	year, month = year+floorDiv(month, 12), floorMod(month, 12)+1
	return DayOf(year, month, min(dayOfMonth, DaysIn(year, month)))
}

// Weekday returns 0 for a Monday to 6 for a Sunday.
func Weekday(day int) int { return floorMod(day+3, 7) }

// ISOWeek returns the week of a day and the year to which the week belongs, as
// ISO 8601 counts them: a week begins on Monday and belongs to the year of its
// Thursday.
func ISOWeek(day int) (year, week int) {
	thursday := day - Weekday(day) + 3
	year, _, _ = Date(thursday)
	return year, (thursday-DayOf(year, 1, 1))/7 + 1
}

// Split cuts a clock time, or an instant in UTC, into its day and the microseconds
// since midnight.
func Split(clock int64) (day int, ofDay int64) {
	day64 := clock / Day
	ofDay = clock % Day
	if ofDay < 0 {
		day64--
		ofDay += Day
	}
	return int(day64), ofDay
}

// Clock returns what a clock in the zone shows at an instant.
func Clock(instant int64, zone *time.Location) int64 {
	if zone == time.UTC {
		return instant
	}
	return instant + offset(instant, zone)
}

// Instant returns when a clock in the zone shows a time. In the hour that is shown
// twice it is the first time; a time that is left out is read with the offset from
// before the gap, so that it lies behind the gap.
func Instant(clock int64, zone *time.Location) int64 {
	if zone == time.UTC {
		return clock
	}
	before, after := offset(clock-Day, zone), offset(clock+Day, zone)
	if before == after || offset(clock-before, zone) == before {
		return clock - before
	}
	if offset(clock-after, zone) == after {
		return clock - after
	}
	return clock - before
}

// Moved returns when a clock in the zone shows a time, as Instant does; but if clocks show
// it with the offset that they have at an instant from, then it is with that one. So what
// is moved by nothing stays, in the hour that is shown twice too.
func Moved(from, clock int64, zone *time.Location) int64 {
	if zone == time.UTC {
		return clock
	}
	if kept := offset(from, zone); offset(clock-kept, zone) == kept {
		return clock - kept
	}
	return Instant(clock, zone)
}

// offset returns how far clocks in the zone are ahead of UTC, in microseconds.
func offset(instant int64, zone *time.Location) int64 {
	_, seconds := time.UnixMicro(instant).In(zone).Zone()
	return int64(seconds) * Second
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod(a, b int) int { return a - floorDiv(a, b)*b }
