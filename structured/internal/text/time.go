package text

import (
	"strconv"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
)

// AppendDate writes a day as 2024-02-29. Years beyond four digits have a sign.
func AppendDate(dst []byte, day int32) []byte {
	year, month, dayOfMonth := calendar.Date(int(day))
	dst = appendYear(dst, year)
	dst = appendPadded(append(dst, '-'), month, 2)
	return appendPadded(append(dst, '-'), dayOfMonth, 2)
}

func appendYear(dst []byte, year int) []byte {
	switch {
	case year > 9999:
		dst = append(dst, '+')
	case year < 0:
		dst, year = append(dst, '-'), -year
	}
	return appendPadded(dst, year, 4)
}

// appendPadded writes a number with at least width digits.
func appendPadded(dst []byte, value, width int) []byte {
	for limit := 10; width > 1; width, limit = width-1, limit*10 {
		if value < limit {
			for range width - 1 {
				dst = append(dst, '0')
			}
			break
		}
	}
	return strconv.AppendInt(dst, int64(value), 10)
}

// AppendClock writes a clock time as 2024-02-29 12:00:00.5, the fraction without
// trailing zeros.
func AppendClock(dst []byte, clock int64) []byte {
	day, ofDay := calendar.Split(clock)
	dst = append(AppendDate(dst, int32(day)), ' ')
	dst = appendPadded(dst, int(ofDay/calendar.Hour), 2)
	dst = appendPadded(append(dst, ':'), int(ofDay/calendar.Minute%60), 2)
	dst = appendPadded(append(dst, ':'), int(ofDay/calendar.Second%60), 2)
	return appendFraction(dst, ofDay%calendar.Second)
}

// appendFraction writes microseconds of a second behind a point, and nothing if
// there are none.
func appendFraction(dst []byte, micros int64) []byte {
	if micros == 0 {
		return dst
	}
	dst = appendPadded(append(dst, '.'), int(micros), 6)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// AppendTimestamp writes an instant as a clock in the zone shows it.
func AppendTimestamp(dst []byte, instant int64, zone *time.Location) []byte {
	return AppendClock(dst, calendar.Clock(instant, zone))
}

// fields are the parts of a time as they are read: year, month, day, hour, minute,
// second, microsecond.
type fields [7]int

// parseTime reads y, y-m, y-m-d, each with what may follow; then a blank or a T and
// h:m or h:m:s, a fraction of a second of any length, cut to microseconds, and a
// zone behind the seconds. rest is what follows a date and is no time.
func parseTime(text []byte) (f fields, parts int, zone []byte, ok bool) {
	f[1], f[2] = 1, 1
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative, text = text[0] == '-', text[1:]
	}
	for part := 0; ; part++ {
		value, digits, rest := leadingDigits(text, part == 6)
		if !validDigits(part, digits) {
			return f, 0, nil, false
		}
		f[part], text = value, rest
		if part == 0 && negative {
			f[0] = -value
		}
		if len(text) == 0 {
			return f, part + 1, nil, true
		}
		c := text[0]
		switch {
		case part < 2 && c == '-', part == 2 && (c == ' ' || c == 'T'), (part == 3 || part == 4) && c == ':', part == 5 && c == '.':
			text = text[1:]
		case part >= 5:
			return f, part + 1, text, true
		default:
			return f, 0, nil, false
		}
	}
}

// leadingDigits reads a number; as a fraction it is in millionths.
func leadingDigits(text []byte, fraction bool) (value, digits int, rest []byte) {
	for digits < len(text) && '0' <= text[digits] && text[digits] <= '9' {
		if !fraction && digits < 9 || digits < 6 {
			value = value*10 + int(text[digits]-'0')
		}
		digits++
	}
	for i := digits; fraction && i < 6; i++ {
		value *= 10
	}
	return value, digits, text[digits:]
}

func validDigits(part, digits int) bool {
	switch part {
	case 0:
		return 4 <= digits && digits <= 7
	case 6:
		return true
	default:
		return digits == 1 || digits == 2
	}
}

// ParseDate reads a day: y, y-m or y-m-d. Behind the last a blank or a T and
// anything may follow.
func ParseDate(text []byte) (day int32, ok bool) {
	dashes := 0
	for i, c := range text {
		if c == '-' && i > 0 {
			dashes++
		}
		if dashes == 2 && (c == ' ' || c == 'T') {
			text = text[:i]
			break
		}
	}
	f, parts, _, ok := parseTime(text)
	if !ok || parts > 3 || !calendar.Valid(f[0], f[1], f[2]) {
		return 0, false
	}
	return int32(calendar.DayOf(f[0], f[1], f[2])), true
}

// ParseTimestamp reads an instant, in the zone unless the text names its own.
func ParseTimestamp(text []byte, zone *time.Location) (instant int64, ok bool) {
	day, ofDay, own, ok := parseMoment(text)
	if !ok {
		return 0, false
	}
	if own != nil {
		var err error
		if zone, err = calendar.Zone(string(Trim(own))); err != nil {
			return 0, false
		}
	}
	return calendar.InstantAt(day, ofDay, zone)
}

// ParseClock reads a clock time; a zone behind it is checked and ignored.
func ParseClock(text []byte) (clock int64, ok bool) {
	day, ofDay, own, ok := parseMoment(text)
	if !ok {
		return 0, false
	}
	if own != nil {
		if _, err := calendar.Zone(string(Trim(own))); err != nil {
			return 0, false
		}
	}
	return calendar.At(day, ofDay)
}

// HasZone reports whether the text is a time that names its own zone.
func HasZone(text []byte) bool {
	_, _, own, ok := parseMoment(text)
	return ok && own != nil
}

func parseMoment(text []byte) (day int, ofDay int64, zone []byte, ok bool) {
	f, _, zone, ok := parseTime(text)
	if !ok || !calendar.Valid(f[0], f[1], f[2]) || f[3] > 23 || f[4] > 59 || f[5] > 59 {
		return 0, 0, nil, false
	}
	return calendar.DayOf(f[0], f[1], f[2]), int64(f[3])*calendar.Hour + int64(f[4])*calendar.Minute + int64(f[5])*calendar.Second + int64(f[6]), zone, true
}

// Midnight returns the clock time at which a day begins; false if it is out of
// range.
func Midnight(day int32) (clock int64, ok bool) { return calendar.At(int(day), 0) }
