package function

import (
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
)

// parsedTime collects what a text says, field by field; -1 stands for what it has not
// said.
type parsedTime struct {
	year, month, day, minute, second int
	dayOfYear                        int
	hour                             int // of the day
	hourOfHalf, half                 int // 0 to 11; 0 or 1
	micros                           int
	beforeChrist                     bool
	zone                             *time.Location
}

// parse reads a clock time; zone is nil if the text names none.
func (p timePattern) parse(text string) (clock int64, zone *time.Location, ok bool) {
	t := parsedTime{year: 1970, month: 1, day: 1, dayOfYear: -1, hour: -1, hourOfHalf: -1, half: -1}
	rest, ok := t.readAll(p, text)
	if !ok || rest != "" {
		return 0, nil, false
	}
	t.settle()
	if !calendar.Valid(t.year, t.month, t.day) || t.minute > 59 || t.second > 59 {
		return 0, nil, false
	}
	ofDay := int64(t.hour)*calendar.Hour + int64(t.minute)*calendar.Minute + int64(t.second)*calendar.Second + int64(t.micros)
	clock, ok = calendar.At(calendar.DayOf(t.year, t.month, t.day), ofDay)
	return clock, t.zone, ok
}

// settle decides the year, the day and the hour by all that has been said about them.
func (t *parsedTime) settle() {
	if t.beforeChrist {
		t.year = 1 - t.year
	}
	if t.dayOfYear > 0 {
		var year int
		if year, t.month, t.day = calendar.Date(calendar.DayOf(t.year, 1, 1) + t.dayOfYear - 1); year != t.year {
			t.day = 0
		}
	}
	switch {
	case t.hour >= 0:
	case t.hourOfHalf >= 0:
		t.hour = t.hourOfHalf + 12*max(t.half, 0)
	default:
		t.hour = 12 * max(t.half, 0)
	}
}

func (t *parsedTime) readAll(p timePattern, text string) (rest string, ok bool) {
	for i, f := range p {
		switch {
		case f.letter == 0:
			if len(text) < len(f.text) || !strings.EqualFold(text[:len(f.text)], f.text) {
				return "", false
			}
			text = text[len(f.text):]
		case f.letter == '[':
			tried := *t
			if after, ok := tried.readAll(f.optional, text); ok {
				*t, text = tried, after
			}
		default:
			if text, ok = t.read(f, text, p[i+1:].fixedDigits()); !ok {
				return "", false
			}
		}
	}
	return text, true
}

// fixedDigits returns the digits of the numbers of a fixed width that a pattern begins
// with: a number before them leaves them so many.
func (p timePattern) fixedDigits() int {
	digits := 0
	for _, f := range p {
		if f.count != 2 || strings.IndexByte("yMLdDHkhKms", f.letter) < 0 {
			break
		}
		digits += f.count
	}
	return digits
}

// read takes a field off the front of the text; following is how many digits belong to
// what follows without a space.
func (t *parsedTime) read(f timeField, text string, following int) (rest string, ok bool) {
	switch f.letter {
	case 'G':
		return readName(text, f.count*2, 2, func(i int) string { return era(i, f.count) }, func(i int) { t.beforeChrist = i == 0 })
	case 'M', 'L':
		if f.count >= 3 {
			return readName(text, f.count, 12, func(i int) string { return time.Month(i + 1).String() }, func(i int) { t.month = i + 1 })
		}
	case 'a':
		return readName(text, 4, 2, func(i int) string { return halves[i] }, func(i int) { t.half = i })
	case 'V', 'z', 'x', 'X', 'Z', 'O':
		t.zone, rest, ok = readZone(f, text)
		return rest, ok
	}
	value, rest, ok := readNumber(f, text, following)
	if !ok {
		return text, false
	}
	return rest, t.take(f, value)
}

// take keeps the value of a letter, if it is in the letter's range.
func (t *parsedTime) take(f timeField, value int) bool {
	within := func(to *int, least, most, keep int) bool {
		*to = keep
		return least <= value && value <= most
	}
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
		return within(&t.dayOfYear, 1, 366, value)
	case 'H':
		return within(&t.hour, 0, 23, value)
	case 'k':
		return within(&t.hour, 1, 24, value%24)
	case 'h':
		return within(&t.hourOfHalf, 1, 12, value%12)
	case 'K':
		return within(&t.hourOfHalf, 0, 11, value)
	case 'm':
		t.minute = value
	case 's':
		t.second = value
	case 'S':
		t.micros = value
	}
	return true
}

// readNumber reads digits: of a fraction so many as letters at most, of others exactly
// so many as letters where there are two or three and any number for one. Years of four
// letters and more have a sign if they have more digits.
func readNumber(f timeField, text string, following int) (value int, rest string, ok bool) {
	least, most := f.count, f.count
	negative, positive := strings.HasPrefix(text, "-"), strings.HasPrefix(text, "+")
	signed := f.letter == 'y' && f.count != 2
	switch {
	case f.letter == 'S':
		least, following = 1, 0
	case f.count == 1, signed:
		most = 9
	}
	if negative && signed || positive && signed && f.count >= 4 {
		text = text[1:]
	}
	digits := 0
	for digits < len(text) && digits < most+following && '0' <= text[digits] && text[digits] <= '9' {
		digits++
	}
	if following > 0 {
		digits = min(max(least, digits-following), digits)
	}
	if digits < least || signed && f.count >= 4 && !negative && positive != (digits > f.count) {
		return 0, text, false
	}
	rest = text[digits:]
	if f.letter == 'S' {
		value, _ = strconv.Atoi((text[:digits] + "000000")[:6])
		return value, rest, true
	}
	value, err := strconv.Atoi(text[:digits])
	if negative && signed {
		value = -value
	}
	return value, rest, err == nil
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

// shortZones are the zones that short names stand for.
var shortZones = map[string]string{
	"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "MST": "America/Denver", "MDT": "America/Denver", "CST": "America/Chicago",
	"CDT": "America/Chicago", "EST": "America/New_York", "EDT": "America/New_York", "CET": "Europe/Paris", "CEST": "Europe/Paris",
	"BST": "Europe/London", "EET": "Europe/Bucharest", "MSK": "Europe/Moscow", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "IST": "Asia/Kolkata",
	"AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
}

// readZone reads the name of a zone or, for the letters of offsets, one of the style
// that they write.
func readZone(f timeField, text string) (*time.Location, string, bool) {
	end := strings.IndexFunc(text, func(r rune) bool { return !isLetter(byte(r)) && !strings.ContainsRune("0123456789/_+-:", r) })
	if end < 0 {
		end = len(text)
	}
	name := text[:end]
	style := offsetStyles[f.letter][f.count-1]
	switch f.letter {
	case 'V', 'z':
		if full, ok := shortZones[name]; ok && f.letter == 'z' {
			name = full
		}
	default:
		if name == style.zero {
			return time.UTC, text[end:], true
		}
		digits := len(name) - len(style.prefix) - 1
		if rest, ok := strings.CutPrefix(name, style.prefix); !ok || rest == "" || rest[0] != '+' && rest[0] != '-' ||
			strings.Contains(rest, ":") != (style.colon && (style.minutes || digits > 2)) || style.minutes && digits < 4 {
			return nil, text, false
		}
	}
	zone, err := calendar.Zone(name)
	return zone, text[end:], err == nil
}
