package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
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
	b := &block{resolver: r, node: node}
	b.binder = b.newBinder(node)
	for i, column := range node.Output() {
		b.items, b.labels = append(b.items, b.binder.column(i)), append(b.labels, column.Name)
	}
	if err := b.bindOrders(q.Orders); err != nil {
		return nil, err
	}
	return &plan.Sort{Input: node, Orders: b.orders}, nil
}

// bindOrders binds sort keys: a number is the item of that number, a name an item of
// that name before it is a column of the input.
func (b *block) bindOrders(orders []syntax.Node) error {
	for _, node := range orders {
		order := node.(syntax.Order)
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
		if !key.Type().IsOrdered() {
			return fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "values of type %s have no order", key.Type())
		}
		b.orders = append(b.orders, bound.Order{Expr: key, Descending: order.Descending, NullsFirst: order.NullsFirst})
	}
	return nil
}

func (b *block) orderKey(node syntax.Node) (bound.Expr, error) {
	binder := *b.binder
	binder.aliasFirst = true
	binder.alias = b.aliased
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

// ordersAreItems reports whether each sort key is an item.
func (b *block) ordersAreItems() bool {
	for _, order := range b.orders {
		if b.itemOf(order.Expr) < 0 {
			return false
		}
	}
	return true
}

func (b *block) itemOf(expr bound.Expr) int {
	for i, item := range b.items {
		if bound.Same(item, expr) {
			return i
		}
	}
	return -1
}

// ordersOverItems writes sort keys over the columns that the items have become.
func (b *block) ordersOverItems() error {
	output := b.node.Output()
	for i, order := range b.orders {
		expr, ok := overItems(order.Expr, b.items, output)
		if !ok {
			return fault.Analysisf("UNRESOLVED_COLUMN.WITH_SUGGESTION",
				"%s: the rows of SELECT DISTINCT can be sorted by its items %s only", order.Expr, columnList(output))
		}
		b.orders[i].Expr = expr
	}
	return nil
}

// overItems writes an expression over the columns that items have become.
func overItems(expr bound.Expr, items []bound.Expr, output []plan.Column) (bound.Expr, bool) {
	for i, item := range items {
		if bound.Same(item, expr) {
			return bound.Column{Index: i, Field: output[i].Field}, true
		}
	}
	switch e := expr.(type) {
	case bound.Literal:
		return e, true
	case bound.Call:
		args := make([]bound.Expr, len(e.Args))
		for i, arg := range e.Args {
			var ok bool
			if args[i], ok = overItems(arg, items, output); !ok {
				return nil, false
			}
		}
		e.Args = args
		return e, true
	}
	return nil, false
}
