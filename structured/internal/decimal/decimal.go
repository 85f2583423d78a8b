// Package decimal computes with numbers of up to 38 digits, of which a fixed number,
// the scale, lies behind the point. A [Num] holds the number times 10 to the scale;
// the scale itself belongs to the type.
//
// Results are rounded half up, away from zero, as Spark does it. A function that
// returns ok = false has left the range of the precision that was asked for.
// Operands that fit 64 bits, nearly all, take a way without allocation.
package decimal

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// Num is a number times 10 to the scale of its type.
type Num = decimal128.Num

// Of returns a whole number.
func Of(value int64) Num { return decimal128.FromI64(value) }

// small returns the number if it fits 63 bits and a sign.
func small(n Num) (int64, bool) {
	low := int64(n.LowBits())
	return low, n.HighBits() == low>>63 && low != math.MinInt64
}

// Fits reports whether a number has at most precision digits.
func Fits(n Num, precision int) bool { return n.FitsInPrecision(int32(precision)) }

// Rescale gives a number of one scale another one, of at most precision digits.
func Rescale(n Num, from, to, precision int) (Num, bool) {
	if from == to {
		return n, Fits(n, precision)
	}
	if value, ok := small(n); ok {
		if by := to - from; by > 0 && by <= 18 {
			product := multiply(value, pow10[by])
			return product, Fits(product, precision)
		} else if by < 0 && by >= -18 {
			quotient := Of(divideHalfUp(value, pow10[-by]))
			return quotient, Fits(quotient, precision)
		}
	}
	return fromBig(rescaleBig(n.BigInt(), from, to), precision)
}

var pow10 = [19]int64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

// multiply returns the product with all its bits.
func multiply(a, b int64) Num {
	high, low := bits.Mul64(uint64(a), uint64(b))
	high -= uint64(a>>63)&uint64(b) + uint64(b>>63)&uint64(a)
	return decimal128.New(int64(high), low)
}

// divideHalfUp rounds the quotient to the nearest number, half away from zero. The
// divisor is positive.
func divideHalfUp(a, divisor int64) int64 {
	quotient, rest := a/divisor, a%divisor
	switch {
	case rest >= divisor-rest:
		quotient++
	case rest <= -(divisor + rest):
		quotient--
	}
	return quotient
}

// Add returns a + b in the scale and precision of the result.
func Add(a Num, scaleA int, b Num, scaleB, scale, precision int) (Num, bool) {
	if scaleA == scaleB && scale == scaleA {
		x, okX := small(a)
		y, okY := small(b)
		if sum := x + y; okX && okY && (x^sum)&(y^sum) >= 0 {
			return Of(sum), Fits(Of(sum), precision)
		}
	}
	exact := max(scaleA, scaleB)
	sum := new(big.Int).Add(rescaleBig(a.BigInt(), scaleA, exact), rescaleBig(b.BigInt(), scaleB, exact))
	return fromBig(rescaleBig(sum, exact, scale), precision)
}

// Subtract returns a - b in the scale and precision of the result.
func Subtract(a Num, scaleA int, b Num, scaleB, scale, precision int) (Num, bool) {
	return Add(a, scaleA, b.Negate(), scaleB, scale, precision)
}

// Multiply returns a times b in the scale and precision of the result.
func Multiply(a Num, scaleA int, b Num, scaleB, scale, precision int) (Num, bool) {
	x, okX := small(a)
	y, okY := small(b)
	if okX && okY {
		return Rescale(multiply(x, y), scaleA+scaleB, scale, precision)
	}
	return fromBig(rescaleBig(new(big.Int).Mul(a.BigInt(), b.BigInt()), scaleA+scaleB, scale), precision)
}

// Divide returns a by b, which is not zero, in the scale and precision of the result.
func Divide(a Num, scaleA int, b Num, scaleB, scale, precision int) (Num, bool) {
	dividend, divisor := a.BigInt(), b.BigInt()
	if shift := scale + scaleB - scaleA; shift >= 0 {
		dividend.Mul(dividend, bigPow(shift))
	} else {
		divisor.Mul(divisor, bigPow(-shift))
	}
	return fromBig(quoHalfUp(dividend, divisor), precision)
}

// Remainder returns what a leaves when divided by b, which is not zero, with the
// sign of a.
func Remainder(a Num, scaleA int, b Num, scaleB, scale, precision int) (Num, bool) {
	exact := max(scaleA, scaleB)
	rest := new(big.Int).Rem(rescaleBig(a.BigInt(), scaleA, exact), rescaleBig(b.BigInt(), scaleB, exact))
	return fromBig(rescaleBig(rest, exact, scale), precision)
}

// Quotient returns the whole part of a by b, which is not zero.
func Quotient(a Num, scaleA int, b Num, scaleB int) (Num, bool) {
	exact := max(scaleA, scaleB)
	whole := new(big.Int).Quo(rescaleBig(a.BigInt(), scaleA, exact), rescaleBig(b.BigInt(), scaleB, exact))
	return fromBig(whole, 38)
}

// Compare orders two numbers of any scales.
func Compare(a Num, scaleA int, b Num, scaleB int) int {
	if scaleA == scaleB {
		return a.Cmp(b)
	}
	exact := max(scaleA, scaleB)
	return rescaleBig(a.BigInt(), scaleA, exact).Cmp(rescaleBig(b.BigInt(), scaleB, exact))
}

// Float returns the nearest double.
func Float(n Num, scale int) float64 {
	if value, ok := small(n); ok && -1<<53 <= value && value <= 1<<53 && scale <= 22 {
		return float64(value) / math.Pow10(scale) // both exact, so one rounding
	}
	rational := new(big.Rat).SetFrac(n.BigInt(), bigPow(scale))
	nearest, _ := rational.Float64()
	return nearest
}

// Whole cuts off the fraction; ok is false if the rest does not fit 64 bits.
func Whole(n Num, scale int) (value int64, ok bool) {
	if value, ok := small(n); ok {
		if scale > 18 {
			return 0, true
		}
		return value / pow10[scale], true
	}
	whole := n.BigInt()
	whole.Quo(whole, bigPow(scale))
	return whole.Int64(), whole.IsInt64()
}

// Round gives a number of one scale another one by a rule, in at most precision
// digits.
func Round(n Num, from, to, precision int, rule Rounding) (Num, bool) {
	if rule == HalfUp || to >= from {
		return Rescale(n, from, to, precision)
	}
	unit := bigPow(from - to)
	value := n.BigInt()
	quotient, rest := new(big.Int).QuoRem(value, unit, new(big.Int))
	sign := int64(value.Sign())
	up := false
	switch rule {
	case HalfEven:
		order := new(big.Int).Abs(rest.Lsh(rest, 1)).Cmp(unit)
		up = order > 0 || order == 0 && quotient.Bit(0) == 1
	case Ceiling:
		up = rest.Sign() > 0
	case Floor:
		up = rest.Sign() < 0
	}
	if up {
		quotient.Add(quotient, big.NewInt(sign))
	}
	return fromBig(quotient, precision)
}

// Rounding is a rule for what lies between two numbers.
type Rounding int

// The rules.
const (
	HalfUp   Rounding = iota // to the nearest, half away from zero
	HalfEven                 // to the nearest, half to the even one
	Ceiling                  // upwards
	Floor                    // downwards
)

func rescaleBig(value *big.Int, from, to int) *big.Int {
	switch {
	case to > from:
		return value.Mul(value, bigPow(to-from))
	case to < from:
		return quoHalfUp(value, bigPow(from-to))
	}
	return value
}

// quoHalfUp rounds to the nearest number, half away from zero.
func quoHalfUp(dividend, divisor *big.Int) *big.Int {
	sign := int64(dividend.Sign() * divisor.Sign())
	quotient, rest := new(big.Int).QuoRem(dividend, divisor, new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).CmpAbs(divisor) >= 0 {
		quotient.Add(quotient, big.NewInt(sign))
	}
	return quotient
}

func bigPow(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

func fromBig(value *big.Int, precision int) (Num, bool) {
	if value.BitLen() > 127 {
		return Num{}, false
	}
	n := decimal128.FromBigInt(value)
	return n, Fits(n, precision)
}
