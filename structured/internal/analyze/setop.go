package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

func (r *resolver) setOperation(q *syntax.SetOperation) (plan.Node, error) {
	left, err := r.query(q.Left)
	if err != nil {
		return nil, err
	}
	right, err := r.query(q.Right)
	if err != nil {
		return nil, err
	}
	left, right = &plan.Alias{Input: left}, &plan.Alias{Input: right}
	switch {
	case q.Operator == syntax.Union:
		left, err = r.Union(left, right)
	case q.Operator == syntax.Intersect:
		return r.Intersect(left, right, q.All)
	default:
		return r.Except(left, right, q.All)
	}
	if err != nil || q.All {
		return left, err
	}
	return r.Distinct(left)
}

// Intersect keeps the rows of left that are also in right, nulls being equal: each
// once, or, of several equal ones, as many as both have.
func (a Analyzer) Intersect(left, right plan.Node, all bool) (plan.Node, error) {
	if all {
		return a.counted(left, right, physical.LeftSemi)
	}
	return a.matched(left, right, physical.LeftSemi)
}

// Except keeps the rows of left that are not in right, nulls being equal: each once,
// or, of several equal ones, as many as there are more than in right.
func (a Analyzer) Except(left, right plan.Node, all bool) (plan.Node, error) {
	if all {
		return a.counted(left, right, physical.LeftAnti)
	}
	return a.matched(left, right, physical.LeftAnti)
}

// matched joins the distinct rows of left by all columns.
func (a Analyzer) matched(left, right plan.Node, kind physical.JoinKind) (plan.Node, error) {
	left, right, err := a.alike(left, right)
	if err != nil {
		return nil, err
	}
	join := &plan.Join{Left: left, Right: right, Kind: kind, Condition: sameRows(left, right, 0, len(left.Output()))}
	return a.Distinct(join)
}

// alike converts two tables to the same types.
func (a Analyzer) alike(left, right plan.Node) (plan.Node, plan.Node, error) {
	union, err := a.Union(left, right)
	if err != nil {
		return nil, nil, err
	}
	inputs := union.Children()
	return inputs[0], inputs[1], nil
}

// sameRows is the condition that two rows are equal in all columns of right, the
// first of which is at leftFrom in left.
func sameRows(left, right plan.Node, leftFrom, rightFrom int) bound.Expr {
	var parts []bound.Expr
	for i, column := range right.Output() {
		parts = append(parts, bound.Call{Function: bound.EqualNullSafe, Of: types.Boolean, Args: []bound.Expr{
			collationKey(bound.Column{Index: leftFrom + i, Field: left.Output()[leftFrom+i].Field}),
			collationKey(bound.Column{Index: rightFrom + i, Field: column.Field}),
		}})
	}
	return bound.Conjunction(parts...)
}

// counted numbers the equal rows of both tables and joins them by number as well: a
// row of left has a partner as often as right has one like it.
func (a Analyzer) counted(left, right plan.Node, kind physical.JoinKind) (plan.Node, error) {
	left, right, err := a.alike(left, right)
	if err != nil {
		return nil, err
	}
	width := len(left.Output())
	left, right = numbered(left), numbered(right)
	join := &plan.Join{Left: left, Right: right, Kind: kind, Condition: sameRows(left, right, 0, width+1)}
	return first(join, width), nil
}

// numbered adds the number that a row has among those equal to it.
func numbered(input plan.Node) plan.Node {
	over := &plan.Over{
		Input:     input,
		Functions: []bound.WindowFunction{{Kind: bound.RowNumber, Of: types.Int}},
		Names:     []string{"number"},
	}
	for i, column := range input.Output() {
		over.PartitionBy = append(over.PartitionBy, collationKey(bound.Column{Index: i, Field: column.Field}))
	}
	return over
}

// first is a table with its first columns alone, hidden ones as well.
func first(input plan.Node, width int) plan.Node {
	output := input.Output()
	if len(output) == width {
		return input
	}
	project := &plan.Project{Input: input, Names: names(output[:width]), Hidden: make([]bool, width)}
	for i, column := range output[:width] {
		project.Exprs = append(project.Exprs, bound.Column{Index: i, Field: column.Field})
		project.Hidden[i] = column.Hidden
	}
	return project
}
