package function

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func bindFormatString(b Binding, args []bound.Expr) (bound.Expr, error) {
	arg, err := b.Arg(args, 0, types.String)
	args[0] = arg
	return b.call("format_string", types.String, args...), err
}

// directivePattern is a directive of Java's Formatter: which argument, flags, width,
// precision and conversion.
var directivePattern = regexp.MustCompile(`%(\d+\$)?([-#+ 0,(<]*)(\d+)?(\.\d+)?([a-zA-Z%])`)

// maxFormatWidth bounds widths and precisions, so that a short format cannot ask for
// texts that fill the memory.
const maxFormatWidth = 1 << 20

// directive is one place of a format to be filled.
type directive struct {
	before           string // the text from the place before it
	argument         int    // which of the call, from 1
	flags            string
	width, precision int // -1: not given
	verb             byte
}

func (d directive) has(flag string) bool { return strings.Contains(d.flags, flag) }

// stringFormat is a format taken apart.
type stringFormat struct {
	format     string
	directives []directive
	rest       string
}

// formatString fills the directives of Java's Formatter, but for those of times (%t), of
// floats in base 16 (%a) and of hashes (%h). A format is taken apart when it changes.
func formatString(call bound.Call) (Kernel, error) {
	var f *stringFormat
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) (err error) {
		if args[0].IsNull(row) {
			return null
		}
		if format := args[0].String(row); f == nil || string(format) != f.format {
			if f, err = parseStringFormat(string(format), len(args)-1); err != nil {
				return err
			}
		}
		start := len(out.Bytes)
		for _, d := range f.directives {
			arg := args[d.argument]
			text, ok := d.fill(arg, row)
			if !ok {
				out.Bytes = out.Bytes[:start]
				return malformedFormat(f.format, fmt.Sprintf("has %%%c for a value of type %s", d.verb, arg.Type))
			}
			out.Bytes = append(append(out.Bytes, d.before...), text...)
		}
		out.Bytes = append(out.Bytes, f.rest...)
		out.EndString()
		return nil
	}), nil
}

// parseStringFormat takes a format for that many arguments apart.
func parseStringFormat(format string, arguments int) (*stringFormat, error) {
	f := &stringFormat{format: format}
	next, last, at, before := 1, 0, 0, ""
	for _, m := range directivePattern.FindAllStringSubmatchIndex(format, -1) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return format[m[2*i]:m[2*i+1]]
		}
		if strings.Contains(format[at:m[0]], "%") {
			break
		}
		before += format[at:m[0]]
		at = m[1]
		d := directive{flags: group(2), width: number(group(3)), precision: number(strings.TrimPrefix(group(4), ".")), verb: group(5)[0]}
		switch {
		case max(d.width, d.precision) > maxFormatWidth:
			return nil, malformedFormat(format, fmt.Sprintf("has %%%c with a width or precision of more than %d", d.verb, maxFormatWidth))
		case d.width < 0 && (d.has("-") || d.has("0")):
			return nil, malformedFormat(format, "has %"+d.flags+string(d.verb)+", which needs a width")
		case d.verb == 'n':
			before += "\n"
			continue
		case d.verb == '%':
			before += d.padded("%", false)
			continue
		}
		switch index := number(strings.TrimSuffix(group(1), "$")); {
		case index > 0:
			last = index
		case !d.has("<"):
			last, next = next, next+1
		}
		if last < 1 || last > arguments {
			return nil, malformedFormat(format, fmt.Sprintf("has %%%c for an argument that there is not", d.verb))
		}
		d.before, d.argument, before = before, last, ""
		f.directives = append(f.directives, d)
	}
	if strings.Contains(format[at:], "%") {
		return nil, malformedFormat(format, "has a % that no conversion follows")
	}
	f.rest = before + format[at:]
	return f, nil
}

func malformedFormat(format, what string) error {
	return fault.Runtimef("INVALID_PARAMETER_VALUE.PATTERN", "the format %q %s", format, what)
}

// number reads digits; -1 stands for none, and what is too large is the largest number.
func number(digits string) int {
	if digits == "" {
		return -1
	}
	n, _ := strconv.Atoi(digits)
	return n
}

// fill is the text of a value; ok is false if the directive is for values of other types.
func (d directive) fill(c *vector.Column, row int) (text string, ok bool) {
	lower := d
	if lower.verb = d.verb | 0x20; lower.verb != d.verb {
		switch d.verb {
		case 'B', 'C', 'E', 'G', 'S', 'X':
			text, ok = lower.fill(c, row)
			return strings.ToUpper(text), ok
		}
		return "", false
	}
	kind := c.Type.Kind()
	fraction := kind == types.KindFloat || kind == types.KindDouble // a decimal is a text, as in Spark
	switch isNull := c.IsNull(row); {
	case d.verb == 'b':
		return d.text(strconv.FormatBool(!isNull && (kind != types.KindBoolean || c.Bools.Get(row)))), true
	case !strings.ContainsRune("scdoxefg", rune(d.verb)):
		return "", false
	case isNull:
		return d.text("null"), true
	case d.verb == 's' && (kind == types.KindDate || c.Type.IsTime()):
		return d.text(fmt.Sprint(c.Value(row))), true // the number within, as in Spark
	case d.verb == 's':
		return d.text(partText(c, row, time.UTC)), true
	case d.verb == 'c':
		return d.padded(string(rune(wholeOf(c, row))), false), c.Type.IsInteger()
	case d.verb == 'd':
		return d.signed(strconv.FormatInt(wholeOf(c, row), 10), true), c.Type.IsInteger()
	case d.verb == 'o' || d.verb == 'x':
		return d.bits(c, row), c.Type.IsInteger()
	case !fraction:
		return "", false
	}
	digits := partText(c, row, time.UTC)
	value, _ := strconv.ParseFloat(digits, 64)
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return d.signed(digits, false), true
	}
	return d.signed(d.decimals(value, digits), true), true
}

func wholeOf(c *vector.Column, row int) int64 {
	if !c.Type.IsInteger() {
		return 0
	}
	return c.Whole(row)
}

// text cuts a text to the precision and fills it up to the width.
func (d directive) text(text string) string {
	if runes := []rune(text); d.precision >= 0 && d.precision < len(runes) {
		text = string(runes[:d.precision])
	}
	return d.padded(text, false)
}

func (d directive) padded(text string, zeros bool) string {
	missing := max(d.width-len([]rune(text)), 0)
	switch {
	case d.has("-"):
		return text + strings.Repeat(" ", missing)
	case zeros:
		return strings.Repeat("0", missing) + text
	}
	return strings.Repeat(" ", missing) + text
}

// bits is a number in base 8 or 16, a negative one as what it is in its width.
func (d directive) bits(c *vector.Column, row int) string {
	if !c.Type.IsInteger() {
		return ""
	}
	value, base, prefix := uint64(c.Whole(row)), 16, "0x"
	switch c.Type {
	case types.Int:
		value = uint64(uint32(value))
	case types.Smallint:
		value = uint64(uint16(value))
	case types.Tinyint:
		value = uint64(uint8(value))
	}
	if d.verb == 'o' {
		base, prefix = 8, "0"
	}
	text := strconv.FormatUint(value, base)
	if d.has("#") {
		text = prefix + text
	}
	return d.padded(text, d.has("0"))
}

// decimals writes a number without its flags. %f rounds the digits that it is written
// with, and half away from zero; %g is %f or %e, whichever is shorter.
func (d directive) decimals(value float64, digits string) string {
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	verb := d.verb
	if verb == 'g' {
		precision = max(precision, 1)
		scientific := strconv.FormatFloat(value, 'e', precision-1, 64)
		exponent, _ := strconv.Atoi(scientific[strings.IndexByte(scientific, 'e')+1:])
		if verb, precision = 'e', precision-1; value == 0 || exponent >= -4 && exponent <= precision {
			verb, precision = 'f', precision-exponent
		}
	}
	if verb == 'f' && precision < types.MaxPrecision {
		if rounded, fits, ok := values.ParseDecimal([]byte(digits), types.MaxPrecision, precision); ok && fits {
			return string(values.AppendDecimal(nil, rounded, precision))
		}
	}
	return strconv.FormatFloat(value, verb, precision, 64)
}

// signed gives a number its sign, groups of three digits and width.
func (d directive) signed(text string, finite bool) string {
	digits, negative := strings.CutPrefix(text, "-")
	if d.has(",") && finite && d.verb != 'e' {
		whole, rest, found := strings.Cut(digits, ".")
		digits = grouped(whole)
		if found {
			digits += "." + rest
		}
	}
	sign, end := "", ""
	switch {
	case negative && d.has("("):
		sign, end = "(", ")"
	case negative:
		sign = "-"
	case d.has("+"):
		sign = "+"
	case d.has(" "):
		sign = " "
	}
	if d.has("0") && finite {
		inner := d
		inner.width -= len(sign) + len(end)
		return sign + inner.padded(digits, true) + end
	}
	return d.padded(sign+digits+end, false)
}

// grouped puts commas between thousands.
func grouped(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
