package eval

import (
	"math"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Types of times and of what has parts.
var (
	numbers = types.Array(types.Int)
	pair    = types.Struct(types.Nullable("a", types.Int), types.Nullable("b", types.String))
	byText  = types.Map(types.String, types.Int)

	timeTypes   = []types.Type{types.Date, types.Timestamp, types.DayTime}
	nestedTypes = []types.Type{numbers, pair, byText}
)

// timeValue draws a time near the epoch, around the year 1 or at an end.
func (g *trees) timeValue(of types.Type) any {
	day := rapid.OneOf(rapid.SampledFrom([]int64{-719_529, -719_162, -25_509, -1, 0, 59, 19_782, 2_932_896, 2_932_897}), rapid.Int64Range(-1000, 30_000)).Draw(g.T, "day")
	if of == types.Date {
		return rapid.OneOf(rapid.Just(int32(day)), rapid.SampledFrom([]int32{math.MinInt32, math.MaxInt32})).Draw(g.T, "date")
	}
	micros := day*86_400_000_000 + rapid.SampledFrom([]int64{0, 1, 500_000, 86_399_999_999}).Draw(g.T, "of day")
	return rapid.OneOf(rapid.Just(micros), rapid.Just(micros), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64})).Draw(g.T, "micros")
}

// nestedValue draws a value of several parts, which may be null.
func (g *trees) nestedValue(of types.Type) any {
	if of == pair {
		return []any{g.value(types.Int), g.value(types.String)}
	}
	parts := make([]any, rapid.IntRange(0, 3).Draw(g.T, "parts"))
	for i := range parts {
		parts[i] = g.value(types.Int)
		if of == byText {
			parts[i] = []any{string(rune('a' + i)), parts[i]}
		}
	}
	return parts
}

func (g *trees) time(of types.Type, sub func(types.Type) bound.Expr) bound.Expr {
	small := func() bound.Expr {
		return bound.Literal{Value: rapid.Int32Range(-40, 40).Draw(g.T, "small"), Of: types.Int}
	}
	form := rapid.IntRange(0, 4).Draw(g.T, "time")
	switch {
	case of == types.Date && form == 0:
		return g.failing(call(pickFrom(g, "date_add", "date_sub"), of, sub(of), small()))
	case of == types.Date && form == 1:
		return g.failing(call(pickFrom(g, "date_add", "date_sub"), of, sub(of), sub(types.Int)))
	case of == types.Date && form == 2:
		return g.failing(call("last_day", of, sub(of)))
	case of == types.Date && form == 3:
		year := sub(types.Int)
		if rapid.Bool().Draw(g.T, "constant year") {
			year = bound.Literal{Value: rapid.SampledFrom([]int32{-5_877_641, 0, 1, 2024, 5_881_580}).Draw(g.T, "year"), Of: types.Int}
		}
		return g.failing(call("make_date", of, year, small(), small()))
	case of == types.Date:
		return g.cast(sub(types.Timestamp), of)
	case of == types.Timestamp && form == 0:
		return g.cast(sub(types.Date), of)
	case of == types.Timestamp:
		return g.failing(call("add_interval_micros", of, sub(of), sub(types.DayTime), bound.Literal{Value: rapid.SampledFrom([]int32{-1, 1}).Draw(g.T, "sign"), Of: types.Int}))
	case form == 0:
		return g.failing(call("micros_between", of, sub(types.Timestamp), sub(types.Timestamp)))
	case form == 1:
		return g.failing(call(bound.Negate, of, sub(of)))
	}
	return g.failing(call(pickFrom(g, bound.Add, bound.Subtract), of, sub(of), sub(of)))
}

func (g *trees) nested(of types.Type, sub func(types.Type) bound.Expr) bound.Expr {
	text := func(s string) bound.Expr { return bound.Literal{Value: s, Of: types.String} }
	switch of {
	case pair:
		return call("named_struct", of, sub(types.Int), sub(types.String))
	case byText:
		return call("map", of, text("a"), sub(types.Int), text("b"), sub(types.Int))
	}
	switch f := pickFrom(g, "array", bound.Concat, "array_distinct", "array_union", "array_except", "array_intersect", "array_compact", "array_remove", "array_append", "reverse", "sort_array", "slice", "map_values"); f {
	case "array":
		return call(f, of, sub(types.Int), sub(types.Int), sub(types.Int))
	case bound.Concat, "array_union", "array_except", "array_intersect":
		return call(f, of, sub(of), sub(of))
	case "array_remove", "array_append":
		return call(f, of, sub(of), sub(types.Int))
	case "slice":
		return g.failing(call(f, of, sub(of), sub(types.Int), sub(types.Int)))
	case "map_values":
		return call(f, of, sub(byText))
	default:
		return call(f, of, sub(of))
	}
}

// part draws a number, a text or a truth about a time or a value with parts; nil if there
// is none of that type.
func (g *trees) part(of types.Type, sub func(types.Type) bound.Expr) bound.Expr {
	switch of {
	case types.Int:
		switch f := pickFrom(g, "size", "element", "element_at", "value_of", bound.Field, "datediff", "year", "month", "day", "dayofweek"); f {
		case "size":
			return call(f, of, sub(rapid.SampledFrom([]types.Type{numbers, byText}).Draw(g.T, "list")))
		case "element", "element_at":
			return g.failing(call(f, of, sub(numbers), sub(of)))
		case "value_of":
			return call(f, of, sub(byText), sub(types.String))
		case bound.Field:
			return call(f, of, sub(pair), bound.Literal{Value: int32(0), Of: types.Int})
		case "datediff":
			return call(f, of, sub(types.Date), sub(types.Date))
		default:
			return call(f, of, sub(types.Date))
		}
	case types.Bigint:
		return call("array_position", of, sub(numbers), sub(types.Int))
	case types.String:
		if rapid.Bool().Draw(g.T, "field") {
			return call(bound.Field, of, sub(pair), bound.Literal{Value: int32(1), Of: types.Int})
		}
		return g.cast(sub(rapid.SampledFrom([]types.Type{types.Date, types.Timestamp}).Draw(g.T, "time")), of)
	case types.Boolean:
		if rapid.Bool().Draw(g.T, "key") {
			return call("map_contains_key", of, sub(byText), sub(types.String))
		}
		return call("array_contains", of, sub(numbers), sub(types.Int))
	}
	return nil
}

func pickFrom(g *trees, functions ...bound.Function) bound.Function {
	return rapid.SampledFrom(functions).Draw(g.T, "function")
}
