package text

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/types"
)

// AppendCalendarInterval writes an interval as "1 years 2 months 3 days 4 hours 5 minutes
// 6.7 seconds", without the units of which there are none.
func AppendCalendarInterval(dst []byte, v types.CalendarInterval) []byte {
	at := len(dst)
	part := func(count int64, unit string) {
		if count != 0 {
			dst = appendUnit(strconv.AppendInt(separated(dst, at), count, 10), unit)
		}
	}
	part(int64(v.Months/12), "years")
	part(int64(v.Months%12), "months")
	part(int64(v.Days), "days")
	part(v.Microseconds/calendar.Hour, "hours")
	part(v.Microseconds%calendar.Hour/calendar.Minute, "minutes")
	if rest := v.Microseconds % calendar.Minute; rest != 0 || len(dst) == at {
		dst = separated(dst, at)
		if rest < 0 {
			dst, rest = append(dst, '-'), -rest
		}
		dst = strconv.AppendInt(dst, rest/calendar.Second, 10)
		dst = appendUnit(appendFraction(dst, rest%calendar.Second), "seconds")
	}
	return dst
}

// separated appends a blank unless dst ends where the text began.
func separated(dst []byte, start int) []byte {
	if len(dst) > start {
		dst = append(dst, ' ')
	}
	return dst
}

func appendUnit(dst []byte, unit string) []byte { return append(append(dst, ' '), unit...) }

// calendarUnits are what the units of ParseCalendarInterval stand for.
var calendarUnits = map[string]types.CalendarInterval{
	"year": {Months: 12}, "month": {Months: 1}, "week": {Days: 7}, "day": {Days: 1},
	"hour": {Microseconds: calendar.Hour}, "minute": {Microseconds: calendar.Minute}, "second": {Microseconds: calendar.Second},
	"millisecond": {Microseconds: calendar.Second / 1000}, "microsecond": {Microseconds: 1},
}

// ParseCalendarInterval reads numbers with units, such as "1 month -2 days 0.5 seconds";
// the word interval may stand before them. A sign may stand apart from its number, and
// seconds alone have fractions, of up to nine digits, which are cut to microseconds.
func ParseCalendarInterval(text string) (v types.CalendarInterval, ok bool) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) > 0 && words[0] == "interval" {
		words = words[1:]
	}
	if len(words) == 0 {
		return v, false
	}
	for len(words) > 0 {
		sign := int64(1)
		if first := words[0][0]; first == '-' || first == '+' {
			if first == '-' {
				sign = -1
			}
			if words[0] = words[0][1:]; words[0] == "" {
				words = words[1:]
			}
		}
		if len(words) < 2 {
			return v, false
		}
		part, ok := calendarPart(words[0], words[1], sign)
		if !ok {
			return v, false
		}
		if v, ok = calendar.Add(v, part); !ok {
			return v, false
		}
		words = words[2:]
	}
	return v, true
}

// calendarPart reads a number, without a sign of its own, of a unit.
func calendarPart(number, word string, sign int64) (v types.CalendarInterval, ok bool) {
	unit, ok := calendarUnits[strings.TrimSuffix(word, "s")]
	if !ok {
		return v, false
	}
	whole, fraction, hasFraction := strings.Cut(number, ".")
	micros := int64(0)
	if hasFraction {
		if unit.Microseconds != calendar.Second || whole+fraction == "" {
			return v, false
		}
		if micros, ok = parseFraction(fraction); !ok {
			return v, false
		}
	}
	count := uint64(0)
	if whole != "" || !hasFraction {
		var err error
		if count, err = strconv.ParseUint(whole, 10, 63); err != nil || whole[0] == '+' {
			return v, false
		}
	}
	if v, ok = calendar.Times(unit, sign*int64(count)); !ok {
		return v, false
	}
	return calendar.Add(v, types.CalendarInterval{Microseconds: sign * micros})
}
