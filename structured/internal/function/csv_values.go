package function

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// csvFormatOf returns what makes the format of a call from its options.
func csvFormatOf(call bound.Call) (func(args []*vector.Column, row int) (*csvFormat, error), error) {
	zone, err := zoneOf(call)
	return constantOptions(1, func(options map[string]string) (*csvFormat, error) { return newCSVFormat(options, call.Of, zone) }), err
}

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
		if ok := format.read(out, line); !ok && format.failsFast {
			return fault.Runtimef("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "%q is no line of %s", line, call.Of)
		}
		return nil
	}), err
}

// read appends the fields of a line. It reports whether all were there and had values, or
// puts the line into the corrupt field, if there is one.
func (f *csvFormat) read(out *vector.Column, line string) (ok bool) {
	fields := splitCSV(line, f.separator)
	ok = true
	for i := range out.Children {
		child := &out.Children[i]
		switch {
		case i == f.corrupt:
			continue
		case len(fields) == 0:
			ok = false
			child.AppendNull()
			continue
		case !fields[0].append(child, f):
			ok = ok && fields[0].isNull(f)
			child.AppendNull()
		}
		fields = fields[1:]
	}
	ok = ok && len(fields) == 0
	if f.corrupt >= 0 && ok {
		out.Children[f.corrupt].AppendNull()
	} else if f.corrupt >= 0 {
		out.Children[f.corrupt].AppendString([]byte(line))
	}
	out.EndStruct()
	return ok
}

func (f csvField) isNull(format *csvFormat) bool { return !f.quoted && f.text == format.null }

// append appends the field's value, if it has one of the column's type.
func (f csvField) append(out *vector.Column, format *csvFormat) (ok bool) {
	of := out.Type.Kind()
	trimmed := strings.TrimSpace(f.text)
	switch {
	case f.isNull(format):
		return false
	case of == types.KindFloat || of == types.KindDouble:
		return format.readScalar(out, []byte(trimmed))
	case of != types.KindString && trimmed != f.text:
		return false
	}
	return format.readScalar(out, []byte(f.text))
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
			dst = format.write(dst, &args[0].Children[i], row)
		}
		return dst, nil
	}), err
}

// write appends a value without the blanks around it; in quotes if it is empty, or has a
// quote, the separator or the end of a line in it.
func (f *csvFormat) write(dst []byte, c *vector.Column, row int) []byte {
	if c.IsNull(row) {
		return append(dst, f.null...)
	}
	text := strings.TrimSpace(string(f.text(nil, c, row)))
	if text != "" && !strings.ContainsAny(text, "\"\r\n") && !strings.Contains(text, f.separator) {
		return append(dst, text...)
	}
	return append(append(append(dst, '"'), strings.ReplaceAll(text, `"`, `\"`)...), '"')
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
