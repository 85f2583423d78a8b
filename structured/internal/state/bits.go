package state

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// bits combines bigints bit by bit.
type bits struct {
	combine func(a, b int64) int64
	values  []int64
	seen    []bool
}

func newBits(function bound.AggregateFunction) *bits {
	switch function {
	case bound.BitAnd:
		return &bits{combine: func(a, b int64) int64 { return a & b }}
	case bound.BitOr:
		return &bits{combine: func(a, b int64) int64 { return a | b }}
	default:
		return &bits{combine: func(a, b int64) int64 { return a ^ b }}
	}
}

func (a *bits) resize(n int) { a.values, a.seen = resized(a.values, n), resized(a.seen, n) }

func (a *bits) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	for i, number := range numbers {
		row := rowAt(selection, i)
		switch {
		case arg.IsNull(row):
		case a.seen[number]:
			a.values[number] = a.combine(a.values[number], arg.Longs[row])
		default:
			a.values[number], a.seen[number] = arg.Longs[row], true
		}
	}
	return nil
}

func (a *bits) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		if a.seen[number] = !values.IsNull(i); a.seen[number] {
			a.values[number] = values.Longs[i]
		}
	}
}

func (a *bits) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		if a.seen[number] {
			values.AppendLong(a.values[number])
		} else {
			values.AppendNull()
		}
	}
}
