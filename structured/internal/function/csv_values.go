package function

import (
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// formatOnce returns what makes a format of the options of the first row; they are constant.
func formatOnce(at int) func(args []*vector.Column, row int) (*csvFormat, error) {
	var format *csvFormat
	return func(args []*vector.Column, row int) (*csvFormat, error) {
		if format == nil {
			f, err := newCSVFormat(optionsAt(args, at, row))
			if err != nil {
				return nil, err
			}
			format = &f
		}
		return format, nil
	}
}

func fromCSV(call bound.Call) (Kernel, error) {
	zone, err := zoneOf(call)
	formatOf := formatOnce(1)
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if args[0].IsNull(row) {
			return null
		}
		format, err := formatOf(args, row)
		if err != nil {
			return err
		}
		line := string(args[0].String(row))
		fields := splitCSV(line, format.separator)
		for i := range out.Children {
			child := &out.Children[i]
			if i < len(fields) && fields[i].append(child, format, zone) {
				continue
			}
			if format.failsFast && (i >= len(fields) || !fields[i].isNull(format)) {
				return fault.Runtimef("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "%q is no line of %s", line, call.Of)
			}
			child.AppendNull()
		}
		out.EndStruct()
		return nil
	}), err
}

func (f csvField) isNull(format *csvFormat) bool { return !f.quoted && f.text == format.null }

// append appends the field's value, if it has one of the column's type.
func (f csvField) append(out *vector.Column, format *csvFormat, zone *time.Location) (ok bool) {
	of := out.Type.Kind()
	trimmed := strings.TrimSpace(f.text)
	switch {
	case f.isNull(format):
		return false
	case of == types.KindFloat || of == types.KindDouble:
		return scalarFromText(out, []byte(trimmed), zone)
	case of != types.KindString && trimmed != f.text:
		return false
	case of == types.KindDate && format.date != nil:
		clock, _, ok := format.date.parse(f.text)
		if ok {
			day, _ := calendar.Split(clock)
			out.AppendInt(int32(day))
		}
		return ok
	case of == types.KindTimestamp && format.timestamp != nil:
		clock, own, ok := format.timestamp.parse(f.text)
		if own != nil {
			zone = own
		}
		if ok {
			out.AppendLong(calendar.Instant(clock, zone))
		}
		return ok
	}
	return scalarFromText(out, []byte(f.text), zone)
}

func toCSV(call bound.Call) (Kernel, error) {
	zone, err := zoneOf(call)
	formatOf := formatOnce(1)
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		format, err := formatOf(args, row)
		if err != nil {
			return nil, err
		}
		for i := range args[0].Children {
			if i > 0 {
				dst = append(dst, format.separator...)
			}
			dst = format.write(dst, &args[0].Children[i], row, zone)
		}
		return dst, nil
	}), err
}

// write appends a value without the blanks around it; in quotes if it is empty, or has a
// quote, the separator or the end of a line in it.
func (f *csvFormat) write(dst []byte, c *vector.Column, row int, zone *time.Location) []byte {
	var text string
	switch of := c.Type.Kind(); {
	case c.IsNull(row):
		return append(dst, f.null...)
	case of == types.KindDate && f.date != nil:
		clock := int64(c.Ints[row]) * calendar.Day
		text = string(f.date.format(nil, clock, clock, time.UTC))
	case of == types.KindTimestamp && f.timestamp != nil:
		text = string(f.timestamp.format(nil, calendar.Clock(c.Longs[row], zone), c.Longs[row], zone))
	default:
		text = plain(c, row, zone)
	}
	text = strings.TrimSpace(text)
	if text != "" && !strings.ContainsAny(text, "\"\r\n") && !strings.Contains(text, f.separator) {
		return append(dst, text...)
	}
	return append(append(append(dst, '"'), strings.ReplaceAll(text, `"`, `\"`)...), '"')
}
