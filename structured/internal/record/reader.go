package record

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Reader reads rows as values of T. It is immutable.
type Reader[T any] struct {
	columns []columnReader
}

// columnReader reads one column into the memory at an offset within each value.
type columnReader struct {
	read   readFunc
	offset uintptr
}

// readFunc reads n rows of a column, those in rows or, if that is nil, the first ones,
// into the memory at p, p+stride, p+2*stride and so on. Package unsafe is used
// throughout to write memory as the type that reflection has said it to be.
type readFunc func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error

// NewReader returns the reader of rows with these columns. A struct takes each column
// into the field of that name, found without regard to case; every column must have a
// field and every field a column. Any other T takes the one column that there is. The
// error names the column, the field and both types.
func NewReader[T any](columns []types.Field) (*Reader[T], error) {
	into := reflect.TypeFor[T]()
	if isRow(into) {
		readers, err := structReaders(columns, into)
		return &Reader[T]{readers}, err
	}
	if len(columns) != 1 {
		return nil, fmt.Errorf("a %s can't hold the %d columns (%s)", into, len(columns), types.Schema{Fields: columns})
	}
	read, err := reading{columns[0].Name, into.String()}.value(columns[0].Type, into)
	return &Reader[T]{[]columnReader{{read, 0}}}, err
}

// Read fills rows with those of the batch that count and returns it, longer or shorter.
// The values are their holder's: no memory of the batch is in them. The error names the
// column with a null that has no place in T.
func (r *Reader[T]) Read(b *vector.Batch, rows []T) ([]T, error) {
	rows = vector.Resize(rows, b.Len())
	if len(rows) == 0 {
		return rows, nil
	}
	clear(rows)
	for i, column := range r.columns {
		err := column.read(&b.Columns[i], b.Selection, len(rows), unsafe.Add(unsafe.Pointer(&rows[0]), column.offset), unsafe.Sizeof(rows[0]))
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// ReadColumn returns what reads values of T from a column of a type: it fills values
// with those of rows, or, if that is nil, with the first ones.
func ReadColumn[T any](from types.Type, name string) (func(c *vector.Column, rows []int32, values []T) error, error) {
	into := reflect.TypeFor[T]()
	read, err := reading{name, into.String()}.value(from, into)
	return func(c *vector.Column, rows []int32, values []T) error {
		if len(values) == 0 {
			return nil
		}
		clear(values)
		return read(c, rows, len(values), unsafe.Pointer(&values[0]), unsafe.Sizeof(values[0]))
	}, err
}

// structReaders matches columns with the fields of a struct.
func structReaders(columns []types.Field, into reflect.Type) ([]columnReader, error) {
	fields, err := fieldsOf(into)
	if err != nil {
		return nil, err
	}
	readers := make([]columnReader, len(columns))
	taken := make([]bool, len(fields))
	for i, column := range columns {
		at := -1
		for j, f := range fields {
			if strings.EqualFold(f.name, column.Name) {
				at = j
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("%s has no exported field for column %q of (%s)", into, column.Name, types.Schema{Fields: columns})
		}
		f := fields[at]
		if taken[at] {
			return nil, fmt.Errorf("two columns are called %q, but field %s of %s takes one; rename or drop the other", column.Name, f.goName, into)
		}
		target := fmt.Sprintf("field %s of %s, of type %s", f.goName, into, f.of)
		read, err := reading{column.Name, target}.value(column.Type, f.of)
		if err != nil {
			return nil, err
		}
		readers[i], taken[at] = columnReader{read, f.offset}, true
	}
	for j, f := range fields {
		if !taken[j] {
			return nil, fmt.Errorf("there is no column for field %s of %s in (%s)", f.goName, into, types.Schema{Fields: columns})
		}
	}
	return readers, nil
}

// reading is where a value comes from and goes to, for errors.
type reading struct{ column, target string }

func (r reading) mismatch(from types.Type) error {
	return fmt.Errorf("column %q: a %s does not go into %s", r.column, from, r.article())
}

func (r reading) article() string {
	if strings.HasPrefix(r.target, "field ") {
		return r.target
	}
	return "a " + r.target
}

// value returns what reads values that may be null.
func (r reading) value(from types.Type, into reflect.Type) (readFunc, error) {
	if into.Kind() == reflect.Pointer {
		read, err := r.value(from, into.Elem())
		return pointers(into.Elem(), read), err
	}
	read, err := r.plain(from, into)
	if err != nil {
		return nil, err
	}
	return func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
		if c.HasNulls() && hasNull(c, rows, n) {
			return fmt.Errorf("column %q: null does not go into %s: make it a pointer", r.column, r.article())
		}
		return read(c, rows, n, p, stride)
	}, nil
}

func hasNull(c *vector.Column, rows []int32, n int) bool {
	if rows == nil {
		return c.Valid.Count(n) < n
	}
	for _, row := range rows[:n] {
		if c.IsNull(int(row)) {
			return true
		}
	}
	return false
}

// pointers reads values that are not null into memory of their own, and points there.
func pointers(element reflect.Type, read readFunc) readFunc {
	return func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
		present := make([]int32, 0, n)
		at := make([]int32, 0, n)
		for i := range n {
			if row := rowAt(rows, i); !c.IsNull(row) {
				present, at = append(present, int32(row)), append(at, int32(i))
			}
		}
		if len(present) == 0 {
			return nil
		}
		values := reflect.MakeSlice(reflect.SliceOf(element), len(present), len(present)).UnsafePointer()
		for j, i := range at {
			*(*unsafe.Pointer)(step(p, int(i), stride)) = step(values, j, element.Size())
		}
		return read(c, present, len(present), values, element.Size())
	}
}

// plain returns what reads values that are not null into a type that is no pointer.
func (r reading) plain(from types.Type, into reflect.Type) (readFunc, error) {
	kind := into.Kind()
	switch from.Kind() {
	case types.KindBoolean:
		if kind == reflect.Bool {
			return readBools, nil
		}
	case types.KindTinyint:
		return r.found(integers(func(c *vector.Column) []int8 { return c.Tinies }, into), from)
	case types.KindSmallint:
		return r.found(integers(func(c *vector.Column) []int16 { return c.Smalls }, into), from)
	case types.KindInt, types.KindYearMonth:
		return r.found(integers(func(c *vector.Column) []int32 { return c.Ints }, into), from)
	case types.KindBigint:
		return r.found(integers(func(c *vector.Column) []int64 { return c.Longs }, into), from)
	case types.KindFloat:
		return r.found(floats(func(c *vector.Column) []float32 { return c.Floats }, kind), from)
	case types.KindDouble:
		if kind == reflect.Float64 {
			return numbers[float64, float64](func(c *vector.Column) []float64 { return c.Doubles }), nil
		}
	case types.KindDecimal:
		if kind == reflect.String {
			return decimals(from.Scale()), nil
		}
	case types.KindString:
		if kind == reflect.String {
			return readStrings, nil
		}
	case types.KindBinary:
		if kind == reflect.Slice && into.Elem().Kind() == reflect.Uint8 {
			return readBinary, nil
		}
	case types.KindDate, types.KindTimestamp, types.KindTimestampNTZ:
		if into == timeType {
			return times(from.Kind() == types.KindDate), nil
		}
	case types.KindDayTime:
		if into == durationType {
			return r.durations(from), nil
		}
	case types.KindCalendar:
		if into == calendarType {
			return readIntervals, nil
		}
	case types.KindArray:
		if kind == reflect.Slice {
			return r.slices(from, into)
		}
	case types.KindMap:
		if kind == reflect.Map {
			return r.maps(from, into)
		}
	case types.KindStruct:
		if isRow(into) {
			return structs(from, into)
		}
	}
	return nil, r.mismatch(from)
}

func (r reading) found(read readFunc, from types.Type) (readFunc, error) {
	if read == nil {
		return nil, r.mismatch(from)
	}
	return read, nil
}

// step is the memory of the i-th value.
func step(p unsafe.Pointer, i int, stride uintptr) unsafe.Pointer {
	return unsafe.Add(p, uintptr(i)*stride)
}

func rowAt(rows []int32, i int) int {
	if rows == nil {
		return i
	}
	return int(rows[i])
}
