// Package optimize rewrites a logical plan into an equal one that reads and computes
// less.
//
// A rule is a function from plan to plan that returns its argument unchanged when
// there is nothing left for it to do. The rules run in the order of one list, again
// and again, until none of them changes anything. Every rule keeps the columns of
// the result, with their names, types and order, and the multiset of its rows.
//
// A stream is kept as it is in two respects: what is counted by a watermark, and what
// reaches the state of an operator.
package optimize

import "github.com/tidewheel/tidewheel/structured/internal/plan"

// rule is one rewriting.
type rule struct {
	name  string
	apply func(plan.Node) plan.Node
}

// Optimize applies the rules until nothing changes.
func Optimize(root plan.Node) plan.Node {
	rules := [...]rule{}
	for changed := true; changed; {
		changed = false
		for _, rule := range rules {
			next := rule.apply(root)
			changed = changed || next != root
			root = next
		}
	}
	return root
}
