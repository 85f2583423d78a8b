package analyze

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// outerColumn is a column of the query around a subquery, within the subquery.
type outerColumn struct{ bound.Column }

func (o outerColumn) String() string { return "outer(" + o.Column.String() + ")" }

// outerOf marks the columns of an expression as those of the query around.
func outerOf(expr bound.Expr) bound.Expr {
	return bound.Map(expr, func(e bound.Expr) bound.Expr {
		if column, ok := e.(bound.Column); ok {
			return outerColumn{column}
		}
		return e
	})
}

// subquery is one within an expression, until its table is joined.
type subquery struct {
	kind  syntax.Node  // Subquery, Exists or InQuery
	node  plan.Node    // its table, where columns of the query around are outerColumn
	args  []bound.Expr // of InQuery: the values to look for
	not   bool         // of InQuery: whether NOT stands before it
	of    types.Type
	refs  []int        // the outer columns that the table reads
	outer []bound.Expr // args, and behind them what refs are, kept up to date with the block
}

// Type returns the type of the value.
func (q *subquery) Type() types.Type { return q.of }

// Nullable reports whether the value may be null.
func (q *subquery) Nullable() bool {
	_, scalar := q.kind.(syntax.Subquery)
	return scalar
}

func (q *subquery) String() string { return q.kind.String() }

// notIn is the IN of a NOT IN.
func notIn(c syntax.Call) (syntax.InQuery, bool) {
	if c.Function != string(bound.Not) || len(c.Args) != 1 {
		return syntax.InQuery{}, false
	}
	in, ok := c.Args[0].(syntax.InQuery)
	return in, ok
}

// notIn binds a NOT IN, which is true where no row is equal and none might be, since
// something is null.
func (b *binder) notIn(in syntax.InQuery) (bound.Expr, error) {
	expr, err := b.subquery(in)
	if err != nil {
		return nil, err
	}
	expr.(*subquery).not = true
	return bound.Call{Function: bound.Not, Args: []bound.Expr{expr}, Of: types.Boolean}, nil
}

// subquery binds a subquery. Like Spark, IN as a value is false, and not null, where no
// row is equal but something is null.
func (b *binder) subquery(node syntax.Node) (bound.Expr, error) {
	if b.block == nil {
		return nil, fault.Analysisf("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY", "a subquery cannot stand here")
	}
	q := &subquery{kind: node, of: types.Boolean}
	var query syntax.Query
	switch n := node.(type) {
	case syntax.Subquery:
		query = n.Query
	case syntax.Exists:
		query = n.Query
	case syntax.InQuery:
		query = n.Query
		var err error
		if q.args, err = b.bindAll(n.Args); err != nil {
			return nil, err
		}
	}
	inner := *b.resolver
	around := *b
	around.alias = nil
	inner.outer = &around
	var err error
	if q.node, err = inner.query(query); err != nil {
		return nil, err
	}
	if plan.Streaming(q.node) {
		return nil, fault.Analysisf("INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY", "a subquery cannot read a stream")
	}
	if err := q.check(b); err != nil {
		return nil, err
	}
	q.refs = outerColumns(q.node)
	q.outer = append([]bound.Expr{}, q.args...)
	for _, ref := range q.refs {
		q.outer = append(q.outer, b.column(ref))
	}
	b.block.queries = append(b.block.queries, q)
	return q, nil
}

// check finds the type of the value and converts what is compared.
func (q *subquery) check(b *binder) error {
	output := q.node.Output()
	switch q.kind.(type) {
	case syntax.Subquery:
		if len(output) != 1 {
			return fault.Analysisf("INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
				"a subquery that stands for a value must have one column, not %d", len(output))
		}
		q.of = output[0].Type
	case syntax.InQuery:
		if len(output) != len(q.args) {
			return fault.Analysisf("DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH",
				"IN compares %d values with the %d columns of a subquery", len(q.args), len(output))
		}
		to := make([]types.Type, len(output))
		for i, arg := range q.args {
			t, ok := common(arg.Type(), output[i].Type)
			if !ok {
				return fault.Analysisf("DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH", "IN cannot compare %s with %s", arg.Type(), output[i].Type)
			}
			if !t.IsOrdered() {
				return fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "IN: values of type %s cannot be compared", t)
			}
			to[i], q.args[i] = t, b.convert(arg, t)
		}
		q.node = b.resolver.converted(q.node, to)
	}
	return nil
}

// joinSubqueries puts the tables of the block's subqueries beside its rows, and writes
// the expressions over their columns.
func (b *block) joinSubqueries() error {
	if len(b.queries) == 0 {
		return nil
	}
	// A condition that is a subquery and nothing else chooses rows and gives no value:
	// that is a join which leaves the columns alone.
	if b.having != nil {
		var rest bound.Expr
		for _, part := range bound.Conjuncts(b.having) {
			done, err := b.chooseRows(part)
			if err != nil {
				return err
			}
			if !done {
				rest = bound.Conjunction(rest, part)
			}
		}
		b.having = rest
	}
	return b.joinValues(b.each)
}

// joinValues puts the values of those subqueries beside the block's rows that stand in
// some of its expressions, and columns in the place of these.
func (b *block) joinValues(each func(func(bound.Expr) (bound.Expr, error)) error) error {
	values := map[*subquery]bound.Expr{}
	for _, q := range b.queries {
		if !q.standsIn(each) {
			continue
		}
		value, err := b.joinValue(q)
		if err != nil {
			return err
		}
		values[q] = value
	}
	if len(values) == 0 {
		return nil
	}
	b.queries = slices.DeleteFunc(slices.Clone(b.queries), func(q *subquery) bool { return values[q] != nil })
	return each(func(expr bound.Expr) (bound.Expr, error) {
		return bound.Map(expr, func(e bound.Expr) bound.Expr {
			if q, ok := e.(*subquery); ok && values[q] != nil {
				return values[q]
			}
			return e
		}), nil
	})
}

// standsIn reports whether an expression has the subquery in it.
func (q *subquery) standsIn(each func(func(bound.Expr) (bound.Expr, error)) error) bool {
	found := false
	_ = each(func(expr bound.Expr) (bound.Expr, error) {
		return bound.Map(expr, func(e bound.Expr) bound.Expr {
			found = found || e == bound.Expr(q)
			return e
		}), nil
	})
	return found
}
