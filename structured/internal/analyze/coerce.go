package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/types"
)

// convert writes out an implicit conversion that is known to be allowed.
func (b *binder) convert(arg bound.Expr, to types.Type) bound.Expr {
	if arg.Type() == to {
		return arg
	}
	if literal, ok := arg.(bound.Literal); ok && literal.Value == nil {
		return bound.Literal{Of: to}
	}
	call := bound.Call{Function: bound.Cast, Args: []bound.Expr{arg}, Of: to}
	if zoned(arg.Type(), to) {
		call.Zone = b.zone
	}
	return call
}

// zoned reports whether a conversion depends on the time zone.
func zoned(from, to types.Type) bool {
	return from == types.String && to == types.Timestamp || from == types.Timestamp && to == types.String
}

// cast writes out a conversion that the user asked for.
func (b *binder) cast(arg bound.Expr, to types.Type) (bound.Expr, error) {
	from := arg.Type()
	switch {
	case from == to || from == types.Void || canCast(from, to):
		return b.convert(arg, to), nil
	case from == types.Timestamp && to == types.Int:
		return b.convert(b.convert(arg, types.Bigint), types.Int), nil
	}
	return nil, fault.Analysisf("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "%s of type %s cannot be cast to %s", arg, from, to)
}

// canCast holds the pairs that bound.Cast lists, but for equal types and void.
func canCast(from, to types.Type) bool {
	switch to {
	case types.String:
		return isAtomic(from)
	case types.Timestamp:
		return from == types.String || from.IsNumeric()
	case types.Boolean:
		return from == types.String || from.IsNumeric()
	case types.Bigint, types.Double:
		return isAtomic(from)
	case types.Int:
		return isAtomic(from) && from != types.Timestamp
	}
	return false
}

func isAtomic(t types.Type) bool {
	switch t.Kind() {
	case types.KindBoolean, types.KindInt, types.KindBigint, types.KindDouble, types.KindString, types.KindTimestamp:
		return true
	}
	return false
}

// common is the type in which two values are compared: their own if it is one, the
// wider of two numbers, the other's for a void, and for a string that of what it is
// compared with, whole numbers counting as bigint.
func common(a, b types.Type) (types.Type, bool) {
	switch {
	case a == b:
		return a, true
	case a == types.Void:
		return b, true
	case b == types.Void:
		return a, true
	case a.IsNumeric() && b.IsNumeric():
		return wider(a, b), true
	case a == types.String && isAtomic(b):
		return spoken(b), true
	case b == types.String && isAtomic(a):
		return spoken(a), true
	}
	return types.Type{}, false
}

// spoken is the type to which a string is converted to meet a value of type t.
func spoken(t types.Type) types.Type {
	if t.IsInteger() {
		return types.Bigint
	}
	return t
}

func wider(a, b types.Type) types.Type {
	for _, t := range []types.Type{types.Double, types.Bigint} {
		if a == t || b == t {
			return t
		}
	}
	return types.Int
}

// commonOf is the type that all of args can be converted to.
func commonOf(args []bound.Expr) (types.Type, bool) {
	all := types.Void
	for _, arg := range args {
		t, ok := common(all, arg.Type())
		if !ok {
			return types.Type{}, false
		}
		all = t
	}
	return all, true
}
