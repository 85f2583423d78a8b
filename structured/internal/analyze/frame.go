package analyze

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// Operations of a DataFrame that are a query block over its table.

func (a Analyzer) block(input plan.Node, s *syntax.Select) (plan.Node, error) {
	return (&resolver{Analyzer: a}).selectionOver(input, s, nil)
}

// GroupingSets groups by several sets of keys at once; the result has each key once,
// null in the rows of sets that do not have it, and then the items.
func (a Analyzer) GroupingSets(input plan.Node, kind syntax.GroupingKind, sets [][]syntax.Node, items []syntax.Node) (plan.Node, error) {
	element := syntax.GroupingElement{Kind: kind, Sets: sets}
	if kind == syntax.GroupingSets {
		element = syntax.GroupingElement{Kind: kind, Of: []syntax.GroupingElement{{Sets: sets}}}
	}
	s := &syntax.Select{GroupBy: &syntax.Grouping{Elements: []syntax.GroupingElement{element}}}
	for _, set := range sets {
		for _, key := range set {
			if !slices.ContainsFunc(s.Items, func(known syntax.Node) bool { return known.String() == key.String() }) {
				s.Items = append(s.Items, key)
			}
		}
	}
	s.Items = append(s.Items, items...)
	return a.block(input, s)
}

// Pivot groups by keys and computes each item once for each value of a column.
func (a Analyzer) Pivot(input plan.Node, keys []syntax.Node, column syntax.Node, values, items []syntax.Node) (plan.Node, error) {
	if len(values) == 0 {
		return nil, fault.Analysisf("", "there are no values of %s to turn into columns", column)
	}
	r := &resolver{Analyzer: a}
	return r.pivotBy(input, keys, &syntax.Pivot{Aggregates: items, For: []syntax.Node{column}, Values: values})
}
