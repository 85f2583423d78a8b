package plan

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
)

// MapExprs returns an operator with each of its expressions replaced by what f makes of
// it, which is of the same type. Its inputs stay. It is the operator itself if nothing
// was replaced.
func MapExprs(node Node, f func(bound.Expr) bound.Expr) Node {
	m := &mapping{f: f}
	mapped := m.node(node)
	if !m.changed {
		return node
	}
	return mapped
}

// mapping replaces expressions and notes whether one changed.
type mapping struct {
	f       func(bound.Expr) bound.Expr
	changed bool
}

func (m *mapping) node(node Node) Node {
	switch n := node.(type) {
	case *Scan:
		mapped := *n
		mapped.Predicate = m.expr(n.Predicate)
		return &mapped
	case *Filter:
		mapped := *n
		mapped.Condition = m.expr(n.Condition)
		return &mapped
	case *Project:
		mapped := *n
		mapped.Exprs = m.list(n.Exprs)
		return &mapped
	case *Aggregate:
		mapped := *n
		mapped.Keys, mapped.Functions = m.list(n.Keys), slices.Clone(n.Functions)
		for i := range mapped.Functions {
			mapped.Functions[i].Arg = m.expr(mapped.Functions[i].Arg)
		}
		return &mapped
	case *Join:
		mapped := *n
		mapped.Condition = m.expr(n.Condition)
		return &mapped
	case *Sort:
		mapped := *n
		mapped.Orders = m.orders(n.Orders)
		return &mapped
	case *Over:
		mapped := *n
		mapped.PartitionBy, mapped.OrderBy, mapped.Functions = m.list(n.PartitionBy), m.orders(n.OrderBy), slices.Clone(n.Functions)
		for i := range mapped.Functions {
			mapped.Functions[i] = mapped.Functions[i].MapExprs(m.expr)
		}
		return &mapped
	case *Explode:
		mapped := *n
		mapped.List = m.expr(n.List)
		return &mapped
	case *Expand:
		mapped := *n
		mapped.Lists = m.lists(n.Lists)
		return &mapped
	case *Values:
		mapped := *n
		mapped.Rows = m.lists(n.Rows)
		return &mapped
	case *Window:
		mapped := *n
		mapped.Time = m.expr(n.Time)
		return &mapped
	case *Session:
		mapped := *n
		mapped.Time, mapped.End = m.expr(n.Time), m.expr(n.End)
		return &mapped
	}
	return node
}

// expr replaces an expression; nil, where there may be none, stays.
func (m *mapping) expr(expr bound.Expr) bound.Expr {
	if expr == nil {
		return nil
	}
	mapped := m.f(expr)
	m.changed = m.changed || !bound.Same(expr, mapped)
	return mapped
}

func (m *mapping) list(exprs []bound.Expr) []bound.Expr {
	mapped := slices.Clone(exprs)
	for i, expr := range mapped {
		mapped[i] = m.expr(expr)
	}
	return mapped
}

func (m *mapping) lists(rows [][]bound.Expr) [][]bound.Expr {
	mapped := slices.Clone(rows)
	for i, row := range mapped {
		mapped[i] = m.list(row)
	}
	return mapped
}

func (m *mapping) orders(list []bound.Order) []bound.Order {
	mapped := slices.Clone(list)
	for i := range mapped {
		mapped[i].Expr = m.expr(mapped[i].Expr)
	}
	return mapped
}
