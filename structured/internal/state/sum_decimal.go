package state

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// sumDecimals adds up decimals of the scale of the result.
type sumDecimals struct {
	aggregate bound.Aggregate
	sums      []decimal.Num
	seen      []bool
}

func (a *sumDecimals) resize(n int) { a.sums, a.seen = resized(a.sums, n), resized(a.seen, n) }

func (a *sumDecimals) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	precision, scale := a.aggregate.Of.Precision(), a.aggregate.Of.Scale()
	for i, number := range numbers {
		row := rowAt(selection, i)
		if arg.IsNull(row) {
			continue
		}
		sum, ok := decimal.Add(a.sums[number], scale, arg.Decimals[row], scale, scale, precision)
		if !ok {
			return fault.Runtimef("ARITHMETIC_OVERFLOW", "a sum does not fit a %s, in %s", a.aggregate.Of, a.aggregate)
		}
		a.sums[number], a.seen[number] = sum, true
	}
	return nil
}

func (a *sumDecimals) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		a.sums[number], a.seen[number] = decimal.Num{}, !values.IsNull(i)
		if a.seen[number] {
			a.sums[number] = values.Decimals[i]
		}
	}
}

func (a *sumDecimals) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		if a.seen[number] {
			values.AppendDecimal(a.sums[number])
		} else {
			values.AppendNull()
		}
	}
}
