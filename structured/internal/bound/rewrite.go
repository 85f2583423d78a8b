package bound

import (
	"bytes"
	"math"
	"reflect"
	"slices"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Map rebuilds an expression from the leaves up: f gets each part with its arguments
// already rebuilt and returns what stands in its place.
func Map(expr Expr, f func(Expr) Expr) Expr {
	return f(MapArgs(expr, func(arg Expr) Expr { return Map(arg, f) }))
}

// MapArgs rebuilds an expression with f of each of its arguments in the argument's place.
func MapArgs(expr Expr, f func(Expr) Expr) Expr {
	switch e := expr.(type) {
	case Call:
		args := make([]Expr, len(e.Args))
		for i, arg := range e.Args {
			args[i] = f(arg)
		}
		e.Args = args
		return e
	case Lambda:
		e.Body = f(e.Body)
		return e
	}
	return expr
}

// Walk calls visit for each column of the input that expr reads, from left to right.
func Walk(expr Expr, visit func(Column)) {
	switch e := expr.(type) {
	case Column:
		visit(e)
	case Call:
		for _, arg := range e.Args {
			Walk(arg, visit)
		}
	case Lambda:
		Walk(e.Body, visit)
	}
}

// Reads reports whether expr reads a column for which match is true.
func Reads(expr Expr, match func(index int) bool) bool {
	found := false
	Walk(expr, func(c Column) { found = found || match(c.Index) })
	return found
}

// Move gives each column of expr the position at[old position].
func Move(expr Expr, at []int) Expr {
	return Map(expr, func(e Expr) Expr {
		if column, ok := e.(Column); ok {
			column.Index = at[column.Index]
			return column
		}
		return e
	})
}

// Replace puts exprs[position] in the place of each column of expr.
func Replace(expr Expr, exprs []Expr) Expr {
	return Map(expr, func(e Expr) Expr {
		if column, ok := e.(Column); ok {
			return exprs[column.Index]
		}
		return e
	})
}

// Same reports whether two expressions are written alike: same functions, columns,
// literals and types. Two nil expressions are the same.
func Same(a, b Expr) bool {
	switch x := a.(type) {
	case Column:
		y, ok := b.(Column)
		return ok && x == y
	case Literal:
		y, ok := b.(Literal)
		return ok && x.Of == y.Of && sameValue(x.Value, y.Value)
	case Variable:
		y, ok := b.(Variable)
		return ok && x == y
	case Lambda:
		y, ok := b.(Lambda)
		return ok && slices.Equal(x.Params, y.Params) && Same(x.Body, y.Body)
	case Call:
		y, ok := b.(Call)
		return ok && x.Function == y.Function && x.Of == y.Of && x.Zone == y.Zone && x.Failure == y.Failure && x.User == y.User && slices.EqualFunc(x.Args, y.Args, Same)
	}
	return reflect.DeepEqual(a, b)
}

// sameValue compares the values of literals: NaN is the same as NaN, and 0.0 is
// another literal than -0.0.
func sameValue(a, b any) bool {
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	}
	switch x := a.(type) {
	case float64:
		y, ok := b.(float64)
		return ok && sameFloat(x, y)
	case float32:
		y, ok := b.(float32)
		return ok && sameFloat(float64(x), float64(y))
	}
	return reflect.DeepEqual(a, b)
}

func sameFloat(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
}

// Conjuncts splits a condition into the parts that And joins, from left to right.
func Conjuncts(condition Expr) []Expr {
	return Operands(And, condition)
}

// Operands splits an expression into the parts that a function of two arguments joins,
// from left to right.
func Operands(function Function, expr Expr) []Expr { return appendOperands(nil, function, expr) }

func appendOperands(parts []Expr, function Function, expr Expr) []Expr {
	if call, ok := expr.(Call); ok && call.Function == function {
		return appendOperands(appendOperands(parts, function, call.Args[0]), function, call.Args[1])
	}
	return append(parts, expr)
}

// Conjunction joins conditions by And; it is nil for none.
func Conjunction(conditions ...Expr) Expr {
	var all Expr
	for _, condition := range conditions {
		switch {
		case condition == nil:
		case all == nil:
			all = condition
		default:
			all = Call{Function: And, Args: []Expr{all, condition}, Of: types.Boolean}
		}
	}
	return all
}
