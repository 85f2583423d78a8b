package planner

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// over brings the rows of each partition of a window to one place. Keys that are no
// columns are computed before, and left out of the result.
func (p *planner) over(n *plan.Over, input planned) planned {
	over := &physical.Over{
		Input: input.node, PartitionBy: n.PartitionBy, OrderBy: n.OrderBy, Functions: n.Functions, Names: n.Names,
	}
	if input.single || len(n.PartitionBy) == 0 {
		over.Input = gather(input)
		return planned{over, true}
	}
	narrow := input.node.Schema().Len()
	keyed, keys := withKeys(input.node, n.PartitionBy)
	over.Input = &physical.Exchange{Input: keyed, Keys: positions(keys), Windows: make([]bool, len(keys))}
	over.PartitionBy = keys
	if keyed == input.node {
		return planned{node: over}
	}
	return planned{node: without(over, narrow, keyed.Schema().Len())}
}

// without leaves out the columns [from, to) of an operator.
func without(node physical.Node, from, to int) physical.Node {
	project := &physical.Project{Input: node}
	for i, field := range node.Schema().Fields {
		if i < from || i >= to {
			project.Exprs = append(project.Exprs, bound.Column{Index: i, Field: field})
			project.Names = append(project.Names, field.Name)
		}
	}
	return project
}
