package decimal

import (
	"math/big"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"pgregory.net/rapid"
)

// number draws a number of at most 38 digits: small ones and great ones.
func number(t *rapid.T, name string) Num {
	digits := rapid.IntRange(1, 38).Draw(t, name+" digits")
	text := rapid.StringMatching(`-?[0-9]{1,38}`).Draw(t, name)
	if len(text) > digits {
		text = text[:digits]
	}
	if text == "-" {
		text = "0"
	}
	value, _ := new(big.Int).SetString(text, 10)
	return decimal128.FromBigInt(value)
}

func rational(n Num, scale int) *big.Rat { return new(big.Rat).SetFrac(n.BigInt(), bigPow(scale)) }

// rounded is the slow and plain way: the exact result, rounded half up.
func rounded(exact *big.Rat, scale, precision int) (Num, bool) {
	scaled := new(big.Rat).Mul(exact, new(big.Rat).SetInt(bigPow(scale)))
	return fromBig(quoHalfUp(scaled.Num(), scaled.Denom()), precision)
}

func TestArithmeticIsExactThenRounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := number(t, "a"), number(t, "b")
		scaleA, scaleB := rapid.IntRange(0, 38).Draw(t, "scale of a"), rapid.IntRange(0, 38).Draw(t, "scale of b")
		scale, precision := rapid.IntRange(0, 38).Draw(t, "scale"), rapid.IntRange(1, 38).Draw(t, "precision")
		x, y := rational(a, scaleA), rational(b, scaleB)
		check := func(name string, got Num, ok bool, exact *big.Rat) {
			t.Helper()
			want, fits := rounded(exact, scale, precision)
			if ok != fits || ok && got != want {
				t.Fatalf("%s: got %v, %v; want %v, %v", name, got.BigInt(), ok, want.BigInt(), fits)
			}
		}
		got, ok := Rescale(a, scaleA, scale, precision)
		check("rescale", got, ok, x)
		got, ok = Add(a, scaleA, b, scaleB, scale, precision)
		check("add", got, ok, new(big.Rat).Add(x, y))
		got, ok = Subtract(a, scaleA, b, scaleB, scale, precision)
		check("subtract", got, ok, new(big.Rat).Sub(x, y))
		got, ok = Multiply(a, scaleA, b, scaleB, scale, precision)
		check("multiply", got, ok, new(big.Rat).Mul(x, y))
		if b.Sign() != 0 {
			got, ok = Divide(a, scaleA, b, scaleB, scale, precision)
			check("divide", got, ok, new(big.Rat).Quo(x, y))
		}
		if got, want := Compare(a, scaleA, b, scaleB), x.Cmp(y); got != want {
			t.Fatalf("compare: got %d, want %d", got, want)
		}
		if want, _ := x.Float64(); Float(a, scaleA) != want {
			t.Fatalf("float: got %v, want %v", Float(a, scaleA), want)
		}
	})
}

func TestRounding(t *testing.T) {
	for _, c := range []struct {
		value                            int64
		halfUp, halfEven, ceiling, floor int64
	}{
		{25, 3, 2, 3, 2}, {-25, -3, -2, -2, -3}, {35, 4, 4, 4, 3}, {24, 2, 2, 3, 2}, {20, 2, 2, 2, 2}, {-21, -2, -2, -2, -3},
	} {
		for rule, want := range map[Rounding]int64{HalfUp: c.halfUp, HalfEven: c.halfEven, Ceiling: c.ceiling, Floor: c.floor} {
			if got, ok := Round(Of(c.value), 1, 0, 38, rule); !ok || got != Of(want) {
				t.Errorf("%d by rule %d: got %v, want %d", c.value, rule, got.BigInt(), want)
			}
		}
	}
}
