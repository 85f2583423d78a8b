package function

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Cast binds a cast that the user asked for; try gives null for values that have no
// counterpart.
func Cast(session coerce.Session, arg bound.Expr, to types.Type, try bool) (bound.Expr, error) {
	from := arg.Type()
	if _, isLambda := arg.(bound.Lambda); isLambda || !coerce.CanCast(from, to, session.ANSI) {
		return nil, fault.Analysisf(coerce.Refusal(from, to), "%s of type %s cannot be cast to %s", arg, from, to)
	}
	if _, isLiteral := arg.(bound.Literal); isLiteral && from == to && from.IsInteger() {
		// It is no longer the constant that was written, which in arithmetic with
		// decimals has as many digits as it needs.
		return bound.Call{Function: bound.Cast, Args: []bound.Expr{arg}, Of: to}, nil
	}
	if try {
		return session.Try(arg, to), nil
	}
	return session.To(arg, to), nil
}
