package text

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/types"
)

// AppendMonths writes an interval in months, in the units of its type: INTERVAL
// '1-2' YEAR TO MONTH.
func AppendMonths(dst []byte, months int32, of types.Type) []byte {
	from, to := of.Units()
	dst = append(dst, "INTERVAL '"...)
	value := int64(months)
	if value < 0 {
		dst, value = append(dst, '-'), -value
	}
	switch {
	case from == types.Month:
		dst = strconv.AppendInt(dst, value, 10)
	case to == types.Year:
		dst = strconv.AppendInt(dst, value/12, 10)
	default:
		dst = strconv.AppendInt(dst, value/12, 10)
		dst = strconv.AppendInt(append(dst, '-'), value%12, 10)
	}
	return appendUnits(dst, from, to)
}

// AppendMicros writes an interval in microseconds, in the units of its type:
// INTERVAL '1 02:03:04.5' DAY TO SECOND. What is less than the least unit is left
// out.
func AppendMicros(dst []byte, micros int64, of types.Type) []byte {
	from, to := of.Units()
	dst = append(dst, "INTERVAL '"...)
	value := uint64(micros) // unsigned, for the least number has no positive counterpart
	if micros < 0 {
		dst, value = append(dst, '-'), -value
	}
	for unit := from; unit <= to; unit++ {
		size := uint64(unitMicros[unit])
		count := value / size
		value -= count * size
		switch {
		case unit == from && unit == types.Day:
			dst = strconv.AppendUint(dst, count, 10)
		case unit == from:
			dst = appendPadded(dst, int(count), 2)
		case unit == types.Hour:
			dst = appendPadded(append(dst, ' '), int(count), 2)
		default:
			dst = appendPadded(append(dst, ':'), int(count), 2)
		}
	}
	if to == types.Second {
		dst = appendFraction(dst, int64(value))
	}
	return appendUnits(dst, from, to)
}

var unitMicros = [...]int64{
	types.Day: calendar.Day, types.Hour: calendar.Hour, types.Minute: calendar.Minute, types.Second: calendar.Second,
}

func appendUnits(dst []byte, from, to types.Unit) []byte {
	dst = append(append(dst, "' "...), strings.ToUpper(from.String())...)
	if from != to {
		dst = append(append(dst, " TO "...), strings.ToUpper(to.String())...)
	}
	return dst
}

// ParseIntervalLiteral reads what ParseInterval does, or that as a literal of the type's
// units: INTERVAL '1-2' YEAR TO MONTH.
func ParseIntervalLiteral(text string, of types.Type) (value int64, ok bool) {
	const word = "INTERVAL"
	text = strings.TrimSpace(text)
	if len(text) < len(word) || !strings.EqualFold(text[:len(word)], word) {
		return ParseInterval(text, of)
	}
	sign, rest, quoted := strings.Cut(text[len(word):], "'")
	inside, units, closed := strings.Cut(rest, "'")
	from, to := of.Units()
	want := from.String()
	if from != to {
		want += " to " + to.String()
	}
	if !quoted || !closed || !strings.EqualFold(strings.Join(strings.Fields(units), " "), want) {
		return 0, false
	}
	value, ok = ParseInterval(inside, of)
	switch strings.TrimSpace(sign) {
	case "-":
		value = -value
	case "", "+":
	default:
		ok = false
	}
	return value, ok
}

// ParseInterval reads the text between the quotes of an interval literal with units,
// such as 1-2 for YEAR TO MONTH or 1 02:03:04.5 for DAY TO SECOND: months for the
// first kind, microseconds for the second.
func ParseInterval(text string, of types.Type) (value int64, ok bool) {
	text = strings.TrimSpace(text)
	negative := false
	if text != "" && (text[0] == '-' || text[0] == '+') {
		negative, text = text[0] == '-', text[1:]
	}
	from, to := of.Units()
	if of.Kind() == types.KindYearMonth {
		value, ok = parseParts(text, from, to, func(unit types.Unit) int64 { return [...]int64{12, 1}[unit] })
		ok = ok && value == int64(int32(value))
	} else {
		value, ok = parseParts(text, from, to, func(unit types.Unit) int64 { return unitMicros[unit] })
	}
	if negative {
		value = -value
	}
	return value, ok
}

// parseParts reads a number for each unit; all but the first are below what makes
// one of the unit before.
func parseParts(text string, from, to types.Unit, size func(types.Unit) int64) (total int64, ok bool) {
	for unit := from; unit <= to; unit++ {
		part, rest := text, ""
		if unit < to {
			separator := ":"
			if unit == types.Year {
				separator = "-"
			} else if unit == types.Day {
				separator = " "
			}
			if part, rest, ok = strings.Cut(text, separator); !ok {
				return 0, false
			}
		}
		fraction := int64(0)
		if unit == types.Second {
			digits := ""
			if part, digits, ok = strings.Cut(part, "."); ok {
				if fraction, ok = parseFraction(digits); !ok {
					return 0, false
				}
			}
		}
		value, err := strconv.ParseUint(part, 10, 62)
		if err != nil || unit > from && value*uint64(size(unit)) >= uint64(size(unit-1)) || value > uint64(1<<63-1)/uint64(size(unit)) {
			return 0, false
		}
		added := total + int64(value)*size(unit) + fraction
		if added < total {
			return 0, false
		}
		total, text = added, rest
	}
	return total, true
}

// parseFraction reads up to nine digits behind a point, cut to microseconds.
func parseFraction(digits string) (micros int64, ok bool) {
	if len(digits) > 9 {
		return 0, false
	}
	value, err := strconv.ParseUint((digits + "000000")[:6], 10, 32)
	return int64(value), err == nil
}
