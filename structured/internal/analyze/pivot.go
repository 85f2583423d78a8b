package analyze

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// pivot groups by the columns that neither the aggregates nor FOR name, and computes
// each aggregate once for each value, of the rows that have it.
func (r *resolver) pivot(q *syntax.Pivot) (plan.Node, error) {
	input, err := r.relation(q.Input)
	if err != nil {
		return nil, err
	}
	used := make([]bool, len(input.Output()))
	for _, node := range append(append([]syntax.Node{}, q.Aggregates...), q.For...) {
		for part := range parts(node) {
			if name, ok := part.(syntax.Name); ok {
				expr, err := r.binder(input).name(name.Parts)
				if err != nil {
					return nil, err
				}
				bound.Walk(expr, func(c bound.Column) { used[c.Index] = true })
			}
		}
	}
	block := &syntax.Select{GroupBy: &syntax.Grouping{}}
	for i := range used {
		if !used[i] {
			block.Items = append(block.Items, position(i))
			block.GroupBy.Elements = append(block.GroupBy.Elements, syntax.GroupingElement{Sets: [][]syntax.Node{{position(i)}}})
		}
	}
	if len(block.Items) == 0 {
		block.GroupBy = nil
	}
	for _, value := range q.Values {
		condition, name, err := pivotValue(q.For, value)
		if err != nil {
			return nil, err
		}
		for _, item := range q.Aggregates {
			call, ok := unnamed(item).(syntax.Call)
			if !ok || !isAggregate(call.Function) {
				return nil, fault.Analysisf("_LEGACY_ERROR_TEMP_1006", "PIVOT needs aggregate functions, and %s is none", item)
			}
			if call.Filter != nil {
				condition = syntax.Call{Function: string(bound.And), Args: []syntax.Node{condition, call.Filter}}
			}
			call.Filter = condition
			label := name
			if len(q.Aggregates) > 1 {
				label += "_" + nameOf(item)
			}
			block.Items = append(block.Items, syntax.Alias{Arg: call, Name: label})
		}
	}
	return r.selectionOver(input, block, nil)
}

// pivotValue is the condition that a row has a value of PIVOT, and the value's name.
func pivotValue(columns []syntax.Node, value syntax.Node) (syntax.Node, string, error) {
	row := []syntax.Node{unnamed(value)}
	if call, ok := row[0].(syntax.Call); ok && call.Function == "struct" && len(columns) > 1 {
		row = call.Args
	}
	if len(row) != len(columns) {
		return nil, "", fault.Analysisf("PIVOT_VALUE_DATA_TYPE_MISMATCH", "%s has %d values for %d columns", value, len(row), len(columns))
	}
	var condition syntax.Node
	var texts []string
	for i, column := range columns {
		var equal syntax.Node = syntax.Call{Function: string(bound.EqualNullSafe), Args: []syntax.Node{column, row[i]}}
		if condition != nil {
			equal = syntax.Call{Function: string(bound.And), Args: []syntax.Node{condition, equal}}
		}
		condition = equal
		text := row[i].String()
		if literal, ok := row[i].(syntax.Literal); ok && literal.Of == types.String {
			text = literal.Value.(string)
		}
		texts = append(texts, text)
	}
	if alias, ok := value.(syntax.Alias); ok {
		return condition, alias.Name, nil
	}
	return condition, strings.Join(texts, "_"), nil
}

// unpivot gives a row for each of some columns: the others, and its name and value.
func (r *resolver) unpivot(q *syntax.Unpivot) (plan.Node, error) {
	input, err := r.relation(q.Input)
	if err != nil {
		return nil, err
	}
	b := r.binder(input)
	turned := make([]bool, len(b.input))
	values := make([]bound.Expr, len(q.Columns))
	for i, column := range q.Columns {
		if values[i], err = b.bind(unnamed(column)); err != nil {
			return nil, err
		}
		if at, ok := values[i].(bound.Column); ok {
			turned[at.Index] = true
		}
	}
	t, ok := commonOf(values)
	if !ok {
		return nil, fault.Analysisf("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "the columns of UNPIVOT have no type in common: %s", typeList(values))
	}
	expand := &plan.Expand{Input: input, Fields: []types.Field{types.Required(q.Name, types.String), types.Nullable(q.Value, t)}}
	for i, column := range q.Columns {
		expand.Lists = append(expand.Lists, []bound.Expr{bound.Literal{Value: nameOf(column), Of: types.String}, b.convert(values[i], t)})
	}
	var node plan.Node = expand
	output := expand.Output()
	last := len(output) - 1
	if !q.IncludeNulls {
		node = &plan.Filter{Input: node, Condition: bound.Call{
			Function: bound.IsNotNull, Args: []bound.Expr{bound.Column{Index: last, Field: output[last].Field}}, Of: types.Boolean,
		}}
	}
	project := &plan.Project{Input: node}
	for i, column := range output {
		if i >= len(turned) || !turned[i] {
			project.Exprs = append(project.Exprs, bound.Column{Index: i, Field: column.Field})
			project.Names = append(project.Names, column.Name)
		}
	}
	return project, nil
}
