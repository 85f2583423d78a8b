package function

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func bindElementAt(try bool) func(Binding, []bound.Expr) (bound.Expr, error) {
	return ofList(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[0].Type().Kind() == types.KindMap {
			return b.valueOf(args[0], args[1])
		}
		if args[1].Type() == types.Void {
			return nil, b.Mismatch(args, 1, "a place")
		}
		at, err := b.onlyInt(args, 1)
		call := b.call("element_at", args[0].Type().Element(), args[0], at)
		if try {
			call.Failure = bound.GiveNull
		}
		return call, err
	})
}

// elementAt takes an element at a place that counts from base.
func elementAt(base int) func(bound.Call) (Kernel, error) {
	return appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		list, at := args[0], int(args[1].Ints[row])
		size := int(length(list, row))
		place := at - base
		if base == 1 && at == 0 {
			return fault.Runtimef("INVALID_INDEX_OF_ZERO", "the places of an array count from 1")
		}
		if base == 1 && at < 0 {
			place = size + at
		}
		if place < 0 || place >= size {
			condition := "INVALID_ARRAY_INDEX"
			if base == 1 {
				condition = "INVALID_ARRAY_INDEX_IN_ELEMENT_AT"
			}
			return noValue(condition, fmt.Sprintf("there is no place %d in an array of %d", at, size))
		}
		out.AppendRange(&list.Children[0], int(list.Offsets[row])+place, int(list.Offsets[row])+place+1)
		return nil
	})
}

// Index binds base[key]: an element of an array, from 0, or a value of a map.
func Index(session coerce.Session, base, key bound.Expr) (bound.Expr, error) {
	b := Binding{session, "[]"}
	args := []bound.Expr{base, key}
	switch base.Type().Kind() {
	case types.KindMap:
		return b.valueOf(base, key)
	case types.KindArray:
		if !key.Type().IsInteger() && key.Type() != types.Void {
			return nil, b.Mismatch(args, 1, "a whole number")
		}
		return b.call("element", base.Type().Element(), base, b.To(key, types.Int)), nil
	}
	return nil, fault.Analysisf("INVALID_EXTRACT_BASE_FIELD_TYPE", "%s is of type %s and has no elements", base, base.Type())
}
