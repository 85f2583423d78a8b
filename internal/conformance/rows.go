package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/types"
)

// canonical is a value of a case in the one form by which values are compared: as Go
// values that encoding/json writes, with numbers of 64 bits and fractions as text.
func canonical(t types.Type, value any) any {
	if value == nil {
		return nil
	}
	switch t.Kind() {
	case types.KindFloat:
		return fraction(value, 32)
	case types.KindDouble:
		return fraction(value, 64)
	case types.KindArray:
		list, ok := value.([]any)
		if !ok {
			return value
		}
		out := make([]any, len(list))
		for i, element := range list {
			out[i] = canonical(t.Element(), element)
		}
		return out
	case types.KindMap:
		list, ok := value.([]any)
		if !ok {
			return value
		}
		var entries []string
		for _, entry := range list {
			pair, ok := entry.([]any)
			if !ok || len(pair) != 2 {
				return value
			}
			entries = append(entries, text([]any{canonical(t.Key(), pair[0]), canonical(t.Value(), pair[1])}))
		}
		slices.Sort(entries)
		return entries
	case types.KindStruct:
		return canonicalStruct(t, value)
	}
	if number, ok := value.(json.Number); ok {
		return number.String()
	}
	return value
}

func canonicalStruct(t types.Type, value any) any {
	out := map[string]any{}
	switch value := value.(type) {
	case map[string]any:
		for _, field := range t.Fields() {
			out[field.Name] = canonical(field.Type, value[field.Name])
		}
	case []any:
		for i, field := range t.Fields() {
			out[field.Name] = canonical(field.Type, value[i])
		}
	}
	return out
}

// fraction is the shortest text of a number that is no whole one.
func fraction(value any, bits int) any {
	switch value := value.(type) {
	case json.Number:
		f, err := strconv.ParseFloat(value.String(), bits)
		if err != nil {
			return value.String()
		}
		return strconv.FormatFloat(f, 'g', -1, bits)
	case float32:
		return special(float64(value), bits)
	case float64:
		return special(value, bits)
	}
	return value
}

func special(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

// recorded is a value of a result as a case would have it, before canonical.
func recorded(t types.Type, value any) any {
	if value == nil {
		return nil
	}
	switch t.Kind() {
	case types.KindTinyint, types.KindSmallint, types.KindInt, types.KindBigint:
		return fmt.Sprint(value)
	case types.KindDecimal:
		return value.(interface{ ToString(scale int32) string }).ToString(int32(t.Scale()))
	case types.KindBinary:
		return base64.StdEncoding.EncodeToString(value.([]byte))
	case types.KindDate:
		return time.Unix(int64(value.(int32))*86400, 0).UTC().Format("2006-01-02")
	case types.KindTimestamp:
		return time.UnixMicro(value.(int64)).UTC().Format(timeLayout)
	case types.KindTimestampNTZ:
		return strings.TrimSuffix(time.UnixMicro(value.(int64)).UTC().Format(timeLayout), "Z")
	case types.KindArray:
		list := slices.Clone(value.([]any))
		for i := range list {
			list[i] = recorded(t.Element(), list[i])
		}
		return list
	case types.KindMap:
		list := slices.Clone(value.([]any))
		for i := range list {
			entry := list[i].([]any)
			list[i] = []any{recorded(t.Key(), entry[0]), recorded(t.Value(), entry[1])}
		}
		return list
	case types.KindStruct:
		list := slices.Clone(value.([]any))
		for i, field := range t.Fields() {
			list[i] = recorded(field.Type, list[i])
		}
		return list
	}
	return value
}

const timeLayout = "2006-01-02T15:04:05.000000Z"

// compareRows compares the rows of a result with the recorded ones.
func compareRows(where string, schema types.Schema, want, got [][]any, ordered bool, tolerance float64) error {
	wanted, gotten := rowTexts(schema, want), rowTexts(schema, got)
	if !ordered {
		slices.SortFunc(wanted, func(a, b row) int { return strings.Compare(a.text, b.text) })
		slices.SortFunc(gotten, func(a, b row) int { return strings.Compare(a.text, b.text) })
	}
	equal := len(wanted) == len(gotten)
	for i := 0; equal && i < len(wanted); i++ {
		equal = wanted[i].text == gotten[i].text || tolerance > 0 && close(wanted[i].values, gotten[i].values, tolerance)
	}
	if equal {
		return nil
	}
	return &Difference{where, joinRows(wanted), joinRows(gotten)}
}

type row struct {
	values []any
	text   string
}

func rowTexts(schema types.Schema, rows [][]any) []row {
	list := make([]row, len(rows))
	for i, values := range rows {
		list[i].values = make([]any, len(values))
		for j := range values {
			list[i].values[j] = values[j]
			if j < schema.Len() {
				list[i].values[j] = canonical(schema.Fields[j].Type, values[j])
			}
		}
		list[i].text = text(list[i].values)
	}
	return list
}

func joinRows(rows []row) string {
	texts := make([]string, len(rows))
	for i, r := range rows {
		texts[i] = r.text
	}
	return strings.Join(texts, " ")
}

// close compares values with a tolerance for fractions.
func close(a, b any, tolerance float64) bool {
	switch x := a.(type) {
	case []any:
		y, ok := b.([]any)
		return ok && len(x) == len(y) && eachClose(x, y, tolerance)
	case string:
		y, ok := b.(string)
		f, err := strconv.ParseFloat(x, 64)
		g, err2 := strconv.ParseFloat(y, 64)
		if ok && err == nil && err2 == nil && math.Abs(f-g) <= tolerance*max(1, math.Abs(f), math.Abs(g)) {
			return true
		}
	}
	return text(a) == text(b)
}

func eachClose(a, b []any, tolerance float64) bool {
	for i := range a {
		if !close(a[i], b[i], tolerance) {
			return false
		}
	}
	return true
}
