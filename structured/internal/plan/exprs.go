package plan

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
)

// MapExprs returns an operator with each of its expressions replaced by what f makes of
// it, which is of the same type. Its inputs stay.
func MapExprs(node Node, f func(bound.Expr) bound.Expr) Node {
	optional := func(expr bound.Expr) bound.Expr {
		if expr == nil {
			return nil
		}
		return f(expr)
	}
	all := func(exprs []bound.Expr) []bound.Expr {
		mapped := slices.Clone(exprs)
		for i, expr := range mapped {
			mapped[i] = f(expr)
		}
		return mapped
	}
	orders := func(list []bound.Order) []bound.Order {
		mapped := slices.Clone(list)
		for i := range mapped {
			mapped[i].Expr = f(mapped[i].Expr)
		}
		return mapped
	}
	lists := func(rows [][]bound.Expr) [][]bound.Expr {
		mapped := slices.Clone(rows)
		for i, row := range mapped {
			mapped[i] = all(row)
		}
		return mapped
	}
	switch n := node.(type) {
	case *Scan:
		mapped := *n
		mapped.Predicate = optional(n.Predicate)
		return &mapped
	case *Filter:
		return &Filter{Input: n.Input, Condition: f(n.Condition)}
	case *Project:
		return &Project{Input: n.Input, Exprs: all(n.Exprs), Names: n.Names}
	case *Aggregate:
		mapped := *n
		mapped.Keys, mapped.Functions = all(n.Keys), slices.Clone(n.Functions)
		for i := range mapped.Functions {
			mapped.Functions[i].Arg = optional(mapped.Functions[i].Arg)
		}
		return &mapped
	case *Join:
		mapped := *n
		mapped.Condition = optional(n.Condition)
		return &mapped
	case *Sort:
		mapped := *n
		mapped.Orders = orders(n.Orders)
		return &mapped
	case *Over:
		mapped := *n
		mapped.PartitionBy, mapped.OrderBy, mapped.Functions = all(n.PartitionBy), orders(n.OrderBy), slices.Clone(n.Functions)
		for i := range mapped.Functions {
			mapped.Functions[i] = mapped.Functions[i].MapExprs(f)
		}
		return &mapped
	case *Explode:
		mapped := *n
		mapped.List = f(n.List)
		return &mapped
	case *Expand:
		mapped := *n
		mapped.Lists = lists(n.Lists)
		return &mapped
	case *Values:
		mapped := *n
		mapped.Rows = lists(n.Rows)
		return &mapped
	case *Window:
		mapped := *n
		mapped.Time = f(n.Time)
		return &mapped
	case *Session:
		mapped := *n
		mapped.Time, mapped.Gap = f(n.Time), f(n.Gap)
		return &mapped
	}
	return node
}
