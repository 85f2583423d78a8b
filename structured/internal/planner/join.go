package planner

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

func (p *planner) union(n *plan.Union) (planned, error) {
	union := &physical.Union{Fields: plan.Schema(n.Output()).Fields}
	for _, child := range n.Inputs {
		input, err := p.plan(child)
		if err != nil {
			return planned{}, err
		}
		if u, ok := input.node.(*physical.Union); ok {
			union.Inputs = append(union.Inputs, u.Inputs...)
		} else {
			union.Inputs = append(union.Inputs, input.node)
		}
	}
	return planned{node: union}, nil
}

// join brings rows with equal keys to one place. A table that does not grow is given
// to every partition of a stream that it is joined with; so is the right one if there
// is nothing to partition by, and the side that the optimizer found to be small.
func (p *planner) join(n *plan.Join) (planned, error) {
	left, err := p.plan(n.Left)
	if err != nil {
		return planned{}, err
	}
	right, err := p.plan(n.Right)
	if err != nil {
		return planned{}, err
	}
	equalities, rest := n.Split()
	leftStreams, rightStreams := plan.Streaming(n.Left), plan.Streaming(n.Right)
	if leftStreams && rightStreams {
		return planned{}, fmt.Errorf("plan %s: both sides grow", n)
	}
	join := &physical.HashJoin{Left: left.node, Right: right.node, Kind: n.Kind, Condition: rest}
	for _, e := range equalities {
		join.LeftKeys, join.RightKeys = append(join.LeftKeys, e.Left), append(join.RightKeys, e.Right)
		join.NullSafe = append(join.NullSafe, e.NullSafe)
	}
	switch {
	case rightStreams || n.Broadcast == plan.LeftSide:
		join.Left = &physical.Broadcast{Input: left.node}
		return planned{join, right.single}, nil
	case leftStreams || n.Broadcast == plan.RightSide || len(equalities) == 0 && !n.Kind.KeepsRight():
		join.Right = &physical.Broadcast{Input: right.node}
		return planned{join, left.single}, nil
	case len(equalities) == 0:
		join.Left, join.Right = &physical.Exchange{Input: left.node, Single: true}, &physical.Exchange{Input: right.node, Single: true}
		return planned{join, true}, nil
	}
	return exchanged(join), nil
}

// exchanged is a join whose sides are exchanged by their keys. Keys that are no columns
// are computed before, and left out of the result.
func exchanged(join *physical.HashJoin) planned {
	left, leftKeys := withKeys(join.Left, join.LeftKeys)
	right, rightKeys := withKeys(join.Right, join.RightKeys)
	width, narrow := left.Schema().Len(), join.Left.Schema().Len()
	wide := *join
	wide.Left = &physical.Exchange{Input: left, Keys: positions(leftKeys), Windows: make([]bool, len(leftKeys))}
	wide.Right = &physical.Exchange{Input: right, Keys: positions(rightKeys), Windows: make([]bool, len(rightKeys))}
	wide.LeftKeys, wide.RightKeys = leftKeys, rightKeys
	if width == narrow && right == join.Right {
		return planned{node: &wide}
	}
	if wide.Condition != nil {
		wide.Condition = bound.Map(wide.Condition, func(e bound.Expr) bound.Expr {
			if column, ok := e.(bound.Column); ok && column.Index >= narrow {
				column.Index += width - narrow
				return column
			}
			return e
		})
	}
	project := &physical.Project{Input: &wide}
	for i, field := range join.Schema().Fields {
		if i >= narrow {
			i += width - narrow
		}
		project.Exprs = append(project.Exprs, bound.Column{Index: i, Field: field})
		project.Names = append(project.Names, field.Name)
	}
	return planned{node: project}
}

// withKeys is a table with a column for each key, and the keys as these columns.
func withKeys(input physical.Node, keys []bound.Expr) (physical.Node, []bound.Expr) {
	schema := input.Schema()
	project := &physical.Project{Input: input}
	for i, field := range schema.Fields {
		project.Exprs = append(project.Exprs, bound.Column{Index: i, Field: field})
		project.Names = append(project.Names, field.Name)
	}
	columns := make([]bound.Expr, len(keys))
	for i, key := range keys {
		if column, ok := key.(bound.Column); ok {
			columns[i] = column
			continue
		}
		project.Exprs = append(project.Exprs, key)
		project.Names = append(project.Names, key.String())
		fields := project.Schema().Fields
		columns[i] = bound.Column{Index: len(fields) - 1, Field: fields[len(fields)-1]}
	}
	if len(project.Exprs) == schema.Len() {
		return input, columns
	}
	return project, columns
}

func positions(columns []bound.Expr) []int {
	list := make([]int, len(columns))
	for i, column := range columns {
		list[i] = column.(bound.Column).Index
	}
	return list
}
