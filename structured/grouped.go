package structured

import (
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// Grouped is a table whose rows are in groups, made by GroupBy, Rollup, Cube and
// GroupingSets.
type Grouped struct {
	table DataFrame
	keys  []syntax.Node
	kind  syntax.GroupingKind
	sets  [][]syntax.Node // of all kinds but Plain

	column syntax.Node // of Pivot; nil for none
	values []syntax.Node
}

// Rollup groups by all keys, by all but the last, and so on down to one group of all
// rows. In the rows of a result that are not of a group by some key, that key is null;
// grouping tells such a null from one in the data.
func (d DataFrame) Rollup[C expr.Arg](keys ...C) Grouped {
	return Grouped{table: d, kind: syntax.Rollup, sets: each(nodes(expr.Columns(keys...)))}
}

// Cube groups by each subset of the keys.
func (d DataFrame) Cube[C expr.Arg](keys ...C) Grouped {
	return Grouped{table: d, kind: syntax.Cube, sets: each(nodes(expr.Columns(keys...)))}
}

// GroupingSets groups by each of several sets of keys. An empty set is one group of all
// rows.
func (d DataFrame) GroupingSets[C expr.Arg](sets ...[]C) Grouped {
	g := Grouped{table: d, kind: syntax.GroupingSets}
	for _, set := range sets {
		g.sets = append(g.sets, nodes(expr.Columns(set...)))
	}
	return g
}

func each(keys []syntax.Node) [][]syntax.Node {
	sets := make([][]syntax.Node, len(keys))
	for i, key := range keys {
		sets[i] = []syntax.Node{key}
	}
	return sets
}

// Pivot has Agg compute its columns once for each value of a column, of the rows that
// have that value. A column of the result is called after the value, and after the
// column of Agg as well if there are several.
func (g Grouped) Pivot[C expr.Arg](column C, values ...any) Grouped {
	g.column = expr.Columns(column)[0].Syntax()
	g.values = make([]syntax.Node, len(values))
	for i, value := range values {
		g.values[i] = expr.Lit(value).Syntax()
	}
	return g
}

// Agg computes, for each group, expressions of aggregate functions and keys. The
// result has the keys first and then the columns, in the order given.
func (g Grouped) Agg(columns ...expr.Column) DataFrame { return g.compute("Agg", nodes(columns)) }

// Count counts the rows of each group, as column "count".
func (g Grouped) Count() DataFrame {
	return g.compute("Count", nodes([]expr.Column{expr.Count().As("count")}))
}

func (g Grouped) compute(name string, items []syntax.Node) DataFrame {
	return g.table.then(name, func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		switch {
		case g.column != nil && g.kind == syntax.Plain:
			return a.Pivot(input, g.keys, g.column, g.values, items)
		case g.column != nil:
			return nil, errPivotOfSets
		case g.kind != syntax.Plain:
			return a.GroupingSets(input, g.kind, g.sets, items)
		}
		return a.Aggregate(input, g.keys, items)
	})
}
