package function

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func bindFormatNumber(b Binding, args []bound.Expr) (bound.Expr, error) {
	if t := args[0].Type(); !t.IsNumeric() && t != types.Void {
		return nil, b.Mismatch(args, 0, "a number")
	}
	if _, err := b.numeric(args, 0); err != nil {
		return nil, err
	}
	if args[1].Type() == types.String {
		return b.call("format_number", types.String, args[0], args[1]), nil
	}
	digits, err := b.Arg(args, 1, types.Int)
	return b.call("format_number", types.String, args[0], digits), err
}

// formatNumber reads a pattern once so long as it stays the same.
func formatNumber(call bound.Call) (Kernel, error) {
	var last string
	form := numberForm{group: 3, leastWhole: 1}
	byPattern := call.Args[1].Type() == types.String
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) (_ []byte, err error) {
		if !byPattern {
			digits := int(args[1].Ints[row])
			if digits < 0 {
				return nil, null
			}
			form.least, form.most = digits, digits
		} else if text := args[1].String(row); !form.read || string(text) != last {
			if form, err = parseNumberForm(string(text)); err != nil {
				return nil, err
			}
			last = string(text)
		}
		return form.append(dst, args[0], row)
	}), nil
}

// numberForm is how a number is written.
type numberForm struct {
	read           bool   // of a pattern
	prefix, suffix string // around it
	group          int    // digits between commas; 0: no commas
	leastWhole     int    // digits before the point
	least, most    int    // digits behind it
}

// parseNumberForm reads a pattern of Java's DecimalFormat without percents and powers.
func parseNumberForm(pattern string) (numberForm, error) {
	f := numberForm{read: true, group: 3, leastWhole: 1}
	if pattern == "" {
		return f, nil
	}
	from, to := strings.IndexAny(pattern, "#0,."), strings.LastIndexAny(pattern, "#0,.")+1
	if from < 0 {
		return f, badNumberForm(pattern)
	}
	f.prefix, f.suffix = strings.ReplaceAll(pattern[:from], "'", ""), strings.ReplaceAll(pattern[to:], "'", "")
	whole, fraction, _ := strings.Cut(pattern[from:to], ".")
	f.group = 0
	if at := strings.LastIndexByte(whole, ','); at >= 0 {
		f.group = len(whole) - at - 1
	}
	whole = strings.ReplaceAll(whole, ",", "")
	f.leastWhole = strings.Count(whole, "0")
	f.least, f.most = strings.Count(fraction, "0"), len(fraction)
	if strings.Trim(whole, "#0") != "" || strings.Trim(fraction, "#0") != "" || strings.Contains(whole, "0#") || strings.Contains(fraction, "#0") ||
		strings.ContainsAny(f.prefix+f.suffix, "%E\u2030") {
		return f, badNumberForm(pattern)
	}
	return f, nil
}

func badNumberForm(pattern string) error {
	return fault.Runtimef("", "format_number: the pattern %q is not of the form #,##0.0#", pattern)
}

func (f *numberForm) append(dst []byte, in *vector.Column, row int) ([]byte, error) {
	number, ok := roundedText(in, row, f.most)
	if !ok {
		return nil, null
	}
	if number[0] == '-' {
		dst, number = append(dst, '-'), number[1:]
	}
	dst = append(dst, f.prefix...)
	if number[0] == 'N' || number[0] == 'I' {
		return append(append(dst, strings.Replace(string(number), "Infinity", "∞", 1)...), f.suffix...), nil
	}
	whole, fraction, _ := bytes.Cut(number, []byte{'.'})
	if len(fraction) > f.least {
		fraction = append(fraction[:f.least:f.least], bytes.TrimRight(fraction[f.least:], "0")...)
	}
	whole = bytes.TrimLeft(whole, "0")
	if missing := f.leastWhole - len(whole); missing > 0 {
		whole = append(bytes.Repeat([]byte{'0'}, missing), whole...)
	}
	if len(whole)+len(fraction) == 0 {
		whole = []byte{'0'}
	}
	for i, digit := range whole {
		if left := len(whole) - i; i > 0 && f.group > 0 && left%f.group == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, digit)
	}
	if len(fraction) > 0 {
		dst = append(append(dst, '.'), fraction...)
	}
	return append(dst, f.suffix...), nil
}

// roundedText is a number with so many digits behind the point, rounded half to even,
// or NaN or Infinity; ok is false if it has too many digits.
func roundedText(in *vector.Column, row, digits int) (number []byte, ok bool) {
	switch in.Type.Layout() {
	case types.LayoutFloat, types.LayoutDouble:
		value := 0.0
		if in.Type == types.Float {
			value = float64(in.Floats[row])
		} else {
			value = in.Doubles[row]
		}
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return values.AppendDouble(nil, value), true
		}
		if exact, fits, ok := values.ParseDecimal(values.AppendDouble(nil, value), types.MaxPrecision, min(digits+1, 19)); ok && fits {
			rounded, _ := decimal.Round(exact, min(digits+1, 19), min(digits, 19), types.MaxPrecision, decimal.HalfEven)
			return values.AppendDecimal(nil, rounded, min(digits, 19)), true
		}
		return strconv.AppendFloat(nil, value, 'f', digits, 64), true
	case types.Layout128:
		rounded, ok := decimal.Round(in.Decimals[row], in.Type.Scale(), digits, types.MaxPrecision, decimal.HalfEven)
		return values.AppendDecimal(nil, rounded, digits), ok
	}
	number = strconv.AppendInt(nil, in.Whole(row), 10)
	if digits > 0 {
		number = append(append(number, '.'), bytes.Repeat([]byte("0"), digits)...)
	}
	return number, true
}
