package analyze

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Tables are the tables that a query may name, by their names in lower case.
type Tables map[string]plan.Node

// Query gives a query its meaning.
func (a Analyzer) Query(query syntax.Query, tables Tables) (plan.Node, error) {
	r := &resolver{Analyzer: a, tables: tables}
	return r.query(query)
}

// resolver gives meaning to a query and to those inside it.
type resolver struct {
	Analyzer
	tables Tables
	common *commonTable // those in sight, the innermost first
	outer  *binder      // of the query around a subquery; nil outside of any
}

// commonTable is a table that WITH defines.
type commonTable struct {
	name string
	node plan.Node
	next *commonTable
}

func (r *resolver) query(query syntax.Query) (plan.Node, error) {
	switch q := query.(type) {
	case *syntax.Select:
		return r.selection(q, nil)
	case *syntax.Sorted:
		return r.sorted(q)
	case *syntax.Limited:
		return r.limited(q)
	case *syntax.SetOperation:
		return r.setOperation(q)
	case *syntax.With:
		return r.with(q)
	case *syntax.Table:
		return r.table(q)
	case *syntax.Values:
		return r.values(q)
	case *syntax.Aliased:
		return r.aliased(q)
	case *syntax.Join:
		return r.join(q)
	case *syntax.LateralView:
		return r.lateralView(q)
	case *syntax.TableFunction:
		return r.tableFunction(q)
	case *syntax.Pivot:
		return r.pivot(q)
	case *syntax.Unpivot:
		return r.unpivot(q)
	case *syntax.Sample:
		return r.sample(q)
	}
	return nil, fault.Analysisf("UNSUPPORTED_FEATURE", "%T is not supported yet", query)
}

// with defines common tables, each in sight of those after it.
func (r *resolver) with(q *syntax.With) (plan.Node, error) {
	inner := *r
	for i, table := range q.Tables {
		for _, other := range q.Tables[:i] {
			if strings.EqualFold(other.Name, table.Name) {
				return nil, fault.Analysisf("DUPLICATED_CTE_NAMES", "WITH defines %q twice", table.Name)
			}
		}
		node, err := inner.query(table.Query)
		if err != nil {
			return nil, err
		}
		if node, err = Renamed(node, table.Columns); err != nil {
			return nil, err
		}
		inner.common = &commonTable{table.Name, node, inner.common}
	}
	return inner.query(q.Query)
}

func (r *resolver) table(q *syntax.Table) (plan.Node, error) {
	name := strings.Join(q.Parts, ".")
	if len(q.Parts) == 1 {
		for table := r.common; table != nil; table = table.next {
			if strings.EqualFold(table.name, name) {
				return &plan.Alias{Input: table.node, Name: table.name}, nil
			}
		}
	}
	node, ok := r.tables[strings.ToLower(name)]
	if !ok {
		return nil, fault.Analysisf("TABLE_OR_VIEW_NOT_FOUND", "%s: no table or view %q; views are made by CreateView", q.At, name)
	}
	return &plan.Alias{Input: node, Name: q.Parts[len(q.Parts)-1]}, nil
}

// Renamed gives all columns of a table new names; nil keeps those they have.
func Renamed(input plan.Node, columns []string) (plan.Node, error) {
	if columns == nil {
		return input, nil
	}
	output := input.Output()
	if len(output) != len(columns) {
		return nil, fault.Analysisf("ASSIGNMENT_ARITY_MISMATCH", "%d names for the %d columns %s", len(columns), len(output), columnList(output))
	}
	exprs := make([]bound.Expr, len(output))
	for i, column := range output {
		exprs[i] = bound.Column{Index: i, Field: column.Field}
	}
	return plan.NewProject(input, exprs, columns), nil
}

func (r *resolver) aliased(q *syntax.Aliased) (plan.Node, error) {
	input, err := r.relation(q.Input)
	if err != nil {
		return nil, err
	}
	if _, inline := q.Input.(*syntax.Values); inline && q.Columns != nil && len(q.Columns) != len(input.Output()) {
		return nil, fault.Analysisf("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "%d names for the %d columns of VALUES", len(q.Columns), len(input.Output()))
	}
	if input, err = Renamed(visible(input), q.Columns); err != nil {
		return nil, err
	}
	return r.Alias(input, q.Name)
}

// relation is a query as a table of another one. What a query in brackets selects from
// cannot be seen from without.
func (r *resolver) relation(query syntax.Query) (plan.Node, error) {
	node, err := r.query(query)
	if err != nil {
		return nil, err
	}
	switch query.(type) {
	case *syntax.Select, *syntax.Sorted, *syntax.Limited, *syntax.SetOperation, *syntax.With:
		return &plan.Alias{Input: node}, nil
	}
	return node, nil
}

// oneRow is a table of one row without columns.
func oneRow() plan.Node { return &plan.Values{Rows: [][]bound.Expr{nil}} }

func (r *resolver) values(q *syntax.Values) (plan.Node, error) {
	b := r.constants()
	values := &plan.Values{Rows: make([][]bound.Expr, len(q.Rows))}
	width := len(q.Rows[0])
	for i, row := range q.Rows {
		exprs := make([]bound.Expr, width)
		for j, node := range row {
			if hasAggregate(node) {
				return nil, fault.Analysisf("INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", "%s cannot be computed in VALUES", node)
			}
			var err error
			if exprs[j], err = b.bind(unnamed(node)); err != nil {
				return nil, err
			}
		}
		values.Rows[i] = exprs
	}
	column := make([]bound.Expr, len(q.Rows))
	for j := range width {
		for i, row := range values.Rows {
			column[i] = row[j]
		}
		t, ok := commonOf(column)
		if !ok || mixesText(column) {
			return nil, fault.Analysisf("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "column %d of VALUES has %s", j+1, typeList(column))
		}
		for _, row := range values.Rows {
			row[j] = b.convert(row[j], t)
		}
		values.Fields = append(values.Fields, types.Nullable("col"+strconv.Itoa(j+1), t))
	}
	return values, nil
}

// limited keeps some of the rows. Its numbers are constants.
func (r *resolver) limited(q *syntax.Limited) (plan.Node, error) {
	node, err := r.query(q.Input)
	if err != nil {
		return nil, err
	}
	if q.Offset != nil {
		n, err := r.constantCount(node, q.Offset, "offset")
		if err != nil {
			return nil, err
		}
		if node, err = r.Analyzer.Offset(node, n); err != nil {
			return nil, err
		}
	}
	if q.Limit == nil {
		return node, nil
	}
	n, err := r.constantCount(node, q.Limit, "limit")
	if err != nil {
		return nil, err
	}
	return r.Analyzer.Limit(node, n)
}

// constantCount is the value of LIMIT or OFFSET behind a table.
func (r *resolver) constantCount(input plan.Node, node syntax.Node, clause string) (int64, error) {
	b := r.binder(input)
	b.resolver = r
	if _, ok := node.(syntax.Subquery); ok {
		return 0, fault.Analysisf("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", "the %s is a subquery, not a constant", clause)
	}
	expr, err := b.bind(node)
	if err != nil {
		return 0, err
	}
	if !isConstant(expr) {
		return 0, fault.Analysisf("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", "the %s %s is no constant", clause, expr)
	}
	if t := expr.Type(); t != types.Int {
		return 0, fault.Analysisf("INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE", "the %s %s is %s, not an int", clause, expr, expr.Type())
	}
	value, ok, err := constantValue(b.convert(expr, types.Bigint))
	switch {
	case err != nil:
		return 0, err
	case !ok:
		return 0, fault.Analysisf("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", "the %s %s is no constant", clause, expr)
	case value == nil:
		return 0, fault.Analysisf("INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL", "the %s is null", clause)
	}
	return value.(int64), nil
}
