package function

import (
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
)

// format appends a clock time; instant and zone are for the letters of the zone.
func (p timePattern) format(dst []byte, clock, instant int64, zone *time.Location) []byte {
	day, ofDay := calendar.Split(clock)
	t := formattedTime{day: day, hour: int(ofDay / calendar.Hour), ofDay: ofDay, instant: instant, zone: zone}
	t.year, t.month, t.dayOfMonth = calendar.Date(day)
	t.yearOfEra = p.has('G')
	return t.append(dst, p)
}

// formattedTime is a clock time in the parts that the letters of patterns stand for.
type formattedTime struct {
	year, month, dayOfMonth int
	day, hour               int
	ofDay, instant          int64
	zone                    *time.Location
	yearOfEra               bool // years are counted from 1 before Christ, too
}

func (t *formattedTime) append(dst []byte, p timePattern) []byte {
	for _, f := range p {
		switch f.letter {
		case 0:
			dst = append(dst, f.text...)
		case '[':
			dst = t.append(dst, f.optional)
		case 'y':
			dst = t.appendYear(dst, f.count)
		case 'M', 'L':
			dst = nameOrNumber(dst, time.Month(t.month).String(), t.month, f.count)
		case 'd':
			dst = padded(dst, t.dayOfMonth, f.count)
		case 'D':
			dst = padded(dst, t.day-calendar.DayOf(t.year, 1, 1)+1, f.count)
		case 'F':
			dst = padded(dst, (t.dayOfMonth-1)%7+1, 1)
		case 'q', 'Q':
			dst = quarter(dst, (t.month+2)/3, f.count)
		case 'G':
			dst = append(dst, era(t.year, f.count)...)
		case 'E':
			dst = nameOrNumber(dst, weekdays[calendar.Weekday(t.day)], 0, max(f.count, 3))
		case 'a':
			dst = append(dst, halves[t.hour/12]...)
		case 'H':
			dst = padded(dst, t.hour, f.count)
		case 'k':
			dst = padded(dst, (t.hour+23)%24+1, f.count)
		case 'h':
			dst = padded(dst, (t.hour+11)%12+1, f.count)
		case 'K':
			dst = padded(dst, t.hour%12, f.count)
		case 'm':
			dst = padded(dst, int(t.ofDay/calendar.Minute%60), f.count)
		case 's':
			dst = padded(dst, int(t.ofDay/calendar.Second%60), f.count)
		case 'S':
			digits := strconv.Itoa(int(t.ofDay%calendar.Second) + calendar.Second)[1:] + "000"
			dst = append(dst, digits[:f.count]...)
		default:
			dst = appendZone(dst, f, t.instant, t.zone)
		}
	}
	return dst
}

var halves = [...]string{"AM", "PM"}

func (t *formattedTime) appendYear(dst []byte, letters int) []byte {
	year := t.year
	if t.yearOfEra && year < 1 {
		year = 1 - year
	}
	if letters == 2 {
		return padded(dst, ((year%100)+100)%100, 2)
	}
	if letters >= 4 && len(strconv.Itoa(year)) > letters && year > 0 {
		dst = append(dst, '+')
	}
	return padded(dst, year, letters)
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

func appendZone(dst []byte, f timeField, instant int64, zone *time.Location) []byte {
	name, offset := time.UnixMicro(instant).In(zone).Zone()
	style := offsetStyles[f.letter][f.count-1]
	switch {
	case f.letter == 'V':
		return append(dst, zone.String()...)
	case f.letter == 'z' && f.count == 4:
		return append(dst, zoneTitle(name, zone)...)
	case f.letter == 'z':
		return append(dst, name...)
	case offset == 0:
		return append(dst, style.zero...)
	}
	return style.append(dst, offset)
}

// offsetStyle is how a letter writes an offset from UTC.
type offsetStyle struct {
	zero, prefix string
	shortHours   bool // without a zero in front
	minutes      bool // also if there are none
	colon        bool
}

var offsetStyles = map[byte][5]offsetStyle{
	'X': {{zero: "Z"}, {zero: "Z", minutes: true}, {zero: "Z", minutes: true, colon: true}, {zero: "Z", minutes: true}, {zero: "Z", minutes: true, colon: true}},
	'x': {
		{zero: "+00"},
		{zero: "+0000", minutes: true},
		{zero: "+00:00", minutes: true, colon: true},
		{zero: "+0000", minutes: true},
		{zero: "+00:00", minutes: true, colon: true},
	},
	'Z': {
		{zero: "+0000", minutes: true},
		{zero: "+0000", minutes: true},
		{zero: "+0000", minutes: true},
		{zero: "GMT", prefix: "GMT", minutes: true, colon: true},
		{zero: "Z", minutes: true, colon: true},
	},
	'O': {{zero: "GMT", prefix: "GMT", shortHours: true, colon: true}, {}, {}, {zero: "GMT", prefix: "GMT", minutes: true, colon: true}, {}},
}

func (s offsetStyle) append(dst []byte, seconds int) []byte {
	dst = append(dst, s.prefix...)
	sign, width := byte('+'), 2
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	if s.shortHours {
		width = 1
	}
	dst = padded(append(dst, sign), seconds/3600, width)
	if s.minutes || seconds%3600 != 0 {
		if s.colon {
			dst = append(dst, ':')
		}
		dst = padded(dst, seconds/60%60, 2)
	}
	return dst
}

// zoneTitles are the full names of zones, by their continent and short name, as the
// Unicode Common Locale Data Repository gives them in English.
var zoneTitles = map[string]string{
	"America/EST": "Eastern Standard Time", "America/EDT": "Eastern Daylight Time", "America/CST": "Central Standard Time", "America/CDT": "Central Daylight Time",
	"America/MST": "Mountain Standard Time", "America/MDT": "Mountain Daylight Time", "America/PST": "Pacific Standard Time", "America/PDT": "Pacific Daylight Time",
	"Europe/CET": "Central European Standard Time", "Europe/CEST": "Central European Summer Time", "Europe/EET": "Eastern European Standard Time",
	"Europe/EEST": "Eastern European Summer Time", "Europe/GMT": "Greenwich Mean Time", "Europe/BST": "British Summer Time", "Europe/MSK": "Moscow Standard Time",
	"Asia/JST": "Japan Standard Time", "Asia/KST": "Korean Standard Time", "Asia/IST": "India Standard Time", "Asia/CST": "China Standard Time",
	"Australia/AEST": "Australian Eastern Standard Time", "Australia/AEDT": "Australian Eastern Daylight Time", "UTC": "Coordinated Universal Time",
}

// zoneTitle returns the short name of a zone that has no other.
func zoneTitle(name string, zone *time.Location) string {
	key := name
	if continent, _, ok := strings.Cut(zone.String(), "/"); ok {
		key = continent + "/" + name
	}
	if title, ok := zoneTitles[key]; ok {
		return title
	}
	return name
}
