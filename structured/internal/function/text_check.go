package function

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Functions that hide what a string says, or check what it is.
var checkFunctions = []Function{
	{Name: "mask", Doc: "The string with X for capital letters, x for small ones and n for digits, or the characters of the second to the fourth argument; the fifth is for all other characters. Where such an argument is null, characters stay.", Least: 1, Most: 5, Bind: bindMask, Kernel: mask},
	{Name: "luhn_check", Doc: "Whether a string of digits ends with the right check digit by the formula of Luhn (ISO/IEC 7812-1), as numbers of payment cards do; false for other strings.", Params: []types.Type{types.String}, Result: types.Boolean, Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		out.Bools.Put(row, luhn(args[0].String(row)))
		return nil
	})},
	{Name: "is_valid_utf8", Doc: "Whether the bytes of a string or of binary data are UTF-8.", Least: 1, Most: 1, Bind: bindBytes(types.Boolean), Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		out.Bools.Put(row, utf8.Valid(args[0].String(row)))
		return nil
	})},
	{Name: "make_valid_utf8", Doc: "The string, which may be given as binary data, with U+FFFD in the place of bytes that are not UTF-8.", Least: 1, Most: 1, Bind: bindBytes(types.String), Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		return append(dst, string([]rune(string(args[0].String(row))))...), nil
	})},
	{Name: "validate_utf8", Doc: "The string, which may be given as binary data and must be UTF-8.", Least: 1, Most: 1, Bind: bindBytes(types.String), Kernel: strictText(validUTF8)},
	{Name: "try_validate_utf8", Doc: "validate_utf8 with null for what is not UTF-8.", Least: 1, Most: 1, Bind: bindTry("validate_utf8")},
}

// bindTry binds a function of strings whose failure is null.
func bindTry(name string) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		expr, err := b.library(name, args)
		if err != nil {
			return nil, err
		}
		call := expr.(bound.Call)
		call.Failure = bound.GiveNull
		return call, nil
	}
}

func validUTF8(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	s := args[0].String(row)
	if !utf8.Valid(s) {
		return nil, noValue("INVALID_UTF8_STRING", fmt.Sprintf("%q is not UTF-8", s))
	}
	return append(dst, s...), nil
}

// The classes of characters that mask tells apart, and what it makes of them.
var masked = [4]string{"X", "x", "n", ""}

func bindMask(b Binding, args []bound.Expr) (bound.Expr, error) {
	for i := range args {
		if of := args[i].Type(); of != types.String && of != types.Void {
			return nil, b.Mismatch(args, i, "a string")
		}
		args[i] = b.To(args[i], types.String)
	}
	for i := 1; i < len(args); i++ {
		if text, ok := constantText(args[i]); ok && utf8.RuneCountInString(text) != 1 {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE", "mask: argument %d must be one character, not %q", i+1, text)
		}
	}
	return b.call("mask", types.String, args...), nil
}

func mask(call bound.Call) (Kernel, error) {
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if args[0].IsNull(row) {
			return null
		}
		by := masked
		for i, arg := range args[1:] {
			by[i] = ""
			if !arg.IsNull(row) {
				by[i] = string(arg.String(row))
			}
		}
		for _, r := range string(args[0].String(row)) {
			class := 3
			switch {
			case unicode.IsUpper(r):
				class = 0
			case unicode.IsLower(r):
				class = 1
			case unicode.IsDigit(r):
				class = 2
			}
			if by[class] == "" {
				out.Bytes = utf8.AppendRune(out.Bytes, r)
			} else {
				out.Bytes = append(out.Bytes, by[class]...)
			}
		}
		out.EndString()
		return nil
	}), nil
}

// luhn doubles every second digit from the last but one on; the digits of all must sum
// up to a multiple of ten.
func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		c := digits[len(digits)-1-i]
		if c < '0' || c > '9' {
			return false
		}
		d := int(c - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return len(digits) > 0 && sum%10 == 0
}
