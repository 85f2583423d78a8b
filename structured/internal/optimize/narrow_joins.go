package optimize

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// narrowJoins makes an outer join keep fewer rows without partner where a filter above
// it leaves them out anyway: where its condition is not true if all columns of the
// missing side are null. Joins of streams stay, as what they keep is their state.
func narrowJoins(root plan.Node) plan.Node {
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		filter, ok := node.(*plan.Filter)
		if !ok {
			return node
		}
		join, ok := filter.Input.(*plan.Join)
		if !ok || !join.Kind.KeepsLeft() && !join.Kind.KeepsRight() || plan.Streaming(join) {
			return node
		}
		width := len(join.Left.Output())
		keepsLeft := join.Kind.KeepsLeft() && !rejectsNulls(filter.Condition, func(column int) bool { return column >= width })
		keepsRight := join.Kind.KeepsRight() && !rejectsNulls(filter.Condition, func(column int) bool { return column < width })
		kind := outer(keepsLeft, keepsRight)
		if kind == join.Kind {
			return node
		}
		return &plan.Filter{Input: &plan.Join{Left: join.Left, Right: join.Right, Kind: kind, Condition: join.Condition}, Condition: filter.Condition}
	})
}

// outer is the kind of join that keeps the rows of these sides.
func outer(left, right bool) physical.JoinKind {
	switch {
	case left && right:
		return physical.FullOuter
	case left:
		return physical.LeftOuter
	case right:
		return physical.RightOuter
	}
	return physical.Inner
}

// rejectsNulls reports whether a condition is known not to be true where some columns
// are null.
func rejectsNulls(condition bound.Expr, missing func(column int) bool) bool {
	for _, part := range bound.Conjuncts(condition) {
		nulled := fold(bound.Map(part, func(e bound.Expr) bound.Expr {
			if column, ok := e.(bound.Column); ok && missing(column.Index) {
				return bound.Literal{Of: column.Type()}
			}
			return e
		}))
		if isNull(nulled) || isFalse(nulled) {
			return true
		}
	}
	return false
}
