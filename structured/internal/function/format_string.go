package function

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func bindFormatString(b Binding, args []bound.Expr) (bound.Expr, error) {
	arg, err := b.Arg(args, 0, types.String)
	args[0] = arg
	return b.call("format_string", types.String, args...), err
}

// formatString fills the directives of Java's Formatter that Go's have a counterpart
// for.
func formatString(out *vector.Column, args []*vector.Column, row int) error {
	if args[0].IsNull(row) {
		return null
	}
	list := make([]any, len(args)-1)
	for i, arg := range args[1:] {
		switch value := arg.Value(row).(type) {
		case nil:
			list[i] = nullText{}
		case float32:
			list[i] = fraction{float64(value), values.AppendFloat(nil, value)}
		case float64:
			list[i] = fraction{value, values.AppendDouble(nil, value)}
		case int64:
			list[i] = integer{value, uint64(value)}
		case int32:
			list[i] = integer{int64(value), uint64(uint32(value))}
		case decimal128.Num:
			list[i] = fraction{decimal.Float(value, arg.Type.Scale()), values.AppendDecimal(nil, value, arg.Type.Scale())}
		default:
			list[i] = value
		}
	}
	format := strings.ReplaceAll(string(args[0].String(row)), "%n", "\n")
	out.Bytes = fmt.Appendf(out.Bytes, format, list...)
	out.EndString()
	return nil
}

// nullText prints as the string null, with the width and the precision of the
// directive.
type nullText struct{}

func (nullText) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, 's'), "null")
}

// integer prints in hexadecimal and octal without a sign, as Java does.
type integer struct {
	value int64
	bits  uint64
}

func (n integer) Format(state fmt.State, verb rune) {
	switch verb {
	case 'x', 'X', 'o':
		_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), n.bits)
	case 's':
		_, _ = fmt.Fprintf(state, fmt.FormatString(state, 'd'), n.value)
	default:
		_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), n.value)
	}
}

// fraction prints as Java does: %f rounds the digits that the number is written with,
// and half away from zero, where Go rounds its exact value.
type fraction struct {
	value  float64
	digits []byte // the fewest that stand for it
}

func (f fraction) Format(state fmt.State, verb rune) {
	precision, ok := state.Precision()
	if !ok {
		precision = 6
	}
	if verb == 'f' && precision < types.MaxPrecision {
		if rounded, fits, ok := values.ParseDecimal(f.digits, types.MaxPrecision, precision); ok && fits {
			fill(state, values.AppendDecimal(nil, rounded, precision))
			return
		}
	}
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), f.value)
}

// fill writes a number with the sign and the width of a directive.
func fill(state fmt.State, number []byte) {
	var sign []byte
	switch {
	case number[0] == '-':
		sign, number = number[:1], number[1:]
	case state.Flag('+'):
		sign = []byte("+")
	case state.Flag(' '):
		sign = []byte(" ")
	}
	width, _ := state.Width()
	missing := max(width-len(sign)-len(number), 0)
	parts := [][]byte{bytes.Repeat([]byte(" "), missing), sign, number}
	switch {
	case state.Flag('-'):
		parts = [][]byte{sign, number, parts[0]}
	case state.Flag('0'):
		parts = [][]byte{sign, bytes.Repeat([]byte("0"), missing), number}
	}
	_, _ = state.Write(slices.Concat(parts...))
}
