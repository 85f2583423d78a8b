package text

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// Trim cuts white space and control characters off both ends.
func Trim(text []byte) []byte {
	for len(text) > 0 && text[0] <= ' ' {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] <= ' ' {
		text = text[:len(text)-1]
	}
	return text
}

// ParseBool reads a boolean: t, true, y, yes, 1 and f, false, n, no, 0 in any case.
func ParseBool(text []byte) (value, ok bool) {
	for _, word := range [...]string{"t", "true", "y", "yes", "1"} {
		if bytes.EqualFold(text, []byte(word)) {
			return true, true
		}
	}
	for _, word := range [...]string{"f", "false", "n", "no", "0"} {
		if bytes.EqualFold(text, []byte(word)) {
			return false, true
		}
	}
	return false, false
}

// ParseWhole reads decimal digits after an optional sign.
func ParseWhole(text []byte) (value int64, ok bool) {
	digits, negative := text, false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		digits, negative = text[1:], text[0] == '-'
	}
	if len(digits) == 0 {
		return 0, false
	}
	// Built downwards, since the least number has no positive counterpart.
	for _, c := range digits {
		digit := int64(c) - '0'
		if digit < 0 || digit > 9 || value < math.MinInt64/10 {
			return 0, false
		}
		value *= 10
		if value < math.MinInt64+digit {
			return 0, false
		}
		value -= digit
	}
	if negative {
		return value, true
	}
	return -value, value != math.MinInt64
}

// ParseFloat reads a decimal number with an optional exponent, "Infinity", "Inf" or
// "NaN", with an optional sign before all but the last; letters may be of either
// case. bits is 32 or 64. What is beyond the range is infinite.
func ParseFloat(text []byte, bits int) (float64, bool) {
	if len(text) > 0 && (text[len(text)-1] == 'd' || text[len(text)-1] == 'f' || text[len(text)-1] == 'D' || text[len(text)-1] == 'F') && !endsInWord(text) {
		text = text[:len(text)-1]
	}
	for _, c := range text {
		if c == '_' || c == 'x' || c == 'X' || c == 'p' || c == 'P' {
			return 0, false
		}
	}
	value, err := strconv.ParseFloat(View(text), bits)
	if err != nil && !math.IsInf(value, 0) {
		return 0, false
	}
	return value, true
}

// endsInWord says whether text ends in the f of "inf".
func endsInWord(text []byte) bool {
	return len(text) >= 2 && (text[len(text)-2] == 'n' || text[len(text)-2] == 'N')
}

// View is a string over bytes that do not change while it is in use.
func View(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// AppendDouble writes the shortest digits that give the same number back: 1.0,
// 1.0E10, 1.0E-5, Infinity, NaN.
func AppendDouble(dst []byte, value float64) []byte { return appendFloat(dst, value, 64) }

// AppendFloat is AppendDouble for a number of 32 bits.
func AppendFloat(dst []byte, value float32) []byte { return appendFloat(dst, float64(value), 32) }

func appendFloat(dst []byte, value float64, bits int) []byte {
	switch {
	case math.IsNaN(value):
		return append(dst, "NaN"...)
	case math.IsInf(value, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(value, -1):
		return append(dst, "-Infinity"...)
	}
	if size := math.Abs(value); size == 0 || 1e-3 <= size && size < 1e7 {
		at := len(dst)
		dst = strconv.AppendFloat(dst, value, 'f', -1, bits)
		if bytes.IndexByte(dst[at:], '.') < 0 {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	var buffer [32]byte
	digits := strconv.AppendFloat(buffer[:0], value, 'e', -1, bits)
	mantissa, exponent, _ := bytes.Cut(digits, []byte("e"))
	dst = append(dst, mantissa...)
	if bytes.IndexByte(mantissa, '.') < 0 {
		dst = append(dst, ".0"...)
	}
	dst = append(dst, 'E')
	if exponent[0] == '-' {
		dst = append(dst, '-')
	}
	return append(dst, bytes.TrimLeft(exponent[1:], "0")...)
}

// AppendDecimal writes a decimal, given as the number times 10 to the scale, with
// exactly scale digits after the point.
func AppendDecimal(dst []byte, value decimal128.Num, scale int) []byte {
	if value.Sign() < 0 {
		dst = append(dst, '-')
	}
	var buffer [48]byte
	digits := value.BigInt().Append(buffer[:0], 10)
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if scale == 0 {
		return append(dst, digits...)
	}
	if whole := len(digits) - scale; whole > 0 {
		dst = append(append(dst, digits[:whole]...), '.')
		return append(dst, digits[whole:]...)
	}
	dst = append(dst, "0."...)
	for range scale - len(digits) {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// AppendShortDecimal is AppendDecimal with an exponent for numbers below a millionth, as
// Java writes them: 1E-7.
func AppendShortDecimal(dst []byte, value decimal128.Num, scale int) []byte {
	digits := value.BigInt().Append(nil, 10)
	if digits[0] == '-' {
		digits = digits[1:]
	}
	exponent := len(digits) - 1 - scale
	if exponent >= -6 {
		return AppendDecimal(dst, value, scale)
	}
	if value.Sign() < 0 {
		dst = append(dst, '-')
	}
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	return strconv.AppendInt(append(dst, 'E'), int64(exponent), 10)
}

// ParseDecimal reads a number with an optional point and exponent and rounds it half
// up to scale digits after the point. fits is false if it then has more than
// precision digits; ok is false if the text is no number.
func ParseDecimal(text []byte, precision, scale int) (value decimal128.Num, fits, ok bool) {
	digits, exponent, negative, ok := splitDecimal(text)
	if !ok {
		return decimal128.Num{}, false, false
	}
	shift := exponent + scale // of the digits, to the left
	switch {
	case len(digits) == 0:
		return decimal128.Num{}, true, true
	case len(digits)+shift > precision:
		return decimal128.Num{}, false, true
	case len(digits)+shift < 0:
		return decimal128.Num{}, true, true
	}
	roundUp := false
	if shift < 0 {
		roundUp = digits[len(digits)+shift] >= '5'
		digits = digits[:len(digits)+shift]
	}
	whole := new(big.Int)
	if len(digits) > 0 {
		whole.SetString(string(digits), 10)
	}
	if shift > 0 {
		whole.Mul(whole, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), nil))
	}
	if roundUp {
		whole.Add(whole, big.NewInt(1))
	}
	if negative {
		whole.Neg(whole)
	}
	value = decimal128.FromBigInt(whole)
	return value, value.FitsInPrecision(int32(precision)), true
}

// splitDecimal cuts a number into its digits, without leading zeros, and the power
// of 10 that they are to be multiplied by.
func splitDecimal(text []byte) (digits []byte, exponent int, negative, ok bool) {
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative, text = text[0] == '-', text[1:]
	}
	if at := bytes.IndexAny(text, "eE"); at >= 0 {
		power, fine := ParseWhole(text[at+1:])
		if !fine || power > 1<<20 || power < -1<<20 {
			return nil, 0, false, false
		}
		text, exponent = text[:at], int(power)
	}
	whole, fraction, _ := bytes.Cut(text, []byte("."))
	if len(whole)+len(fraction) == 0 {
		return nil, 0, false, false
	}
	digits = append(append(make([]byte, 0, len(text)), whole...), fraction...)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return nil, 0, false, false
		}
	}
	return bytes.TrimLeft(digits, "0"), exponent - len(fraction), negative, true
}
