package state

import (
	"bytes"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// extreme is the least or the greatest of some integers or timestamps.
type extreme[T int32 | int64] struct {
	greatest bool
	slice    func(*vector.Column) []T
	push     func(*vector.Column, T)
	values   []T
	seen     []bool
}

func (a *extreme[T]) resize(n int) { a.values, a.seen = resized(a.values, n), resized(a.seen, n) }

func (a *extreme[T]) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	values, seen, in := a.values, a.seen[:len(a.values)], a.slice(arg)
	for i, number := range numbers {
		row := rowAt(selection, i)
		if arg.IsNull(row) {
			continue
		}
		if v := in[row]; !seen[number] || v != values[number] && v > values[number] == a.greatest {
			values[number], seen[number] = v, true
		}
	}
	return nil
}

func (a *extreme[T]) set(values *vector.Column, numbers []int32) {
	in := a.slice(values)
	for i, number := range numbers {
		if a.seen[number] = !values.IsNull(i); a.seen[number] {
			a.values[number] = in[i]
		}
	}
}

func (a *extreme[T]) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		if a.seen[number] {
			a.push(values, a.values[number])
		} else {
			values.AppendNull()
		}
	}
}

// extremeDouble is extreme for doubles, where NaN is the greatest.
type extremeDouble struct {
	greatest bool
	values   []float64
	seen     []bool
}

func (a *extremeDouble) resize(n int) { a.values, a.seen = resized(a.values, n), resized(a.seen, n) }

func (a *extremeDouble) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	for i, number := range numbers {
		row := rowAt(selection, i)
		if arg.IsNull(row) {
			continue
		}
		v := arg.Doubles[row]
		order := vector.CompareDoubles(v, a.values[number])
		if !a.seen[number] || order > 0 && a.greatest || order < 0 && !a.greatest {
			a.values[number], a.seen[number] = v, true
		}
	}
	return nil
}

func (a *extremeDouble) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		if a.seen[number] = !values.IsNull(i); a.seen[number] {
			a.values[number] = values.Doubles[i]
		}
	}
}

func (a *extremeDouble) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		if a.seen[number] {
			values.AppendDouble(a.values[number])
		} else {
			values.AppendNull()
		}
	}
}

// extremeString is extreme for strings, by their bytes. The memory of a group's
// string is used again for the next one.
type extremeString struct {
	greatest bool
	values   [][]byte
	seen     []bool
}

func (a *extremeString) resize(n int) {
	// What lies behind the old length keeps its memory, and does not count as seen.
	a.values, a.seen = vector.Resize(a.values, n), resized(a.seen, n)
}

func (a *extremeString) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	for i, number := range numbers {
		row := rowAt(selection, i)
		if arg.IsNull(row) {
			continue
		}
		v := arg.String(row)
		order := bytes.Compare(v, a.values[number])
		if !a.seen[number] || order > 0 && a.greatest || order < 0 && !a.greatest {
			a.values[number], a.seen[number] = append(a.values[number][:0], v...), true
		}
	}
	return nil
}

func (a *extremeString) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		if a.seen[number] = !values.IsNull(i); a.seen[number] {
			a.values[number] = append(a.values[number][:0], values.String(i)...)
		}
	}
}

func (a *extremeString) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		if a.seen[number] {
			values.AppendString(a.values[number])
		} else {
			values.AppendNull()
		}
	}
}

// extremeAny is extreme for all other types, and for what goes by another rule than
// the order of values, at the price of a column of one row a group.
type extremeAny struct {
	of       types.Type
	replaces func(arg *vector.Column, row int, value *vector.Column) bool // value 0
	values   []vector.Column                                              // empty: nothing seen
}

func (a *extremeAny) resize(n int) {
	for number := min(n, len(a.values)); number < len(a.values); number++ {
		a.values[number].Reset()
	}
	old := len(a.values)
	a.values = vector.Resize(a.values, n)
	for number := old; number < n; number++ {
		if a.values[number].Type != a.of {
			a.values[number] = vector.NewColumn(a.of)
		}
	}
}

func (a *extremeAny) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	for i, number := range numbers {
		row := rowAt(selection, i)
		if arg.IsNull(row) {
			continue
		}
		value := &a.values[number]
		if value.Len > 0 && !a.replaces(arg, row, value) {
			continue
		}
		value.Reset()
		value.AppendRange(arg, row, row+1)
	}
	return nil
}

func (a *extremeAny) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		a.values[number].Reset()
		if !values.IsNull(i) {
			a.values[number].AppendRange(values, i, i+1)
		}
	}
}

func (a *extremeAny) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		if value := &a.values[number]; value.Len > 0 {
			values.AppendRange(value, 0, 1)
		} else {
			values.AppendNull()
		}
	}
}
