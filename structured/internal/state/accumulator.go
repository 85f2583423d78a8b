package state

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// accumulator is the buffers of one aggregate function, one for each group, by
// number. A buffer is also a value of a column (see bound.Aggregate): so partial
// results travel, before-images are kept and state is stored.
type accumulator interface {
	// resize makes it n groups: the first ones stay, new ones start empty.
	resize(n int)

	// add takes in the rows of a selection of the argument's column; row i of the
	// selection belongs to group numbers[i]. Nulls are left out.
	add(arg *vector.Column, selection vector.Selection, numbers []int32) error

	// set overwrites the buffers of these groups with the rows of a column.
	set(values *vector.Column, numbers []int32)

	// appendTo appends the buffers of these groups to a column.
	appendTo(values *vector.Column, numbers []int32)
}

// newAccumulator returns the accumulator of a function over rows, or over the
// buffers of another one.
func newAccumulator(a bound.Aggregate, merge bool) (accumulator, error) {
	if a.User != nil {
		return newUsers(a, merge)
	}
	switch a.Function {
	case bound.CountRows, bound.Count:
		return &count{merge: merge}, nil
	case bound.Sum:
		switch a.Of.Layout() {
		case types.Layout64:
			return &sumLongs{aggregate: a}, nil
		case types.LayoutDouble:
			return &sumDoubles{}, nil
		case types.Layout128:
			return &sumDecimals{aggregate: a}, nil
		}
	case bound.First, bound.Last:
		return &extremeAny{of: a.Of, replaces: func(*vector.Column, int, *vector.Column) bool { return a.Function == bound.Last }}, nil
	case bound.CollectList, bound.CollectSet:
		return newCollection(a, merge), nil
	case bound.BitAnd, bound.BitOr, bound.BitXor:
		return newBits(a.Function), nil
	case bound.Moments:
		return &moments{width: 5, add1: addMoment, merge: merge, merge1: mergeMoments}, nil
	case bound.CoMoments:
		return &moments{width: 6, add1: addPair, merge: merge, merge1: mergePairs}, nil
	case bound.Sketch:
		return &sketch{merge: merge}, nil
	case bound.Min, bound.Max:
		greatest := a.Function == bound.Max
		switch a.Of.Layout() {
		case types.Layout32:
			return &extreme[int32]{greatest: greatest, slice: func(c *vector.Column) []int32 { return c.Ints }, push: (*vector.Column).AppendInt}, nil
		case types.Layout64:
			return &extreme[int64]{greatest: greatest, slice: func(c *vector.Column) []int64 { return c.Longs }, push: (*vector.Column).AppendLong}, nil
		case types.LayoutDouble:
			return &extremeDouble{greatest: greatest}, nil
		case types.LayoutBytes:
			if !a.Of.IsCollated() {
				return &extremeString{greatest: greatest}, nil
			}
		}
		return &extremeAny{of: a.Of, replaces: func(arg *vector.Column, row int, value *vector.Column) bool {
			order := vector.Compare(arg, row, value, 0)
			return order != 0 && order > 0 == greatest
		}}, nil
	}
	return nil, fmt.Errorf("aggregate %s: no such function of type %s", a, a.Of)
}

// count counts rows, those that are not null if it has an argument, or adds up
// counts.
type count struct {
	merge  bool
	counts []int64
}

func (a *count) resize(n int) { a.counts = resized(a.counts, n) }

func (a *count) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	counts := a.counts
	switch {
	case a.merge:
		for i, number := range numbers {
			if row := rowAt(selection, i); !arg.IsNull(row) {
				counts[number] += arg.Longs[row]
			}
		}
	case arg == nil || !arg.HasNulls():
		for _, number := range numbers {
			counts[number]++
		}
	default:
		for i, number := range numbers {
			counts[number] += int64(arg.Valid.Bit(rowAt(selection, i)))
		}
	}
	return nil
}

func (a *count) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		a.counts[number] = values.Longs[i]
	}
}

func (a *count) appendTo(values *vector.Column, numbers []int32) {
	for i, out := 0, values.AppendLongs(len(numbers)); i < len(out); i++ {
		out[i] = a.counts[numbers[i]]
	}
}

// resized returns s with n elements, of which those it did not have are zero.
func resized[T any](s []T, n int) []T {
	old := len(s)
	s = vector.Resize(s, n)
	if n > old {
		clear(s[old:])
	}
	return s
}

// sumLongs adds up bigints. seen tells the sum of nothing, which is null.
type sumLongs struct {
	aggregate bound.Aggregate
	sums      []int64
	seen      []bool
}

func (a *sumLongs) resize(n int) { a.sums, a.seen = resized(a.sums, n), resized(a.seen, n) }

func (a *sumLongs) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	sums, seen := a.sums, a.seen[:len(a.sums)]
	var wrong int64
	if selection == nil && !arg.HasNulls() {
		values := arg.Longs[:len(numbers)]
		for i, number := range numbers {
			x, y := sums[number], values[i]
			sum := x + y
			sums[number], seen[number] = sum, true
			wrong |= (x ^ sum) & (y ^ sum)
		}
	} else {
		for i, number := range numbers {
			row := rowAt(selection, i)
			if arg.IsNull(row) {
				continue
			}
			x, y := sums[number], arg.Longs[row]
			sum := x + y
			sums[number], seen[number] = sum, true
			wrong |= (x ^ sum) & (y ^ sum)
		}
	}
	if wrong < 0 {
		return fault.Runtimef("ARITHMETIC_OVERFLOW", "a sum is out of the range of bigint, in %s", a.aggregate)
	}
	return nil
}

func (a *sumLongs) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		a.seen[number] = !values.IsNull(i)
		a.sums[number] = 0
		if a.seen[number] {
			a.sums[number] = values.Longs[i]
		}
	}
}

func (a *sumLongs) appendTo(values *vector.Column, numbers []int32) {
	from, nulls := values.Len, false
	for i, out := 0, values.AppendLongs(len(numbers)); i < len(out); i++ {
		out[i] = a.sums[numbers[i]] // 0 where nothing was seen
		nulls = nulls || !a.seen[numbers[i]]
	}
	for i := 0; nulls && i < len(numbers); i++ {
		if !a.seen[numbers[i]] {
			values.SetNull(from + i)
		}
	}
}

// sumDoubles adds up doubles, in the order of the rows.
type sumDoubles struct {
	sums []float64
	seen []bool
}

func (a *sumDoubles) resize(n int) { a.sums, a.seen = resized(a.sums, n), resized(a.seen, n) }

func (a *sumDoubles) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	sums, seen := a.sums, a.seen[:len(a.sums)]
	for i, number := range numbers {
		if row := rowAt(selection, i); !arg.IsNull(row) {
			sums[number] += arg.Doubles[row]
			seen[number] = true
		}
	}
	return nil
}

func (a *sumDoubles) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		a.seen[number] = !values.IsNull(i)
		a.sums[number] = 0
		if a.seen[number] {
			a.sums[number] = values.Doubles[i]
		}
	}
}

func (a *sumDoubles) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		if a.seen[number] {
			values.AppendDouble(a.sums[number])
		} else {
			values.AppendNull()
		}
	}
}
