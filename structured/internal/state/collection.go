package state

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// collection is the lists of values of groups, in a set each value once.
type collection struct {
	element  types.Type
	merge    bool // what is added are lists
	distinct bool
	values   []vector.Column       // by group
	known    []map[string]struct{} // of a set, by group: keys as appendKey writes them
	collated vector.Column         // one value, by which another one with a collation is known
	key      []byte
}

func newCollection(a bound.Aggregate, merge bool) *collection {
	element := a.Of.Element()
	return &collection{element: element, merge: merge, distinct: a.Function == bound.CollectSet, collated: vector.NewColumn(element.Uncollated())}
}

func (a *collection) resize(n int) {
	old := len(a.values)
	a.values, a.known = vector.Resize(a.values, n), vector.Resize(a.known, n)
	for number := old; number < n; number++ {
		if a.values[number].Type != a.element {
			a.values[number] = vector.NewColumn(a.element)
		}
		a.clear(int32(number))
	}
}

func (a *collection) clear(number int32) {
	a.values[number].Reset()
	a.known[number] = nil
}

// take appends a value to a group, unless its set has it.
func (a *collection) take(number int32, from *vector.Column, row int) {
	if from.IsNull(row) {
		return
	}
	if a.distinct {
		if a.known[number] == nil {
			a.known[number] = map[string]struct{}{}
		}
		if a.element.IsCollated() {
			a.collated.Reset()
			a.collated.AppendCollationKey(from, row)
			a.key = appendKey(a.key[:0], &a.collated, 0)
		} else {
			a.key = appendKey(a.key[:0], from, row)
		}
		if _, has := a.known[number][string(a.key)]; has {
			return
		}
		a.known[number][string(a.key)] = struct{}{}
	}
	a.values[number].AppendRange(from, row, row+1)
}

func (a *collection) takeList(number int32, list *vector.Column, row int) {
	if list.IsNull(row) {
		return
	}
	for i := list.Offsets[row]; i < list.Offsets[row+1]; i++ {
		a.take(number, &list.Children[0], int(i))
	}
}

func (a *collection) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	for i, number := range numbers {
		if row := rowAt(selection, i); a.merge {
			a.takeList(number, arg, row)
		} else {
			a.take(number, arg, row)
		}
	}
	return nil
}

func (a *collection) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		a.clear(number)
		a.takeList(number, values, i)
	}
}

func (a *collection) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		group := &a.values[number]
		values.Children[0].AppendRange(group, 0, group.Len)
		values.EndArray()
	}
}
