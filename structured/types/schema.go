package types

import "strings"

// Field is a named column of a table, or a named part of a struct.
type Field struct {
	Name     string
	Type     Type
	Nullable bool // whether it may hold null
}

// Nullable returns a field that may hold null.
func Nullable(name string, t Type) Field { return Field{Name: name, Type: t, Nullable: true} }

// Required returns a field that never holds null.
func Required(name string, t Type) Field { return Field{Name: name, Type: t} }

// Schema is the columns of a table, in order. Names need not be unique.
type Schema struct {
	Fields []Field
}

// NewSchema returns the schema of these columns.
func NewSchema(fields ...Field) Schema { return Schema{Fields: fields} }

// Len returns the number of columns.
func (s Schema) Len() int { return len(s.Fields) }

// Names returns the names of the columns, in order.
func (s Schema) Names() []string {
	names := make([]string, len(s.Fields))
	for i, field := range s.Fields {
		names[i] = field.Name
	}
	return names
}

// Index returns the position of the first column of that name, without regard to
// case, or -1.
func (s Schema) Index(name string) int {
	for i, field := range s.Fields {
		if strings.EqualFold(field.Name, name) {
			return i
		}
	}
	return -1
}

// Select returns the schema of the columns at these positions, in their order.
func (s Schema) Select(columns []int) Schema {
	fields := make([]Field, len(columns))
	for i, column := range columns {
		fields[i] = s.Fields[column]
	}
	return Schema{Fields: fields}
}

// Equal reports whether both have the same columns: names, types, nullability and
// order.
func (s Schema) Equal(other Schema) bool {
	if len(s.Fields) != len(other.Fields) {
		return false
	}
	for i, field := range s.Fields {
		if field != other.Fields[i] {
			return false
		}
	}
	return true
}

// String returns the columns as "name type, name type".
func (s Schema) String() string { return joinFields(s.Fields, " ", ", ") }
