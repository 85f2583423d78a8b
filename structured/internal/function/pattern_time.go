package function

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
)

// timePattern is a pattern of date_format and its relatives, in the letters of Java's
// DateTimeFormatter: y year, M and L month, d day, D day of the year, q and Q quarter,
// E day of the week, a half of the day, H and k hour of the day, h and K of its half,
// m minute, s second, S fraction, VV, z, x, X, Z and O zone.
type timePattern []timeField

// timeField is a letter and how often it stands, or a text.
type timeField struct {
	letter byte // 0 for a text
	count  int
	text   string
}

func parseTimePattern(pattern string) (timePattern, error) {
	var fields timePattern
	literal := func(text string) {
		if n := len(fields); n > 0 && fields[n-1].letter == 0 {
			fields[n-1].text += text
		} else {
			fields = append(fields, timeField{text: text})
		}
	}
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\'':
			end := strings.IndexByte(pattern[i+1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("pattern %q: a quote is not closed", pattern)
			}
			if end == 0 {
				literal("'")
			} else {
				literal(pattern[i+1 : i+1+end])
			}
			i += end + 2
		case isLetter(c):
			n := 1
			for i+n < len(pattern) && pattern[i+n] == c {
				n++
			}
			if !strings.ContainsRune("GyuMLdDqQEaHkhKmsSVzxXZO", rune(c)) {
				return nil, fmt.Errorf("pattern %q: the letter %q stands for nothing", pattern, c)
			}
			if c == 'u' {
				c = 'y'
			}
			fields = append(fields, timeField{letter: c, count: n})
			i += n
		case c == '[' || c == ']':
			return nil, fmt.Errorf("pattern %q: optional parts are not supported", pattern)
		default:
			literal(pattern[i : i+1])
			i++
		}
	}
	return fields, nil
}

// mustTimePattern is parseTimePattern of a pattern that has a meaning.
func mustTimePattern(pattern string) timePattern {
	fields, err := parseTimePattern(pattern)
	if err != nil {
		panic(err)
	}
	return fields
}

// format appends a clock time; instant and zone are for the letters of the zone.
func (p timePattern) format(dst []byte, clock, instant int64, zone *time.Location) []byte {
	day, ofDay := calendar.Split(clock)
	year, month, dayOfMonth := calendar.Date(day)
	hour := int(ofDay / calendar.Hour)
	for _, f := range p {
		switch f.letter {
		case 0:
			dst = append(dst, f.text...)
		case 'y':
			if f.count == 2 {
				dst = padded(dst, ((year%100)+100)%100, 2)
			} else {
				dst = padded(dst, year, f.count)
			}
		case 'M', 'L':
			dst = nameOrNumber(dst, time.Month(month).String(), month, f.count)
		case 'd':
			dst = padded(dst, dayOfMonth, f.count)
		case 'D':
			dst = padded(dst, day-calendar.DayOf(year, 1, 1)+1, f.count)
		case 'q', 'Q':
			dst = quarter(dst, (month+2)/3, f.count)
		case 'G':
			dst = append(dst, era(year, f.count)...)
		case 'E':
			dst = nameOrNumber(dst, weekdays[calendar.Weekday(day)], 0, max(f.count, 3))
		case 'a':
			dst = append(dst, [...]string{"AM", "PM"}[hour/12]...)
		case 'H':
			dst = padded(dst, hour, f.count)
		case 'k':
			dst = padded(dst, (hour+23)%24+1, f.count)
		case 'h':
			dst = padded(dst, (hour+11)%12+1, f.count)
		case 'K':
			dst = padded(dst, hour%12, f.count)
		case 'm':
			dst = padded(dst, int(ofDay/calendar.Minute%60), f.count)
		case 's':
			dst = padded(dst, int(ofDay/calendar.Second%60), f.count)
		case 'S':
			digits := strconv.Itoa(int(ofDay%calendar.Second) + calendar.Second)[1:] + "000"
			dst = append(dst, digits[:min(f.count, len(digits))]...)
		default:
			dst = formatZone(dst, f, instant, zone)
		}
	}
	return dst
}

// quarter is a number, with three letters Q1 and with four 1st quarter.
func quarter(dst []byte, number, letters int) []byte {
	switch letters {
	case 1, 2:
		return padded(dst, number, letters)
	case 3:
		return strconv.AppendInt(append(dst, 'Q'), int64(number), 10)
	}
	return append(dst, [...]string{"1st", "2nd", "3rd", "4th"}[number-1]+" quarter"...)
}

func era(year, letters int) string {
	names := [...]string{"BC", "AD", "Before Christ", "Anno Domini"}
	at := 0
	if letters == 4 {
		at = 2
	}
	if year > 0 {
		at++
	}
	return names[at]
}

func padded(dst []byte, value, width int) []byte {
	if value < 0 {
		dst, value = append(dst, '-'), -value
	}
	text := strconv.Itoa(value)
	for range width - len(text) {
		dst = append(dst, '0')
	}
	return append(dst, text...)
}

func nameOrNumber(dst []byte, name string, number, count int) []byte {
	switch {
	case count < 3:
		return padded(dst, number, count)
	case count == 3:
		return append(dst, name[:3]...)
	}
	return append(dst, name...)
}

func formatZone(dst []byte, f timeField, instant int64, zone *time.Location) []byte {
	name, offset := time.UnixMicro(instant).In(zone).Zone()
	switch f.letter {
	case 'V':
		return append(dst, zone.String()...)
	case 'z':
		return append(dst, name...)
	case 'O':
		return appendOffset(append(dst, "GMT"...), offset, f.count == 4, f.count == 4)
	case 'Z':
		return appendOffset(dst, offset, true, f.count == 5)
	}
	if f.letter == 'X' && offset == 0 {
		return append(dst, 'Z')
	}
	return appendOffset(dst, offset, f.count > 1, f.count%2 == 1)
}

// appendOffset writes an offset from UTC in hours and, if wanted or there are any,
// minutes.
func appendOffset(dst []byte, seconds int, minutes, colon bool) []byte {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	dst = padded(append(dst, sign), seconds/3600, 2)
	if minutes || seconds%3600 != 0 {
		if colon {
			dst = append(dst, ':')
		}
		dst = padded(dst, seconds/60%60, 2)
	}
	return dst
}

// parsedTime collects what a text says, field by field.
type parsedTime struct {
	year, month, day, hour, minute, second int
	dayOfYear                              int // 0: not given
	micros                                 int
	half                                   int // of the day; -1: not given
	zone                                   *time.Location
}

// parse reads a clock time; zone is nil if the text names none.
func (p timePattern) parse(text string) (clock int64, zone *time.Location, ok bool) {
	t := parsedTime{year: 1970, month: 1, day: 1, half: -1}
	for i, f := range p {
		if f.letter == 0 {
			if text, ok = strings.CutPrefix(text, f.text); !ok {
				return 0, nil, false
			}
			continue
		}
		adjacent := i+1 < len(p) && p[i+1].isNumber()
		if text, ok = t.read(f, text, adjacent); !ok {
			return 0, nil, false
		}
	}
	if text != "" {
		return 0, nil, false
	}
	if t.half >= 0 {
		t.hour = t.hour%12 + 12*t.half
	}
	if t.dayOfYear > 0 {
		_, t.month, t.day = calendar.Date(calendar.DayOf(t.year, 1, 1) + t.dayOfYear - 1)
	}
	if !calendar.Valid(t.year, t.month, t.day) || t.hour > 23 || t.minute > 59 || t.second > 59 {
		return 0, nil, false
	}
	return int64(calendar.DayOf(t.year, t.month, t.day))*calendar.Day + int64(t.hour)*calendar.Hour +
		int64(t.minute)*calendar.Minute + int64(t.second)*calendar.Second + int64(t.micros), t.zone, true
}

func (f timeField) isNumber() bool {
	return strings.IndexByte("ydDHkhKmsS", f.letter) >= 0 && f.letter != 0 || (f.letter == 'M' || f.letter == 'L') && f.count < 3
}

// read takes a field off the front of the text.
func (t *parsedTime) read(f timeField, text string, adjacent bool) (rest string, ok bool) {
	switch f.letter {
	case 'M', 'L':
		if f.count >= 3 {
			return readName(text, f.count, 12, func(i int) string { return time.Month(i + 1).String() }, func(i int) { t.month = i + 1 })
		}
	case 'E':
		return readName(text, max(f.count, 3), 7, func(i int) string { return weekdays[i] }, func(int) {})
	case 'a':
		return readName(text, 4, 2, func(i int) string { return [...]string{"AM", "PM"}[i] }, func(i int) { t.half = i })
	case 'V', 'z', 'x', 'X', 'Z', 'O':
		end := strings.IndexFunc(text, func(r rune) bool { return r == ' ' || r == ']' || r == ')' })
		if end < 0 {
			end = len(text)
		}
		zone, err := calendar.Zone(text[:end])
		t.zone = zone
		return text[end:], err == nil
	}
	least, most := f.count, f.count
	switch {
	case f.letter == 'S':
		least = 1
	case f.count == 1:
		most = 2
		if f.letter == 'y' || f.letter == 'D' {
			most = 6
		}
	case f.letter == 'y' && f.count >= 3:
		most = 6
	}
	if adjacent && f.letter != 'S' {
		most = max(f.count, 1)
	}
	digits := 0
	for digits < len(text) && digits < most && '0' <= text[digits] && text[digits] <= '9' {
		digits++
	}
	if digits < least {
		return text, false
	}
	value, _ := strconv.Atoi(text[:digits])
	switch f.letter {
	case 'y':
		t.year = value
		if f.count == 2 {
			t.year += 2000
		}
	case 'M', 'L':
		t.month = value
	case 'd':
		t.day = value
	case 'D':
		t.dayOfYear = value
	case 'q', 'Q':
	case 'H':
		t.hour = value
	case 'k':
		t.hour = value % 24
	case 'h':
		t.hour = value % 12
	case 'K':
		t.hour = value
	case 'm':
		t.minute = value
	case 's':
		t.second = value
	case 'S':
		t.micros, _ = strconv.Atoi((text[:digits] + "000000")[:6])
	}
	return text[digits:], true
}

// readName reads one of some names, in full or its first three letters.
func readName(text string, count, names int, name func(int) string, take func(int)) (rest string, ok bool) {
	for i := range names {
		full := name(i)
		if count == 3 {
			full = full[:3]
		}
		if len(text) >= len(full) && strings.EqualFold(text[:len(full)], full) {
			take(i)
			return text[len(full):], true
		}
	}
	return text, false
}
