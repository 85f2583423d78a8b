package function

import (
	"strings"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
)

// csvShape is how a line falls into fields.
type csvShape struct {
	separator      string
	quote, escape  byte // 0: none
	escapeOfEscape byte
	comment        byte   // begins a line that has no fields
	unescaped      string // what is done with a quote within quotes that is not escaped
	most           int    // fields
	longest        int    // field, in characters; -1: any
}

// csvField is a field of a line.
type csvField struct {
	text   string
	quoted bool
	absent bool // skipped, as it was malformed
}

// split splits a line. A field in quotes may have the separator in it, and quotes behind the
// escape; one that goes on behind its closing quote is taken as it stands.
func (f *csvFormat) split(line string) (fields []csvField, err error) {
	for {
		for f.trimsLeft && line != "" && line[0] <= ' ' && !strings.HasPrefix(line, f.separator) {
			line = line[1:]
		}
		field, rest, more, err := f.cut(line)
		if err != nil {
			return nil, err
		}
		if f.longest >= 0 && utf8.RuneCountInString(field.text) > f.longest || len(fields) == f.most {
			return nil, fault.Runtimef(malformedLine, "%q has more fields than %d, or longer ones than %d characters", line, f.most, f.longest)
		}
		if f.trimsRight && !field.quoted {
			field.text = strings.TrimRightFunc(field.text, isBlank)
		}
		fields = append(fields, field)
		if !more {
			return fields, nil
		}
		line = rest
	}
}

// cut takes the first field from a line; more says that there is another behind it.
func (f *csvFormat) cut(line string) (field csvField, rest string, more bool, err error) {
	if line != "" && line[0] == f.quote && f.quote != 0 {
		text, behind, closed := f.cutQuoted(line[1:])
		after := strings.TrimLeft(behind, " \t")
		if rest, more = strings.CutPrefix(after, f.separator); closed || more || after == "" {
			return csvField{text: text, quoted: true}, rest, more, nil
		}
		if f.unescaped == "RAISE_ERROR" {
			return field, "", false, fault.Runtimef(malformedLine, "%q has a quote within quotes", line)
		}
		field.absent = f.unescaped == "SKIP_VALUE"
	}
	field.text, rest, more = strings.Cut(line, f.separator)
	return field, rest, more, nil
}

// cutQuoted takes what stands before the closing quote; behind is what follows it. The
// quote need not close.
func (f *csvFormat) cutQuoted(line string) (text, behind string, closed bool) {
	var inside strings.Builder
	for i := 0; i < len(line); i++ {
		c, next := line[i], byte(0)
		if i+1 < len(line) {
			next = line[i+1]
		}
		switch {
		case c == f.escape && c != 0 && next == f.quote && next != 0:
			inside.WriteByte(next)
			i++
		case c == f.escapeOfEscape && c != 0 && next == f.escape:
			inside.WriteByte(next)
			i++
		case c == f.quote && (f.unescaped != "STOP_AT_CLOSING_QUOTE" || f.closes(line[i+1:])):
			return inside.String(), line[i+1:], false
		default:
			inside.WriteByte(c)
		}
	}
	return inside.String(), "", true
}

// isBlank reports whether Java trims a character off.
func isBlank(r rune) bool { return r <= ' ' }

// closes reports whether a quote before rest is the closing one.
func (f *csvFormat) closes(rest string) bool {
	rest = strings.TrimLeft(rest, " \t")
	return rest == "" || strings.HasPrefix(rest, f.separator)
}
