package function

import "github.com/tidewheel/tidewheel/structured/internal/bound"

// IsVolatile reports whether an expression may differ from one evaluation to the next,
// or must be evaluated for just the rows that it stands for.
func IsVolatile(exprs ...bound.Expr) bool {
	found := false
	for _, expr := range exprs {
		bound.Map(expr, func(e bound.Expr) bound.Expr {
			if call, ok := e.(bound.Call); ok {
				f, known := Lookup(string(call.Function))
				found = found || known && f.Volatile || call.User != nil && call.User.Volatile()
			}
			return e
		})
	}
	return found
}
