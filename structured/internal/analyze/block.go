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

// block is a query block while it is given its meaning.
//
// All its expressions are bound over the block's input, where aggregate functions,
// window functions and subqueries stand as pseudo expressions. Then nodes are put upon
// the input one after the other – groups, subqueries, HAVING, windows – and after each
// the expressions are written anew over its columns.
type block struct {
	*resolver
	node    plan.Node
	binder  *binder
	group   *aggregation // nil if the block has no groups
	windows []*windowCall
	queries []*subquery

	labels []string
	items  []bound.Expr
	having bound.Expr // nil for none

	ambiguous string // the condition of an item's name that several have
	orders    []bound.Order
}

// selection gives meaning to a block and the sort keys behind it, nil for none.
func (r *resolver) selection(s *syntax.Select, orders []syntax.Node) (plan.Node, error) {
	node := oneRow()
	if s.From != nil {
		var err error
		if node, err = r.relation(s.From); err != nil {
			return nil, err
		}
	}
	whole := plan.AnyStrategy
	for _, hint := range s.Hints {
		strategy, ok := plan.StrategyNamed(hint.Name)
		if ok && len(hint.Args) == 0 {
			whole = strategy
		}
		for _, arg := range hint.Args {
			if name, isName := arg.(syntax.Name); ok && isName {
				node = hinted(node, name.Parts[len(name.Parts)-1], strategy)
			}
		}
	}
	node, err := r.selectionOver(node, s, orders)
	if err != nil || whole == plan.AnyStrategy {
		return node, err
	}
	return plan.Hinted(node, whole), nil
}

// hinted marks the tables of a name in a FROM clause, but for those within its subqueries, to
// be joined by a strategy. There need be none.
func hinted(node plan.Node, name string, strategy plan.Strategy) plan.Node {
	if alias, ok := node.(*plan.Alias); ok && alias.Name != "" {
		if !strings.EqualFold(alias.Name, name) {
			return node
		}
		marked := *alias
		marked.Strategy = strategy
		return &marked
	}
	children := slices.Clone(node.Children())
	if len(children) == 0 {
		return node
	}
	for i, child := range children {
		children[i] = hinted(child, name, strategy)
	}
	return node.With(children)
}

// selectionOver gives meaning to a block over the table that it selects from.
func (r *resolver) selectionOver(node plan.Node, s *syntax.Select, orders []syntax.Node) (_ plan.Node, err error) {
	b := &block{resolver: r, node: node}
	s, orders = r.timeWindows(s, orders)
	if s.Where != nil {
		if b.node, err = r.where(b.node, s.Where); err != nil {
			return nil, err
		}
	}
	items, err := b.expandStars(s.Items)
	if err != nil {
		return nil, err
	}
	if items, err = b.withGenerator(items); err != nil {
		return nil, err
	}
	if err := b.bind(s, items, orders); err != nil {
		return nil, err
	}
	if node, err = b.plan(s); err != nil || !s.Distinct || len(orders) == 0 {
		return node, err
	}
	return r.sortedBy(node, orders)
}

// where keeps the rows for which a condition is true, which may have subqueries.
func (r *resolver) where(input plan.Node, condition syntax.Node) (plan.Node, error) {
	if hasWindowFunction(condition) {
		return nil, fault.Analysisf("_LEGACY_ERROR_TEMP_1034", "%s: a window function cannot stand in WHERE; compute it in a subquery and filter that", condition)
	}
	if hasCall([]syntax.Node{condition}, func(call syntax.Call) bool { return isGenerator(call) }) {
		return nil, fault.Analysisf("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", "%s: a generator cannot stand in WHERE", condition)
	}
	if hasAggregate(condition) {
		return nil, fault.Analysisf("INVALID_WHERE_CONDITION", "%s is a function of many rows; test it in HAVING", condition)
	}
	b := &block{resolver: r, node: input}
	b.binder = b.newBinder(input)
	var err error
	if b.having, err = b.binder.bind(condition); err != nil {
		return nil, err
	}
	if b.having, err = b.binder.condition(b.having); err != nil {
		return nil, err
	}
	return b.filtered()
}

// condition is a boolean that rows are filtered by.
func (b *binder) condition(expr bound.Expr) (bound.Expr, error) {
	if expr.Type() != types.Boolean {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "the condition %s is %s, not boolean", expr, expr.Type())
	}
	return expr, nil
}

// newBinder binds what stands in the block over a table.
func (b *block) newBinder(input plan.Node) *binder {
	binder := b.Analyzer.binder(input)
	binder.resolver, binder.outer, binder.block = b.resolver, b.outer, b
	return binder
}

// bind binds all expressions of the block.
func (b *block) bind(s *syntax.Select, items []syntax.Node, orders []syntax.Node) error {
	all := append([]syntax.Node{}, items...)
	if s.Having != nil {
		all = append(all, s.Having)
	}
	all = append(all, orders...)
	if s.GroupBy == nil && s.Having == nil && !hasAggregate(items...) && hasAggregate(orders...) {
		return fault.Analysisf("UNSUPPORTED_EXPR_FOR_OPERATOR", "ORDER BY sorts by a function of many rows only what is grouped, or aggregated in SELECT")
	}
	grouping, err := b.groupingOf(s, items, all)
	if err != nil {
		return err
	}
	if grouping != nil {
		all = append(all, grouping.keys...)
	}
	if b.node, b.binder, err = b.withWindow(b.node, all...); err != nil {
		return err
	}
	b.binder.resolver, b.binder.outer, b.binder.block = b.resolver, b.outer, b
	b.binder.windows = s.Windows
	if grouping != nil {
		if err := b.grouped(grouping); err != nil {
			return err
		}
	}
	b.binder.alias, b.ambiguous = b.aliased, "AMBIGUOUS_LATERAL_COLUMN_ALIAS"
	for _, item := range items {
		expr, err := b.binder.bind(unnamed(item))
		if err != nil {
			return err
		}
		b.items, b.labels = append(b.items, expr), append(b.labels, b.binder.label(item))
	}
	if s.Having != nil {
		expr, err := b.binder.bind(s.Having)
		if err != nil {
			return err
		}
		if b.having, err = b.binder.condition(expr); err != nil {
			return err
		}
	}
	if s.Distinct { // they are sorted by what they give
		return nil
	}
	return b.bindOrders(orders)
}

// aliased is an item by its name, as far as items are bound. Items of one name that are
// one column are one item.
func (b *block) aliased(name string) (bound.Expr, bool, error) {
	at := -1
	for i, label := range b.labels {
		if !strings.EqualFold(label, name) {
			continue
		}
		if at >= 0 {
			if _, column := b.items[i].(bound.Column); !column || !bound.Same(b.items[i], b.items[at]) {
				return nil, false, fault.Analysisf(b.ambiguous, "%q may be any of several items of that name; sort by their numbers or rename them", name)
			}
		}
		at = i
	}
	if at < 0 {
		return nil, false, nil
	}
	return b.items[at], true, nil
}

// plan puts the nodes of the block upon its input.
func (b *block) plan(s *syntax.Select) (plan.Node, error) {
	if b.group != nil {
		if err := b.aggregate(); err != nil {
			return nil, err
		}
	}
	if err := b.joinSubqueries(); err != nil {
		return nil, err
	}
	if b.having != nil {
		b.node = &plan.Filter{Input: b.node, Condition: b.having}
	}
	b.computeWindows()
	if len(b.orders) > 0 && !b.ordersOverItems() {
		b.node = &plan.Sort{Input: b.node, Orders: b.orders}
		b.orders = nil
	}
	b.node = plan.NewProject(b.node, b.items, b.labels)
	if s.Distinct {
		return b.Distinct(b.node)
	}
	if len(b.orders) > 0 {
		b.node = &plan.Sort{Input: b.node, Orders: b.orders}
	}
	return b.node, nil
}

// each replaces all expressions of the block by what f makes of them.
func (b *block) each(f func(bound.Expr) (bound.Expr, error)) (err error) {
	replace := func(expr *bound.Expr) {
		if *expr != nil && err == nil {
			*expr, err = f(*expr)
		}
	}
	for i := range b.items {
		replace(&b.items[i])
	}
	replace(&b.having)
	for i := range b.orders {
		replace(&b.orders[i].Expr)
	}
	for _, w := range b.windows {
		w.each(replace)
	}
	for _, q := range b.queries {
		for i := range q.outer {
			replace(&q.outer[i])
		}
	}
	return err
}

// filtered is the block's input with the condition in having applied, and nothing
// else.
func (b *block) filtered() (plan.Node, error) {
	width := len(b.node.Output())
	if err := b.joinSubqueries(); err != nil {
		return nil, err
	}
	if b.having != nil {
		b.node = &plan.Filter{Input: b.node, Condition: b.having}
	}
	if len(b.node.Output()) == width {
		return b.node, nil
	}
	return first(b.node, width), nil
}

// expandStars puts the columns that a star stands for in its place.
func (b *block) expandStars(items []syntax.Node) ([]syntax.Node, error) {
	var list []syntax.Node
	columns := b.node.Output()
	for _, item := range items {
		star, ok := item.(syntax.Star)
		if !ok {
			item, err := b.expandCall(item)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
			continue
		}
		expanded, err := b.expand(star, columns)
		if err != nil {
			return nil, err
		}
		list = append(list, expanded...)
	}
	if len(list) == 0 {
		return nil, fault.Analysisf("INVALID_USAGE_OF_STAR_OR_REGEX", "the star stands for no column")
	}
	return list, nil
}

// expandCall puts columns in the place of a star among the arguments of a function.
func (b *block) expandCall(item syntax.Node) (syntax.Node, error) {
	var failed error
	mapped := syntax.Map(item, func(node syntax.Node) syntax.Node {
		call, ok := node.(syntax.Call)
		if !ok {
			return node
		}
		var args []syntax.Node
		for _, arg := range call.Args {
			star, ok := arg.(syntax.Star)
			if !ok {
				args = append(args, arg)
				continue
			}
			if star.Table != nil && call.Function == "count" && failed == nil {
				failed = fault.Analysisf("_LEGACY_ERROR_TEMP_1021", "count(%s.*) is not allowed; write count(*) or name the columns", strings.Join(star.Table, "."))
			}
			expanded, err := b.expand(star, b.node.Output())
			if err != nil && failed == nil {
				failed = err
			}
			args = append(args, expanded...)
		}
		call.Args = args
		return call
	})
	return mapped, failed
}

func (b *block) expand(star syntax.Star, columns []plan.Column) ([]syntax.Node, error) {
	except := make([]bool, len(columns))
	for _, parts := range star.Except {
		expr, err := b.Analyzer.binder(b.node).name(parts)
		if err != nil {
			return nil, err
		}
		if column, ok := expr.(bound.Column); ok {
			if except[column.Index] {
				return nil, fault.Analysisf("EXCEPT_OVERLAPPING_COLUMNS", "EXCEPT has column %s twice", column.Field.Name)
			}
			except[column.Index] = true
		}
	}
	var list []syntax.Node
	for _, hidden := range []bool{true, false} { // a star of a table stands for hidden ones too
		for i, column := range columns {
			if column.Hidden == hidden && !except[i] && (star.Table == nil && !hidden ||
				star.Table != nil && strings.EqualFold(column.Table, star.Table[len(star.Table)-1])) {
				list = append(list, position(i))
			}
		}
	}
	if list != nil || star.Table == nil {
		return list, nil
	}
	expr, err := b.newBinder(b.node).name(star.Table)
	if err != nil || expr.Type().Kind() != types.KindStruct {
		return nil, fault.Analysisf("CANNOT_RESOLVE_STAR_EXPAND", "no table or struct %q whose columns the star could stand for", strings.Join(star.Table, "."))
	}
	for _, field := range expr.Type().Fields() {
		list = append(list, syntax.Field{Arg: syntax.Name{Parts: star.Table}, Name: field.Name})
	}
	return list, nil
}

// withGenerator puts the generators that are among the items upon the input, one after
// the other, and their columns in their places.
func (b *block) withGenerator(items []syntax.Node) ([]syntax.Node, error) {
	var list []syntax.Node
	for _, item := range items {
		call, ok := unnamed(item).(syntax.Call)
		if !ok || !isGenerator(call) || call.Over != nil {
			list = append(list, item)
			continue
		}
		var columns []string
		switch named := item.(type) {
		case syntax.Alias:
			columns = []string{named.Name}
		case syntax.Aliases:
			columns = named.Names
		}
		width := len(b.node.Output())
		node, err := b.generate(b.node, call, false, columns, "")
		if err != nil {
			return nil, err
		}
		b.node = node
		for i := width; i < len(node.Output()); i++ {
			list = append(list, position(i))
		}
	}
	return list, nil
}
