package optimize

import (
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// pushLimits moves limits towards the relations: through what gives one row for each,
// and as a copy into the inputs of a union and the side of an outer join whose rows are
// all kept. A limit of a stream counts over batches, and stays.
func pushLimits(root plan.Node) plan.Node {
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		limit, ok := node.(*plan.Limit)
		if !ok || plan.Streaming(limit) {
			return node
		}
		switch input := limit.Input.(type) {
		case *plan.Limit:
			return &plan.Limit{Input: input.Input, N: min(limit.N, input.N)}
		case *plan.Project:
			if function.IsVolatile(input.Exprs...) {
				return node
			}
			return input.With([]plan.Node{&plan.Limit{Input: input.Input, N: limit.N}})
		case *plan.Alias:
			return input.With([]plan.Node{&plan.Limit{Input: input.Input, N: limit.N}})
		case *plan.Union:
			return limitedBelow(limit, input, func(int) bool { return true })
		case *plan.Join:
			switch input.Kind {
			case physical.LeftOuter:
				return limitedBelow(limit, input, func(child int) bool { return child == 0 })
			case physical.RightOuter:
				return limitedBelow(limit, input, func(child int) bool { return child == 1 })
			}
		}
		return node
	})
}

// limitedBelow limits those inputs of a limit's input that may be, and are not yet.
func limitedBelow(limit *plan.Limit, node plan.Node, may func(child int) bool) plan.Node {
	children := node.Children()
	limited := make([]plan.Node, len(children))
	changed := false
	for i, child := range children {
		limited[i] = child
		if may(i) && !atMost(child, limit.N) {
			limited[i], changed = &plan.Limit{Input: child, N: limit.N}, true
		}
	}
	if !changed {
		return limit
	}
	return &plan.Limit{Input: node.With(limited), N: limit.N}
}

// atMost reports whether a table is known to have no more than n rows.
func atMost(node plan.Node, n int64) bool {
	switch t := node.(type) {
	case *plan.Limit:
		return t.N <= n || atMost(t.Input, n)
	case *plan.Values:
		return int64(len(t.Rows)) <= n
	case *plan.Aggregate:
		return len(t.Keys) == 0 && n >= 1
	case *plan.Single:
		return n >= 1
	case *plan.Project, *plan.Alias, *plan.Filter, *plan.Sort, *plan.Distinct, *plan.Offset, *plan.Over:
		return atMost(t.Children()[0], n)
	case *plan.Join:
		return t.Kind.LeftOnly() && atMost(t.Left, n)
	}
	return false
}
