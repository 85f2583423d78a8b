package analyze

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// chooseRows joins the subquery that a condition consists of as a semi join, or an
// anti join if the condition says not; it reports whether that was possible.
func (b *block) chooseRows(condition bound.Expr) (bool, error) {
	kind := physical.LeftSemi
	for {
		call, ok := condition.(bound.Call)
		if !ok || call.Function != bound.Not {
			break
		}
		condition = call.Args[0]
		kind = physical.LeftSemi + physical.LeftAnti - kind
	}
	q, ok := condition.(*subquery)
	if !ok {
		return false, nil
	}
	if _, scalar := q.kind.(syntax.Subquery); scalar {
		return false, nil
	}
	node, conditions, ok := pullUp(q.node)
	if !ok {
		return false, nil
	}
	width := len(b.node.Output())
	output := node.Output()
	join := &plan.Join{Left: b.node, Right: node, Kind: kind}
	for _, part := range conditions {
		join.Condition = bound.Conjunction(join.Condition, q.beside(part, width))
	}
	for i, arg := range q.outer[:len(q.args)] {
		join.Condition = bound.Conjunction(join.Condition, q.matches(arg, bound.Column{Index: width + i, Field: output[i].Field}))
	}
	b.node = join
	return true, nil
}

// matches is the condition that a value of IN is a value of the subquery, or, if NOT
// stands before it, might be.
func (q *subquery) matches(value, of bound.Expr) bound.Expr {
	equal := bound.Call{Function: bound.Equal, Args: []bound.Expr{collationKey(value), collationKey(of)}, Of: types.Boolean}
	if !q.not || !equal.Nullable() {
		return equal
	}
	return bound.Call{Function: bound.Or, Of: types.Boolean, Args: []bound.Expr{
		equal, bound.Call{Function: bound.IsNull, Args: []bound.Expr{equal}, Of: types.Boolean},
	}}
}

// beside writes a condition of the subquery over the columns of the block and, from
// width on, those of the subquery.
func (q *subquery) beside(condition bound.Expr, width int) bound.Expr {
	return bound.Map(condition, func(e bound.Expr) bound.Expr {
		switch e := e.(type) {
		case outerColumn:
			return q.outer[len(q.args)+slices.Index(q.refs, e.Index)]
		case bound.Column:
			e.Index += width
			return e
		}
		return e
	})
}

// pullUp takes the conditions that name outer columns out of the filters of a plan.
// They are over the columns of the plan that is left, which begins with the columns it
// had. It is false if outer columns are named elsewhere.
func pullUp(node plan.Node) (plan.Node, []bound.Expr, bool) {
	if len(outerColumns(node)) == 0 {
		return node, nil, true
	}
	switch n := node.(type) {
	case *plan.Alias, *plan.Sort:
		return pullUp(n.Children()[0])
	case *plan.Filter:
		input, pulled, ok := pullUp(n.Input)
		if !ok {
			return nil, nil, false
		}
		var stay bound.Expr
		for _, part := range bound.Conjuncts(n.Condition) {
			if hasOuter(part) {
				pulled = append(pulled, part)
			} else {
				stay = bound.Conjunction(stay, part)
			}
		}
		if stay != nil {
			input = &plan.Filter{Input: input, Condition: stay}
		}
		return input, pulled, true
	case *plan.Project:
		if slices.ContainsFunc(n.Exprs, hasOuter) {
			return nil, nil, false
		}
		input, pulled, ok := pullUp(n.Input)
		if !ok {
			return nil, nil, false
		}
		// The columns that the conditions read come behind the others.
		project := &plan.Project{Input: input, Exprs: slices.Clone(n.Exprs), Names: slices.Clone(n.Names)}
		at := map[int]int{}
		for i, part := range pulled {
			pulled[i] = bound.Map(part, func(e bound.Expr) bound.Expr {
				column, ok := e.(bound.Column)
				if !ok {
					return e
				}
				place, known := at[column.Index]
				if !known {
					place = len(project.Exprs)
					at[column.Index] = place
					project.Exprs, project.Names = append(project.Exprs, column), append(project.Names, column.Field.Name)
				}
				column.Index = place
				return column
			})
		}
		return project, pulled, true
	}
	return nil, nil, false
}

func hasOuter(expr bound.Expr) bool {
	found := false
	bound.Map(expr, func(e bound.Expr) bound.Expr {
		if _, ok := e.(outerColumn); ok {
			found = true
		}
		return e
	})
	return found
}

// joinValue puts the value of a subquery beside the rows of the block.
func (b *block) joinValue(q *subquery) (bound.Expr, error) {
	_, scalar := q.kind.(syntax.Subquery)
	if scalar && len(q.refs) == 0 {
		at := len(b.node.Output())
		join := &plan.Join{Left: b.node, Right: single(q.node), Kind: physical.Inner}
		b.node = join
		return bound.Column{Index: at, Field: types.Field{Name: "value", Type: q.of, Nullable: true}}, nil
	}
	d, err := b.domainOf(q)
	if err != nil {
		return nil, err
	}
	node, err := d.depend(q.node)
	if err != nil {
		return nil, err
	}
	switch q.kind.(type) {
	case syntax.Subquery:
		if !oneEach(q.node) {
			node = d.single(node)
		}
	default:
		output := node.Output()
		var equal bound.Expr
		for i := range q.args {
			value, of := len(d.refs)+i, d.width()+i
			equal = bound.Conjunction(equal, q.matches(
				bound.Column{Index: value, Field: output[value].Field}, bound.Column{Index: of, Field: output[of].Field}))
		}
		if equal != nil {
			node = &plan.Filter{Input: node, Condition: equal}
		}
		if node = first(node, d.width()); d.width() == 0 {
			node = &plan.Limit{Input: node, N: 1} // a grouping without keys has a row even of none
		} else {
			node = &plan.Distinct{Input: node}
		}
	}
	return b.joinDomain(d, node, q), nil
}

// single keeps the one row that a table, of one column behind the domain, has for each
// row of the domain. More than one are an error.
func (d *domain) single(node plan.Node) plan.Node {
	keys, labels := d.columns(node)
	field := node.Output()[d.width()].Field
	value := pack(bound.Column{Index: d.width(), Field: field})
	grouped := &plan.Aggregate{
		Input: node, Keys: keys, KeyNames: labels,
		Functions: []bound.Aggregate{{Function: bound.CountRows, Of: types.Bigint}, {Function: bound.First, Arg: value, Of: value.Type()}},
		Names:     []string{"rows", "value"},
	}
	output := grouped.Output()
	only := bound.Call{Function: "only_of", Of: value.Type(), Args: []bound.Expr{
		bound.Column{Index: d.width(), Field: output[d.width()].Field}, bound.Column{Index: d.width() + 1, Field: output[d.width()+1].Field},
	}}
	return &plan.Project{Input: grouped, Exprs: append(slices.Clone(keys), unpack(only, 0)), Names: append(slices.Clone(labels), field.Name)}
}

// single is a table of exactly one row: of nulls, if there is none.
func single(node plan.Node) plan.Node {
	if oneEach(node) {
		return node
	}
	return &plan.Single{Input: node}
}

// oneEach reports whether a plan always gives exactly one row.
func oneEach(node plan.Node) bool {
	switch n := node.(type) {
	case *plan.Aggregate:
		return len(n.Keys) == 0
	case *plan.Project, *plan.Alias, *plan.Sort:
		return oneEach(n.Children()[0])
	case *plan.Single:
		return true
	case *plan.Values:
		return len(n.Rows) == 1
	}
	return false
}

// domainOf is the different values of what the subquery takes from the block: its outer
// columns, and behind them the values that IN looks for.
func (b *block) domainOf(q *subquery) (*domain, error) {
	d := &domain{refs: q.refs, extra: len(q.args)}
	project := &plan.Project{Input: b.node}
	for _, expr := range q.from() {
		project.Exprs, project.Names = append(project.Exprs, expr), append(project.Names, expr.String())
	}
	distinct, err := b.Distinct(project)
	d.node = distinct
	return d, err
}

// from is what the columns of the domain are in the block.
func (q *subquery) from() []bound.Expr {
	return slices.Concat(q.outer[len(q.args):], q.outer[:len(q.args)])
}

// joinDomain joins what a subquery gives for each row of the domain to the rows of the
// block, and returns the value.
func (b *block) joinDomain(d *domain, node plan.Node, q *subquery) bound.Expr {
	exprs, labels := d.columns(node)
	for i, column := range node.Output()[d.width():] {
		exprs, labels = append(exprs, bound.Column{Index: d.width() + i, Field: column.Field}), append(labels, column.Name)
	}
	marked := &plan.Project{Input: node, Exprs: append(exprs, bound.Literal{Value: true, Of: types.Boolean}), Names: append(labels, "exists")}
	width, output := len(b.node.Output()), marked.Output()
	join := &plan.Join{Left: b.node, Right: marked, Kind: physical.LeftOuter}
	for i, from := range q.from() {
		join.Condition = bound.Conjunction(join.Condition, bound.Call{
			Function: bound.EqualNullSafe, Of: types.Boolean,
			Args: []bound.Expr{from, bound.Column{Index: width + i, Field: output[i].Field}},
		})
	}
	b.node = join
	column := func(i int) bound.Expr {
		field := output[i].Field
		field.Nullable = true
		return bound.Column{Index: width + i, Field: field}
	}
	if _, scalar := q.kind.(syntax.Subquery); !scalar {
		return bound.Call{Function: bound.IsNotNull, Args: []bound.Expr{column(len(output) - 1)}, Of: types.Boolean}
	}
	return column(d.width())
}

// lateralJoin joins each row of left with what the right side, which may name its
// columns, gives for it.
func (r *resolver) lateralJoin(left plan.Node, q *syntax.Join) (plan.Node, error) {
	if q.Kind != syntax.Inner && q.Kind != syntax.Cross && q.Kind != syntax.LeftOuter {
		return nil, fault.Analysisf("INCOMPATIBLE_JOIN_TYPES", "a lateral join is inner, cross or left outer, not %s", q.Kind)
	}
	onTrue := q.On == syntax.Node(syntax.Literal{Value: true, Of: types.Boolean})
	if function, columns, name, ok := lateralFunction(q.Right); ok && (q.On == nil || onTrue) {
		// Like Spark 4.0, LEFT without ON keeps no row for which the generator gives none.
		return r.generate(left, function.Call(), q.Kind == syntax.LeftOuter && onTrue, columns, name)
	}
	around := r.Analyzer.binder(left)
	around.resolver = r
	inner := *r
	inner.outer = around
	right, err := inner.relation(q.Right)
	if err != nil {
		return nil, err
	}
	kind := joinKinds[q.Kind]
	refs := outerColumns(right)
	if len(refs) == 0 {
		return r.Join(left, right, kind, q.On)
	}
	b := &block{resolver: r, node: left}
	sub := &subquery{refs: refs}
	for _, ref := range refs {
		sub.outer = append(sub.outer, around.column(ref))
	}
	d, err := b.domainOf(sub)
	if err != nil {
		return nil, err
	}
	node, err := d.depend(right)
	if err != nil {
		return nil, err
	}
	width, domainWidth := len(left.Output()), d.width()
	joined, err := r.Join(left, qualifiedAs(node, right, domainWidth), kind, q.On)
	if err != nil {
		return nil, err
	}
	join := *joined.(*plan.Join)
	for i, from := range sub.from() {
		join.Condition = bound.Conjunction(join.Condition, bound.Call{
			Function: bound.EqualNullSafe, Of: types.Boolean,
			Args: []bound.Expr{from, bound.Column{Index: width + i, Field: node.Output()[i].Field}},
		})
	}
	project := &plan.Project{Input: &join}
	for i, column := range join.Output() {
		if i < width || i >= width+domainWidth {
			project.Exprs = append(project.Exprs, bound.Column{Index: i, Field: column.Field})
			project.Names = append(project.Names, column.Name)
		}
	}
	return project, nil
}

// lateralFunction finds a generator that is the whole right side of a lateral join, and
// what it is called.
func lateralFunction(query syntax.Query) (f *syntax.TableFunction, columns []string, name string, ok bool) {
	if aliased, is := query.(*syntax.Aliased); is {
		query, columns, name = aliased.Input, aliased.Columns, aliased.Name
	}
	f, ok = query.(*syntax.TableFunction)
	return f, columns, name, ok && isGenerator(f.Call())
}

// qualifiedAs gives the columns of node, from one on, the qualifiers that those of
// another plan have, and takes those before it out of sight.
func qualifiedAs(node, like plan.Node, from int) plan.Node {
	columns := like.Output()
	exprs := make([]bound.Expr, from+len(columns))
	labels := make([]string, len(exprs))
	for i, column := range node.Output() {
		exprs[i] = bound.Column{Index: i, Field: column.Field}
		if i >= from {
			labels[i] = column.Name
		}
	}
	var named plan.Node = &plan.Project{Input: node, Exprs: exprs, Names: labels}
	for i, column := range columns { // each stretch of columns of one table
		if i == 0 || column.Table != columns[i-1].Table {
			named = &plan.Alias{Input: named, Name: column.Table, From: from + i}
		}
	}
	return named
}
