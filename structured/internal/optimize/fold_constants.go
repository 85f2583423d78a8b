package optimize

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// foldConstants computes what does not depend on a row: functions of literals,
// functions that are null whatever their other arguments are, and conditions that one
// side decides. A filter that is always true goes. A constant that cannot be
// computed, such as a division by zero, stays, to fail when a row meets it.
func foldConstants(root plan.Node) plan.Node {
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		switch n := node.(type) {
		case *plan.Filter:
			condition := fold(n.Condition)
			if isTrue(condition) {
				return n.Input
			}
			if !bound.Same(condition, n.Condition) {
				return &plan.Filter{Input: n.Input, Condition: condition}
			}
		case *plan.Scan:
			return foldScan(n)
		case *plan.Project:
			if exprs := foldAll(n.Exprs); exprs != nil {
				return &plan.Project{Input: n.Input, Exprs: exprs, Names: n.Names, Hidden: n.Hidden}
			}
		case *plan.Explode:
			if list := fold(n.List); !bound.Same(list, n.List) {
				explode := *n
				explode.List = list
				return &explode
			}
		case *plan.Join:
			if n.Condition == nil {
				return n
			}
			if condition := fold(n.Condition); isTrue(condition) {
				return &plan.Join{Left: n.Left, Right: n.Right, Kind: n.Kind}
			} else if !bound.Same(condition, n.Condition) {
				return &plan.Join{Left: n.Left, Right: n.Right, Kind: n.Kind, Condition: condition}
			}
		case *plan.Window:
			if at := fold(n.Time); !bound.Same(at, n.Time) {
				return &plan.Window{Input: n.Input, Time: at, Grid: n.Grid, Name: n.Name}
			}
		case *plan.Aggregate:
			return foldAggregate(n)
		case *plan.Sort:
			return foldSort(n)
		}
		return node
	})
}

func foldScan(n *plan.Scan) plan.Node {
	if n.Predicate == nil {
		return n
	}
	predicate := fold(n.Predicate)
	if bound.Same(predicate, n.Predicate) {
		return n
	}
	if isTrue(predicate) {
		predicate = nil
	}
	return &plan.Scan{Relation: n.Relation, Columns: n.Columns, Predicate: predicate}
}

func foldAggregate(n *plan.Aggregate) plan.Node {
	keys := foldAll(n.Keys)
	args := make([]bound.Expr, 0, len(n.Functions))
	for _, function := range n.Functions {
		args = append(args, function.Arg)
	}
	folded := foldAll(args)
	if keys == nil && folded == nil {
		return n
	}
	aggregate := *n
	if keys != nil {
		aggregate.Keys = keys
	}
	if folded != nil {
		aggregate.Functions = slices.Clone(n.Functions)
		for i := range folded {
			aggregate.Functions[i].Arg = folded[i]
		}
	}
	return &aggregate
}

func foldSort(n *plan.Sort) plan.Node {
	exprs := make([]bound.Expr, len(n.Orders))
	for i, order := range n.Orders {
		exprs[i] = order.Expr
	}
	if exprs = foldAll(exprs); exprs == nil {
		return n
	}
	orders := slices.Clone(n.Orders)
	for i := range orders {
		orders[i].Expr = exprs[i]
	}
	return &plan.Sort{Input: n.Input, Orders: orders}
}

// foldAll folds each expression, and returns nil if none changed.
func foldAll(exprs []bound.Expr) []bound.Expr {
	folded := make([]bound.Expr, len(exprs))
	changed := false
	for i, expr := range exprs {
		if expr != nil {
			folded[i] = fold(expr)
		}
		changed = changed || !bound.Same(expr, folded[i])
	}
	if !changed {
		return nil
	}
	return folded
}

func fold(expr bound.Expr) bound.Expr {
	return bound.Map(expr, func(e bound.Expr) bound.Expr {
		if call, ok := e.(bound.Call); ok {
			return foldCall(call)
		}
		return e
	})
}

// foldCall folds a call whose arguments are folded.
func foldCall(call bound.Call) bound.Expr {
	switch call.Function {
	case bound.And:
		return foldLogic(call, isTrue, isFalse)
	case bound.Or:
		return foldLogic(call, isFalse, isTrue)
	case bound.IsNull, bound.IsNotNull:
		if !call.Args[0].Nullable() {
			return bound.Literal{Value: call.Function == bound.IsNotNull, Of: types.Boolean}
		}
	}
	if call.Function.PassesNull() && slices.ContainsFunc(call.Args, isNull) {
		return bound.Literal{Of: call.Of}
	}
	if value, ok := compute(call); ok {
		return value
	}
	return call
}

// foldLogic folds And or Or: a neutral side is left out, a deciding one is the
// result.
func foldLogic(call bound.Call, neutral, decides func(bound.Expr) bool) bound.Expr {
	left, right := call.Args[0], call.Args[1]
	switch {
	case decides(left) || neutral(right):
		return left
	case decides(right) || neutral(left):
		return right
	}
	if value, ok := compute(call); ok {
		return value
	}
	return call
}

// compute returns the value of a function of literals. It leaves arrays, maps and
// structs alone, of which there are no literals.
func compute(call bound.Call) (bound.Expr, bool) {
	switch call.Of.Kind() {
	case types.KindArray, types.KindMap, types.KindStruct:
		return nil, false
	}
	if isVolatile(call) {
		return nil, false
	}
	for _, arg := range call.Args {
		if _, ok := arg.(bound.Literal); !ok {
			return nil, false
		}
	}
	program, err := eval.Compile(call)
	if err != nil {
		return nil, false
	}
	column, err := program.Run(&vector.Batch{Rows: 1})
	if err != nil {
		return nil, false
	}
	return bound.Literal{Value: column.Value(0), Of: call.Of}, true
}

func isTrue(e bound.Expr) bool  { return isBoolean(e, true) }
func isFalse(e bound.Expr) bool { return isBoolean(e, false) }

func isBoolean(e bound.Expr, value bool) bool {
	literal, ok := e.(bound.Literal)
	return ok && literal.Value == value
}

func isNull(e bound.Expr) bool {
	literal, ok := e.(bound.Literal)
	return ok && literal.Value == nil
}
