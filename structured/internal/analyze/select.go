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

// Select computes a column from each item. An item may be all columns, an exploded
// list or a time window; if one has an aggregate function, the result is one row.
func (a Analyzer) Select(input plan.Node, items []syntax.Node) (plan.Node, error) {
	if hasWindowFunction(items...) || hasManyColumns(items) {
		return a.block(input, &syntax.Select{Items: items})
	}
	if hasAggregate(items...) {
		return a.Aggregate(input, nil, items)
	}
	width := len(input.Output())
	input, binder, err := a.withWindow(input, items...)
	if err != nil {
		return nil, err
	}
	if input, items, err = a.withExplode(input, binder, items); err != nil {
		return nil, err
	}
	var exprs []bound.Expr
	var labels []string
	for _, item := range items {
		if _, ok := item.(syntax.Star); ok {
			for i, column := range binder.input[:width] {
				exprs = append(exprs, binder.column(i))
				labels = append(labels, column.Name)
			}
			continue
		}
		expr, err := binder.bind(unnamed(item))
		if err != nil {
			return nil, err
		}
		exprs = append(exprs, expr)
		labels = append(labels, binder.label(item))
	}
	return plan.NewProject(input, exprs, labels), nil
}

// hasManyColumns reports whether an item gives rows of several columns.
func hasManyColumns(items []syntax.Node) bool {
	return slices.ContainsFunc(items, func(item syntax.Node) bool {
		call, ok := unnamed(item).(syntax.Call)
		return ok && call.Function != "explode" && isGenerator(call)
	})
}

// withExplode computes the exploded list, if there is one among items, by a node of
// its own upon input. In the returned items its column stands in its place.
func (a Analyzer) withExplode(input plan.Node, b *binder, items []syntax.Node) (plan.Node, []syntax.Node, error) {
	items = append([]syntax.Node{}, items...)
	exploded := false
	for i, item := range items {
		call, ok := unnamed(item).(syntax.Call)
		if !ok || call.Function != "explode" {
			continue
		}
		if exploded {
			return nil, nil, fault.Analysisf("UNSUPPORTED_GENERATOR.MULTI_GENERATOR",
				"two lists are exploded in one operation; explode them one after the other")
		}
		exploded = true
		list, err := b.bind(call.Args[0])
		if err != nil {
			return nil, nil, err
		}
		if list.Type().Kind() != types.KindArray {
			return nil, nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
				"explode needs an array, but %s is %s", list, list.Type())
		}
		keep := make([]int, len(b.input))
		for column := range keep {
			keep[column] = column
		}
		input = &plan.Explode{Input: input, List: list, Keep: keep, Name: nameOf(item)}
		items[i] = position(len(b.input))
	}
	b.input = input.Output()
	return input, items, nil
}

// WithColumn adds a column, or puts it in the place of all that have its name.
func (a Analyzer) WithColumn(input plan.Node, name string, value syntax.Node) (plan.Node, error) {
	if hasAggregate(value) {
		return nil, fault.Analysisf("", "%s is a function of many rows; use GroupBy and Agg", value)
	}
	var items []syntax.Node
	replaced := false
	for i, column := range input.Output() {
		if strings.EqualFold(column.Name, name) {
			items, replaced = append(items, syntax.Alias{Arg: value, Name: name}), true
		} else {
			items = append(items, position(i))
		}
	}
	if !replaced {
		items = append(items, syntax.Alias{Arg: value, Name: name})
	}
	return a.Select(input, items)
}

// WithColumns adds columns, or puts each in the place of all that have its name.
func (a Analyzer) WithColumns(input plan.Node, values []syntax.Node) (plan.Node, error) {
	if hasAggregate(values...) {
		return nil, fault.Analysisf("", "%s is a function of many rows; use GroupBy and Agg", syntax.List(values))
	}
	placed := make([]bool, len(values))
	var items []syntax.Node
	for i, column := range input.Output() {
		item := syntax.Node(position(i))
		for j, value := range values {
			if strings.EqualFold(column.Name, nameOf(value)) {
				item, placed[j] = value, true
			}
		}
		items = append(items, item)
	}
	for j, value := range values {
		if !placed[j] {
			items = append(items, value)
		}
	}
	return a.Select(input, items)
}

// Drop leaves columns out.
func (a Analyzer) Drop(input plan.Node, dropped []string) (plan.Node, error) {
	columns := input.Output()
	gone := make([]bool, len(columns))
	for _, name := range dropped {
		if err := eachNamed(columns, name, func(i int) { gone[i] = true }); err != nil {
			return nil, err
		}
	}
	var items []syntax.Node
	for i := range columns {
		if !gone[i] {
			items = append(items, position(i))
		}
	}
	return a.Select(input, items)
}

// Rename gives columns another name.
func (a Analyzer) Rename(input plan.Node, from, to string) (plan.Node, error) {
	columns := input.Output()
	items := make([]syntax.Node, len(columns))
	for i := range columns {
		items[i] = position(i)
	}
	err := eachNamed(columns, from, func(i int) { items[i] = syntax.Alias{Arg: position(i), Name: to} })
	if err != nil {
		return nil, err
	}
	return a.Select(input, items)
}

// eachNamed calls f for the columns of that name, of which there must be one.
func eachNamed(columns []plan.Column, name string, f func(int)) error {
	found := false
	for i, column := range columns {
		if strings.EqualFold(column.Name, name) {
			f(i)
			found = true
		}
	}
	if !found {
		return fault.Analysisf("UNRESOLVED_COLUMN.WITH_SUGGESTION", "no column %q in %s%s",
			name, columnList(columns), suggest(name, names(columns)))
	}
	return nil
}
