package eval

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// castFromString parses values, of which blanks around them are no part.
func castFromString(to types.Kind, zone *time.Location) castLoop {
	switch to {
	case types.KindBoolean:
		return parsed(func(out *vector.Column, row int, text []byte) bool {
			value, ok := parseBool(text)
			out.Bools.Put(row, value)
			return ok
		})
	case types.KindInt:
		return parsed(func(out *vector.Column, row int, text []byte) bool {
			value, ok := parseWhole(text)
			out.Ints[row] = int32(value)
			return ok && value == int64(int32(value))
		})
	case types.KindBigint:
		return parsed(func(out *vector.Column, row int, text []byte) (ok bool) {
			out.Longs[row], ok = parseWhole(text)
			return ok
		})
	case types.KindDouble:
		return parsed(func(out *vector.Column, row int, text []byte) (ok bool) {
			out.Doubles[row], ok = parseDouble(text)
			return ok
		})
	case types.KindTimestamp:
		return parsed(func(out *vector.Column, row int, text []byte) (ok bool) {
			out.Longs[row], ok = parseTimestamp(text, zone)
			return ok
		})
	default:
		return nil
	}
}

func parsed(parse func(out *vector.Column, row int, text []byte) bool) castLoop {
	return func(out, in *vector.Column, n int, selection vector.Selection) int {
		out.Resize(n)
		copyValid(out, in)
		bad := -1
		eachRow(n, selection, func(row int) {
			if !in.IsNull(row) && !parse(out, row, trimBlanks(in.String(row))) && bad < 0 {
				bad = row
			}
		})
		return bad
	}
}

// trimBlanks cuts white space and control characters off both ends.
func trimBlanks(text []byte) []byte {
	for len(text) > 0 && text[0] <= ' ' {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] <= ' ' {
		text = text[:len(text)-1]
	}
	return text
}

func parseBool(text []byte) (value, ok bool) {
	for _, word := range [...]string{"t", "true", "y", "yes", "1"} {
		if bytes.EqualFold(text, []byte(word)) {
			return true, true
		}
	}
	for _, word := range [...]string{"f", "false", "n", "no", "0"} {
		if bytes.EqualFold(text, []byte(word)) {
			return false, true
		}
	}
	return false, false
}

// parseWhole reads decimal digits after an optional sign.
func parseWhole(text []byte) (value int64, ok bool) {
	digits, negative := text, false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		digits, negative = text[1:], text[0] == '-'
	}
	if len(digits) == 0 {
		return 0, false
	}
	// Built downwards, since the least number has no positive counterpart.
	for _, c := range digits {
		digit := int64(c) - '0'
		if digit < 0 || digit > 9 || value < math.MinInt64/10 {
			return 0, false
		}
		value *= 10
		if value < math.MinInt64+digit {
			return 0, false
		}
		value -= digit
	}
	if negative {
		return value, true
	}
	return -value, value != math.MinInt64
}

// parseDouble reads a decimal number, "Infinity", "Inf" or "NaN", with an optional
// sign before the first two; letters may be of either case.
func parseDouble(text []byte) (float64, bool) {
	for _, c := range text {
		if c == '_' || c == 'x' || c == 'X' || c == 'p' || c == 'P' {
			return 0, false
		}
	}
	value, err := strconv.ParseFloat(unsafeString(text), 64)
	if err != nil && !math.IsInf(value, 0) { // beyond the range is infinite
		return 0, false
	}
	return value, true
}

// unsafeString is a string over bytes that do not change while it is in use.
func unsafeString(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// timestampLayouts are the forms of a timestamp; a fraction of a second may follow
// the seconds of each.
var timestampLayouts = [...]string{
	"2006-1-2 15:4:5", "2006-1-2T15:4:5", "2006-1-2", "2006-1-2 15:4", "2006-1-2T15:4", "2006-1", "2006",
}

// zoneLayouts are what may stand behind a timestamp with seconds or minutes.
var zoneLayouts = [...]string{"", "Z07:00", "Z0700", "Z07"}

// parseTimestamp reads a timestamp, in the zone unless it names its own.
func parseTimestamp(text []byte, zone *time.Location) (microseconds int64, ok bool) {
	value := unsafeString(text)
	if body, found := strings.CutSuffix(value, " UTC"); found {
		value, zone = body, time.UTC
	}
	for _, layout := range timestampLayouts {
		for _, suffix := range zoneLayouts {
			if suffix != "" && !strings.Contains(layout, ":") {
				break
			}
			if t, err := time.ParseInLocation(layout+suffix, value, zone); err == nil {
				return t.UnixMicro(), true
			}
		}
	}
	return 0, false
}

// appendDouble writes the shortest digits that give the same number back, in the
// form of Spark: 1.0, 1.0E10, 1.0E-5, Infinity, NaN.
func appendDouble(dst []byte, value float64) []byte {
	switch {
	case math.IsNaN(value):
		return append(dst, "NaN"...)
	case math.IsInf(value, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(value, -1):
		return append(dst, "-Infinity"...)
	}
	if size := math.Abs(value); size == 0 || 1e-3 <= size && size < 1e7 {
		at := len(dst)
		dst = strconv.AppendFloat(dst, value, 'f', -1, 64)
		if bytes.IndexByte(dst[at:], '.') < 0 {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	var buffer [32]byte
	text := strconv.AppendFloat(buffer[:0], value, 'e', -1, 64)
	mantissa, exponent, _ := bytes.Cut(text, []byte("e"))
	dst = append(dst, mantissa...)
	if bytes.IndexByte(mantissa, '.') < 0 {
		dst = append(dst, ".0"...)
	}
	dst = append(dst, 'E')
	if exponent[0] == '-' {
		dst = append(dst, '-')
	}
	exponent = bytes.TrimLeft(exponent[1:], "0")
	return append(dst, exponent...)
}
