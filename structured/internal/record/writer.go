package record

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"time"
	"unsafe"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Writer writes values of T as rows. It is immutable.
type Writer[T any] struct {
	fields  []types.Field
	columns []columnWriter
}

type columnWriter struct {
	write  writeFunc
	offset uintptr
}

// writeFunc appends the n values at p, p+stride, p+2*stride and so on to a column.
type writeFunc func(c *vector.Column, p unsafe.Pointer, stride uintptr, n int)

// NewWriter returns the writer of T: a struct has a column for each field, any other
// value is one column called value. The error says which part of T is no value of a
// table.
func NewWriter[T any]() (*Writer[T], error) {
	of := reflect.TypeFor[T]()
	if isRow(of) {
		fields, writers, err := structWriters(of, nil)
		return &Writer[T]{fields, writers}, err
	}
	v, err := writerOf(of, nil)
	field := types.Field{Name: "value", Type: v.of, Nullable: v.nullable}
	return &Writer[T]{[]types.Field{field}, []columnWriter{{v.write, 0}}}, err
}

// Fields returns the columns.
func (w *Writer[T]) Fields() []types.Field { return w.fields }

// Write appends rows to a batch with these columns, which has no selection.
func (w *Writer[T]) Write(b *vector.Batch, rows []T) {
	if len(rows) == 0 {
		return
	}
	for i, column := range w.columns {
		column.write(&b.Columns[i], unsafe.Add(unsafe.Pointer(&rows[0]), column.offset), unsafe.Sizeof(rows[0]), len(rows))
	}
	b.Rows += len(rows)
}

// WriteColumn returns the type of a column of values of T, whether they may be null, and
// what appends them.
func WriteColumn[T any]() (of types.Type, nullable bool, write func(c *vector.Column, values []T), err error) {
	v, err := writerOf(reflect.TypeFor[T](), nil)
	return v.of, v.nullable, func(c *vector.Column, values []T) {
		if len(values) > 0 {
			v.write(c, unsafe.Pointer(&values[0]), unsafe.Sizeof(values[0]), len(values))
		}
	}, err
}

// structWriters are those of the fields of a struct, which is inside of others.
func structWriters(of reflect.Type, within []reflect.Type) ([]types.Field, []columnWriter, error) {
	if slices.Contains(within, of) {
		return nil, nil, fmt.Errorf("a %s contains itself, which no table does", of)
	}
	fields, err := fieldsOf(of)
	if err != nil {
		return nil, nil, err
	}
	columns, writers := make([]types.Field, len(fields)), make([]columnWriter, len(fields))
	for i, f := range fields {
		v, err := writerOf(f.of, append(within, of))
		if err != nil {
			return nil, nil, fmt.Errorf("field %s of %s: %w", f.goName, of, err)
		}
		columns[i] = types.Field{Name: f.name, Type: v.of, Nullable: v.nullable}
		writers[i] = columnWriter{v.write, f.offset}
	}
	return columns, writers, nil
}

// valueWriter is a type, and what writes its values.
type valueWriter struct {
	of       types.Type
	nullable bool
	write    writeFunc
}

func writerOf(of reflect.Type, within []reflect.Type) (valueWriter, error) {
	switch of {
	case timeType:
		return plain(types.Timestamp, (*vector.Column).AppendLong, time.Time.UnixMicro), nil
	case durationType:
		return plain(types.DayTime, (*vector.Column).AppendLong, time.Duration.Microseconds), nil
	case calendarType:
		return plain(types.Calendar, (*vector.Column).AppendInterval, func(v types.CalendarInterval) types.CalendarInterval { return v }), nil
	}
	switch of.Kind() {
	case reflect.Bool:
		return plain(types.Boolean, (*vector.Column).AppendBool, func(v bool) bool { return v }), nil
	case reflect.Int8:
		return plain(types.Tinyint, (*vector.Column).AppendTiny, func(v int8) int8 { return v }), nil
	case reflect.Int16:
		return plain(types.Smallint, (*vector.Column).AppendSmall, func(v int16) int16 { return v }), nil
	case reflect.Int32:
		return plain(types.Int, (*vector.Column).AppendInt, func(v int32) int32 { return v }), nil
	case reflect.Int:
		return valueWriter{of: types.Bigint, write: writeLongs[int]}, nil
	case reflect.Int64:
		return valueWriter{of: types.Bigint, write: writeLongs[int64]}, nil
	case reflect.Float32:
		return plain(types.Float, (*vector.Column).AppendFloat, func(v float32) float32 { return v }), nil
	case reflect.Float64:
		return plain(types.Double, (*vector.Column).AppendDouble, func(v float64) float64 { return v }), nil
	case reflect.String:
		return valueWriter{of: types.String, write: writeStrings}, nil
	case reflect.Pointer:
		return pointerWriter(of, within)
	case reflect.Slice:
		return sliceWriter(of, within)
	case reflect.Map:
		return mapWriter(of, within)
	case reflect.Struct:
		return structWriter(of, within)
	}
	return valueWriter{}, fmt.Errorf("a %s is no value of a table; use another type, or leave the field out with `sql:\"-\"`", of)
}

// plain writes values of a fixed width, converted to what columns hold.
func plain[V, C any](of types.Type, add func(*vector.Column, C), convert func(V) C) valueWriter {
	return valueWriter{of: of, write: func(c *vector.Column, p unsafe.Pointer, stride uintptr, n int) {
		for i := range n {
			add(c, convert(*(*V)(step(p, i, stride))))
		}
	}}
}

func writeLongs[V int | int64](c *vector.Column, p unsafe.Pointer, stride uintptr, n int) {
	out := c.AppendLongs(n)
	for i := range out {
		out[i] = int64(*(*V)(step(p, i, stride)))
	}
}

func writeStrings(c *vector.Column, p unsafe.Pointer, stride uintptr, n int) {
	for i := range n {
		c.Bytes = append(c.Bytes, *(*string)(step(p, i, stride))...)
		c.EndString()
	}
}

func pointerWriter(of reflect.Type, within []reflect.Type) (valueWriter, error) {
	v, err := writerOf(of.Elem(), within)
	return valueWriter{of: v.of, nullable: true, write: func(c *vector.Column, p unsafe.Pointer, stride uintptr, n int) {
		for i := range n {
			if value := *(*unsafe.Pointer)(step(p, i, stride)); value != nil {
				v.write(c, value, 0, 1)
			} else {
				c.AppendNull()
			}
		}
	}}, err
}

func sliceWriter(of reflect.Type, within []reflect.Type) (valueWriter, error) {
	if of.Elem().Kind() == reflect.Uint8 {
		return plain(types.Binary, (*vector.Column).AppendString, func(v []byte) []byte { return v }), nil
	}
	v, err := writerOf(of.Elem(), within)
	size := of.Elem().Size()
	return valueWriter{of: types.Array(v.of), write: func(c *vector.Column, p unsafe.Pointer, stride uintptr, n int) {
		for i := range n {
			slice := (*header)(step(p, i, stride))
			v.write(&c.Children[0], slice.data, size, slice.len)
			c.EndArray()
		}
	}}, err
}

func structWriter(of reflect.Type, within []reflect.Type) (valueWriter, error) {
	fields, writers, err := structWriters(of, within)
	return valueWriter{of: types.Struct(fields...), write: func(c *vector.Column, p unsafe.Pointer, stride uintptr, n int) {
		for i, field := range writers {
			field.write(&c.Children[i], unsafe.Add(p, field.offset), stride, n)
		}
		for range n {
			c.EndStruct()
		}
	}}, err
}

// mapWriter writes the entries of a map in the order of their keys, so that equal maps
// are written alike.
func mapWriter(of reflect.Type, within []reflect.Type) (valueWriter, error) {
	compare := orderOf(of.Key().Kind())
	if compare == nil {
		return valueWriter{}, fmt.Errorf("the keys of a %s have no order; use strings or numbers", of)
	}
	key, err := writerOf(of.Key(), within)
	if err != nil {
		return valueWriter{}, err
	}
	value, err := writerOf(of.Elem(), within)
	return valueWriter{of: types.Map(key.of, value.of), write: func(c *vector.Column, p unsafe.Pointer, stride uintptr, n int) {
		k, v := reflect.New(of.Key()), reflect.New(of.Elem())
		entries := &c.Children[0]
		for i := range n {
			entry := reflect.NewAt(of, step(p, i, stride)).Elem()
			keys := entry.MapKeys() //det:unordered they are sorted
			slices.SortFunc(keys, compare)
			for _, each := range keys {
				k.Elem().Set(each)
				v.Elem().Set(entry.MapIndex(each))
				key.write(&entries.Children[0], k.UnsafePointer(), 0, 1)
				value.write(&entries.Children[1], v.UnsafePointer(), 0, 1)
				entries.EndStruct()
			}
			c.EndArray()
		}
	}}, err
}

func orderOf(kind reflect.Kind) func(a, b reflect.Value) int {
	switch kind {
	case reflect.String:
		return func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) }
	case reflect.Float32, reflect.Float64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Float(), b.Float()) }
	}
	return nil
}
