package analyze

import (
	"slices"
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
	input = visible(input)
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
	var keys []syntax.Node
	for i := range used {
		if !used[i] {
			keys = append(keys, position(i))
		}
	}
	return r.pivotBy(input, keys, q)
}

// pivotBy groups by keys, whatever the table of q.
func (r *resolver) pivotBy(input plan.Node, keys []syntax.Node, q *syntax.Pivot) (plan.Node, error) {
	block := &syntax.Select{Items: slices.Clone(keys)}
	if len(keys) > 0 {
		block.GroupBy = &syntax.Grouping{}
	}
	for _, key := range keys {
		block.GroupBy.Elements = append(block.GroupBy.Elements, syntax.GroupingElement{Sets: [][]syntax.Node{{unnamed(key)}}})
	}
	plain, err := r.allPlain(input, q.Aggregates)
	if err != nil {
		return nil, err
	}
	for _, value := range q.Values {
		condition, name, err := r.pivotValue(input, q.For, value)
		if err != nil {
			return nil, err
		}
		for _, item := range q.Aggregates {
			if !hasAggregate(item) {
				return nil, fault.Analysisf("_LEGACY_ERROR_TEMP_1006", "PIVOT needs aggregate functions, and %s is none", item)
			}
			label := name
			if len(q.Aggregates) > 1 {
				label += "_" + nameOf(item)
			}
			value := only(condition, unnamed(item))
			if plain {
				rows := syntax.Call{Function: "count_if", Args: []syntax.Node{condition}}
				some := syntax.Call{Function: string(bound.Greater), Args: []syntax.Node{rows, syntax.Literal{Value: int32(0), Of: types.Int}}}
				value = syntax.Call{Function: "if", Args: []syntax.Node{some, value, syntax.Literal{Of: types.Void}}}
			}
			block.Items = append(block.Items, syntax.Alias{Arg: value, Name: label})
		}
	}
	return r.selectionOver(input, block, nil)
}

// allPlain reports whether the aggregates are numbers and booleans. A group without rows
// of a value then has null for it, even for count: Spark computes such pivots by putting
// results into columns, and others by functions of the rows that have the value.
func (r *resolver) allPlain(input plan.Node, aggregates []syntax.Node) (bool, error) {
	b := r.binder(input)
	group := &aggregation{arguments: r.binder(input)}
	b.aggregate = group.add
	for _, item := range aggregates {
		expr, err := b.bind(unnamed(item))
		if err != nil {
			return false, err
		}
		if t := expr.Type(); !t.IsNumeric() && t != types.Boolean {
			return false, nil
		}
	}
	return true, nil
}

// only lets the aggregate functions of an expression see the rows for which a condition
// is true.
func only(condition, item syntax.Node) syntax.Node {
	return syntax.Map(item, func(node syntax.Node) syntax.Node {
		call, ok := node.(syntax.Call)
		if !ok || call.Over != nil || !isAggregate(call) {
			return node
		}
		if call.Filter != nil {
			condition = syntax.Call{Function: string(bound.And), Args: []syntax.Node{condition, call.Filter}}
		}
		call.Filter = condition
		return call
	})
}

// pivotValue is the condition that a row has a value of PIVOT, and the value's name.
func (r *resolver) pivotValue(input plan.Node, columns []syntax.Node, value syntax.Node) (syntax.Node, string, error) {
	row := []syntax.Node{unnamed(value)}
	if call, ok := row[0].(syntax.Call); ok && call.Function == "struct" && len(columns) > 1 {
		row = call.Args
	}
	if len(row) != len(columns) {
		return nil, "", fault.Analysisf("PIVOT_VALUE_DATA_TYPE_MISMATCH", "%s has %d values for %d columns", value, len(row), len(columns))
	}
	var condition syntax.Node
	var texts []string
	b := r.binder(input)
	for i, column := range columns {
		known, err := b.bind(column)
		if err != nil {
			return nil, "", err
		}
		constant, err := r.constants().bind(row[i])
		if err != nil {
			return nil, "", err
		}
		if constant, err = b.cast(constant, known.Type(), false); err != nil {
			return nil, "", err
		}
		switch _, ok, err := constantValue(constant); {
		case err != nil:
			return nil, "", early(err)
		case !ok:
			return nil, "", fault.Analysisf("NON_LITERAL_PIVOT_VALUES", "the value %s of PIVOT is no constant", row[i])
		}
		var equal syntax.Node = syntax.Call{Function: string(bound.EqualNullSafe), Args: []syntax.Node{column, expression{constant}}}
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

// unpivot gives a row for each of some entries of columns: the other columns, and the
// entry's name and values.
func (r *resolver) unpivot(q *syntax.Unpivot) (plan.Node, error) {
	input, err := r.relation(q.Input)
	if err != nil {
		return nil, err
	}
	input = visible(input)
	b := r.binder(input)
	turned := make([]bool, len(b.input))
	rows := make([][]bound.Expr, len(q.Entries))
	labels := make([]string, len(q.Entries))
	for i, entry := range q.Entries {
		if len(entry.Columns) != len(q.Values) {
			return nil, fault.Analysisf("UNPIVOT_VALUE_SIZE_MISMATCH", "an entry of UNPIVOT has %d columns for %d values", len(entry.Columns), len(q.Values))
		}
		if rows[i], err = b.bindAll(entry.Columns); err != nil {
			return nil, err
		}
		var parts []string
		for j, column := range entry.Columns {
			parts = append(parts, nameOf(column))
			if at, ok := rows[i][j].(bound.Column); ok {
				turned[at.Index] = true
			}
		}
		if labels[i] = entry.Name; labels[i] == "" {
			labels[i] = strings.Join(parts, "_")
		}
	}
	expand := &plan.Expand{Input: input, Fields: []types.Field{types.Required(q.Name, types.String)}}
	for _, label := range labels {
		expand.Lists = append(expand.Lists, []bound.Expr{bound.Literal{Value: label, Of: types.String}})
	}
	for j, name := range q.Values {
		values := make([]bound.Expr, len(rows))
		for i := range rows {
			values[i] = rows[i][j]
		}
		t, ok := commonOf(values)
		if !ok || mixesText(values) {
			return nil, fault.Analysisf("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "the columns of UNPIVOT have no type in common: %s", typeList(values))
		}
		expand.Fields = append(expand.Fields, types.Nullable(name, t))
		for i := range rows {
			expand.Lists[i] = append(expand.Lists[i], b.convert(values[i], t))
		}
	}
	var node plan.Node = expand
	output := expand.Output()
	if !q.IncludeNulls {
		var some bound.Expr
		for at := len(output) - len(q.Values); at < len(output); at++ {
			some = either(some, bound.Call{
				Function: bound.IsNotNull, Args: []bound.Expr{bound.Column{Index: at, Field: output[at].Field}}, Of: types.Boolean,
			})
		}
		node = &plan.Filter{Input: node, Condition: some}
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

func either(a, b bound.Expr) bound.Expr {
	if a == nil {
		return b
	}
	return bound.Call{Function: bound.Or, Args: []bound.Expr{a, b}, Of: types.Boolean}
}

// mixesText reports whether there are strings among values, and others.
func mixesText(values []bound.Expr) bool {
	text, other := false, false
	for _, value := range values {
		text = text || value.Type() == types.String
		other = other || value.Type() != types.String && value.Type() != types.Void
	}
	return text && other
}
