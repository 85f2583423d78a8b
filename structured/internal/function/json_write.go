package function

import (
	"encoding/base64"
	"encoding/json/jsontext"
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func toJSON(call bound.Call) (Kernel, error) {
	optionsOf, err := jsonOptionsOf(call)
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		options, err := optionsOf(args, row)
		if err != nil {
			return nil, err
		}
		if !options.pretty && !options.ascii {
			return appendJSON(dst, args[0], row, options), nil
		}
		text := appendJSON(nil, args[0], row, options)
		if options.ascii {
			text = escapeJSON(text)
		}
		if options.pretty {
			text = layOutJSON(text)
		}
		return append(dst, text...), nil
	}), err
}

func appendJSON(dst []byte, c *vector.Column, row int, options *jsonOptions) []byte {
	if c.IsNull(row) {
		return append(dst, "null"...)
	}
	switch c.Type.Kind() {
	case types.KindStruct:
		dst = append(dst, '{')
		first := true
		for i, field := range c.Type.Fields() {
			if c.Children[i].IsNull(row) && !options.keepsNulls {
				continue
			}
			dst = appendName(dst, field.Name, &first)
			dst = appendJSON(dst, &c.Children[i], row, options)
		}
		return append(dst, '}')
	case types.KindMap:
		dst = append(dst, '{')
		first := true
		entries := &c.Children[0]
		for i := int(c.Offsets[row]); i < int(c.Offsets[row+1]); i++ {
			dst = appendName(dst, keyText(&entries.Children[0], i, options.zone), &first)
			dst = appendJSON(dst, &entries.Children[1], i, options)
		}
		return append(dst, '}')
	case types.KindArray:
		dst = append(dst, '[')
		for i := int(c.Offsets[row]); i < int(c.Offsets[row+1]); i++ {
			if i > int(c.Offsets[row]) {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, &c.Children[0], i, options)
		}
		return append(dst, ']')
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInt, types.KindBigint, types.KindDecimal:
		return append(dst, plain(c, row, options.zone)...)
	case types.KindFloat, types.KindDouble:
		if text := plain(c, row, options.zone); text != "NaN" && !strings.HasSuffix(text, "Infinity") {
			return append(dst, text...)
		}
	}
	if text, ok := options.writeTime(c, row); ok {
		return quoted(dst, string(text))
	}
	return quoted(dst, plain(c, row, options.zone))
}

// keyText is the key of a map. Times are what they count in, and one that is nested is its
// values in brackets, for so Spark prints what it holds.
func keyText(c *vector.Column, row int, zone *time.Location) string {
	var parts []string
	switch c.Type.Kind() {
	case types.KindStruct:
		for i := range c.Children {
			parts = append(parts, partText(&c.Children[i], row, zone))
		}
	case types.KindArray, types.KindMap:
		for i := int(c.Offsets[row]); i < int(c.Offsets[row+1]); i++ {
			parts = append(parts, partText(&c.Children[0], i, zone))
		}
	case types.KindDate, types.KindTimestamp, types.KindTimestampNTZ, types.KindYearMonth, types.KindDayTime:
		return strconv.FormatInt(c.Whole(row), 10)
	default:
		return plain(c, row, zone)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func partText(c *vector.Column, row int, zone *time.Location) string {
	if c.IsNull(row) {
		return "null"
	}
	return keyText(c, row, zone)
}

func quoted(dst []byte, text string) []byte {
	out, err := jsontext.AppendQuote(dst, strings.ToValidUTF8(text, "\uFFFD"))
	if err != nil {
		panic(err) // valid UTF-8 always has a form
	}
	return out
}

func appendName(dst []byte, name string, first *bool) []byte {
	if !*first {
		dst = append(dst, ',')
	}
	*first = false
	return append(quoted(dst, name), ':')
}

// How JSON writes times, with and without a zone.
var isoInstant, isoClock = mustTimePattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX"), mustTimePattern("yyyy-MM-dd'T'HH:mm:ss.SSS")

// plain is a value that is not nested as JSON writes it, without quotes.
func plain(c *vector.Column, row int, zone *time.Location) string {
	switch c.Type.Kind() {
	case types.KindBoolean:
		return strconv.FormatBool(c.Bools.Get(row))
	case types.KindFloat:
		return string(values.AppendFloat(nil, c.Floats[row]))
	case types.KindDouble:
		return string(values.AppendDouble(nil, c.Doubles[row]))
	case types.KindDecimal:
		return string(values.AppendShortDecimal(nil, c.Decimals[row], c.Type.Scale()))
	case types.KindString:
		return string(c.String(row))
	case types.KindBinary:
		return base64.StdEncoding.EncodeToString(c.String(row))
	case types.KindDate:
		return string(values.AppendDate(nil, c.Ints[row]))
	case types.KindTimestamp:
		return string(isoInstant.format(nil, calendar.Clock(c.Longs[row], zone), c.Longs[row], zone))
	case types.KindTimestampNTZ:
		return string(isoClock.format(nil, c.Longs[row], c.Longs[row], time.UTC))
	case types.KindYearMonth:
		return string(values.AppendMonths(nil, c.Ints[row], c.Type))
	case types.KindDayTime:
		return string(values.AppendMicros(nil, c.Longs[row], c.Type))
	case types.KindCalendar:
		return string(values.AppendCalendarInterval(nil, c.Interval(row)))
	}
	return strconv.FormatInt(c.Whole(row), 10)
}
