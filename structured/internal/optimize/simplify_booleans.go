package optimize

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// simplifyBooleans writes conditions shorter: not of a comparison is the opposite
// comparison, not of not is nothing, and what And or Or joins stands there once. All
// hold with nulls too; and with NaN, which has a place in the order.
func simplifyBooleans(root plan.Node) plan.Node {
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		switch node.(type) {
		case *plan.Filter, *plan.Join:
			return plan.MapExprs(node, simplify)
		}
		return node
	})
}

// opposite is the comparison that is true where another one is false.
var opposite = map[bound.Function]bound.Function{
	bound.Equal: bound.NotEqual, bound.NotEqual: bound.Equal,
	bound.Less: bound.GreaterEqual, bound.GreaterEqual: bound.Less,
	bound.Greater: bound.LessEqual, bound.LessEqual: bound.Greater,
	bound.IsNull: bound.IsNotNull, bound.IsNotNull: bound.IsNull,
}

func simplify(expr bound.Expr) bound.Expr {
	return bound.Map(expr, func(e bound.Expr) bound.Expr {
		call, ok := e.(bound.Call)
		if !ok || function.IsVolatile(e) {
			return e
		}
		switch call.Function {
		case bound.Not:
			inner, ok := call.Args[0].(bound.Call)
			if !ok {
				return e
			}
			if inner.Function == bound.Not {
				return inner.Args[0]
			}
			if other, ok := opposite[inner.Function]; ok {
				inner.Function = other
				return inner
			}
		case bound.And, bound.Or:
			return once(call)
		}
		return e
	})
}

// once leaves out of what And or Or joins the parts that stood before.
func once(call bound.Call) bound.Expr {
	var parts []bound.Expr
	repeated := false
	for _, part := range operands(call.Function, call) {
		if slices.ContainsFunc(parts, func(known bound.Expr) bool { return bound.Same(known, part) }) {
			repeated = true
		} else {
			parts = append(parts, part)
		}
	}
	if !repeated {
		return call
	}
	joined := parts[0]
	for _, part := range parts[1:] {
		joined = bound.Call{Function: call.Function, Args: []bound.Expr{joined, part}, Of: call.Of}
	}
	return joined
}

func operands(function bound.Function, expr bound.Expr) []bound.Expr {
	if call, ok := expr.(bound.Call); ok && call.Function == function {
		return append(operands(function, call.Args[0]), operands(function, call.Args[1])...)
	}
	return []bound.Expr{expr}
}
