// Package optimize rewrites a logical plan into an equal one that reads and computes
// less.
//
// A rule is a function from plan to plan that returns its argument unchanged when
// there is nothing left for it to do. The rules run in the order of one list, again
// and again, until none of them changes anything. Every rule keeps the columns of
// the result, with their names, types and order, and the multiset of its rows.
//
// In a stream one rewriting can be seen: a filter moves below a watermark unless it
// reads the event time, so that the rows it leaves out do not move the watermark. That
// is what Spark does, and it belongs to the meaning of a query. What an operator keeps
// from batch to batch is never changed.
package optimize

import "github.com/tidewheel/tidewheel/structured/internal/plan"

// rule is one rewriting.
type rule func(plan.Node) plan.Node

// Sizes tells how many bytes a relation has, about; false if that is not known.
type Sizes func(*plan.Relation) (bytes int64, known bool)

// Optimize applies the rules until nothing changes. Sizes may be nil.
func Optimize(root plan.Node, sizes Sizes) plan.Node {
	rules := [...]rule{
		foldConstants, simplifyBooleans, combineFilters, narrowJoins, pushFilters, pushJoins, mergeProjects, pushLimits, pushColumns, chooseJoins(sizes),
	}
	for changed := true; changed; {
		changed = false
		for _, rule := range rules {
			next := rule(root)
			changed = changed || next != root
			root = next
		}
	}
	return root
}
