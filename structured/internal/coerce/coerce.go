// Package coerce knows which types go with which: the type in which two values meet,
// what is converted without being asked, what a cast may convert, and the types of
// results of arithmetic on decimals. The rules are those of Spark with ANSI mode on.
package coerce

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Common is the type in which values of two types meet, as in a comparison or in the
// branches of a CASE; false if there is none. A string becomes what it meets, but for
// intervals; whole numbers count as bigint there and fractions as double.
func Common(a, b types.Type) (types.Type, bool) {
	switch {
	case a == b:
		return a, true
	case a == types.Void:
		return b, true
	case b == types.Void:
		return a, true
	case a.IsNumeric() && b.IsNumeric():
		return Wider(a, b), true
	case a.Kind() == types.KindString && b.Kind() == types.KindString:
		if a != types.String && b != types.String {
			return types.Type{}, false
		}
		return types.Collated(max(a.Collation(), b.Collation())), true
	case a.Kind() == types.KindString && isSpoken(b):
		return Spoken(b), true
	case b.Kind() == types.KindString && isSpoken(a):
		return Spoken(a), true
	case a.IsTime() && b.IsTime():
		return commonTime(a, b), true
	case a.IsInterval() && a.Kind() == b.Kind():
		return commonInterval(a, b), true
	case a.Kind() == b.Kind() && a.IsNested():
		return commonNested(a, b)
	}
	return types.Type{}, false
}

// All is the type in which values of all types meet; void for none.
func All(list ...types.Type) (types.Type, bool) {
	all := types.Void
	for _, t := range list {
		var ok bool
		if all, ok = Common(all, t); !ok {
			return types.Type{}, false
		}
	}
	return all, true
}

// Widest is the type of a value that is one of list, as of an element of an array. With
// ANSI mode off what meets a string becomes one.
func (s Session) Widest(list ...types.Type) (types.Type, bool) {
	all, ok := All(list...)
	if s.ANSI {
		return all, ok
	}
	strings, others := false, false
	for _, t := range list {
		if t.IsNested() || t == types.Calendar {
			return all, ok
		}
		strings = strings || t == types.String
		others = others || t.IsAtomic() && t != types.String && t != types.Boolean && t != types.Binary
	}
	if strings && others {
		return types.String, true
	}
	return all, ok
}

// isSpoken reports whether strings are converted to meet values of a type.
func isSpoken(t types.Type) bool { return t.IsAtomic() && !t.IsInterval() && t != types.Calendar }

// Spoken is the type to which a string is converted to meet a value of type t.
func Spoken(t types.Type) types.Type {
	switch {
	case t.IsInteger():
		return types.Bigint
	case t.IsFractional():
		return types.Double
	}
	return t
}

// Wider is the type of two numeric ones that holds the values of both; a whole number
// and a float make a double, since a float would lose digits.
func Wider(a, b types.Type) types.Type {
	switch {
	case a == b:
		return a
	case a == types.Double || b == types.Double || a == types.Float || b == types.Float:
		return types.Double
	case a.Kind() == types.KindDecimal || b.Kind() == types.KindDecimal:
		return widerDecimal(AsDecimal(a), AsDecimal(b))
	}
	if a.Kind() > b.Kind() {
		return a
	}
	return b
}

func widerDecimal(a, b types.Type) types.Type {
	scale := max(a.Scale(), b.Scale())
	whole := max(a.Precision()-a.Scale(), b.Precision()-b.Scale())
	return Bounded(whole+scale, scale)
}

// AsDecimal is the decimal that holds all values of a whole number's type; a decimal
// is its own.
func AsDecimal(t types.Type) types.Type {
	switch t.Kind() {
	case types.KindTinyint:
		return types.Decimal(3, 0)
	case types.KindSmallint:
		return types.Decimal(5, 0)
	case types.KindInt:
		return types.Decimal(10, 0)
	case types.KindBigint:
		return types.Decimal(20, 0)
	}
	return t
}

// Bounded is the decimal of a precision and scale, cut to what there is. Digits after
// the point are given up last.
func Bounded(precision, scale int) types.Type {
	return types.Decimal(min(precision, types.MaxPrecision), min(scale, types.MaxPrecision))
}

// adjusted is the decimal of a precision and scale. Beyond 38 digits the scale gives
// way, but not below 6 digits or what it has.
func adjusted(precision, scale int) types.Type {
	if precision <= types.MaxPrecision {
		return types.Decimal(precision, scale)
	}
	whole := precision - scale
	return types.Decimal(types.MaxPrecision, max(types.MaxPrecision-whole, min(scale, 6)))
}

// Arithmetic is the type of the result of +, -, *, / and % on two decimals.
func Arithmetic(function bound.Function, a, b types.Type) types.Type {
	p1, s1, p2, s2 := a.Precision(), a.Scale(), b.Precision(), b.Scale()
	switch function {
	case bound.Multiply:
		return adjusted(p1+p2+1, s1+s2)
	case bound.Divide:
		scale := max(6, s1+p2+1)
		return adjusted(p1-s1+s2+scale, scale)
	case bound.Remainder:
		scale := max(s1, s2)
		return adjusted(min(p1-s1, p2-s2)+scale, scale)
	default:
		scale := max(s1, s2)
		return adjusted(max(p1-s1, p2-s2)+scale+1, scale)
	}
}

func commonTime(a, b types.Type) types.Type {
	if a == types.Timestamp || b == types.Timestamp {
		return types.Timestamp
	}
	return types.TimestampNTZ
}

func commonInterval(a, b types.Type) types.Type {
	fromA, toA := a.Units()
	fromB, toB := b.Units()
	return types.Interval(min(fromA, fromB), max(toA, toB))
}

func commonNested(a, b types.Type) (types.Type, bool) {
	switch a.Kind() {
	case types.KindArray:
		element, ok := Common(a.Element(), b.Element())
		return types.Array(element), ok
	case types.KindMap:
		key, ok := Common(a.Key(), b.Key())
		value, also := Common(a.Value(), b.Value())
		return types.Map(key, value), ok && also
	}
	fields, others := a.Fields(), b.Fields()
	if len(fields) != len(others) {
		return types.Type{}, false
	}
	for i, field := range fields {
		var ok bool
		if fields[i].Type, ok = Common(field.Type, others[i].Type); !ok {
			return types.Type{}, false
		}
	}
	return types.Struct(fields...), true
}

// Implicit reports whether a value is converted to the type of a parameter without a
// cast.
func Implicit(from, to types.Type) bool {
	switch {
	case from == to || from == types.Void:
		return true
	case from.Kind() == types.KindString:
		return to.IsAtomic()
	case to.Kind() == types.KindString:
		return from.IsAtomic() && from != types.Binary
	case from.IsNumeric() && to.IsNumeric(), from.IsTime() && to.IsTime():
		return true // also with a loss, as when a value is stored in a column
	case from.IsInterval():
		return from.Kind() == to.Kind()
	case from.Kind() == to.Kind() && from.IsNested():
		return implicitNested(from, to)
	}
	return false
}

func implicitNested(from, to types.Type) bool {
	switch from.Kind() {
	case types.KindArray:
		return Implicit(from.Element(), to.Element())
	case types.KindMap:
		return Implicit(from.Key(), to.Key()) && Implicit(from.Value(), to.Value())
	}
	fields, others := from.Fields(), to.Fields()
	if len(fields) != len(others) {
		return false
	}
	for i, field := range fields {
		if !Implicit(field.Type, others[i].Type) {
			return false
		}
	}
	return true
}
