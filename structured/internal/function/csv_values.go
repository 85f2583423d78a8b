package function

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// csvFormatOf returns what makes the format of a call from its options.
func csvFormatOf(call bound.Call) (func(args []*vector.Column, row int) (*csvFormat, error), error) {
	zone, err := zoneOf(call)
	return constantOptions(1, func(options map[string]string) (*csvFormat, error) { return newCSVFormat(options, call.Of, zone) }), err
}

// malformedLine is Spark's condition of a line with too few or too many fields.
const malformedLine = "MALFORMED_CSV_RECORD"

func fromCSV(call bound.Call) (Kernel, error) {
	formatOf, err := csvFormatOf(call)
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if args[0].IsNull(row) {
			return null
		}
		format, err := formatOf(args, row)
		if err != nil {
			return err
		}
		line := string(args[0].String(row))
		fields, err := format.split(line)
		if err != nil {
			return err
		}
		if line == "" || line[0] == format.comment && format.comment != 0 {
			fields = nil
		}
		ok := format.read(out, fields, line)
		switch {
		case ok || !format.failsFast:
			return nil
		case len(fields) != format.width(out):
			return fault.Runtimef(malformedLine, "%q has %d fields; %s has others", line, len(fields), call.Of)
		}
		return fault.Runtimef(badRecord, "%q is no line of %s", line, call.Of)
	}), err
}

// width is the number of fields that a line of out has.
func (f *csvFormat) width(out *vector.Column) int {
	if f.corrupt >= 0 {
		return len(out.Children) - 1
	}
	return len(out.Children)
}

// read appends the fields of a line. It reports whether all were there and had values, or
// puts the line into the corrupt field, if there is one and it has fields.
func (f *csvFormat) read(out *vector.Column, fields []csvField, line string) (ok bool) {
	ok = len(fields) == f.width(out)
	isEmpty := fields == nil
	for i := range out.Children {
		child := &out.Children[i]
		switch {
		case i == f.corrupt:
			continue
		case len(fields) == 0:
			child.AppendNull()
			continue
		case !f.append(child, fields[0]):
			ok = ok && f.isNull(fields[0])
			child.AppendNull()
		}
		fields = fields[1:]
	}
	if f.corrupt >= 0 && (ok || isEmpty) {
		out.Children[f.corrupt].AppendNull()
	} else if f.corrupt >= 0 {
		out.Children[f.corrupt].AppendString([]byte(line))
	}
	out.EndStruct()
	return ok
}

func (f *csvFormat) isNull(field csvField) bool { return field.absent || f.textOf(field) == f.null }

// textOf is what a field says.
func (f *csvFormat) textOf(field csvField) string {
	if field.quoted && field.text == "" {
		return f.empty
	}
	return field.text
}

// append appends the field's value, if it has one of the column's type.
func (f *csvFormat) append(out *vector.Column, field csvField) (ok bool) {
	text := f.textOf(field)
	switch of := out.Type; {
	case f.isNull(field):
		return false
	case of == types.Binary:
		out.AppendString([]byte(text))
		return true
	case of == types.Float || of == types.Double:
		number, isNumber := f.float(text)
		if isNumber && of == types.Float {
			out.AppendFloat(float32(number))
		} else if isNumber {
			out.AppendDouble(number)
		}
		return isNumber
	case of != types.String && strings.TrimSpace(text) != text:
		return false
	}
	return f.readScalar(out, []byte(text))
}

// float is a number as Java reads it, or one that has a name.
func (f *csvFormat) float(text string) (number float64, ok bool) {
	switch text {
	case f.nan:
		return math.NaN(), true
	case f.infinite[0]:
		return math.Inf(1), true
	case f.infinite[1]:
		return math.Inf(-1), true
	}
	text = strings.TrimSpace(text)
	unsigned := strings.TrimLeft(text, "+-")
	switch {
	case unsigned == "NaN" || unsigned == "Infinity":
	case unsigned == "" || unsigned[0] != '.' && !isDigit(unsigned[0]):
		return 0, false
	case strings.HasPrefix(strings.ToLower(unsigned), "0x"):
		number, err := strconv.ParseFloat(text, 64)
		return number, err == nil
	}
	return values.ParseFloat([]byte(strings.TrimPrefix(text, "+")), 64)
}

func toCSV(call bound.Call) (Kernel, error) {
	formatOf, err := csvFormatOf(call)
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		format, err := formatOf(args, row)
		if err != nil {
			return nil, err
		}
		for i := range args[0].Children {
			if i > 0 {
				dst = append(dst, format.separator...)
			}
			dst = format.write(dst, &args[0].Children[i], row, i == 0)
		}
		return dst, nil
	}), err
}

// write appends a value without the blanks around it; in quotes if it has a quote, the
// separator or the end of a line in it, or looks like a comment as the first one.
func (f *csvFormat) write(dst []byte, c *vector.Column, row int, first bool) []byte {
	text := f.null
	if !c.IsNull(row) {
		if text = string(f.text(nil, c, row)); f.trimsLeft {
			text = strings.TrimLeftFunc(text, isBlank)
		}
		if f.trimsRight {
			text = strings.TrimRightFunc(text, isBlank)
		}
		if text == "" {
			return append(dst, f.empty...)
		}
	}
	if text == "" && f.quotesAll {
		return append(dst, f.quote, f.quote)
	}
	hasQuote := strings.IndexByte(text, f.quote) >= 0 && f.quote != 0 && !f.quotesNothing
	if !f.quotesAll && !hasQuote && !strings.ContainsAny(text, "\r\n") && !strings.Contains(text, f.separator) && !(first && text != "" && text[0] == f.comment) {
		return append(dst, text...)
	}
	dst = append(dst, f.quote)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == f.quote && hasQuote:
			dst = append(dst, f.escape)
		case c == f.escape && f.escapeOfEscape != 0:
			dst = append(dst, f.escapeOfEscape)
		}
		dst = append(dst, text[i])
	}
	return append(dst, f.quote)
}

// text appends a value that is not null: [a, b] for an array, {a, b} for a struct and
// {k -> v} for a map. A null among them has no blank before it.
func (f *csvFormat) text(dst []byte, c *vector.Column, row int) []byte {
	switch of := c.Type.Kind(); {
	case of == types.KindArray:
		dst = append(dst, '[')
		from := int(c.Offsets[row])
		for at := from; at < int(c.Offsets[row+1]); at++ {
			dst = f.element(dst, &c.Children[0], at, at == from)
		}
		return append(dst, ']')
	case of == types.KindStruct:
		dst = append(dst, '{')
		for i := range c.Children {
			dst = f.element(dst, &c.Children[i], row, i == 0)
		}
		return append(dst, '}')
	case of == types.KindMap:
		dst = append(dst, '{')
		entries, from := &c.Children[0], int(c.Offsets[row])
		for at := from; at < int(c.Offsets[row+1]); at++ {
			dst = f.element(dst, &entries.Children[0], at, at == from)
			dst = append(dst, " ->"...)
			if !entries.Children[1].IsNull(at) {
				dst = f.text(append(dst, ' '), &entries.Children[1], at)
			}
		}
		return append(dst, '}')
	case of == types.KindBinary:
		return fmt.Appendf(dst, "[% X]", c.String(row))
	}
	if text, ok := f.writeTime(c, row); ok {
		return append(dst, text...)
	}
	return append(dst, plain(c, row, f.zone)...)
}

func (f *csvFormat) element(dst []byte, c *vector.Column, at int, first bool) []byte {
	if !first {
		dst = append(dst, ',')
	}
	if c.IsNull(at) {
		return append(dst, f.null...)
	}
	if !first {
		dst = append(dst, ' ')
	}
	return f.text(dst, c, at)
}
