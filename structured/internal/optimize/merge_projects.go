package optimize

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// mergeProjects makes one projection of two that follow each other, unless the upper one
// would then compute something of the lower one more than once.
func mergeProjects(root plan.Node) plan.Node {
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		upper, ok := node.(*plan.Project)
		if !ok {
			return node
		}
		lower, ok := upper.Input.(*plan.Project)
		if !ok || function.IsVolatile(lower.Exprs...) {
			return node
		}
		reads := make([]int, len(lower.Exprs))
		for _, expr := range upper.Exprs {
			bound.Walk(expr, func(c bound.Column) { reads[c.Index]++ })
		}
		for i, expr := range lower.Exprs {
			if _, call := expr.(bound.Call); call && reads[i] > 1 {
				return node
			}
		}
		merged := &plan.Project{Input: lower.Input, Names: upper.Names, Hidden: upper.Hidden}
		for _, expr := range upper.Exprs {
			merged.Exprs = append(merged.Exprs, bound.Replace(expr, lower.Exprs))
		}
		return merged
	})
}
