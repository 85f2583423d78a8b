package record

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/types"
)

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
	calendarType = reflect.TypeFor[types.CalendarInterval]()
)

// isRow reports whether values of a Go type have a column for each of their fields.
func isRow(of reflect.Type) bool {
	return of.Kind() == reflect.Struct && of != timeType && of != calendarType
}

// field is an exported field of a struct, those of embedded structs included.
type field struct {
	name   string // of its column
	goName string
	of     reflect.Type
	offset uintptr
}

// fieldsOf returns the fields that have columns.
func fieldsOf(of reflect.Type) ([]field, error) {
	var fields []field
	taken := map[string]string{}
	for _, f := range reflect.VisibleFields(of) {
		name := columnName(f)
		if !f.IsExported() || f.Anonymous || name == "-" {
			continue
		}
		offset, err := offsetOf(of, f.Index)
		if err != nil {
			return nil, fmt.Errorf("field %s of %s: %w", f.Name, of, err)
		}
		lower := strings.ToLower(name)
		if other, twice := taken[lower]; twice {
			return nil, fmt.Errorf("fields %s and %s of %s are both called %q; give one of them another name by `sql:\"name\"`", other, f.Name, of, name)
		}
		taken[lower] = f.Name
		fields = append(fields, field{name, f.Name, f.Type, offset})
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("%s has no exported field to make a column of", of)
	}
	return fields, nil
}

// offsetOf returns where a field lies within its struct.
func offsetOf(of reflect.Type, index []int) (uintptr, error) {
	var offset uintptr
	for i, at := range index {
		if of.Kind() == reflect.Pointer {
			return 0, fmt.Errorf("it is in an embedded pointer; embed the struct itself, or leave it out with `sql:\"-\"`")
		}
		f := of.Field(at)
		offset += f.Offset
		if of = f.Type; i == len(index)-1 {
			break
		}
	}
	return offset, nil
}

func columnName(f reflect.StructField) string {
	if name := f.Tag.Get("sql"); name != "" {
		return name
	}
	return strings.ToLower(f.Name)
}
