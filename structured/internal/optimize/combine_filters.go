package optimize

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// combineFilters makes one filter of two that follow each other. The condition of
// the lower one stands first, and so is still tested first.
func combineFilters(root plan.Node) plan.Node {
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		upper, ok := node.(*plan.Filter)
		if !ok {
			return node
		}
		lower, ok := upper.Input.(*plan.Filter)
		if !ok {
			return node
		}
		return &plan.Filter{Input: lower.Input, Condition: bound.Conjunction(lower.Condition, upper.Condition)}
	})
}
