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
	call, ok := expr.(bound.Call)
	if !ok {
		return bound.MapArgs(expr, simplify)
	}
	if call.Function == bound.And || call.Function == bound.Or {
		joined := parts{function: call.Function, hashes: bound.Hashes{}, known: map[uint64][]bound.Expr{}}
		return joined.once(call)
	}
	call = bound.MapArgs(call, simplify).(bound.Call)
	if call.Function != bound.Not {
		return call
	}
	inner, ok := call.Args[0].(bound.Call)
	if !ok {
		return call
	}
	if inner.Function == bound.Not {
		return inner.Args[0]
	}
	if other, ok := opposite[inner.Function]; ok {
		inner.Function = other
		return inner
	}
	return call
}

// parts is what And or Or joins.
type parts struct {
	function bound.Function
	hashes   bound.Hashes
	known    map[uint64][]bound.Expr // by hash
}

// once simplifies the parts of an expression and leaves out those that stood before; it is
// nil if nothing is left.
func (p *parts) once(expr bound.Expr) bound.Expr {
	call, ok := expr.(bound.Call)
	if !ok || call.Function != p.function {
		return p.add(simplify(expr))
	}
	left, right := p.once(call.Args[0]), p.once(call.Args[1])
	switch {
	case left == nil:
		return right
	case right == nil:
		return left
	}
	call.Args = []bound.Expr{left, right}
	return call
}

// add returns a part, nil if it is known. What is volatile is never the same twice.
func (p *parts) add(part bound.Expr) bound.Expr {
	hash := p.hashes.Of(part)
	same := func(known bound.Expr) bool { return bound.Same(known, part) }
	if slices.ContainsFunc(p.known[hash], same) && !function.IsVolatile(part) {
		return nil
	}
	p.known[hash] = append(p.known[hash], part)
	return part
}
