package analyze

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/types"
)

// domain is the different values that the outer columns of a subquery have, as a table
// whose columns stand for them. A subquery is computed for all of them at once: see T.
// Neumann and A. Kemper, "Unnesting Arbitrary Queries", 2015.
type domain struct {
	node  plan.Node
	refs  []int // the outer columns, by position; as many as the first columns of node
	extra int   // further columns of node, behind them
}

func (d *domain) width() int { return len(d.refs) + d.extra }

// outerColumns are the outer columns that a plan reads, ascending.
func outerColumns(node plan.Node) []int {
	var refs []int
	visitExprs(node, func(expr bound.Expr) {
		bound.Map(expr, func(e bound.Expr) bound.Expr {
			if column, ok := e.(outerColumn); ok {
				refs = append(refs, column.Index)
			}
			return e
		})
	})
	slices.Sort(refs)
	return slices.Compact(refs)
}

// visitExprs calls visit for each expression of a plan.
func visitExprs(node plan.Node, visit func(bound.Expr)) {
	for _, child := range node.Children() {
		visitExprs(child, visit)
	}
	orders := func(list []bound.Order) {
		for _, order := range list {
			visit(order.Expr)
		}
	}
	all := func(list []bound.Expr) {
		for _, expr := range list {
			visit(expr)
		}
	}
	switch n := node.(type) {
	case *plan.Filter:
		visit(n.Condition)
	case *plan.Project:
		all(n.Exprs)
	case *plan.Aggregate:
		all(n.Keys)
		for _, function := range n.Functions {
			if function.Arg != nil {
				visit(function.Arg)
			}
		}
	case *plan.Sort:
		orders(n.Orders)
	case *plan.Join:
		if n.Condition != nil {
			visit(n.Condition)
		}
	case *plan.Explode:
		visit(n.List)
	case *plan.Window:
		visit(n.Time)
	case *plan.Expand:
		for _, list := range n.Lists {
			all(list)
		}
	case *plan.Values:
		for _, row := range n.Rows {
			all(row)
		}
	case *plan.Over:
		all(n.PartitionBy)
		orders(n.OrderBy)
		for _, function := range n.Functions {
			function.MapExprs(func(expr bound.Expr) bound.Expr { visit(expr); return expr })
		}
	}
}

// depend computes a plan for each row of the domain: the result has the columns of the
// domain and then those of the plan.
func (d *domain) depend(node plan.Node) (plan.Node, error) {
	if len(outerColumns(node)) == 0 {
		return &plan.Join{Left: d.node, Right: node, Kind: physical.Inner}, nil
	}
	if limit, ok := node.(*plan.Limit); ok {
		return d.limit(limit)
	}
	if values, ok := node.(*plan.Values); ok {
		return d.values(values)
	}
	if join, ok := node.(*plan.Join); ok {
		return d.join(join)
	}
	children := node.Children()
	inputs := make([]plan.Node, len(children))
	for i, child := range children {
		var err error
		if inputs[i], err = d.depend(child); err != nil {
			return nil, err
		}
	}
	input := inputs[0]
	columns, names := d.columns(input)
	switch n := node.(type) {
	case *plan.Alias, *plan.Sort:
		return input, nil // what a limit takes is ordered there
	case *plan.Distinct:
		return &plan.Distinct{Input: input}, nil
	case *plan.Union:
		return &plan.Union{Inputs: inputs}, nil
	case *plan.Filter:
		return &plan.Filter{Input: input, Condition: d.shift(n.Condition)}, nil
	case *plan.Project:
		return &plan.Project{Input: input, Exprs: append(columns, d.shiftAll(n.Exprs)...), Names: append(names, n.Names...)}, nil
	case *plan.Aggregate:
		return d.aggregate(n, input)
	case *plan.Over:
		over := &plan.Over{Input: input, PartitionBy: append(columns, d.shiftAll(n.PartitionBy)...), Names: n.Names}
		over.OrderBy = d.shiftOrders(n.OrderBy)
		for _, function := range n.Functions {
			over.Functions = append(over.Functions, function.MapExprs(d.shift))
		}
		return over, nil
	case *plan.Explode:
		explode := *n
		explode.Input, explode.List, explode.Keep = input, d.shift(n.List), identity(d.width())
		for _, kept := range n.Keep {
			explode.Keep = append(explode.Keep, kept+d.width())
		}
		return &explode, nil
	}
	return nil, fault.Analysisf("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE_DATA_TYPE",
		"a subquery that names columns of the query around it cannot have the operator %s", node)
}

func identity(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

// columns are the columns of the domain in a table that begins with them.
func (d *domain) columns(node plan.Node) ([]bound.Expr, []string) {
	output := node.Output()[:d.width()]
	exprs := make([]bound.Expr, len(output), len(node.Output()))
	for i, column := range output {
		exprs[i] = bound.Column{Index: i, Field: column.Field}
	}
	return exprs, names(output)
}

// shift writes an expression of the subquery over the columns behind the domain's, and
// outer columns as those of the domain.
func (d *domain) shift(expr bound.Expr) bound.Expr {
	return bound.Map(expr, func(e bound.Expr) bound.Expr {
		switch e := e.(type) {
		case outerColumn:
			return bound.Column{Index: slices.Index(d.refs, e.Index), Field: e.Field}
		case bound.Column:
			e.Index += d.width()
			return e
		}
		return e
	})
}

func (d *domain) shiftAll(exprs []bound.Expr) []bound.Expr {
	list := make([]bound.Expr, len(exprs))
	for i, expr := range exprs {
		list[i] = d.shift(expr)
	}
	return list
}

func (d *domain) shiftOrders(orders []bound.Order) []bound.Order {
	list := slices.Clone(orders)
	for i := range list {
		list[i].Expr = d.shift(list[i].Expr)
	}
	return list
}

// limit takes the first rows of each row of the domain, by their number.
func (d *domain) limit(n *plan.Limit) (plan.Node, error) {
	below := n.Input
	var orders []bound.Order
	var through []*plan.Project
	for {
		if project, ok := below.(*plan.Project); ok {
			through, below = append(through, project), project.Input
			continue
		}
		if alias, ok := below.(*plan.Alias); ok {
			below = alias.Input
			continue
		}
		break
	}
	if sort, ok := below.(*plan.Sort); ok {
		orders, below = sort.Orders, sort.Input
	} else {
		below, through = n.Input, nil
	}
	input, err := d.depend(below)
	if err != nil {
		return nil, err
	}
	columns, labels := d.columns(input)
	width := len(input.Output())
	over := &plan.Over{
		Input: input, PartitionBy: columns, OrderBy: d.shiftOrders(orders),
		Functions: []bound.WindowFunction{{Kind: bound.RowNumber, Of: types.Int}}, Names: []string{"number"},
	}
	node := first(&plan.Filter{Input: over, Condition: bound.Call{
		Function: bound.LessEqual, Of: types.Boolean,
		Args: []bound.Expr{
			bound.Column{Index: width, Field: over.Output()[width].Field},
			bound.Literal{Value: int32(min(n.N, 1<<31-1)), Of: types.Int},
		},
	}}, width)
	for _, project := range slices.Backward(through) {
		node = &plan.Project{Input: node, Exprs: append(slices.Clone(columns), d.shiftAll(project.Exprs)...), Names: append(slices.Clone(labels), project.Names...)}
	}
	return node, nil
}

func (d *domain) values(n *plan.Values) (plan.Node, error) {
	var inputs []plan.Node
	for _, row := range n.Rows {
		columns, names := d.columns(d.node)
		project := &plan.Project{Input: d.node, Exprs: append(columns, d.shiftAll(row)...), Names: names}
		for _, field := range n.Fields {
			project.Names = append(project.Names, field.Name)
		}
		inputs = append(inputs, project)
	}
	if len(inputs) == 1 {
		return inputs[0], nil
	}
	return &plan.Union{Inputs: inputs}, nil
}

// join computes both sides for each row of the domain, if both depend on it, and else
// the side that does; the rows of the other one stay as they are.
func (d *domain) join(n *plan.Join) (plan.Node, error) {
	rightDepends := len(outerColumns(n.Right)) > 0
	if !rightDepends && (n.Kind == physical.Inner || n.Kind == physical.LeftOuter || n.Kind.LeftOnly()) {
		left, err := d.depend(n.Left)
		if err != nil {
			return nil, err
		}
		join := &plan.Join{Left: left, Right: n.Right, Kind: n.Kind}
		if n.Condition != nil {
			join.Condition = d.shift(n.Condition)
		}
		return join, nil
	}
	if n.Kind != physical.Inner {
		return nil, fault.Analysisf("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED",
			"a subquery cannot name columns of the query around it on the right side of a %s join", n.Kind)
	}
	left, err := d.depend(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := d.depend(n.Right)
	if err != nil {
		return nil, err
	}
	// Both have the domain: they meet where it is the same.
	width, leftWidth := d.width(), len(left.Output())
	join := &plan.Join{Left: left, Right: right, Kind: physical.Inner, Condition: d.same(left, right)}
	if n.Condition != nil {
		at := identity(leftWidth)
		for i := range n.Right.Output() {
			at = append(at, leftWidth+width+i)
		}
		join.Condition = bound.Conjunction(join.Condition, bound.Move(d.shift(n.Condition), at))
	}
	output := join.Output()
	project := &plan.Project{Input: join}
	for i, column := range output {
		if i < leftWidth || i >= leftWidth+width {
			project.Exprs = append(project.Exprs, bound.Column{Index: i, Field: column.Field})
			project.Names = append(project.Names, column.Name)
		}
	}
	return project, nil
}

// same is the condition that two tables that begin with the domain are of the same row
// of it.
func (d *domain) same(left, right plan.Node) bound.Expr {
	var parts []bound.Expr
	for i := range d.width() {
		parts = append(parts, bound.Call{Function: bound.EqualNullSafe, Of: types.Boolean, Args: []bound.Expr{
			bound.Column{Index: i, Field: left.Output()[i].Field},
			bound.Column{Index: len(left.Output()) + i, Field: right.Output()[i].Field},
		}})
	}
	return bound.Conjunction(parts...)
}

// aggregate groups by the domain as well. Where there is one group even without rows,
// each row of the domain has it: those that have none get what no rows give.
func (d *domain) aggregate(n *plan.Aggregate, input plan.Node) (plan.Node, error) {
	columns, labels := d.columns(input)
	aggregate := &plan.Aggregate{
		Input: input, Keys: append(columns, d.shiftAll(n.Keys)...), KeyNames: append(labels, n.KeyNames...), Names: n.Names,
	}
	for _, function := range n.Functions {
		if function.Arg != nil {
			function.Arg = d.shift(function.Arg)
		}
		aggregate.Functions = append(aggregate.Functions, function)
	}
	if len(n.Keys) > 0 {
		return aggregate, nil
	}
	// A row of the domain without rows gets what an aggregation of no rows gives.
	nothing := &plan.Aggregate{Input: &plan.Values{Fields: plan.Schema(n.Input.Output()).Fields}, Names: n.Names}
	for _, function := range n.Functions {
		if function.Arg != nil {
			function.Arg = withoutOuter(function.Arg)
		}
		nothing.Functions = append(nothing.Functions, function)
	}
	missing := &plan.Join{Left: d.node, Right: aggregate, Kind: physical.LeftAnti, Condition: d.same(d.node, aggregate)}
	return &plan.Union{Inputs: []plan.Node{aggregate, &plan.Join{Left: missing, Right: nothing, Kind: physical.Inner}}}, nil
}

// withoutOuter has null in the place of outer columns.
func withoutOuter(expr bound.Expr) bound.Expr {
	return bound.Map(expr, func(e bound.Expr) bound.Expr {
		if column, ok := e.(outerColumn); ok {
			return bound.Literal{Of: column.Type()}
		}
		return e
	})
}
