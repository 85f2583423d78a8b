package structured

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// FromSlice returns a table of rows that are in memory. A struct has a column for each
// exported field, called as its tag says, `sql:"name"`, or else as the field is in lower
// case; `sql:"-"` leaves it out. Any other T is one column called value. A pointer is a
// value that may be null. The Go types are those that Collect takes values to; in place
// of a decimal there is its text. The rows are copied.
func (s *Session) FromSlice[T any](rows []T) DataFrame {
	return s.fromRows("FromSlice", reflect.TypeFor[T](), func(yield func(reflect.Value) bool) {
		for i := range rows {
			if !yield(reflect.ValueOf(&rows[i]).Elem()) {
				return
			}
		}
	})
}

// FromSeq is FromSlice of a sequence, which is read to its end at once. The values of a
// channel are such a sequence:
//
//	session.FromSeq(func(yield func(Order) bool) {
//		for order := range orders {
//			if !yield(order) {
//				return
//			}
//		}
//	})
func (s *Session) FromSeq[T any](rows iter.Seq[T]) DataFrame {
	return s.fromRows("FromSeq", reflect.TypeFor[T](), func(yield func(reflect.Value) bool) {
		for row := range rows {
			if !yield(reflect.ValueOf(&row).Elem()) {
				return
			}
		}
	})
}

func (s *Session) fromRows(operation string, of reflect.Type, rows iter.Seq[reflect.Value]) DataFrame {
	src, err := records(of, rows)
	if err != nil {
		f := &frame{session: s, place: place(operation)}
		f.err = f.mistake(err)
		return DataFrame{f}
	}
	return s.from(operation, src, false)
}

// records puts rows into batches.
func records(of reflect.Type, rows iter.Seq[reflect.Value]) (source.Source, error) {
	fields, take, err := columnsOf(of)
	if err != nil {
		return nil, err
	}
	schema := types.NewSchema(fields...)
	batch, layout := vector.NewBatch(schema), schema.Arrow()
	var batches []arrow.RecordBatch
	for row := range rows {
		for i, value := range take(row) {
			if err := batch.Columns[i].AppendValue(value); err != nil {
				return nil, fmt.Errorf("column %q: %w", fields[i].Name, err)
			}
		}
		if batch.Rows++; batch.Rows == vector.MaxRows {
			batches, batch = append(batches, batch.Record(layout)), vector.NewBatch(schema)
		}
	}
	if batch.Rows > 0 {
		batches = append(batches, batch.Record(layout))
	}
	return source.Records(schema, batches), nil
}

// columnsOf returns the columns of a row's type, and what takes their values from one.
func columnsOf(of reflect.Type) ([]types.Field, func(reflect.Value) []any, error) {
	if of.Kind() != reflect.Struct || of == timeType {
		t, nullable, take, err := valueOf(of)
		field := types.Field{Name: "value", Type: t, Nullable: nullable}
		return []types.Field{field}, func(row reflect.Value) []any { return []any{take(row)} }, err
	}
	var columns []types.Field
	var at [][]int
	var takes []func(reflect.Value) any
	for _, field := range reflect.VisibleFields(of) {
		name := columnName(field)
		if !field.IsExported() || field.Anonymous || name == "-" {
			continue
		}
		t, nullable, take, err := valueOf(field.Type)
		if err != nil {
			return nil, nil, fmt.Errorf("field %s of %s: %w", field.Name, of, err)
		}
		columns = append(columns, types.Field{Name: name, Type: t, Nullable: nullable})
		at, takes = append(at, field.Index), append(takes, take)
	}
	if len(columns) == 0 {
		return nil, nil, fmt.Errorf("%s has no exported field to make a column of", of)
	}
	return columns, func(row reflect.Value) []any {
		values := make([]any, len(at))
		for i, take := range takes {
			values[i] = take(row.FieldByIndex(at[i]))
		}
		return values
	}, nil
}

// columnName is what the column of a field is called.
func columnName(field reflect.StructField) string {
	if name := field.Tag.Get("sql"); name != "" {
		return name
	}
	return strings.ToLower(field.Name)
}

// valueOf returns the type of a Go type's values, and what makes a value of package
// vector of one.
func valueOf(of reflect.Type) (t types.Type, nullable bool, take func(reflect.Value) any, err error) {
	integer := func(make func(int64) any) func(reflect.Value) any {
		return func(v reflect.Value) any { return make(v.Int()) }
	}
	switch of {
	case timeType:
		return types.Timestamp, false, func(v reflect.Value) any { return v.Interface().(time.Time).UnixMicro() }, nil
	case durationType:
		return types.DayTime, false, integer(func(n int64) any { return time.Duration(n).Microseconds() }), nil
	}
	switch of.Kind() {
	case reflect.Bool:
		return types.Boolean, false, func(v reflect.Value) any { return v.Bool() }, nil
	case reflect.Int8:
		return types.Tinyint, false, integer(func(n int64) any { return int8(n) }), nil
	case reflect.Int16:
		return types.Smallint, false, integer(func(n int64) any { return int16(n) }), nil
	case reflect.Int32:
		return types.Int, false, integer(func(n int64) any { return int32(n) }), nil
	case reflect.Int, reflect.Int64:
		return types.Bigint, false, integer(func(n int64) any { return n }), nil
	case reflect.Float32:
		return types.Float, false, func(v reflect.Value) any { return float32(v.Float()) }, nil
	case reflect.Float64:
		return types.Double, false, func(v reflect.Value) any { return v.Float() }, nil
	case reflect.String:
		return types.String, false, func(v reflect.Value) any { return v.String() }, nil
	case reflect.Pointer:
		t, _, inner, err := valueOf(of.Elem())
		return t, true, func(v reflect.Value) any {
			if v.IsNil() {
				return nil
			}
			return inner(v.Elem())
		}, err
	case reflect.Slice:
		return sliceOf(of)
	case reflect.Struct:
		fields, values, err := columnsOf(of)
		return types.Struct(fields...), false, func(v reflect.Value) any { return values(v) }, err
	}
	return t, false, nil, fmt.Errorf("a %s is no value of a table; use another type, or leave the field out with `sql:\"-\"`", of)
}

func sliceOf(of reflect.Type) (types.Type, bool, func(reflect.Value) any, error) {
	if of.Elem().Kind() == reflect.Uint8 {
		return types.Binary, false, func(v reflect.Value) any { return v.Bytes() }, nil
	}
	t, _, inner, err := valueOf(of.Elem())
	return types.Array(t), false, func(v reflect.Value) any {
		list := make([]any, v.Len())
		for i := range list {
			list[i] = inner(v.Index(i))
		}
		return list
	}, err
}

// All returns the rows as values of T, one after the other; see Collect for what T may
// be. All are computed before the first is given. An error ends the sequence.
func All[T any](ctx context.Context, d DataFrame) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		result, err := d.collect(ctx)
		if err != nil {
			yield(none, err)
			return
		}
		assign, err := rowAssigner(result.schema, reflect.TypeFor[T]())
		if err != nil {
			yield(none, fmt.Errorf("structured: All: %w", err))
			return
		}
		at := 0
		for batch := range result.all() {
			for i := range batch.Len() {
				var row T
				if err := assign(reflect.ValueOf(&row).Elem(), batch.Values(i)); err != nil {
					yield(none, fmt.Errorf("structured: All: row %d: %w", at, err))
					return
				}
				if !yield(row, nil) {
					return
				}
				at++
			}
		}
	}
}
