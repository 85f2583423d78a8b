package function

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
)

// IsVolatile reports whether an expression may differ from one evaluation to the next,
// or must be evaluated for just the rows that it stands for.
func IsVolatile(exprs ...bound.Expr) bool {
	return slices.ContainsFunc(exprs, func(expr bound.Expr) bool {
		switch e := expr.(type) {
		case bound.Call:
			return Volatile(e) || IsVolatile(e.Args...)
		case bound.Lambda:
			return IsVolatile(e.Body)
		}
		return false
	})
}

// Volatile reports whether a call is so by itself, whatever its arguments are.
func Volatile(call bound.Call) bool {
	if call.User != nil {
		return call.User.Volatile()
	}
	f, known := Lookup(string(call.Function))
	return known && f.Volatile
}
