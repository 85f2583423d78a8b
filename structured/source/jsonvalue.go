package source

import (
	"bytes"
	"encoding/base64"
	"encoding/json/jsontext"
	"fmt"
	"math"
	"strconv"
	"time"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// appendFunc adds a JSON value to a column.
type appendFunc func(value jsontext.Value) error

// appendFor is the function for columns of a type.
func appendFor(t types.Type, column array.Builder) appendFunc {
	var add appendFunc
	switch column := column.(type) {
	case *array.BooleanBuilder:
		add = parsed(t, column.Append, parseBool)
	case *array.Int8Builder:
		add = parsed(t, column.Append, parseInt[int8])
	case *array.Int16Builder:
		add = parsed(t, column.Append, parseInt[int16])
	case *array.Int32Builder:
		add = parsed(t, column.Append, parseInt[int32])
	case *array.Int64Builder:
		add = parsed(t, column.Append, parseInt[int64])
	case *array.Float32Builder:
		add = parsed(t, column.Append, parseFloat[float32])
	case *array.Float64Builder:
		add = parsed(t, column.Append, parseFloat[float64])
	case *array.Decimal128Builder:
		add = parsed(t, column.Append, func(value jsontext.Value) (decimal128.Num, bool) {
			number, fits, ok := text.ParseDecimal(value, t.Precision(), t.Scale())
			return number, ok && fits && value.Kind() == '0'
		})
	case *array.BinaryBuilder:
		add = parsed(t, column.Append, parseBinary)
	case *array.Date32Builder:
		add = parsed(t, column.Append, parseDate)
	case *array.TimestampBuilder:
		add = parsed(t, column.Append, parseTimestamp)
	case *array.StringBuilder:
		add = stringAppender(column)
	case *array.MapBuilder: // before the list, which it is in memory
		add = mapAppender(t, column)
	case *array.ListBuilder:
		add = listAppender(t, column)
	case *array.StructBuilder:
		add = structAppender(t, column)
	default:
		add = func(value jsontext.Value) error { return mismatch(t, value) }
	}
	return func(value jsontext.Value) error {
		if value.Kind() == 'n' {
			column.AppendNull()
			return nil
		}
		return add(value)
	}
}

func mismatch(t types.Type, value jsontext.Value) error {
	return fmt.Errorf("%s is not of type %s", shorten(value), t)
}

// parsed adds what parse makes of a value, if it can.
func parsed[T any](t types.Type, add func(T), parse func(jsontext.Value) (T, bool)) appendFunc {
	return func(value jsontext.Value) error {
		v, ok := parse(value)
		if !ok {
			return mismatch(t, value)
		}
		add(v)
		return nil
	}
}

func parseBool(value jsontext.Value) (v, ok bool) {
	kind := value.Kind()
	return kind == 't', kind == 't' || kind == 'f'
}

func parseInt[T int8 | int16 | int32 | int64](value jsontext.Value) (T, bool) {
	if value.Kind() != '0' {
		return 0, false
	}
	number, err := strconv.ParseInt(view(value), 10, int(unsafe.Sizeof(T(0)))*8)
	return T(number), err == nil
}

func parseFloat[T float32 | float64](value jsontext.Value) (T, bool) {
	switch value.Kind() {
	case '0':
		number, err := strconv.ParseFloat(view(value), int(unsafe.Sizeof(T(0)))*8)
		return T(number), err == nil
	case '"':
		switch string(value) {
		case `"NaN"`:
			return T(math.NaN()), true
		case `"Infinity"`, `"+Infinity"`:
			return T(math.Inf(1)), true
		case `"-Infinity"`:
			return T(math.Inf(-1)), true
		}
	}
	return 0, false
}

// inside is a string without its quotes; of one with escapes, which none of the values has
// that are read of it, they stay.
func inside(value jsontext.Value) (text []byte, ok bool) {
	if value.Kind() != '"' {
		return nil, false
	}
	return value[1 : len(value)-1], true
}

func parseBinary(value jsontext.Value) (data []byte, ok bool) {
	text, ok := inside(value)
	if !ok {
		return nil, false
	}
	data, err := base64.StdEncoding.DecodeString(view(text))
	return data, err == nil
}

func parseDate(value jsontext.Value) (arrow.Date32, bool) {
	letters, ok := inside(value)
	if !ok {
		return 0, false
	}
	day, ok := text.ParseDate(letters)
	return arrow.Date32(day), ok
}

// timestampLayouts are tried in order; each also takes a fraction of the second.
var timestampLayouts = [...]string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05",
	"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

func parseTimestamp(value jsontext.Value) (arrow.Timestamp, bool) {
	letters, ok := inside(value)
	if !ok {
		return 0, false
	}
	for _, layout := range timestampLayouts {
		if at, err := time.Parse(layout, view(letters)); err == nil {
			return arrow.Timestamp(at.UnixMicro()), true
		}
	}
	return 0, false
}

func stringAppender(column *array.StringBuilder) appendFunc {
	var unquoted []byte
	return func(value jsontext.Value) error {
		if value.Kind() != '"' {
			column.BinaryBuilder.Append(value)
			return nil
		}
		if bytes.IndexByte(value, '\\') < 0 {
			column.BinaryBuilder.Append(value[1 : len(value)-1])
			return nil
		}
		var err error
		unquoted, err = jsontext.AppendUnquote(unquoted[:0], value)
		if err == nil {
			column.BinaryBuilder.Append(unquoted)
		}
		return err
	}
}

func listAppender(t types.Type, column *array.ListBuilder) appendFunc {
	add := appendFor(t.Element(), column.ValueBuilder())
	return func(value jsontext.Value) error {
		if value.Kind() != '[' {
			return mismatch(t, value)
		}
		column.Append(true)
		decoder := jsontext.NewDecoder(bytes.NewReader(value))
		if _, err := decoder.ReadToken(); err != nil {
			return syntax(err)
		}
		for decoder.PeekKind() != ']' {
			element, err := decoder.ReadValue()
			if err != nil {
				return syntax(err)
			}
			if err := add(element); err != nil {
				return err
			}
		}
		return nil
	}
}

func structAppender(t types.Type, column *array.StructBuilder) appendFunc {
	fields := t.Fields()
	index := make(map[string]int, len(fields))
	add := make([]appendFunc, len(fields))
	for i, field := range fields {
		index[field.Name] = i
		add[i] = appendFor(field.Type, column.FieldBuilder(i))
	}
	return func(value jsontext.Value) error {
		if value.Kind() != '{' {
			return mismatch(t, value)
		}
		column.Append(true)
		decoder := jsontext.NewDecoder(bytes.NewReader(value))
		if _, err := decoder.ReadToken(); err != nil {
			return syntax(err)
		}
		present := make([]bool, len(fields))
		for decoder.PeekKind() != '}' {
			name, err := decoder.ReadToken()
			if err != nil {
				return syntax(err)
			}
			field, wanted := index[name.String()]
			member, err := decoder.ReadValue()
			if err != nil {
				return syntax(err)
			}
			if !wanted {
				continue
			}
			present[field] = true
			if err := add[field](member); err != nil {
				return fmt.Errorf("field %q: %w", fields[field].Name, err)
			}
		}
		for i, ok := range present {
			if !ok {
				column.FieldBuilder(i).AppendNull()
			}
		}
		return nil
	}
}

// mapAppender reads the members of an object as the entries of a map with keys of
// type string.
func mapAppender(t types.Type, column *array.MapBuilder) appendFunc {
	keys, keyed := column.KeyBuilder().(*array.StringBuilder)
	if !keyed {
		return func(value jsontext.Value) error { return mismatch(t, value) }
	}
	add := appendFor(t.Value(), column.ItemBuilder())
	return func(value jsontext.Value) error {
		if value.Kind() != '{' {
			return mismatch(t, value)
		}
		column.Append(true)
		decoder := jsontext.NewDecoder(bytes.NewReader(value))
		if _, err := decoder.ReadToken(); err != nil {
			return syntax(err)
		}
		for decoder.PeekKind() != '}' {
			name, err := decoder.ReadToken()
			if err != nil {
				return syntax(err)
			}
			keys.Append(name.String())
			member, err := decoder.ReadValue()
			if err != nil {
				return syntax(err)
			}
			if err := add(member); err != nil {
				return fmt.Errorf("key %q: %w", name.String(), err)
			}
		}
		return nil
	}
}

// view is the bytes as a string, which must not be kept.
func view(value []byte) string { return unsafe.String(unsafe.SliceData(value), len(value)) }
