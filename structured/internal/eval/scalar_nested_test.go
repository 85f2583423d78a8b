package eval

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// errZeroth fails the query even where the failures of a row are null.
var errZeroth = errors.New("there is no element 0")

const microsOfDay = 86_400_000_000

// construct makes a value of parts, which may be null; ok is false for other functions.
func construct(c bound.Call, args []any) (value any, ok bool) {
	switch c.Function {
	case "array", "named_struct":
		return args, true
	case "map":
		var entries []any
		for i := 0; i < len(args); i += 2 {
			entries = append(entries, []any{args[i], args[i+1]})
		}
		return entries, true
	case "array_append":
		if args[0] == nil {
			return nil, true
		}
		return append(slices.Clone(args[0].([]any)), args[1]), true
	}
	return nil, false
}

// ofParts computes what concerns times and values with parts, none of which is null.
func ofParts(c bound.Call, args []any) (any, error) {
	switch first := args[0].(type) {
	case []any:
		return ofList(c, first, args[1:])
	case int64:
		return ofTime(c, first, args[1:])
	}
	panic("no such function: " + string(c.Function))
}

func ofTime(c bound.Call, first int64, rest []any) (any, error) {
	day := time.Unix(first*86_400, 0).UTC()
	switch c.Function {
	case "date_add":
		return within(big.NewInt(first+rest[0].(int64)), types.Date)
	case "date_sub":
		return within(big.NewInt(first-rest[0].(int64)), types.Date)
	case "datediff":
		return int64(int32(first - rest[0].(int64))), nil // as in Spark, which does not look
	case "year":
		return int64(day.Year()), nil
	case "month":
		return int64(day.Month()), nil
	case "day":
		return int64(day.Day()), nil
	case "dayofweek":
		return int64(day.Weekday()) + 1, nil
	case "last_day":
		last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC)
		return within(big.NewInt(last.Unix()/86_400), types.Date)
	case "make_date":
		month, dayOfMonth := rest[0].(int64), rest[1].(int64)
		made := time.Date(int(first), time.Month(month), int(dayOfMonth), 0, 0, 0, 0, time.UTC)
		if made.Month() != time.Month(month) || made.Day() != int(dayOfMonth) {
			return nil, errFails
		}
		return within(big.NewInt(floorDiv(made.Unix(), 86_400)), types.Date)
	case "add_interval_micros":
		moved := new(big.Int).Mul(big.NewInt(rest[0].(int64)), big.NewInt(rest[1].(int64)))
		if _, err := within(moved, types.DayTime); err != nil {
			return nil, err
		}
		return within(moved.Add(moved, big.NewInt(first)), types.Timestamp)
	case "micros_between":
		return within(new(big.Int).Sub(big.NewInt(first), big.NewInt(rest[0].(int64))), types.DayTime)
	}
	panic("no such function: " + string(c.Function))
}

func within(n *big.Int, of types.Type) (any, error) { return fitted(new(big.Rat).SetInt(n), of) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// castTime is a cast between times, and to texts.
func castTime(value int64, from, to types.Type) (any, error) {
	switch {
	case from == to:
		return value, nil
	case from == types.Date && to == types.Timestamp:
		return within(new(big.Int).Mul(big.NewInt(value), big.NewInt(microsOfDay)), to)
	case from == types.Timestamp && to == types.Date:
		return floorDiv(value, microsOfDay), nil
	case from == types.Date:
		return dateText(value), nil
	}
	day := floorDiv(value, microsOfDay)
	clock := time.UnixMicro(value - day*microsOfDay).UTC()
	return dateText(day) + " " + strings.TrimSuffix(strings.TrimRight(clock.Format("15:04:05.000000"), "0"), "."), nil
}

func dateText(day int64) string {
	t := time.Unix(day*86_400, 0).UTC()
	format := "%04d"
	if t.Year() > 9999 {
		format = "+%d"
	} else if t.Year() < 0 {
		format = "%05d"
	}
	return fmt.Sprintf(format+"-%02d-%02d", t.Year(), t.Month(), t.Day())
}

func ofList(c bound.Call, list []any, rest []any) (any, error) {
	has := func(in []any, value any) bool {
		return slices.ContainsFunc(in, func(e any) bool { return orderOf(e, value) == 0 })
	}
	distinct := func(in []any, take func(any) bool) any {
		out := []any{}
		for _, e := range in {
			if take(e) && !has(out, e) {
				out = append(out, e)
			}
		}
		return out
	}
	entry := func(key any) []any {
		for _, e := range list {
			if e := e.([]any); e[0] == key {
				return e
			}
		}
		return nil
	}
	switch c.Function {
	case "size":
		return int64(len(list)), nil
	case bound.Field:
		return list[rest[0].(int64)], nil
	case "value_of":
		if e := entry(rest[0]); e != nil {
			return e[1], nil
		}
		return nil, nil
	case "map_contains_key":
		return entry(rest[0]) != nil, nil
	case "map_values":
		values := []any{}
		for _, e := range list {
			values = append(values, e.([]any)[1])
		}
		return values, nil
	case "element", "element_at":
		return element(c, list, rest[0].(int64))
	case "array_contains":
		if !has(list, rest[0]) && has(list, nil) {
			return nil, nil
		}
		return has(list, rest[0]), nil
	case "array_position":
		return int64(slices.IndexFunc(list, func(e any) bool { return orderOf(e, rest[0]) == 0 })) + 1, nil
	case "array_distinct":
		return distinct(list, func(any) bool { return true }), nil
	case "array_union":
		return distinct(slices.Concat(list, rest[0].([]any)), func(any) bool { return true }), nil
	case "array_except":
		return distinct(list, func(e any) bool { return !has(rest[0].([]any), e) }), nil
	case "array_intersect":
		return distinct(list, func(e any) bool { return has(rest[0].([]any), e) }), nil
	case "array_compact":
		return slices.DeleteFunc(slices.Clone(list), func(e any) bool { return e == nil }), nil
	case "array_remove":
		return slices.DeleteFunc(slices.Clone(list), func(e any) bool { return orderOf(e, rest[0]) == 0 }), nil
	case bound.Concat:
		return slices.Concat(list, rest[0].([]any)), nil
	case "reverse":
		reversed := slices.Clone(list)
		slices.Reverse(reversed)
		return reversed, nil
	case "sort_array":
		return slices.SortedStableFunc(slices.Values(list), orderOf), nil
	case "slice":
		return sliced(list, rest[0].(int64), rest[1].(int64))
	}
	panic("no such function: " + string(c.Function))
}

func element(c bound.Call, list []any, at int64) (any, error) {
	size := int64(len(list))
	if c.Function == "element_at" {
		switch {
		case at == 0:
			return nil, errZeroth
		case at < 0:
			at += size
		default:
			at--
		}
	}
	if at < 0 || at >= size {
		return nil, errFails
	}
	return list[at], nil
}

func sliced(list []any, start, count int64) (any, error) {
	size := int64(len(list))
	switch {
	case start == 0 || count < 0:
		return nil, errFails
	case start < 0:
		start += size
	default:
		start--
	}
	if start < 0 || start >= size {
		return []any{}, nil
	}
	return list[start:min(start+count, size)], nil
}

// orderOfLists compares element by element; null is less than any value.
func orderOfLists(a, b []any) int {
	for i := range min(len(a), len(b)) {
		if order := orderOf(a[i], b[i]); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(a), len(b))
}
