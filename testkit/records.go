package testkit

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/structured/types"
)

// recordType is how rows of a Go type are columns: a struct has one for each
// exported field, under its name in lower case; any other type has one, "value".
type recordType struct {
	schema types.Schema
	fields [][]int // the field of each column; nil: the row itself
}

func recordTypeOf(t reflect.Type) (recordType, error) {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		column, err := columnType(t)
		return recordType{types.NewSchema(types.Required("value", column)), [][]int{nil}}, err
	}
	var r recordType
	for _, field := range reflect.VisibleFields(t) {
		if !field.IsExported() || field.Anonymous {
			continue
		}
		column, err := columnType(field.Type)
		if err != nil {
			return r, fmt.Errorf("field %s: %w", field.Name, err)
		}
		r.schema.Fields = append(r.schema.Fields, types.Required(strings.ToLower(field.Name), column))
		r.fields = append(r.fields, field.Index)
	}
	if len(r.fields) == 0 {
		return r, fmt.Errorf("%s has no exported field", t)
	}
	return r, nil
}

func columnType(t reflect.Type) (types.Type, error) {
	if t == reflect.TypeFor[time.Time]() {
		return types.Timestamp, nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return types.Boolean, nil
	case reflect.Int32:
		return types.Int, nil
	case reflect.Int, reflect.Int64:
		return types.Bigint, nil
	case reflect.Float64:
		return types.Double, nil
	case reflect.String:
		return types.String, nil
	}
	return types.Type{}, fmt.Errorf("a %s is no column of a table; use bool, int, int32, int64, float64, string or time.Time", t)
}

// record makes a record batch of rows, with some of the columns; nil means all.
func record[T any](r recordType, rows []T, columns []int) arrow.RecordBatch {
	schema, fields := r.schema, r.fields
	if columns != nil {
		schema, fields = r.schema.Select(columns), nil
		for _, column := range columns {
			fields = append(fields, r.fields[column])
		}
	}
	arrays := make([]arrow.Array, len(fields))
	for i, field := range fields {
		builder := array.NewBuilder(memory.DefaultAllocator, schema.Fields[i].Type.Arrow())
		for row := range rows {
			value := reflect.ValueOf(&rows[row]).Elem()
			if field != nil {
				value = value.FieldByIndex(field)
			}
			appendValue(builder, value)
		}
		arrays[i] = builder.NewArray()
	}
	return array.NewRecordBatch(schema.Arrow(), arrays, int64(len(rows)))
}

func appendValue(to array.Builder, value reflect.Value) {
	switch to := to.(type) {
	case *array.BooleanBuilder:
		to.Append(value.Bool())
	case *array.Int32Builder:
		to.Append(int32(value.Int()))
	case *array.Int64Builder:
		to.Append(value.Int())
	case *array.Float64Builder:
		to.Append(value.Float())
	case *array.StringBuilder:
		to.Append(value.String())
	case *array.TimestampBuilder:
		to.Append(arrow.Timestamp(value.Interface().(time.Time).UnixMicro()))
	}
}
