package optimize

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// belowJoin moves those parts of a filter on a join that read one side's columns to
// that side, if its rows come out of the join unchanged and a row that goes missing
// takes nothing else along. What is left over an inner join becomes its condition.
func belowJoin(filter *plan.Filter, join *plan.Join) plan.Node {
	var stay, left, right []bound.Expr
	kind := join.Kind
	for _, part := range bound.Conjuncts(filter.Condition) {
		side := plan.BothSides
		if kind.LeftOnly() {
			side = plan.LeftSide
		} else {
			side = join.SideOf(part)
		}
		switch {
		case side == plan.LeftSide && !kind.KeepsRight():
			left = append(left, part)
		case side == plan.RightSide && !kind.KeepsLeft():
			right = append(right, join.OnRight(part))
		default:
			stay = append(stay, part)
		}
	}
	condition := join.Condition
	if kind == physical.Inner {
		condition, stay = bound.Conjunction(append([]bound.Expr{condition}, stay...)...), nil
	} else if len(left)+len(right) == 0 {
		return filter
	}
	var root plan.Node = &plan.Join{
		Left: filtered(join.Left, left), Right: filtered(join.Right, right), Kind: kind, Condition: condition,
	}
	return filtered(root, stay)
}

// pushJoins moves those parts of a join's condition that read one side's columns to
// that side, if a row of it for which they are not true has no part in the result.
func pushJoins(root plan.Node) plan.Node {
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		join, ok := node.(*plan.Join)
		if !ok || join.Condition == nil {
			return node
		}
		var stay, left, right []bound.Expr
		for _, part := range bound.Conjuncts(join.Condition) {
			switch side := join.SideOf(part); {
			case side == plan.LeftSide && !join.Kind.KeepsLeft() && join.Kind != physical.LeftAnti:
				left = append(left, part)
			case side == plan.RightSide && !join.Kind.KeepsRight():
				right = append(right, join.OnRight(part))
			default:
				stay = append(stay, part)
			}
		}
		if len(left)+len(right) == 0 {
			return node
		}
		return &plan.Join{
			Left: filtered(join.Left, left), Right: filtered(join.Right, right), Kind: join.Kind,
			Condition: bound.Conjunction(stay...),
		}
	})
}

// filtered is a table without the rows for which one of conditions is not true.
func filtered(node plan.Node, conditions []bound.Expr) plan.Node {
	if len(conditions) == 0 {
		return node
	}
	return &plan.Filter{Input: node, Condition: bound.Conjunction(conditions...)}
}
