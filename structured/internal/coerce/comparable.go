package coerce

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Comparable reports whether nested values of two types that have a common one can be
// compared: where their parts are of two types, these are whole numbers or floats, or
// times, and fields of one name.
func Comparable(a, b types.Type) bool {
	if alike(a, b) {
		return true
	}
	switch a.Kind() {
	case types.KindArray:
		return b.Kind() == a.Kind() && Comparable(a.Element(), b.Element())
	case types.KindMap:
		return b.Kind() == a.Kind() && Comparable(a.Key(), b.Key()) && Comparable(a.Value(), b.Value())
	case types.KindStruct:
		fields, others := a.Fields(), b.Fields()
		if len(fields) != len(others) {
			return false
		}
		for i, field := range fields {
			if !strings.EqualFold(field.Name, others[i].Name) || !Comparable(field.Type, others[i].Type) {
				return false
			}
		}
		return true
	case types.KindDecimal, types.KindString:
		return b == types.Void || b.Kind() == a.Kind() && a.Kind() == types.KindString
	}
	return b.Kind() != types.KindDecimal && b.Kind() != types.KindString || a == types.Void
}

// alike reports whether two types are the same but for the names of fields.
func alike(a, b types.Type) bool {
	switch {
	case a == b:
		return true
	case a.Kind() != b.Kind():
		return false
	}
	switch a.Kind() {
	case types.KindArray:
		return alike(a.Element(), b.Element())
	case types.KindMap:
		return alike(a.Key(), b.Key()) && alike(a.Value(), b.Value())
	case types.KindStruct:
		fields, others := a.Fields(), b.Fields()
		for i, field := range fields {
			if len(fields) != len(others) || !alike(field.Type, others[i].Type) {
				return false
			}
		}
		return len(fields) == len(others)
	}
	return false
}
