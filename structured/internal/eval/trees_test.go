package eval

import (
	"math"
	"slices"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var (
	plainTypes = []types.Type{types.Boolean, types.Tinyint, types.Int, types.Bigint, types.Double, money, types.String}

	// columnTypes are those of the columns of the table, and of the random expressions.
	columnTypes = slices.Concat(plainTypes, timeTypes, nestedTypes)

	// orderedTypes are all but maps.
	orderedTypes = columnTypes[:len(columnTypes)-1]

	money    = types.Decimal(10, 2)
	whole64s = []types.Type{types.Tinyint, types.Int, types.Bigint}
)

// trees draws expressions over the columns of a table, some of them more than once.
type trees struct {
	*rapid.T
	drawn map[types.Type][]bound.Expr
}

func (g *trees) schema() types.Schema {
	var schema types.Schema
	for _, of := range columnTypes {
		schema.Fields = append(schema.Fields, types.Nullable(of.String(), of))
	}
	return schema
}

// value draws null, a value at an end of the type's range, or any other.
func (g *trees) value(of types.Type) any {
	if rapid.IntRange(0, 4).Draw(g.T, "null") == 0 {
		return nil
	}
	switch of {
	case types.Date, types.Timestamp, types.DayTime:
		return g.timeValue(of)
	case numbers, pair, byText:
		return g.nestedValue(of)
	case types.Boolean:
		return rapid.Bool().Draw(g.T, "boolean")
	case types.Tinyint:
		return rapid.OneOf(rapid.SampledFrom([]int8{math.MinInt8, -1, 0, 1, math.MaxInt8}), rapid.Int8()).Draw(g.T, "tinyint")
	case types.Int:
		return rapid.OneOf(rapid.SampledFrom([]int32{math.MinInt32, -1, 0, 1, math.MaxInt32}), rapid.Int32Range(-9, 9)).Draw(g.T, "int")
	case types.Bigint:
		return rapid.OneOf(rapid.SampledFrom([]int64{math.MinInt64, -1, 0, 1, math.MaxInt64}), rapid.Int64Range(-9, 9)).Draw(g.T, "bigint")
	case types.Double:
		return rapid.OneOf(rapid.SampledFrom([]float64{math.Inf(-1), -1.5, math.Copysign(0, -1), 0, 0.5, 3, 1e19, math.Inf(1), math.NaN()}), rapid.Float64Range(-1e9, 1e9)).Draw(g.T, "double")
	case money:
		return decimal.Of(rapid.OneOf(rapid.SampledFrom([]int64{-9_999_999_999, -50, 0, 1, 150, 9_999_999_999}), rapid.Int64Range(-1000, 1000)).Draw(g.T, "decimal"))
	}
	return rapid.SampledFrom([]string{"", "a", "ab", "ä", " 7 ", "-12", "+3", "300", "99999999999", "true", "No", "1.5", "%"}).Draw(g.T, "string")
}

// table draws rows, all of which count or some.
func (g *trees) table() *vector.Batch {
	table := vector.NewBatch(g.schema())
	for range rapid.IntRange(0, 70).Draw(g.T, "rows") {
		row := make([]any, len(columnTypes))
		for i, of := range columnTypes {
			row[i] = g.value(of)
		}
		if err := table.AppendRow(row...); err != nil {
			g.Fatal(err)
		}
	}
	if rapid.Bool().Draw(g.T, "selected") {
		table.Selection = vector.Selection{}
		for row := range table.Rows {
			if rapid.Bool().Draw(g.T, "counts") {
				table.Selection = append(table.Selection, int32(row))
			}
		}
	}
	return table
}

// tree draws an expression of a type: a new one, or one that was drawn before.
func (g *trees) tree(of types.Type, depth int) bound.Expr {
	if before := g.drawn[of]; len(before) > 0 && rapid.IntRange(0, 5).Draw(g.T, "again") == 0 {
		return rapid.SampledFrom(before).Draw(g.T, "which")
	}
	if g.drawn == nil {
		g.drawn = map[types.Type][]bound.Expr{}
	}
	expr := g.fresh(of, depth)
	g.drawn[of] = append(g.drawn[of], expr)
	return expr
}

func (g *trees) fresh(of types.Type, depth int) bound.Expr {
	if depth == 0 || rapid.IntRange(0, 5).Draw(g.T, "leaf") == 0 {
		if !slices.Contains(nestedTypes, of) && rapid.Bool().Draw(g.T, "constant") {
			return bound.Literal{Value: g.value(of), Of: of}
		}
		for i, t := range columnTypes {
			if t == of {
				return bound.Column{Index: i, Field: types.Nullable(of.String(), of)}
			}
		}
	}
	sub := func(t types.Type) bound.Expr { return g.tree(t, depth-1) }
	switch rapid.IntRange(0, 5).Draw(g.T, "form") {
	case 0:
		return call(bound.Case, of, sub(types.Boolean), sub(of), sub(types.Boolean), sub(of), sub(of))
	case 1:
		return call(bound.Coalesce, of, sub(of), sub(of))
	}
	if rapid.IntRange(0, 3).Draw(g.T, "part") == 0 {
		if part := g.part(of, sub); part != nil {
			return part
		}
	}
	switch of {
	case types.Date, types.Timestamp, types.DayTime:
		return g.time(of, sub)
	case numbers, pair, byText:
		return g.nested(of, sub)
	case types.Boolean:
		return g.truth(sub)
	case types.String:
		return g.text(sub)
	}
	return g.number(of, sub)
}

func (g *trees) truth(sub func(types.Type) bound.Expr) bound.Expr {
	of := rapid.SampledFrom(orderedTypes).Draw(g.T, "type")
	switch rapid.IntRange(0, 5).Draw(g.T, "truth") {
	case 0:
		return call(pickFrom(g, bound.And, bound.Or), types.Boolean, sub(types.Boolean), sub(types.Boolean))
	case 1:
		return call(bound.Not, types.Boolean, sub(types.Boolean))
	case 2:
		return call(pickFrom(g, bound.IsNull, bound.IsNotNull), types.Boolean, sub(of))
	case 3:
		return call(bound.In, types.Boolean, sub(of), sub(of), sub(of))
	case 4:
		return g.cast(sub(rapid.SampledFrom(plainTypes).Draw(g.T, "from")), types.Boolean)
	}
	return call(pickFrom(g, bound.Equal, bound.NotEqual, bound.EqualNullSafe, bound.Less, bound.LessEqual, bound.Greater, bound.GreaterEqual), types.Boolean, sub(of), sub(of))
}

func (g *trees) text(sub func(types.Type) bound.Expr) bound.Expr {
	switch rapid.IntRange(0, 2).Draw(g.T, "text") {
	case 0:
		return call(bound.Concat, types.String, sub(types.String), sub(types.String))
	case 1:
		return call(bound.Trim, types.String, sub(types.String))
	}
	return g.cast(sub(rapid.SampledFrom([]types.Type{types.Boolean, types.Tinyint, types.Int, types.Bigint}).Draw(g.T, "from")), types.String)
}

func (g *trees) number(of types.Type, sub func(types.Type) bound.Expr) bound.Expr {
	functions := []bound.Function{bound.Add, bound.Subtract, bound.Multiply, bound.Remainder, bound.Negate, bound.Cast}
	switch of {
	case types.Int:
		functions = append(functions, bound.Length)
	case types.Bigint:
		functions = append(functions, bound.IntegralDivide)
	case types.Double:
		functions = append(functions, bound.Divide)
	}
	switch f := rapid.SampledFrom(functions).Draw(g.T, "function"); f {
	case bound.Cast:
		return g.cast(sub(g.castable(of)), of)
	case bound.Length:
		return call(f, of, sub(types.String))
	case bound.Negate:
		return g.failing(call(f, of, sub(of)))
	default:
		exact := of
		if of == money { // the types of Spark's for sums and products of decimals
			exact = map[bound.Function]types.Type{bound.Multiply: types.Decimal(21, 4), bound.Remainder: money}[f]
			if exact == (types.Type{}) {
				exact = types.Decimal(11, 2)
			}
		}
		result := g.failing(call(f, exact, sub(of), sub(of)))
		if exact != of {
			return g.cast(result, of)
		}
		return result
	}
}

// castable draws a type whose values scalar can turn into those of another type.
func (g *trees) castable(to types.Type) types.Type {
	from := append([]types.Type{types.Boolean, money}, whole64s...)
	switch to {
	case types.Double:
	case money:
		from = from[2:]
	default:
		from = append(from, types.Double, types.String)
	}
	return rapid.SampledFrom(from).Draw(g.T, "from")
}

func (g *trees) cast(arg bound.Expr, to types.Type) bound.Expr {
	return g.failing(call(bound.Cast, to, arg))
}

// failing draws what becomes of a row without a value.
func (g *trees) failing(c bound.Call) bound.Expr {
	if rapid.IntRange(0, 3).Draw(g.T, "fails") > 0 {
		c.Failure = bound.GiveNull
	}
	return c
}
