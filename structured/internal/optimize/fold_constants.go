package optimize

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/function"
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
		node = plan.MapExprs(node, fold)
		switch n := node.(type) {
		case *plan.Filter:
			if isTrue(n.Condition) {
				return n.Input
			}
		case *plan.Scan:
			if isTrue(n.Predicate) {
				return &plan.Scan{Relation: n.Relation, Columns: n.Columns}
			}
		case *plan.Join:
			if isTrue(n.Condition) {
				return &plan.Join{Left: n.Left, Right: n.Right, Kind: n.Kind}
			}
		}
		return node
	})
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
	for _, arg := range call.Args {
		if _, ok := arg.(bound.Literal); !ok {
			return nil, false
		}
	}
	if call.User != nil || function.Volatile(call) {
		return nil, false // a user's function may panic, which only a task can take
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
