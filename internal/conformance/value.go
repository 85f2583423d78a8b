package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A value is an element of a case as encoding/json decodes it, but whole numbers
// are int64. A pair is a []any of two.

// decode decodes a file of JSON so that whole numbers keep all their digits.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("text after the end of the case")
	}
	return nil
}

// normal turns json.Number into int64 or float64, all the way down.
func normal(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = normal(v[i])
		}
		return list
	default:
		return v
	}
}

// text is the canonical form of a value, by which values are equal, and keys too.
func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // decoded values always have a form
	}
	return string(data)
}

// parse is the inverse of text.
func parse(s string) any {
	var v any
	if err := decode([]byte(s), &v); err != nil {
		panic(err) // it was made by text
	}
	return normal(v)
}

// compareValues orders values as Spark's natural order does for the kinds that occur.
func compareValues(a, b any) int {
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			return int(min(1, max(-1, a-b)))
		}
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b)
		}
	case []any:
		if b, ok := b.([]any); ok {
			for i := range min(len(a), len(b)) {
				if c := compareValues(a[i], b[i]); c != 0 {
					return c
				}
			}
			return len(a) - len(b)
		}
	}
	return strings.Compare(text(a), text(b))
}

// multiset is the canonical form of elements whose order does not count.
func multiset(elements []string) string {
	return "[" + strings.Join(slices.Sorted(slices.Values(elements)), ", ") + "]"
}

// texts is the text of each value.
func texts(values []any) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = text(normal(v))
	}
	return list
}

func parseAll(list []string) []any {
	values := make([]any, len(list))
	for i, v := range list {
		values[i] = parse(v)
	}
	return values
}
