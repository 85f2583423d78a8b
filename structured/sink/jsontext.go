package sink

import (
	"encoding/base64"
	"encoding/json/jsontext"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// appendJSON adds one value of a column as JSON text.
type appendJSON func(dst []byte, i int) ([]byte, error)

// JSON returns a row of records as a JSON object. Members whose value is null are left
// out.
func JSON(records arrow.RecordBatch, row int) ([]byte, error) {
	write, err := jsonRow(records)
	if err != nil {
		return nil, err
	}
	return write(nil, row)
}

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
	case *array.Int8:
		return func(dst []byte, i int) ([]byte, error) {
			return strconv.AppendInt(dst, int64(column.Value(i)), 10), nil
		}, nil
	case *array.Int16:
		return func(dst []byte, i int) ([]byte, error) {
			return strconv.AppendInt(dst, int64(column.Value(i)), 10), nil
		}, nil
	case *array.Int32:
		return func(dst []byte, i int) ([]byte, error) {
			return strconv.AppendInt(dst, int64(column.Value(i)), 10), nil
		}, nil
	case *array.Int64:
		return func(dst []byte, i int) ([]byte, error) { return strconv.AppendInt(dst, column.Value(i), 10), nil }, nil
	case *array.Float32:
		return func(dst []byte, i int) ([]byte, error) { return appendFloat(dst, float64(column.Value(i)), 32), nil }, nil
	case *array.Float64:
		return func(dst []byte, i int) ([]byte, error) { return appendFloat(dst, column.Value(i), 64), nil }, nil
	case *array.Decimal128:
		scale := int(column.DataType().(*arrow.Decimal128Type).Scale)
		return func(dst []byte, i int) ([]byte, error) {
			return text.AppendDecimal(dst, column.Value(i), scale), nil
		}, nil
	case *array.Binary:
		return func(dst []byte, i int) ([]byte, error) {
			return append(base64.StdEncoding.AppendEncode(append(dst, '"'), column.Value(i)), '"'), nil
		}, nil
	case *array.Date32:
		return func(dst []byte, i int) ([]byte, error) {
			return append(text.AppendDate(append(dst, '"'), int32(column.Value(i))), '"'), nil
		}, nil
	case *array.String:
		return func(dst []byte, i int) ([]byte, error) { return jsontext.AppendQuote(dst, column.Value(i)) }, nil
	case *array.Timestamp:
		layout := "2006-01-02T15:04:05.000000Z07:00"
		if column.DataType().(*arrow.TimestampType).TimeZone == "" {
			layout = "2006-01-02T15:04:05.000000"
		}
		return func(dst []byte, i int) ([]byte, error) {
			dst = time.UnixMicro(int64(column.Value(i))).UTC().AppendFormat(append(dst, '"'), layout)
			return append(dst, '"'), nil
		}, nil
	case *array.MonthInterval:
		return func(dst []byte, i int) ([]byte, error) {
			return append(text.AppendMonths(append(dst, '"'), int32(column.Value(i)), types.YearMonth), '"'), nil
		}, nil
	case *array.Duration:
		return func(dst []byte, i int) ([]byte, error) {
			return append(text.AppendMicros(append(dst, '"'), int64(column.Value(i)), types.DayTime), '"'), nil
		}, nil
	case *array.MonthDayNanoInterval:
		return func(dst []byte, i int) ([]byte, error) {
			v := column.Value(i)
			interval := types.CalendarInterval{Months: v.Months, Days: v.Days, Microseconds: v.Nanoseconds / 1000}
			return append(text.AppendCalendarInterval(append(dst, '"'), interval), '"'), nil
		}, nil
	case *array.Map:
		return jsonMap(column)
	case *array.List:
		return jsonList(column)
	case *array.Struct:
		return jsonStruct(column)
	}
	return nil, fmt.Errorf("type %s can't be written as JSON", column.DataType())
}

func appendFloat(dst []byte, value float64, bits int) []byte {
	switch {
	case math.IsNaN(value):
		return append(dst, `"NaN"`...)
	case math.IsInf(value, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(value, -1):
		return append(dst, `"-Infinity"`...)
	}
	if bits == 32 {
		return strconv.AppendFloat(dst, value, 'g', -1, 32)
	}
	return append(dst, jsontext.Float(value).String()...)
}

// jsonMap writes a map as an object. Keys that are no strings are written as the text
// that they would be as values.
func jsonMap(column *array.Map) (appendJSON, error) {
	keys, values := column.Keys(), column.Items()
	key, err := jsonValue(keys)
	if err != nil {
		return nil, err
	}
	value, err := jsonValue(values)
	if err != nil {
		return nil, err
	}
	return func(dst []byte, i int) ([]byte, error) {
		dst = append(dst, '{')
		from, to := column.ValueOffsets(i)
		for j := from; j < to; j++ {
			if j > from {
				dst = append(dst, ',')
			}
			at := len(dst)
			var err error
			if dst, err = key(dst, int(j)); err != nil {
				return nil, err
			}
			if dst[at] != '"' {
				if dst, err = jsontext.AppendQuote(dst[:at], string(dst[at:])); err != nil {
					return nil, err
				}
			}
			dst = append(dst, ':')
			if values.IsNull(int(j)) {
				dst = append(dst, "null"...)
			} else if dst, err = value(dst, int(j)); err != nil {
				return nil, err
			}
		}
		return append(dst, '}'), nil
	}, nil
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
