package function

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Functions between values and texts in a format that a constant says.
var textFunctions = []Function{
	{Name: "to_char", Aliases: []string{"to_varchar"}, Doc: "A number in a constant format of 9 and 0 for digits, a comma or G between them, a point or D, $, and S, MI or PR for the sign, with # for digits that have no place; a date or timestamp as date_format gives it; binary data as 'base64', 'hex' or 'utf-8'.", Least: 2, Most: 2, Bind: bindToChar, Kernel: charOf},
	{Name: "to_number", Doc: "The decimal that a string of a constant format says: see to_char.", Least: 2, Most: 2, Bind: bindToNumber(false), Kernel: numberOf},
	{Name: "try_to_number", Doc: "to_number with null for a string that is not of the format.", Least: 2, Most: 2, Bind: bindToNumber(true)},
	{Name: "to_binary", Doc: "The binary data of a string: 'hex', if not given otherwise, 'base64' or 'utf-8'.", Least: 1, Most: 2, Bind: bindToBinary, Kernel: strictText(hexBinary)},
	{Name: "try_to_binary", Doc: "to_binary with null for a malformed string.", Least: 1, Most: 2, Bind: bindTry("to_binary")},
}

func bindToChar(b Binding, args []bound.Expr) (bound.Expr, error) {
	switch of := args[0].Type(); {
	case of == types.Binary:
		return b.binaryText(args)
	case of == types.Date || of == types.Timestamp || of == types.TimestampNTZ:
		return b.library("date_format", args)
	case of == types.String:
		args[0] = b.To(args[0], types.Decimal(38, 18))
	case of == types.Float || of == types.Double:
		args[0] = b.To(args[0], types.Decimal(30, 15))
	case of == types.Void:
		args[0] = b.To(args[0], types.Decimal(10, 0))
	case !of.IsNumeric():
		return nil, b.Mismatch(args, 0, "a number, time or binary data")
	}
	if _, err := b.numberPattern(args); err != nil {
		return nil, err
	}
	return b.call("to_char", types.String, args...), nil
}

// numberPattern is the format in the second argument; null has no digits.
func (b Binding) numberPattern(args []bound.Expr) (numberPattern, error) {
	text, ok := constantText(args[1])
	switch {
	case ok:
		return parseNumberPattern(text)
	case isNull(args[1]):
		args[1] = b.To(args[1], types.String)
		return numberPattern{}, nil
	}
	return numberPattern{}, b.notConstant(args, 1)
}

// isNull reports whether an expression is the constant null.
func isNull(expr bound.Expr) bool {
	if call, ok := expr.(bound.Call); ok && call.Function == bound.Cast {
		return isNull(call.Args[0])
	}
	literal, ok := expr.(bound.Literal)
	return ok && literal.Value == nil
}

func (b Binding) notConstant(args []bound.Expr, i int) error {
	return fault.Analysisf("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "%s: argument %d must be a constant, not %s", b.Name, i+1, args[i])
}

// binaryText is binary data in the format of the second argument.
func (b Binding) binaryText(args []bound.Expr) (bound.Expr, error) {
	format, ok := constantText(args[1])
	if !ok {
		return nil, b.notConstant(args, 1)
	}
	switch strings.ToLower(format) {
	case "base64":
		return b.library("base64", args[:1])
	case "hex":
		return b.library("hex", args[:1])
	case "utf-8":
		return b.library("decode", args)
	}
	return nil, fault.Analysisf("INVALID_PARAMETER_VALUE.BINARY_FORMAT", "%s: the format %q is none of 'base64', 'hex' and 'utf-8'", b.Name, format)
}

func charOf(call bound.Call) (Kernel, error) {
	format, ok := constantText(call.Args[1])
	if !ok {
		format = "9" // of rows that are null
	}
	pattern, err := parseNumberPattern(format)
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		text := plain(args[0], row, nil)
		number, negative := strings.CutPrefix(text, "-")
		whole, fraction, _ := strings.Cut(number, ".")
		return pattern.write(dst, negative, strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")), nil
	}), err
}

func bindToNumber(try bool) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		text, err := b.Arg(args, 0, types.String)
		if err != nil {
			return nil, err
		}
		pattern, err := b.numberPattern(args)
		if err != nil {
			return nil, err
		}
		of, err := pattern.numbers()
		if err != nil {
			return nil, err
		}
		call := b.call("to_number", of, text, args[1])
		call.Failure = bound.Fail // also where others wrap around
		if try {
			call.Failure = bound.GiveNull
		}
		return call, nil
	}
}

func numberOf(call bound.Call) (Kernel, error) {
	format, ok := constantText(call.Args[1])
	if !ok {
		format = "9"
	}
	pattern, err := parseNumberPattern(format)
	return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		text := string(args[0].String(row))
		number, ok := pattern.read(text)
		if !ok {
			return pattern.mismatch(text)
		}
		out.Decimals[row] = number
		return nil
	}), err
}

func bindToBinary(b Binding, args []bound.Expr) (bound.Expr, error) {
	format := "hex"
	if len(args) == 2 {
		text, ok := constantText(args[1])
		if !ok && !isNull(args[1]) {
			return nil, b.notConstant(args, 1)
		}
		if !ok {
			return bound.Literal{Of: types.Binary}, nil
		}
		format = strings.ToLower(text)
	}
	switch format {
	case "hex":
		text, err := b.Arg(args, 0, types.String)
		return b.call("to_binary", types.Binary, text), err
	case "base64":
		return b.library("unbase64", args[:1])
	case "utf-8", "utf8":
		return b.library("encode", []bound.Expr{args[0], bound.Literal{Value: "UTF-8", Of: types.String}})
	}
	return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_ARG_VALUE", "%s: the format %q is none of 'hex', 'base64' and 'utf-8'", b.Name, format)
}

func hexBinary(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	data, ok := fromHex(dst, args[0].String(row))
	if !ok {
		return nil, noValue("CONVERSION_INVALID_INPUT", fmt.Sprintf("%q is not in hexadecimal digits", args[0].String(row)))
	}
	return data, nil
}
