package structured

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Row is one row of a result.
type Row struct {
	schema types.Schema
	values []any
}

// Schema returns the columns.
func (r Row) Schema() types.Schema { return r.schema }

// Values returns the values in order, of the Go types that package types lists; nil
// is null. A timestamp is its microseconds.
func (r Row) Values() []any { return r.values }

// Get returns the value of a column, found without regard to case. It is false if
// there is no such column.
func (r Row) Get(column string) (value any, ok bool) {
	i := r.schema.Index(column)
	if i < 0 {
		return nil, false
	}
	return r.values[i], true
}

// String returns the values as [a, b].
func (r Row) String() string {
	texts := make([]string, len(r.values))
	for i, value := range r.values {
		texts[i] = sink.Format(r.schema.Fields[i].Type, value)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// Show prints the first n rows to standard output as a table, cells cut at 20
// characters.
func (d DataFrame) Show(ctx context.Context, n int) error {
	text, err := d.show(ctx, n)
	if err != nil {
		return err
	}
	_, err = text.WriteTo(env.Stdout())
	return err
}

func (d DataFrame) show(ctx context.Context, n int) (*bytes.Buffer, error) {
	result, err := d.Limit(int64(n) + 1).collect(ctx) // one more tells whether there are more
	if err != nil {
		return nil, err
	}
	var records []arrow.RecordBatch
	for batch := range result.all() {
		records = append(records, batch.Record(result.schema.Arrow()))
	}
	var text bytes.Buffer
	sink.WriteTable(&text, result.schema, records, n, 20)
	return &text, nil
}

// Collect returns the rows as values of T. A struct takes each column into the
// exported field of that name, found without regard to case, or of that tag,
// `sql:"name"`; a column without a field, and a field without a column, is an error. Any
// other T takes the one column that there is. Null needs a pointer. A date or timestamp
// goes into a time.Time, an interval into a time.Duration or a number of months, a
// decimal into a string, a list into a slice, a map into a map, a struct into a struct.
func Collect[T any](ctx context.Context, d DataFrame) ([]T, error) {
	var rows []T
	for row, err := range All[T](ctx, d) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
)

// rowAssigner returns a function that puts the values of a row into a T.
func rowAssigner(schema types.Schema, into reflect.Type) (func(into reflect.Value, values []any) error, error) {
	if into.Kind() != reflect.Struct || into == timeType {
		if schema.Len() != 1 {
			return nil, fmt.Errorf("a %s can't hold the %d columns (%s)", into, schema.Len(), schema)
		}
		assign, err := assigner(schema.Fields[0].Type, into)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", schema.Fields[0].Name, err)
		}
		return func(to reflect.Value, values []any) error { return assign(to, values[0]) }, nil
	}
	return structAssigner(schema.Fields, into)
}

// fieldFor returns the exported field for a column.
func fieldFor(of reflect.Type, column string) (reflect.StructField, bool) {
	for _, field := range reflect.VisibleFields(of) {
		if field.IsExported() && strings.EqualFold(columnName(field), column) {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

type assignFunc func(to reflect.Value, value any) error

func structAssigner(columns []types.Field, into reflect.Type) (func(to reflect.Value, values []any) error, error) {
	fields := make([][]int, len(columns))
	assigns := make([]assignFunc, len(columns))
	taken := map[string]bool{}
	for i, column := range columns {
		field, ok := fieldFor(into, column.Name)
		if !ok {
			return nil, fmt.Errorf("%s has no exported field for column %q of (%s)", into, column.Name, types.Schema{Fields: columns})
		}
		assign, err := assigner(column.Type, field.Type)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", column.Name, err)
		}
		fields[i], assigns[i], taken[field.Name] = field.Index, assign, true
	}
	for _, field := range reflect.VisibleFields(into) {
		if field.IsExported() && !field.Anonymous && !taken[field.Name] && columnName(field) != "-" {
			return nil, fmt.Errorf("there is no column for field %s of %s in (%s)", field.Name, into, types.Schema{Fields: columns})
		}
	}
	return func(to reflect.Value, values []any) error {
		for i, assign := range assigns {
			if err := assign(to.FieldByIndex(fields[i]), values[i]); err != nil {
				return fmt.Errorf("column %q: %w", columns[i].Name, err)
			}
		}
		return nil
	}, nil
}

// assigner returns a function that puts a value of type from into a Go value.
func assigner(from types.Type, into reflect.Type) (assignFunc, error) {
	if into.Kind() == reflect.Pointer {
		assign, err := assigner(from, into.Elem())
		return func(to reflect.Value, value any) error {
			if value == nil {
				return nil
			}
			to.Set(reflect.New(into.Elem()))
			return assign(to.Elem(), value)
		}, err
	}
	assign, ok, err := plainAssigner(from, into)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("a %s does not go into a %s", from, into)
	}
	return func(to reflect.Value, value any) error {
		if value == nil {
			return fmt.Errorf("null does not go into a %s: make the field a pointer", into)
		}
		return assign(to, value)
	}, nil
}

// plainAssigner is for values that are not null and types that are no pointers.
func plainAssigner(from types.Type, into reflect.Type) (assign assignFunc, ok bool, err error) {
	switch kind := into.Kind(); from.Kind() {
	case types.KindBoolean:
		return func(to reflect.Value, value any) error { to.SetBool(value.(bool)); return nil }, kind == reflect.Bool, nil
	case types.KindTinyint:
		return func(to reflect.Value, value any) error { to.SetInt(int64(value.(int8))); return nil },
			kind >= reflect.Int && kind <= reflect.Int64, nil
	case types.KindSmallint:
		return func(to reflect.Value, value any) error { to.SetInt(int64(value.(int16))); return nil },
			kind >= reflect.Int && kind <= reflect.Int64 && kind != reflect.Int8, nil
	case types.KindInt:
		return func(to reflect.Value, value any) error { to.SetInt(int64(value.(int32))); return nil },
			kind == reflect.Int32 || kind == reflect.Int64 || kind == reflect.Int, nil
	case types.KindBigint:
		return func(to reflect.Value, value any) error { to.SetInt(value.(int64)); return nil },
			kind == reflect.Int64 || kind == reflect.Int, nil
	case types.KindFloat:
		return func(to reflect.Value, value any) error { to.SetFloat(float64(value.(float32))); return nil },
			kind == reflect.Float32 || kind == reflect.Float64, nil
	case types.KindDecimal:
		return func(to reflect.Value, value any) error {
			to.SetString(string(text.AppendDecimal(nil, value.(decimal128.Num), from.Scale())))
			return nil
		}, kind == reflect.String, nil
	case types.KindDouble:
		return func(to reflect.Value, value any) error { to.SetFloat(value.(float64)); return nil }, kind == reflect.Float64, nil
	case types.KindString:
		return func(to reflect.Value, value any) error { to.SetString(value.(string)); return nil }, kind == reflect.String, nil
	case types.KindBinary:
		return func(to reflect.Value, value any) error { to.SetBytes(value.([]byte)); return nil },
			kind == reflect.Slice && into.Elem().Kind() == reflect.Uint8, nil
	case types.KindDate:
		return func(to reflect.Value, value any) error {
			to.Set(reflect.ValueOf(time.Unix(int64(value.(int32))*24*60*60, 0).UTC()))
			return nil
		}, into == timeType, nil
	case types.KindTimestamp, types.KindTimestampNTZ:
		return func(to reflect.Value, value any) error {
			to.Set(reflect.ValueOf(time.UnixMicro(value.(int64)).UTC()))
			return nil
		}, into == timeType, nil
	case types.KindDayTime:
		return func(to reflect.Value, value any) error {
			micros := value.(int64)
			if length := time.Duration(micros) * time.Microsecond; length/time.Microsecond == time.Duration(micros) {
				to.SetInt(int64(length))
				return nil
			}
			return fmt.Errorf("%s is beyond the 292 years of a time.Duration", text.AppendMicros(nil, micros, from))
		}, into == durationType, nil
	case types.KindYearMonth:
		return func(to reflect.Value, value any) error { to.SetInt(int64(value.(int32))); return nil },
			kind == reflect.Int32 || kind == reflect.Int64 || kind == reflect.Int, nil
	case types.KindMap:
		return mapAssigner(from, into)
	case types.KindArray:
		if kind != reflect.Slice {
			return nil, false, nil
		}
		element, err := assigner(from.Element(), into.Elem())
		return func(to reflect.Value, value any) error {
			list := value.([]any)
			to.Set(reflect.MakeSlice(into, len(list), len(list)))
			for i, e := range list {
				if err := element(to.Index(i), e); err != nil {
					return err
				}
			}
			return nil
		}, true, err
	case types.KindStruct:
		if kind != reflect.Struct {
			return nil, false, nil
		}
		fields, err := structAssigner(from.Fields(), into)
		return func(to reflect.Value, value any) error { return fields(to, value.([]any)) }, true, err
	}
	return nil, false, nil
}

// mapAssigner is for maps whose keys are Go values that can be keys.
func mapAssigner(from types.Type, into reflect.Type) (assignFunc, bool, error) {
	if into.Kind() != reflect.Map {
		return nil, false, nil
	}
	key, err := assigner(from.Key(), into.Key())
	if err != nil {
		return nil, false, err
	}
	value, err := assigner(from.Value(), into.Elem())
	return func(to reflect.Value, entries any) error {
		made := reflect.MakeMap(into)
		for _, entry := range entries.([]any) {
			k, v := reflect.New(into.Key()).Elem(), reflect.New(into.Elem()).Elem()
			if err := key(k, entry.([]any)[0]); err != nil {
				return err
			}
			if err := value(v, entry.([]any)[1]); err != nil {
				return err
			}
			made.SetMapIndex(k, v)
		}
		to.Set(made)
		return nil
	}, true, err
}
