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
		add = func(value jsontext.Value) error {
			kind := value.Kind()
			if kind != 't' && kind != 'f' {
				return mismatch(t, value)
			}
			column.Append(kind == 't')
			return nil
		}
	case *array.Int8Builder:
		add = func(value jsontext.Value) error {
			number, err := parseInt(t, value, 8)
			if err == nil {
				column.Append(int8(number))
			}
			return err
		}
	case *array.Int16Builder:
		add = func(value jsontext.Value) error {
			number, err := parseInt(t, value, 16)
			if err == nil {
				column.Append(int16(number))
			}
			return err
		}
	case *array.Int32Builder:
		add = func(value jsontext.Value) error {
			number, err := parseInt(t, value, 32)
			if err == nil {
				column.Append(int32(number))
			}
			return err
		}
	case *array.Int64Builder:
		add = func(value jsontext.Value) error {
			number, err := parseInt(t, value, 64)
			if err == nil {
				column.Append(number)
			}
			return err
		}
	case *array.Float32Builder:
		add = func(value jsontext.Value) error {
			number, err := parseDouble(t, value, 32)
			if err == nil {
				column.Append(float32(number))
			}
			return err
		}
	case *array.Decimal128Builder:
		add = func(value jsontext.Value) error {
			if value.Kind() != '0' {
				return mismatch(t, value)
			}
			number, fits, ok := text.ParseDecimal(value, t.Precision(), t.Scale())
			if !ok || !fits {
				return mismatch(t, value)
			}
			column.Append(number)
			return nil
		}
	case *array.BinaryBuilder:
		add = func(value jsontext.Value) error {
			if value.Kind() != '"' {
				return mismatch(t, value)
			}
			data, err := base64.StdEncoding.DecodeString(view(value[1 : len(value)-1]))
			if err != nil {
				return mismatch(t, value)
			}
			column.Append(data)
			return nil
		}
	case *array.Date32Builder:
		add = func(value jsontext.Value) error {
			if value.Kind() != '"' {
				return mismatch(t, value)
			}
			day, ok := text.ParseDate(value[1 : len(value)-1])
			if !ok {
				return mismatch(t, value)
			}
			column.Append(arrow.Date32(day))
			return nil
		}
	case *array.Float64Builder:
		add = func(value jsontext.Value) error {
			number, err := parseDouble(t, value, 64)
			if err == nil {
				column.Append(number)
			}
			return err
		}
	case *array.StringBuilder:
		add = stringAppender(column)
	case *array.TimestampBuilder:
		add = func(value jsontext.Value) error {
			at, err := parseTimestamp(t, value)
			if err == nil {
				column.Append(arrow.Timestamp(at))
			}
			return err
		}
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

func parseInt(t types.Type, value jsontext.Value, bits int) (int64, error) {
	if value.Kind() != '0' {
		return 0, mismatch(t, value)
	}
	number, err := strconv.ParseInt(view(value), 10, bits)
	if err != nil {
		return 0, mismatch(t, value)
	}
	return number, nil
}

func parseDouble(t types.Type, value jsontext.Value, bits int) (float64, error) {
	switch value.Kind() {
	case '0':
		if number, err := strconv.ParseFloat(view(value), bits); err == nil {
			return number, nil
		}
	case '"':
		switch string(value) {
		case `"NaN"`:
			return math.NaN(), nil
		case `"Infinity"`, `"+Infinity"`:
			return math.Inf(1), nil
		case `"-Infinity"`:
			return math.Inf(-1), nil
		}
	}
	return 0, mismatch(t, value)
}

// timestampLayouts are tried in order; each also takes a fraction of the second.
var timestampLayouts = [...]string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05",
	"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

func parseTimestamp(t types.Type, value jsontext.Value) (int64, error) {
	if value.Kind() == '"' {
		inside := view(value[1 : len(value)-1])
		for _, layout := range timestampLayouts {
			if at, err := time.Parse(layout, inside); err == nil {
				return at.UnixMicro(), nil
			}
		}
	}
	return 0, mismatch(t, value)
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
