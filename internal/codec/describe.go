package codec

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// describe returns the name of a type that can be encoded.
func describe(t reflect.Type) string {
	var d describer
	d.describe(t)
	return d.String()
}

// describer writes a type's name. A type within itself is written as ^n, where n
// says how many named types further out it is.
type describer struct {
	strings.Builder
	open []reflect.Type
}

func (d *describer) describe(t reflect.Type) {
	switch {
	case t == timeType:
		d.WriteString("time")
		return
	case encodesItself(t):
		d.WriteString(t.PkgPath() + "." + t.Name())
		return
	}
	if t.Name() != "" && t.PkgPath() != "" { // only a named type can contain itself
		if at := slices.Index(d.open, t); at >= 0 {
			fmt.Fprintf(d, "^%d", len(d.open)-at)
			return
		}
		d.open = append(d.open, t)
		defer func() { d.open = d.open[:len(d.open)-1] }()
	}
	switch t.Kind() {
	case reflect.Struct:
		d.WriteString("struct{")
		for i, field := range encodedFields(t) {
			if i > 0 {
				d.WriteString(", ")
			}
			d.WriteString(field.Name + " ")
			d.describe(field.Type)
		}
		d.WriteString("}")
	case reflect.Array:
		fmt.Fprintf(d, "[%d]", t.Len())
		d.describe(t.Elem())
	case reflect.Slice:
		d.WriteString("[]")
		d.describe(t.Elem())
	case reflect.Map:
		d.WriteString("map[")
		d.describe(t.Key())
		d.WriteString("]")
		d.describe(t.Elem())
	case reflect.Pointer:
		d.WriteString("*")
		d.describe(t.Elem())
	default:
		d.WriteString(t.Kind().String())
	}
}

// encodedFields returns the fields of a struct in the order in which they are
// encoded, that of their names. Blank ones are left out.
func encodedFields(t reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	for i := range t.NumField() {
		if field := t.Field(i); field.Name != "_" {
			fields = append(fields, field)
		}
	}
	slices.SortFunc(fields, func(a, b reflect.StructField) int { return cmp.Compare(a.Name, b.Name) })
	return fields
}
