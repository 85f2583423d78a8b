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

// sorted orders the rows of a query. The keys behind a block may name columns that it
// does not give.
func (r *resolver) sorted(q *syntax.Sorted) (plan.Node, error) {
	if block, ok := q.Input.(*syntax.Select); ok {
		return r.selection(block, q.Orders)
	}
	node, err := r.query(q.Input)
	if err != nil {
		return nil, err
	}
	return r.sortedBy(node, q.Orders)
}

// sortedBy orders a table by keys over its columns.
func (r *resolver) sortedBy(node plan.Node, orders []syntax.Node) (plan.Node, error) {
	b := &block{resolver: r, node: node}
	b.binder = b.newBinder(node)
	for i, column := range node.Output() {
		b.items, b.labels = append(b.items, b.binder.column(i)), append(b.labels, column.Name)
	}
	if err := b.bindOrders(orders); err != nil {
		return nil, err
	}
	if len(b.orders) == 0 {
		return node, nil
	}
	if err := b.joinSubqueries(); err != nil {
		return nil, err
	}
	width := len(node.Output())
	return first(&plan.Sort{Input: b.node, Orders: b.orders}, width), nil
}

// bindOrders binds sort keys: a number is the item of that number, a name an item of
// that name before it is a column of the input.
func (b *block) bindOrders(orders []syntax.Node) error {
	for _, node := range b.allItems(orders) {
		order := node.(syntax.Order)
		if hasWindowFunction(order.Arg) {
			return fault.Analysisf("UNSUPPORTED_EXPR_FOR_OPERATOR", "ORDER BY %s: a window function cannot stand there; name it in SELECT and sort by the name", order.Arg)
		}
		if hasCall([]syntax.Node{order.Arg}, func(call syntax.Call) bool { return isGenerator(call) }) {
			return fault.Analysisf("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", "ORDER BY %s: a generator cannot stand there", order.Arg)
		}
		expr, ok, err := b.ordinal(order.Arg, "ORDER_BY_POS_OUT_OF_RANGE", len(b.items))
		if err != nil {
			return err
		}
		var key bound.Expr
		if ok {
			key = b.items[expr]
		} else if key, err = b.orderKey(order.Arg); err != nil {
			return err
		}
		if key = collationKey(key); !key.Type().IsOrdered() {
			return fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "values of type %s have no order", key.Type())
		}
		b.orders = append(b.orders, bound.Order{Expr: key, Descending: order.Descending, NullsFirst: order.NullsFirst})
	}
	return nil
}

// allItems are the sort keys, with each item in the place of a lone ALL that is no
// column.
func (b *block) allItems(orders []syntax.Node) []syntax.Node {
	if len(orders) != 1 {
		return orders
	}
	order := orders[0].(syntax.Order)
	name, ok := order.Arg.(syntax.Name)
	if !ok || len(name.Parts) > 1 || !strings.EqualFold(name.Parts[0], "all") || len(b.binder.matches(name.Parts)) > 0 {
		return orders
	}
	all := make([]syntax.Node, len(b.items))
	for i, item := range b.items {
		order.Arg = expression{item}
		all[i] = order
	}
	return all
}

func (b *block) orderKey(node syntax.Node) (bound.Expr, error) {
	binder := *b.binder
	binder.aliasFirst = true
	binder.alias, b.ambiguous = b.aliased, "UNRESOLVED_COLUMN.WITH_SUGGESTION"
	return binder.bind(node)
}

// ordinal is the number, from 0, of the item that a literal number means.
func (b *block) ordinal(node syntax.Node, condition string, items int) (int, bool, error) {
	literal, ok := node.(syntax.Literal)
	if !ok {
		return 0, false, nil
	}
	n, ok := literal.Value.(int32)
	if !ok {
		return 0, false, nil
	}
	if n < 1 || int(n) > items {
		return 0, false, fault.Analysisf(condition, "there is no item %d among %d", n, items)
	}
	return int(n) - 1, true, nil
}

// ordersOverItems writes the sort keys over the columns that the items become, if each
// of them is an item.
func (b *block) ordersOverItems() bool {
	over := slices.Clone(b.orders)
	for i, order := range b.orders {
		at := slices.IndexFunc(b.items, func(item bound.Expr) bool { return bound.Same(item, order.Expr) })
		if at < 0 {
			return false
		}
		field := types.Field{Name: b.labels[at], Type: order.Expr.Type(), Nullable: order.Expr.Nullable()}
		over[i].Expr = bound.Column{Index: at, Field: field}
	}
	b.orders = over
	return true
}
