package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Union puts the rows of tables one after the other. Columns meet by position and are
// converted to a type that all of them have in common; their names are those of the
// first table.
func (a Analyzer) Union(inputs ...plan.Node) (plan.Node, error) {
	first := inputs[0].Output()
	all := make([]types.Type, len(first)) // the common type of each column
	for i := range all {
		all[i] = first[i].Type
	}
	for n, input := range inputs[1:] {
		columns := input.Output()
		if len(columns) != len(first) {
			return nil, fault.Analysisf("NUM_COLUMNS_MISMATCH", "a union of %d columns %s with %d columns %s: the tables must have as many",
				len(first), columnList(first), len(columns), columnList(columns))
		}
		for i, column := range columns {
			t, ok := common(all[i], column.Type)
			if !ok {
				return nil, fault.Analysisf("INCOMPATIBLE_COLUMN_TYPE",
					"column %d of a union is %s (%q) in the first table and %s (%q) in table %d; cast one of them",
					i+1, all[i], first[i].Name, column.Type, column.Name, n+2)
			}
			all[i] = t
		}
	}
	united := make([]plan.Node, len(inputs))
	for n, input := range inputs {
		united[n] = a.converted(input, all)
	}
	return &plan.Union{Inputs: united}, nil
}

// UnionByName is Union of two tables whose columns meet by name, in the order of the
// first. With missing, a column that one of them has not is null there; those of the
// second alone come last.
func (a Analyzer) UnionByName(left, right plan.Node, missing bool) (plan.Node, error) {
	if missing {
		var err error
		if left, err = a.withMissing(left, right); err != nil {
			return nil, err
		}
		if right, err = a.withMissing(right, left); err != nil {
			return nil, err
		}
	}
	columns := right.Output()
	if len(columns) != len(left.Output()) {
		return a.Union(left, right) // which says so
	}
	items := make([]syntax.Node, len(columns))
	for i, column := range left.Output() {
		at, err := onlyNamed(columns, column.Name)
		if err != nil {
			return nil, err
		}
		items[i] = position(at)
	}
	right, err := a.Select(right, items)
	if err != nil {
		return nil, err
	}
	return a.Union(left, right)
}

// withMissing adds the columns that another table has, as nulls.
func (a Analyzer) withMissing(input, other plan.Node) (plan.Node, error) {
	known := plan.Schema(input.Output())
	items := []syntax.Node{syntax.Star{}}
	for _, column := range other.Output() {
		if known.Index(column.Name) < 0 {
			items = append(items, syntax.Alias{Arg: syntax.Literal{Of: types.Void}, Name: column.Name})
		}
	}
	return a.Select(input, items)
}

// converted is a table with columns of these types.
func (a Analyzer) converted(input plan.Node, to []types.Type) plan.Node {
	binder := a.binder(input)
	exprs := make([]bound.Expr, len(to))
	for i := range to {
		exprs[i] = binder.convert(binder.column(i), to[i])
	}
	return plan.NewProject(input, exprs, names(input.Output()))
}
