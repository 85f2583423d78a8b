package optimize

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// pushFilters moves filters towards the relations and into their scans, so that
// fewer rows are read and computed with. A condition is moved in parts: each goes as
// far as the columns it reads exist.
//
// A filter passes a watermark only in those parts that do not read the event time:
// rows that they leave out do not move the watermark, as in Spark. It never passes a
// limit, which would then choose other rows, and an aggregation only in those parts that
// read its keys: they leave out whole groups. A session is not known before it is put
// together.
func pushFilters(root plan.Node) plan.Node {
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		if filter, ok := node.(*plan.Filter); ok {
			return pushFilter(filter)
		}
		return node
	})
}

func pushFilter(filter *plan.Filter) plan.Node {
	switch input := filter.Input.(type) {
	case *plan.Scan:
		return &plan.Scan{
			Relation: input.Relation, Columns: input.Columns,
			Predicate: bound.Conjunction(input.Predicate, filter.Condition),
		}
	case *plan.Project:
		if function.IsVolatile(input.Exprs...) || function.IsVolatile(filter.Condition) {
			return filter
		}
		return input.With([]plan.Node{&plan.Filter{Input: input.Input, Condition: bound.Replace(filter.Condition, input.Exprs)}})
	case *plan.Alias, *plan.Sort, *plan.Distinct:
		return input.With([]plan.Node{&plan.Filter{Input: input.Children()[0], Condition: filter.Condition}})
	case *plan.Union:
		children := make([]plan.Node, len(input.Inputs))
		for i, child := range input.Inputs {
			children[i] = &plan.Filter{Input: child, Condition: filter.Condition}
		}
		return input.With(children)
	case *plan.Join:
		return belowJoin(filter, input)
	case *plan.Watermark:
		return below(filter, input, identity(len(input.Output())), func(column int) bool { return column != input.Column })
	case *plan.Window:
		window := len(input.Input.Output())
		return below(filter, input, identity(window+1), func(column int) bool { return column != window })
	case *plan.Session:
		span := len(input.Input.Output())
		return below(filter, input, identity(span+1), func(column int) bool { return column != span })
	case *plan.Aggregate:
		session := input.Session()
		return belowKeys(filter, input, func(column int) bool { return column < len(input.Keys) && column != session })
	case *plan.Over:
		partition := map[int]bool{}
		for _, key := range input.PartitionBy {
			if column, ok := key.(bound.Column); ok {
				partition[column.Index] = true
			}
		}
		return below(filter, input, identity(len(input.Output())), func(column int) bool { return partition[column] })
	case *plan.Expand:
		kept := len(input.Input.Output())
		return below(filter, input, identity(len(input.Output())), func(column int) bool { return column < kept })
	case *plan.Explode:
		kept := len(input.Keep) // behind them are the generated columns
		return below(filter, input, append(append([]int{}, input.Keep...), -1, -1), func(column int) bool { return column < kept })
	}
	return filter
}

// below moves those parts of a filter that read only columns for which may is true
// to the other side of its input, node. There column i is at[i].
func below(filter *plan.Filter, node plan.Node, at []int, may func(column int) bool) plan.Node {
	var stay, move []bound.Expr
	for _, part := range bound.Conjuncts(filter.Condition) {
		if bound.Reads(part, func(column int) bool { return !may(column) }) {
			stay = append(stay, part)
		} else {
			move = append(move, bound.Move(part, at))
		}
	}
	if len(move) == 0 {
		return filter
	}
	moved := node.With([]plan.Node{&plan.Filter{Input: node.Children()[0], Condition: bound.Conjunction(move...)}})
	if len(stay) == 0 {
		return moved
	}
	return &plan.Filter{Input: moved, Condition: bound.Conjunction(stay...)}
}

// belowKeys is below for an aggregation: what reads keys reads the expressions of them.
func belowKeys(filter *plan.Filter, node *plan.Aggregate, may func(column int) bool) plan.Node {
	if len(node.Keys) == 0 {
		return filter // its one group is there without rows, too
	}
	var stay, move []bound.Expr
	for _, part := range bound.Conjuncts(filter.Condition) {
		if bound.Reads(part, func(column int) bool { return !may(column) }) {
			stay = append(stay, part)
		} else {
			move = append(move, bound.Replace(part, node.Keys))
		}
	}
	if len(move) == 0 {
		return filter
	}
	return filtered(node.With([]plan.Node{filtered(node.Input, move)}), stay)
}

// identity is 0, 1, … n-1: columns that stay where they are.
func identity(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}
