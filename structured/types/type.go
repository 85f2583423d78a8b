package types

import "strings"

// Kind is the outermost shape of a type.
type Kind uint8

// The kinds of types.
const (
	KindInvalid Kind = iota // the zero Type
	KindVoid                // only null
	KindBoolean
	KindInt    // 32 bits, signed
	KindBigint // 64 bits, signed
	KindDouble // IEEE 754, 64 bits
	KindString // UTF-8
	KindTimestamp
	KindArray
	KindStruct
)

// Type is the type of a column. Types are compared with ==.
type Type struct {
	kind Kind

	// nested is nil, a Type (the element of an array) or a fieldList (of a struct).
	// As these are held by value, == compares them to the bottom.
	nested any
}

// fieldList is a linked list, since a slice could not be compared with ==.
type fieldList struct {
	name string
	typ  Type
	next any // nil or a fieldList
}

// The types that have no parts.
var (
	Void      = Type{kind: KindVoid}
	Boolean   = Type{kind: KindBoolean}
	Int       = Type{kind: KindInt}
	Bigint    = Type{kind: KindBigint}
	Double    = Type{kind: KindDouble}
	String    = Type{kind: KindString}
	Timestamp = Type{kind: KindTimestamp} // an instant, to the microsecond
)

// Array returns the type of lists of element.
func Array(element Type) Type {
	return Type{kind: KindArray, nested: element}
}

// Struct returns the type of records with these fields. Whether a field is
// Nullable is not part of the type: inside a struct every field is.
func Struct(fields ...Field) Type {
	var list any
	for i := len(fields) - 1; i >= 0; i-- {
		list = fieldList{name: fields[i].Name, typ: fields[i].Type, next: list}
	}
	return Type{kind: KindStruct, nested: list}
}

// Window returns the type of time windows: struct<start:timestamp,end:timestamp>.
func Window() Type {
	return Struct(Nullable("start", Timestamp), Nullable("end", Timestamp))
}

// Kind returns the outermost shape of the type.
func (t Type) Kind() Kind { return t.kind }

// Element returns the type of an array's elements, and the zero Type for all else.
func (t Type) Element() Type {
	element, _ := t.nested.(Type)
	return element
}

// Fields returns the fields of a struct in order, and nil for all else.
func (t Type) Fields() []Field {
	var fields []Field
	for list, ok := t.nested.(fieldList); ok; list, ok = list.next.(fieldList) {
		fields = append(fields, Nullable(list.name, list.typ))
	}
	return fields
}

// IsNumeric reports whether values of the type can be added up.
func (t Type) IsNumeric() bool { return t.IsInteger() || t.kind == KindDouble }

// IsInteger reports whether the type is a whole number.
func (t Type) IsInteger() bool { return t.kind == KindInt || t.kind == KindBigint }

// IsOrdered reports whether two values of the type can be compared with < and
// sorted: all but arrays.
func (t Type) IsOrdered() bool {
	if t.kind != KindStruct {
		return t.kind != KindArray && t.kind != KindInvalid
	}
	for _, field := range t.Fields() {
		if !field.Type.IsOrdered() {
			return false
		}
	}
	return true
}

// String returns the type in Spark's short form.
func (t Type) String() string {
	switch t.kind {
	case KindVoid:
		return "void"
	case KindBoolean:
		return "boolean"
	case KindInt:
		return "int"
	case KindBigint:
		return "bigint"
	case KindDouble:
		return "double"
	case KindString:
		return "string"
	case KindTimestamp:
		return "timestamp"
	case KindArray:
		return "array<" + t.Element().String() + ">"
	case KindStruct:
		return "struct<" + joinFields(t.Fields(), ":", ",") + ">"
	default:
		return "invalid"
	}
}

func joinFields(fields []Field, colon, comma string) string {
	var text strings.Builder
	for i, field := range fields {
		if i > 0 {
			text.WriteString(comma)
		}
		text.WriteString(field.Name + colon + field.Type.String())
	}
	return text.String()
}
