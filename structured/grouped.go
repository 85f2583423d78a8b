package structured

import (
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// Grouped is a table whose rows are in groups, made by GroupBy.
type Grouped struct {
	table DataFrame
	keys  []syntax.Node
}

// Agg computes, for each group, expressions of aggregate functions and keys. The
// result has the keys first and then the columns, in the order given.
func (g Grouped) Agg(columns ...expr.Column) DataFrame {
	items := nodes(columns)
	return g.table.then("Agg", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Aggregate(input, g.keys, items)
	})
}

// Count counts the rows of each group, as column "count".
func (g Grouped) Count() DataFrame {
	items := nodes([]expr.Column{expr.Count().As("count")})
	return g.table.then("Count", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Aggregate(input, g.keys, items)
	})
}
