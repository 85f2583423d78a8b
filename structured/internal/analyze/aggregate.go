package analyze

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// result is an aggregate function within an expression, until it has a column.
type result struct {
	index    int // among the operation's functions
	function bound.Aggregate
}

func (r result) Type() types.Type { return r.function.Of }
func (r result) Nullable() bool   { return r.function.Nullable() }
func (r result) String() string   { return r.function.String() }

// aggregation collects the functions of one operation.
type aggregation struct {
	arguments *binder // of the functions: without functions of its own
	keys      []bound.Expr
	written   []bound.Expr       // the keys as they are written: of a map, without its order
	firsts    map[int]bound.Expr // of keys with a collation, the first value of each group
	keyNames  []string
	functions []bound.Aggregate

	sets      [][]int        // of ROLLUP and the like: which keys each set has; nil for one set of all keys
	groupings []groupingCall // what grouping functions are called, with sets
}

// Aggregate groups by keys and computes items, expressions of aggregate functions
// and keys, for each group. The result has the keys first, then the items.
func (a Analyzer) Aggregate(input plan.Node, keys, items []syntax.Node) (plan.Node, error) {
	input, keyBinder, err := a.withWindow(input, append(append([]syntax.Node{}, keys...), items...)...)
	if err != nil {
		return nil, err
	}
	group := &aggregation{arguments: keyBinder}
	if err := group.bindKeys(keys); err != nil {
		return nil, err
	}
	itemBinder := *keyBinder
	itemBinder.aggregate = group.add
	exprs := make([]bound.Expr, len(items))
	labels := make([]string, len(items))
	for i, item := range items {
		bindable := unnamed(item)
		if exprs[i], err = itemBinder.bind(bindable); err != nil {
			return nil, err
		}
		labels[i] = nameOf(item)
	}
	return group.plan(input, exprs, labels)
}

func (g *aggregation) bindKeys(keys []syntax.Node) error {
	for _, key := range keys {
		if hasAggregate(key) {
			return fault.Analysisf("GROUP_BY_AGGREGATE", "%s is a function of a group and cannot be grouped by", key)
		}
		expr, err := g.arguments.bind(unnamed(key))
		if err != nil {
			return err
		}
		g.written = append(g.written, expr)
		if expr.Type().IsCollated() {
			g.collated(len(g.keys), expr)
		}
		if expr, err = g.arguments.groupable(expr); err != nil {
			return err
		}
		g.keys = append(g.keys, expr)
		g.keyNames = append(g.keyNames, nameOf(key))
	}
	return nil
}

// collated has a key with a collation stand for the first of the values that are equal.
func (g *aggregation) collated(key int, expr bound.Expr) {
	if g.firsts == nil {
		g.firsts = map[int]bound.Expr{}
	}
	g.firsts[key] = g.result(bound.Aggregate{Function: bound.First, Arg: expr, Of: expr.Type()})
}

// groupable is an expression whose values can be compared: a map has its entries
// sorted, since their order does not count.
func (b *binder) groupable(expr bound.Expr) (bound.Expr, error) {
	expr = collationKey(expr)
	t := expr.Type()
	if t.Kind() != types.KindMap || t.Key().HasMap() || t.Value().HasMap() {
		if t.HasMap() {
			return nil, fault.Analysisf("GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", "grouping by %s: values of type %s cannot be grouped by", expr, t)
		}
		return expr, nil
	}
	node := syntax.Node(expression{expr})
	for _, function := range []string{"map_entries", "sort_array", "map_from_entries"} {
		node = syntax.Call{Function: function, Args: []syntax.Node{node}}
	}
	return b.bind(node)
}

// add binds a call of an aggregate function; the same call twice is computed once.
func (g *aggregation) add(call syntax.Call) (bound.Expr, error) {
	if hasAggregate(call.Args...) {
		return nil, fault.Analysisf("NESTED_AGGREGATE_FUNCTION", "%s: an aggregate function cannot be inside another one", call)
	}
	if call.User == nil { // userAggregate has a way of its own, for functions that see nulls
		if call.Filter != nil && hasAggregate(call.Filter) {
			return nil, fault.Analysisf("INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE", "%s: FILTER has an aggregate function in it", call)
		}
		call = filtered(call)
	}
	return g.arguments.aggregateOf(call, g.result)
}

// result is the result of a function, which is computed once.
func (g *aggregation) result(function bound.Aggregate) bound.Expr {
	for i, known := range g.functions {
		if known.Function == function.Function && known.User == function.User && known.Distinct == function.Distinct && bound.Same(known.Arg, function.Arg) {
			return result{i, known}
		}
	}
	g.functions = append(g.functions, function)
	return result{len(g.functions) - 1, function}
}

// plan makes the nodes: the aggregation, and upon it what is computed from its
// results.
func (g *aggregation) plan(input plan.Node, items []bound.Expr, labels []string) (plan.Node, error) {
	node := g.node(input)
	for i, item := range items {
		if function, ok := item.(result); ok {
			node.Names[function.index] = labels[i]
		}
	}
	output := node.Output()
	var exprs []bound.Expr
	var all []string
	for i, name := range g.keyNames {
		exprs = append(exprs, g.key(output, i))
		all = append(all, name)
	}
	for _, item := range items {
		expr, err := g.over(output, item)
		if err != nil {
			return nil, err
		}
		exprs = append(exprs, expr)
	}
	return plan.NewProject(node, exprs, append(all, labels...)), nil
}

// key is a key as one of the aggregation's output: of those with a collation the first
// value, null in the rows of sets that do not have it.
func (g *aggregation) key(output []plan.Column, i int) bound.Expr {
	key := bound.Column{Index: i, Field: output[i].Field}
	value, ok := g.firsts[i]
	if !ok {
		return key
	}
	first := g.column(output, value.(result))
	if g.sets == nil {
		return first
	}
	return where(bound.Call{Function: bound.IsNotNull, Args: []bound.Expr{key}, Of: types.Boolean}, first)
}

// column is the column of a function's result.
func (g *aggregation) column(output []plan.Column, r result) bound.Expr {
	at := len(output) - len(g.functions) + r.index
	return bound.Column{Index: at, Field: output[at].Field}
}

// over rewrites an item of the operation's input as one of the aggregation's output.
func (g *aggregation) over(output []plan.Column, item bound.Expr) (bound.Expr, error) {
	for i, key := range g.keys {
		switch {
		case bound.Same(g.written[i], item):
			return g.key(output, i), nil
		case bound.Same(key, item): // that of a collation, by which rows are sorted
			return bound.Column{Index: i, Field: output[i].Field}, nil
		}
	}
	switch e := item.(type) {
	case result:
		return g.column(output, e), nil
	case groupingCall:
		at := len(g.keys) + slices.IndexFunc(g.groupings, func(known groupingCall) bool { return known.String() == e.String() })
		return bound.Column{Index: at, Field: output[at].Field}, nil
	case bound.Column:
		condition := "MISSING_AGGREGATION"
		if len(g.keys) == 0 {
			condition = "MISSING_GROUP_BY"
		}
		return nil, fault.Analysisf(condition,
			"column %q is neither grouped by nor inside an aggregate function; add it to GroupBy or use Min or Max of it", e)
	case bound.Call:
		args := make([]bound.Expr, len(e.Args))
		for i, arg := range e.Args {
			var err error
			if args[i], err = g.over(output, arg); err != nil {
				return nil, err
			}
		}
		e.Args = args
		return e, nil
	case bound.Lambda:
		var err error
		e.Body, err = g.over(output, e.Body)
		return e, err
	}
	return item, nil
}
