package sink

import (
	"encoding/json/jsontext"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// appendJSON adds one value of a column as JSON text.
type appendJSON func(dst []byte, i int) ([]byte, error)

// jsonRow adds the rows of records as JSON objects. Members whose value is null are
// left out.
func jsonRow(records arrow.RecordBatch) (appendJSON, error) {
	names := make([]string, records.NumCols())
	for i := range names {
		names[i] = records.ColumnName(i)
	}
	return jsonObject(names, records.Columns())
}

func jsonObject(names []string, columns []arrow.Array) (appendJSON, error) {
	keys := make([][]byte, len(columns))
	values := make([]appendJSON, len(columns))
	for i, column := range columns {
		key, err := jsontext.AppendQuote(nil, names[i])
		if err != nil {
			return nil, fmt.Errorf("column name %q: %w", names[i], err)
		}
		keys[i] = append(key, ':')
		if values[i], err = jsonValue(column); err != nil {
			return nil, fmt.Errorf("column %q: %w", names[i], err)
		}
	}
	return func(dst []byte, i int) ([]byte, error) {
		dst = append(dst, '{')
		first := true
		for c, column := range columns {
			if column.IsNull(i) {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			var err error
			if dst, err = values[c](append(dst, keys[c]...), i); err != nil {
				return nil, err
			}
		}
		return append(dst, '}'), nil
	}, nil
}

// jsonValue is for values that are not null.
func jsonValue(column arrow.Array) (appendJSON, error) {
	switch column := column.(type) {
	case *array.Null:
		return func(dst []byte, _ int) ([]byte, error) { return append(dst, "null"...), nil }, nil
	case *array.Boolean:
		return func(dst []byte, i int) ([]byte, error) { return strconv.AppendBool(dst, column.Value(i)), nil }, nil
	case *array.Int32:
		return func(dst []byte, i int) ([]byte, error) {
			return strconv.AppendInt(dst, int64(column.Value(i)), 10), nil
		}, nil
	case *array.Int64:
		return func(dst []byte, i int) ([]byte, error) { return strconv.AppendInt(dst, column.Value(i), 10), nil }, nil
	case *array.Float64:
		return func(dst []byte, i int) ([]byte, error) { return appendDouble(dst, column.Value(i)), nil }, nil
	case *array.String:
		return func(dst []byte, i int) ([]byte, error) { return jsontext.AppendQuote(dst, column.Value(i)) }, nil
	case *array.Timestamp:
		return func(dst []byte, i int) ([]byte, error) {
			dst = append(dst, '"')
			dst = time.UnixMicro(int64(column.Value(i))).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000Z07:00")
			return append(dst, '"'), nil
		}, nil
	case *array.List:
		return jsonList(column)
	case *array.Struct:
		return jsonStruct(column)
	}
	return nil, fmt.Errorf("type %s can't be written as JSON", column.DataType())
}

func appendDouble(dst []byte, value float64) []byte {
	switch {
	case math.IsNaN(value):
		return append(dst, `"NaN"`...)
	case math.IsInf(value, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(value, -1):
		return append(dst, `"-Infinity"`...)
	}
	return append(dst, jsontext.Float(value).String()...)
}

func jsonList(column *array.List) (appendJSON, error) {
	values := column.ListValues()
	element, err := jsonValue(values)
	if err != nil {
		return nil, err
	}
	return func(dst []byte, i int) ([]byte, error) {
		dst = append(dst, '[')
		from, to := column.ValueOffsets(i)
		for j := from; j < to; j++ {
			if j > from {
				dst = append(dst, ',')
			}
			if values.IsNull(int(j)) {
				dst = append(dst, "null"...)
				continue
			}
			var err error
			if dst, err = element(dst, int(j)); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	}, nil
}

func jsonStruct(column *array.Struct) (appendJSON, error) {
	fields := column.DataType().(*arrow.StructType).Fields()
	names := make([]string, len(fields))
	columns := make([]arrow.Array, len(fields))
	for i, field := range fields {
		names[i], columns[i] = field.Name, column.Field(i)
	}
	return jsonObject(names, columns)
}
