package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/types"
)

// session is what conversions and functions depend on.
func (b *binder) session() coerce.Session {
	return coerce.Session{Zone: b.zone, ANSI: !b.lenient}
}

// convert writes out an implicit conversion that is known to be allowed.
func (b *binder) convert(arg bound.Expr, to types.Type) bound.Expr { return b.session().To(arg, to) }

// cast writes out a conversion that the user asked for.
func (b *binder) cast(arg bound.Expr, to types.Type, try bool) (bound.Expr, error) {
	return function.Cast(b.session(), arg, to, try)
}

// collationKey is what compares by its bytes as expr does by its collation.
func collationKey(expr bound.Expr) bound.Expr { return function.CollationKey(expr) }

// isAtomic reports whether a type has no parts.
func isAtomic(t types.Type) bool { return t.IsAtomic() }

// common is the type in which values of two types meet.
func common(a, b types.Type) (types.Type, bool) { return coerce.Common(a, b) }

// commonOf is the type that all of args can be converted to.
func commonOf(args []bound.Expr) (types.Type, bool) {
	list := make([]types.Type, len(args))
	for i, arg := range args {
		list[i] = arg.Type()
	}
	return coerce.All(list...)
}
