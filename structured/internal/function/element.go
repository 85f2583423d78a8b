package function

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/types"
)

// The functions that take a lambda. Package eval computes them, since it alone can
// run a lambda's body.
var elementFunctions = []Function{
	{Name: "transform", Fewer: 1, Doc: "The array of what the lambda makes of each element and, if it takes one, its place from 0.", Least: 2, Most: 2, Lambda: elementAndPlace, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.withLambda("transform", args, 1, func(l bound.Lambda) types.Type { return types.Array(l.Body.Type()) })
	})},
	{Name: "filter", Fewer: 1, Doc: "The elements for which the lambda is true.", Least: 2, Most: 2, Lambda: elementAndPlace, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.withCondition("filter", args, args[0].Type())
	})},
	{Name: "exists", Aliases: []string{"any_match"}, Doc: "Whether the lambda is true for an element; null if for none and it is null for one.", Least: 2, Most: 2, Lambda: elementOf, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.withCondition("exists", args, types.Boolean)
	})},
	{Name: "forall", Aliases: []string{"all_match"}, Doc: "Whether the lambda is true for all elements; null if false for none and null for one.", Least: 2, Most: 2, Lambda: elementOf, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.withCondition("forall", args, types.Boolean)
	})},
	{Name: "aggregate", Aliases: []string{"reduce"}, Doc: "What the first lambda makes, element by element, of a start value and the elements; the second lambda is applied to it at the end.", Least: 3, Most: 4, Lambda: foldParams, Bind: ofArray(bindFold)},
	{Name: "zip_with", Doc: "The array of what the lambda makes of the elements of two arrays at one place; null stands for those of the shorter one.", Least: 3, Most: 3, Lambda: func(args []bound.Expr, _ int) []types.Type {
		return []types.Type{args[0].Type().Element(), args[1].Type().Element()}
	}, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[1].Type().Kind() != types.KindArray {
			return nil, b.Mismatch(args, 1, "an array")
		}
		return b.withLambda("zip_with", args, 2, func(l bound.Lambda) types.Type { return types.Array(l.Body.Type()) })
	})},
	{Name: "transform_keys", Doc: "The map whose keys the lambda makes of each key and value.", Least: 2, Most: 2, Lambda: keyAndValue, Bind: ofMap(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.withLambda("transform_keys", args, 1, func(l bound.Lambda) types.Type { return types.Map(l.Body.Type(), args[0].Type().Value()) })
	})},
	{Name: "transform_values", Doc: "The map whose values the lambda makes of each key and value.", Least: 2, Most: 2, Lambda: keyAndValue, Bind: ofMap(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.withLambda("transform_values", args, 1, func(l bound.Lambda) types.Type { return types.Map(args[0].Type().Key(), l.Body.Type()) })
	})},
	{Name: "map_filter", Doc: "The entries for which the lambda is true.", Least: 2, Most: 2, Lambda: keyAndValue, Bind: ofMap(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.withCondition("map_filter", args, args[0].Type())
	})},
	{Name: "map_zip_with", Doc: "The map of what the lambda makes of each key of two maps and both values, null where a map does not have it.", Least: 3, Most: 3, Lambda: func(args []bound.Expr, _ int) []types.Type {
		return []types.Type{args[0].Type().Key(), args[0].Type().Value(), args[1].Type().Value()}
	}, Bind: ofMap(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[1].Type().Kind() != types.KindMap || args[1].Type().Key() != args[0].Type().Key() {
			return nil, b.Mismatch(args, 1, "a map with the same keys")
		}
		return b.withLambda("map_zip_with", args, 2, func(l bound.Lambda) types.Type { return types.Map(args[0].Type().Key(), l.Body.Type()) })
	})},
	{Name: "array_sort", Doc: "The elements in ascending order, nulls last, or in that of a lambda, which is negative, 0 or positive as its first argument is less, equal or greater.", Least: 1, Most: 2, Lambda: func(args []bound.Expr, _ int) []types.Type {
		return []types.Type{args[0].Type().Element(), args[0].Type().Element()}
	}, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if len(args) == 1 {
			return b.call("array_sort", args[0].Type(), args...), nil
		}
		return b.withLambda("array_sort", args, 1, func(bound.Lambda) types.Type { return args[0].Type() })
	})},
}

// elementOf is the element of an array.
func elementOf(args []bound.Expr, at int) []types.Type { return elementAndPlace(args, at)[:1] }

func elementAndPlace(args []bound.Expr, _ int) []types.Type {
	return []types.Type{args[0].Type().Element(), types.Int}
}

func keyAndValue(args []bound.Expr, _ int) []types.Type {
	return []types.Type{args[0].Type().Key(), args[0].Type().Value()}
}

func foldParams(args []bound.Expr, at int) []types.Type {
	if at == 2 {
		return []types.Type{args[1].Type(), args[0].Type().Element()}
	}
	return []types.Type{args[1].Type()}
}

// withLambda checks that an argument is a lambda and gives the call its type.
func (b Binding) withLambda(name string, args []bound.Expr, at int, result func(bound.Lambda) types.Type) (bound.Expr, error) {
	lambda, ok := args[at].(bound.Lambda)
	if !ok {
		return nil, b.Mismatch(args, at, "a lambda")
	}
	return b.call(name, result(lambda), args...), nil
}

// withCondition is withLambda for a lambda that is a condition.
func (b Binding) withCondition(name string, args []bound.Expr, result types.Type) (bound.Expr, error) {
	lambda, ok := args[1].(bound.Lambda)
	if !ok || lambda.Body.Type() != types.Boolean && lambda.Body.Type() != types.Void {
		return nil, b.Mismatch(args, 1, "a lambda that is a condition")
	}
	lambda.Body = b.To(lambda.Body, types.Boolean)
	args[1] = lambda
	return b.call(name, result, args...), nil
}

func bindFold(b Binding, args []bound.Expr) (bound.Expr, error) {
	merge, ok := args[2].(bound.Lambda)
	if !ok {
		return nil, b.Mismatch(args, 2, "a lambda")
	}
	start := args[1].Type()
	if merge.Body.Type() != start {
		if merge.Body.Type() == types.String || !coerce.Implicit(merge.Body.Type(), start) {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "%s: the start value is %s, but the lambda gives %s", b.Name, start, merge.Body.Type())
		}
		merge.Body = b.To(merge.Body, start)
		args[2] = merge
	}
	result := start
	if len(args) == 4 {
		finish, ok := args[3].(bound.Lambda)
		if !ok {
			return nil, b.Mismatch(args, 3, "a lambda")
		}
		result = finish.Body.Type()
	}
	return b.call("aggregate", result, args...), nil
}
