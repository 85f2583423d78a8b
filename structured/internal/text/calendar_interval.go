package text

import (
	"fmt"
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

// IntervalError says what is wrong with the text of an interval, as Spark's conditions
// INVALID_INTERVAL_FORMAT distinguish it.
type IntervalError struct {
	Condition string // INVALID_UNIT, for example
	Message   string
}

func (e *IntervalError) Error() string { return e.Message }

func intervalError(condition, format string, args ...any) error {
	return &IntervalError{condition, fmt.Sprintf(format, args...)}
}

// ParseCalendarInterval reads numbers with units, such as "1 month -2 days 0.5 seconds";
// the word interval may stand before them. A sign may stand apart from its number, and
// seconds alone have fractions, of up to nine digits, which are cut to microseconds. The
// error is an *IntervalError.
func ParseCalendarInterval(text string) (v types.CalendarInterval, err error) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) > 0 {
		if rest, ok := strings.CutPrefix(words[0], "interval"); ok && rest != "" {
			return v, intervalError("INVALID_PREFIX", "%q does not begin with a number of a unit", text)
		} else if ok {
			words = words[1:]
		}
	}
	if len(words) == 0 {
		return v, intervalError("INPUT_IS_EMPTY", "the text %q of an interval is empty", text)
	}
	for len(words) > 0 {
		sign, signed := int64(1), words[0][0] == '-' || words[0][0] == '+'
		if signed {
			if words[0][0] == '-' {
				sign = -1
			}
			if words[0] = words[0][1:]; words[0] == "" {
				words = words[1:]
			}
		}
		if len(words) == 0 {
			return v, intervalError("MISSING_NUMBER", "in the interval %q a number is missing after the sign", text)
		}
		amount, err := parseAmount(words[0], signed)
		if err != nil {
			return v, err
		}
		if len(words) == 1 {
			return v, intervalError("MISSING_UNIT", "in the interval %q a unit is missing after %s", text, words[0])
		}
		part, err := amount.of(words[1], sign)
		if err != nil {
			return v, err
		}
		ok := false
		if v, ok = calendar.Add(v, part); !ok {
			return v, tooLong(text)
		}
		words = words[2:]
	}
	return v, nil
}

func tooLong(text string) error {
	return intervalError("ARITHMETIC_EXCEPTION", "the interval %s is out of range", text)
}

// amount is a number without a sign, to the microsecond.
type amount struct {
	text          string
	whole, micros int64
	fraction      bool // whether it has a point
}

func parseAmount(text string, signed bool) (a amount, err error) {
	whole, fraction, point := strings.Cut(text, ".")
	rest := strings.TrimLeft(whole, "0123456789")
	switch {
	case rest == whole && rest != "" && !signed:
		return a, intervalError("UNRECOGNIZED_NUMBER", "%q is no number of a unit", text)
	case rest != "" || whole+fraction == "" || strings.Trim(fraction, "0123456789") != "":
		return a, intervalError("INVALID_VALUE", "%q is no number", text)
	case len(fraction) > 9:
		return a, intervalError("INVALID_PRECISION", "%s has more than nine digits after the point", text)
	}
	a = amount{text: text, fraction: point}
	if whole != "" {
		if a.whole, err = strconv.ParseInt(whole, 10, 64); err != nil {
			return a, tooLong(text)
		}
	}
	if point {
		a.micros, _ = parseFraction(fraction)
	}
	return a, nil
}

// of is so many of a unit.
func (a amount) of(word string, sign int64) (v types.CalendarInterval, err error) {
	unit, ok := calendarUnits[strings.TrimSuffix(word, "s")]
	switch {
	case a.fraction && unit.Microseconds != calendar.Second:
		return v, intervalError("INVALID_FRACTION", "%s %s: only seconds have fractions", a.text, word)
	case !ok:
		return v, intervalError("INVALID_UNIT", "%q is no unit of time", word)
	}
	if v, ok = calendar.Times(unit, sign*a.whole); ok {
		v, ok = calendar.Add(v, types.CalendarInterval{Microseconds: sign * a.micros})
	}
	if !ok {
		return v, tooLong(a.text + " " + word)
	}
	return v, nil
}
