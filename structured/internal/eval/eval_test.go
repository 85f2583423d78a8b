package eval

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// of returns the type of a Go value; null is a bigint.
func of(value any) types.Type {
	switch value.(type) {
	case bool:
		return types.Boolean
	case int32:
		return types.Int
	case float64:
		return types.Double
	case string:
		return types.String
	default:
		return types.Bigint
	}
}

func literals(values ...any) []bound.Expr {
	var list []bound.Expr
	for _, value := range values {
		list = append(list, bound.Literal{Value: value, Of: of(value)})
	}
	return list
}

func null(t types.Type) bound.Expr { return bound.Literal{Of: t} }

func timestamp(value int64) bound.Expr { return bound.Literal{Value: value, Of: types.Timestamp} }

func call(function bound.Function, of types.Type, args ...bound.Expr) bound.Call {
	return bound.Call{Function: function, Args: args, Of: of}
}

func castOfLiteral(value any, to types.Type) bound.Expr {
	return bound.Call{Function: bound.Cast, Args: literals(value), Of: to, Zone: "America/New_York"}
}

// evaluate computes an expression of a batch of three rows and returns the value of
// the second, or the condition of the error.
func evaluate(t *testing.T, expr bound.Expr) any {
	t.Helper()
	program, err := Compile(expr)
	if err != nil {
		t.Fatal(err)
	}
	column, err := program.Run(&vector.Batch{Rows: 3})
	if err != nil {
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Fatal(err)
		}
		return f.Condition
	}
	if column.Len != 3 || column.Type != expr.Type() {
		t.Fatalf("%s: a column of %d rows of type %s", expr, column.Len, column.Type)
	}
	return column.Value(1)
}

func TestFunctions(t *testing.T) {
	truth, lie, unknown := bound.Expr(bound.Literal{Value: true, Of: types.Boolean}), bound.Expr(bound.Literal{Value: false, Of: types.Boolean}), null(types.Boolean)
	nan, negativeZero := math.NaN(), math.Copysign(0, -1)
	strings := types.Array(types.String)
	pair := types.Struct(types.Nullable("a", types.Bigint), types.Nullable("b", types.String))
	structOf := func(a, b any) bound.Expr { return bound.Literal{Value: []any{a, b}, Of: pair} }
	split := func(text, pattern string) bound.Expr {
		return call(bound.Split, strings, literals(text, pattern)...)
	}
	compare := func(function bound.Function, a, b any) bound.Expr {
		return call(function, types.Boolean, literals(a, b)...)
	}
	for _, c := range []struct {
		expr bound.Expr
		want any
	}{
		// Logic in three values.
		{call(bound.And, types.Boolean, lie, unknown), false},
		{call(bound.And, types.Boolean, unknown, lie), false},
		{call(bound.And, types.Boolean, truth, unknown), nil},
		{call(bound.And, types.Boolean, truth, truth), true},
		{call(bound.Or, types.Boolean, truth, unknown), true},
		{call(bound.Or, types.Boolean, unknown, truth), true},
		{call(bound.Or, types.Boolean, lie, unknown), nil},
		{call(bound.Or, types.Boolean, lie, lie), false},
		{call(bound.Not, types.Boolean, unknown), nil},
		{call(bound.Not, types.Boolean, truth), false},
		{call(bound.IsNull, types.Boolean, unknown), true},
		{call(bound.IsNotNull, types.Boolean, unknown), false},

		// Comparisons.
		{compare(bound.Equal, int64(1), int64(1)), true},
		{compare(bound.NotEqual, int32(1), int32(1)), false},
		{compare(bound.Less, "a", "b"), true},
		{compare(bound.Less, "b", "a"), false},
		{compare(bound.GreaterEqual, "a", "a"), true},
		{compare(bound.Greater, nan, math.Inf(1)), true},
		{compare(bound.Less, nan, nan), false},
		{compare(bound.LessEqual, nan, 1.0), false},
		{compare(bound.Equal, nan, nan), true},
		{compare(bound.Equal, negativeZero, 0.0), true},
		{compare(bound.Less, false, true), true},
		{compare(bound.Equal, int64(1), nil), nil},
		{compare(bound.EqualNullSafe, int64(1), nil), false},
		{compare(bound.EqualNullSafe, nil, nil), true},
		{call(bound.Equal, types.Boolean, structOf(int64(1), nil), structOf(int64(1), nil)), true},
		{call(bound.Less, types.Boolean, structOf(int64(1), "a"), structOf(int64(1), "b")), true},
		{call(bound.In, types.Boolean, literals(int64(2), int64(1), int64(2), nil)...), true},
		{call(bound.Not, types.Boolean, call(bound.In, types.Boolean, literals(int64(2), int64(1), nil)...)), nil}, // trap 102
		{call(bound.In, types.Boolean, literals("c", "a", "b")...), false},

		// Arithmetic; traps 100 and 101.
		{call(bound.Add, types.Int, literals(int32(math.MaxInt32), int32(1))...), ArithmeticOverflow},
		{call(bound.Add, types.Bigint, literals(int64(math.MaxInt64), int64(1))...), ArithmeticOverflow},
		{call(bound.Add, types.Bigint, literals(int64(math.MinInt64), int64(-1))...), ArithmeticOverflow},
		{call(bound.Add, types.Bigint, literals(int64(math.MaxInt64), int64(math.MinInt64))...), int64(-1)},
		{call(bound.Subtract, types.Int, literals(int32(math.MinInt32), int32(1))...), ArithmeticOverflow},
		{call(bound.Subtract, types.Bigint, literals(int64(0), int64(math.MinInt64))...), ArithmeticOverflow},
		{call(bound.Subtract, types.Bigint, literals(int64(-1), int64(math.MinInt64))...), int64(math.MaxInt64)},
		{call(bound.Multiply, types.Bigint, literals(int64(math.MinInt64), int64(-1))...), ArithmeticOverflow},
		{call(bound.Multiply, types.Bigint, literals(int64(1)<<32, int64(1)<<31)...), ArithmeticOverflow},
		{call(bound.Multiply, types.Bigint, literals(int64(-1)<<32, int64(1)<<31)...), int64(math.MinInt64)},
		{call(bound.Multiply, types.Int, literals(int32(1)<<16, int32(1)<<15)...), ArithmeticOverflow},
		{call(bound.Negate, types.Int, literals(int32(math.MinInt32))...), ArithmeticOverflow},
		{call(bound.Negate, types.Bigint, literals(int64(-5))...), int64(5)},
		{call(bound.Add, types.Bigint, literals(int64(math.MaxInt64), nil)...), nil},
		{call(bound.Divide, types.Double, literals(7.0, 2.0)...), 3.5},
		{call(bound.Divide, types.Double, literals(1.0, negativeZero)...), DivideByZero},
		{call(bound.Remainder, types.Bigint, literals(int64(-7), int64(3))...), int64(-1)},
		{call(bound.Remainder, types.Bigint, literals(int64(math.MinInt64), int64(-1))...), int64(0)},
		{call(bound.Remainder, types.Int, literals(int32(1), int32(0))...), DivideByZero},
		{call(bound.Remainder, types.Double, literals(-7.5, 2.0)...), -1.5},

		// Casts.
		{castOfLiteral(" 42 ", types.Bigint), int64(42)},
		{castOfLiteral("-9223372036854775808", types.Bigint), int64(math.MinInt64)},
		{castOfLiteral("9223372036854775808", types.Bigint), CastInvalidInput},
		{castOfLiteral("2147483648", types.Int), CastInvalidInput},
		{castOfLiteral("1.9", types.Int), CastInvalidInput},
		{castOfLiteral("", types.Int), CastInvalidInput},
		{castOfLiteral("1e3", types.Double), 1000.0},
		{castOfLiteral("-Infinity", types.Double), math.Inf(-1)},
		{castOfLiteral("0x10", types.Double), CastInvalidInput},
		{castOfLiteral("Yes", types.Boolean), true},
		{castOfLiteral("maybe", types.Boolean), CastInvalidInput},
		{castOfLiteral("2024-01-31 10:20:30.5", types.Timestamp), int64(1706714430500000)},
		{castOfLiteral("2024-01-31T10:20:30Z", types.Timestamp), int64(1706696430000000)},
		{castOfLiteral("2024-01-31 10:20:30+02:00", types.Timestamp), int64(1706689230000000)},
		{castOfLiteral("2024-01-31", types.Timestamp), int64(1706677200000000)},
		{castOfLiteral("2024-02-30", types.Timestamp), CastInvalidInput},
		{castOfLiteral(-1.9, types.Int), int32(-1)},
		{castOfLiteral(nan, types.Int), CastOverflow},
		{castOfLiteral(9.3e18, types.Bigint), CastOverflow},
		{castOfLiteral(int64(1)<<40, types.Int), CastOverflow},
		{castOfLiteral(int32(3), types.Double), 3.0},
		{castOfLiteral(int64(0), types.Boolean), false},
		{castOfLiteral(true, types.Bigint), int64(1)},
		{call(bound.Cast, types.Bigint, timestamp(-500_000)), int64(-1)},
		{call(bound.Cast, types.Double, timestamp(-500_000)), -0.5},
		{castOfLiteral(int64(2), types.Timestamp), int64(2_000_000)},
		{castOfLiteral(int64(math.MaxInt64), types.Timestamp), int64(math.MaxInt64)},
		{bound.Call{Function: bound.Cast, Args: []bound.Expr{timestamp(1706714430500000)}, Of: types.String, Zone: "America/New_York"}, "2024-01-31 10:20:30.5"},
		{castOfLiteral(1.0, types.String), "1.0"},
		{castOfLiteral(12345678.5, types.String), "1.23456785E7"},
		{castOfLiteral(1e-5, types.String), "1.0E-5"},
		{castOfLiteral(nan, types.String), "NaN"},
		{castOfLiteral(negativeZero, types.String), "-0.0"},
		{castOfLiteral(int64(-3), types.String), "-3"},
		{castOfLiteral(false, types.String), "false"},
		{castOfLiteral(nil, types.String), nil},
		{call(bound.Cast, types.String, null(types.Void)), nil},

		// Strings.
		{call(bound.Lower, types.String, literals("ÄbC")...), "äbc"},
		{call(bound.Upper, types.String, literals("abz{")...), "ABZ{"},
		{call(bound.Trim, types.String, literals("  a b\t ")...), "a b\t"},
		{call(bound.Length, types.Int, literals("häß")...), int32(3)},
		{call(bound.Concat, types.String, literals("a", "", "b")...), "ab"},
		{call(bound.Concat, types.String, literals("a")[0], null(types.String)), nil}, // trap 110
		{call(bound.Like, types.Boolean, literals("a\nbc", "a%c")...), true},
		{call(bound.Like, types.Boolean, literals("a%c", `a\%c`)...), true},
		{call(bound.Like, types.Boolean, literals("abc", `a\%c`)...), false},
		{call(bound.Like, types.Boolean, literals("äc", "_c")...), true},
		{call(bound.Like, types.Boolean, literals("a", `a\`)...), "INVALID_FORMAT.ESC_AT_THE_END"},
		{split("a b  c ", " "), []any{"a", "b", "", "c", ""}},
		{split("", " "), []any{""}},
		{split("a::b:", "::"), []any{"a", "b:"}},
		{split("a1b22c", "[0-9]+"), []any{"a", "b", "c"}},
		{split("a.b", `\.`), []any{"a", "b"}},
		{split("a.b", "."), []any{"", "", "", ""}},
		{split("häß", ""), []any{"h", "ä", "ß"}},
		{split("ab", "x*"), []any{"a", "b", ""}},
		{call(bound.Split, strings, literals("a")[0], null(types.String)), nil},

		// Structs and windows; trap 25.
		{bound.Call{Function: bound.Field, Args: []bound.Expr{structOf(int64(1), "x"), bound.Literal{Value: int32(1), Of: types.Int}}, Of: types.String}, "x"},
		{bound.Call{Function: bound.Field, Args: []bound.Expr{null(pair), bound.Literal{Value: int32(1), Of: types.Int}}, Of: types.String}, nil},
		{call(bound.WindowTime, types.Timestamp, bound.Literal{Value: []any{int64(0), int64(5_000_000)}, Of: types.Window()}), int64(4_999_999)},
	} {
		if got := evaluate(t, c.expr); fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", c.want, c.want) {
			t.Errorf("%s = %#v, want %#v", c.expr, got, c.want)
		}
	}
}

var table = types.NewSchema(
	types.Nullable("x", types.Double), types.Nullable("text", types.String), types.Nullable("n", types.Bigint))

func tableColumn(i int) bound.Expr { return bound.Column{Index: i, Field: table.Fields[i]} }

// What is filtered out cannot fail: neither a row outside of the selection, nor the
// right side of AND and OR where the left decides.
func TestOnlyRowsThatCountFail(t *testing.T) {
	b := vector.NewBatch(table)
	for _, row := range [][]any{{0.0, "x", nil}, {2.0, "7", int64(1)}, {nil, "y", int64(math.MaxInt64)}, {0.0, nil, int64(3)}} {
		if err := b.AppendRow(row...); err != nil {
			t.Fatal(err)
		}
	}
	quotient := call(bound.Divide, types.Double, append(literals(1.0), tableColumn(0))...)
	number := call(bound.Cast, types.Bigint, tableColumn(1))
	next := call(bound.Add, types.Bigint, append([]bound.Expr{tableColumn(2)}, literals(int64(1))...)...)
	isZero := call(bound.Equal, types.Boolean, append([]bound.Expr{tableColumn(0)}, literals(0.0)...)...)
	small := call(bound.Less, types.Boolean, append([]bound.Expr{quotient}, literals(1.0)...)...)
	for _, c := range []struct {
		name      string
		expr      bound.Expr
		selection vector.Selection
		want      string // of the rows that are true, or the condition
	}{
		{"division, row 1", small, vector.Selection{1}, "[1]"},
		{"division, all rows", small, nil, DivideByZero},
		{"null divisor", small, vector.Selection{1, 2}, "[1]"},
		{"guarded by AND", call(bound.And, types.Boolean, call(bound.Not, types.Boolean, isZero), small), nil, "[1]"},
		{"guarded by OR", call(bound.Or, types.Boolean, isZero, small), nil, "[0 1 3]"},
		{"guarded twice, selected", call(bound.Or, types.Boolean, isZero, small), vector.Selection{0, 1}, "[0 1]"},
		{"cast, row 1", call(bound.IsNotNull, types.Boolean, number), vector.Selection{1, 3}, "[1]"},
		{"cast, all rows", call(bound.IsNotNull, types.Boolean, number), nil, CastInvalidInput},
		{"overflow elsewhere", call(bound.IsNotNull, types.Boolean, next), vector.Selection{0, 1, 3}, "[1 3]"},
		{"overflow", call(bound.IsNotNull, types.Boolean, next), vector.Selection{2}, ArithmeticOverflow},
	} {
		t.Run(c.name, func(t *testing.T) {
			program, err := Compile(c.expr)
			if err != nil {
				t.Fatal(err)
			}
			b.Selection = c.selection
			rows, err := program.Select(b)
			got := fmt.Sprint(rows)
			var f *fault.Error
			if errors.As(err, &f) {
				got = f.Condition
			} else if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, expr := range []bound.Expr{
		call("nonsense", types.Bigint),
		call(bound.Add, types.String, literals("a", "b")...),
		call(bound.Cast, types.Array(types.Bigint), literals("a")...),
		call(bound.Split, types.Array(types.String), literals("a", "(")...),
		call(bound.Less, types.Boolean, bound.Literal{Of: types.Map(types.Int, types.Int)}, bound.Literal{Of: types.Map(types.Int, types.Int)}),
		bound.Literal{Value: "a", Of: types.Bigint},
		bound.Call{Function: bound.Cast, Args: literals("a"), Of: types.Timestamp, Zone: "Nowhere/Town"},
	} {
		if _, err := Compile(expr); err == nil {
			t.Errorf("%s compiles", expr)
		}
	}
}

func FuzzCastFromString(f *testing.F) {
	for _, text := range []string{"1", "-1.5e3", "2024-01-31 10:20:30.123456+02:00", "true", "", "9223372036854775807"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, to := range []types.Type{types.Boolean, types.Int, types.Bigint, types.Double, types.Timestamp} {
			program, err := Compile(bound.Call{Function: bound.Cast, Args: literals(text), Of: to, Zone: "UTC"})
			if err != nil {
				t.Fatal(err)
			}
			var invalid *fault.Error
			if _, err := program.Run(&vector.Batch{Rows: 1}); err != nil && !errors.As(err, &invalid) {
				t.Errorf("cast %q to %s: %v", text, to, err)
			}
		}
	})
}
