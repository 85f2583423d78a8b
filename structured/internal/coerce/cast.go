package coerce

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Session is what conversions depend on beside the types.
type Session struct {
	Zone string // IANA name of the time zone
	ANSI bool   // whether a value that has no counterpart fails the query
}

// Failure is what functions do with such values.
func (s Session) Failure() bound.Failure {
	if s.ANSI {
		return bound.Fail
	}
	return bound.Wrap
}

// To writes out a conversion that is known to be possible.
func (s Session) To(arg bound.Expr, to types.Type) bound.Expr {
	return s.convert(arg, to, s.Failure())
}

// Try is To with null for values that have no counterpart.
func (s Session) Try(arg bound.Expr, to types.Type) bound.Expr {
	return s.convert(arg, to, bound.GiveNull)
}

func (s Session) convert(arg bound.Expr, to types.Type, failure bound.Failure) bound.Expr {
	if arg.Type() == to {
		return arg
	}
	if literal, ok := arg.(bound.Literal); ok {
		if literal.Value == nil {
			return bound.Literal{Of: to}
		}
		if text, ok := literal.Value.(string); ok {
			if time, ok := s.SpecialTime(text, to); ok {
				return time
			}
		}
	}
	call := bound.Call{Function: bound.Cast, Args: []bound.Expr{arg}, Of: to}
	if !safe(arg.Type(), to) {
		call.Failure = failure
	}
	if zoned(arg.Type(), to) {
		call.Zone = s.Zone
	}
	return call
}

// safe reports whether every value of a type has a counterpart in another.
func safe(from, to types.Type) bool {
	switch {
	case from == types.Void || to.Kind() == types.KindString || from == types.Boolean && to.Kind() != types.KindDecimal:
		return true
	case from.IsInteger() && to.IsInteger():
		return from.Kind() <= to.Kind()
	case from.IsNumeric() && (to == types.Double || to == types.Float):
		return true
	case from.IsNumeric() && to == types.Boolean:
		return true
	case (from.IsInteger() || from.Kind() == types.KindDecimal) && to.Kind() == types.KindDecimal:
		as := AsDecimal(from)
		return as.Scale() <= to.Scale() && as.Precision()-as.Scale() <= to.Precision()-to.Scale()
	case from.IsTime() && to.IsTime():
		return from != types.Date
	}
	return false
}

// zoned reports whether a conversion depends on the time zone.
func zoned(from, to types.Type) bool {
	if from.IsNested() || to.IsNested() {
		return true
	}
	if from == types.Timestamp || to == types.Timestamp {
		return from.Kind() == types.KindString || to.Kind() == types.KindString || from.IsTime() && to.IsTime()
	}
	return false
}

// CanCast reports whether a cast may convert a type to another.
func CanCast(from, to types.Type, ansi bool) bool {
	switch {
	case from == to || from == types.Void || from.Kind() == types.KindString && to.Kind() == types.KindString:
		return true
	case to.Kind() == types.KindString:
		return from != types.Type{}
	case from.Kind() == types.KindString:
		return to.IsAtomic()
	case to == types.Binary:
		return !ansi && from.IsInteger()
	case from == types.Boolean && to == types.Timestamp, from == types.Timestamp && to == types.Boolean:
		return !ansi
	case from == types.Boolean || to == types.Boolean:
		other := from
		if from == types.Boolean {
			other = to
		}
		return other.IsNumeric()
	case from.IsNumeric() && to.IsNumeric():
		return true
	case from.IsTime() && to.IsTime():
		return true
	case from == types.Timestamp && to.IsNumeric(), from.IsNumeric() && to == types.Timestamp:
		return true
	case from.IsInterval() && to.IsInterval():
		return from.Kind() == to.Kind()
	case from.IsInterval():
		return isExact(to)
	case to.IsInterval():
		return singleUnit(to) && isExact(from)
	}
	return canCastNested(from, to, ansi)
}

func singleUnit(t types.Type) bool {
	from, to := t.Units()
	return from == to
}

func isExact(t types.Type) bool { return t.IsInteger() || t.Kind() == types.KindDecimal }

func canCastNested(from, to types.Type, ansi bool) bool {
	if from.Kind() != to.Kind() {
		return false
	}
	switch from.Kind() {
	case types.KindArray:
		return CanCast(from.Element(), to.Element(), ansi)
	case types.KindMap:
		return CanCast(from.Key(), to.Key(), ansi) && CanCast(from.Value(), to.Value(), ansi)
	case types.KindStruct:
		fields, others := from.Fields(), to.Fields()
		if len(fields) != len(others) {
			return false
		}
		for i, field := range fields {
			if !CanCast(field.Type, others[i].Type, ansi) {
				return false
			}
		}
		return true
	}
	return false
}

// Refusal is the condition with which a cast is refused: whether there is a function
// or a setting for it.
func Refusal(from, to types.Type) string {
	const base = "DATATYPE_MISMATCH.CAST_"
	switch {
	case from == types.Date && to.IsNumeric(), from.IsNumeric() && to == types.Date, from.IsNumeric() && to == types.TimestampNTZ:
		return base + "WITH_FUNC_SUGGESTION"
	case CanCast(from, to, false), from == types.Date && to == types.Boolean:
		return base + "WITH_CONF_SUGGESTION"
	}
	return base + "WITHOUT_SUGGESTION"
}
