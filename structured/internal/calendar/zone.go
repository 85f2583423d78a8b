package calendar

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones are known where no database is installed
)

// Zone returns the zone of a name: of the IANA database, "Z", "UTC", "GMT" or "UT",
// an offset such as "+2", "+02:00" or "-013000", or an offset behind one of the
// latter three, as in "UTC+3". Case matters.
func Zone(name string) (*time.Location, error) {
	switch name {
	case "", "Local": // which Go would take for zones of its own
		return nil, fmt.Errorf("time zone %q: not known", name)
	case "Z", "UTC", "GMT", "UT":
		return time.UTC, nil
	}
	rest := name
	for _, prefix := range [...]string{"UTC", "GMT", "UT"} {
		if after, ok := strings.CutPrefix(name, prefix); ok && after != "" && (after[0] == '+' || after[0] == '-') {
			rest = after
			break
		}
	}
	if rest[0] == '+' || rest[0] == '-' {
		seconds, ok := parseOffset(rest[1:])
		if !ok {
			return nil, fmt.Errorf("time zone %q: the offset is none of +h, +hh:mm and +hh:mm:ss within 18 hours", name)
		}
		if rest[0] == '-' {
			seconds = -seconds
		}
		return time.FixedZone(name, seconds), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: not known", name)
	}
	return zone, nil
}

// parseOffset reads h, hh, h:mm, hh:mm, hh:mm:ss, hhmm or hhmmss.
func parseOffset(text string) (seconds int, ok bool) {
	var parts []string
	switch {
	case strings.Contains(text, ":"):
		parts = strings.Split(text, ":")
	case len(text) <= 2:
		parts = []string{text}
	default:
		for ; len(text) >= 2; text = text[2:] {
			parts = append(parts, text[:2])
		}
		if text != "" {
			return 0, false
		}
	}
	unit := 3600
	for i, part := range parts {
		if len(part) == 0 || len(part) > 2 || i > 2 {
			return 0, false
		}
		value := 0
		for _, c := range part {
			if c < '0' || c > '9' {
				return 0, false
			}
			value = value*10 + int(c-'0')
		}
		if i > 0 && value > 59 {
			return 0, false
		}
		seconds += value * unit
		unit /= 60
	}
	return seconds, seconds <= 18*3600
}
