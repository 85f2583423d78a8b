package state

import (
	"math"
	"slices"
)

// expiries finds the slots whose time has come, without a look at the others. Times
// that are near each other share a list:
//
//	list n    slots that expire from n·2²⁰ µs to before (n+1)·2²⁰ µs
//
// An entry may be stale: its slot is free, or was used again with another time. So
// whoever takes entries asks the slot. A slot that comes back to the list it is in is
// not entered again: slots that are used over and over make no list longer.
type expiries struct {
	lists map[int64]*expiryList
	order []int64 // the lists there are, ascending
	last  *expiryList
	spare []*expiryList
	in    []int64 // by slot: the list that it was put into last, or unlisted
}

// unlisted is the number of no list.
const unlisted = math.MinInt64

type expiryList struct {
	number int64
	slots  []int32
}

// expiryBits is the binary logarithm of how many microseconds share a list.
const expiryBits = 20

func (e *expiries) add(time int64, slot int32) {
	number := time >> expiryBits
	for len(e.in) <= int(slot) {
		e.in = append(e.in, unlisted)
	}
	if e.in[slot] == number {
		return
	}
	list := e.last
	if list == nil || list.number != number {
		list = e.list(number)
		e.last = list
	}
	if len(list.slots) == cap(list.slots) {
		e.sweep(list)
	}
	e.in[slot] = number
	list.slots = append(list.slots, slot)
}

// sweep takes the stale entries out of a list, and all but one of a slot: so a list is
// never much longer than what is in it, however long the mark stands still.
func (e *expiries) sweep(list *expiryList) {
	kept := list.slots[:0]
	for _, slot := range list.slots {
		if e.in[slot] == list.number {
			e.in[slot] = unlisted
			kept = append(kept, slot)
		}
	}
	for _, slot := range kept {
		e.in[slot] = list.number
	}
	list.slots = slices.Grow(kept, len(kept)+1)
}

func (e *expiries) list(number int64) *expiryList {
	if list, ok := e.lists[number]; ok {
		return list
	}
	list := &expiryList{}
	if last := len(e.spare) - 1; last >= 0 {
		list, e.spare = e.spare[last], e.spare[:last]
	}
	list.number = number
	if e.lists == nil {
		e.lists = map[int64]*expiryList{}
	}
	e.lists[number] = list
	at, _ := slices.BinarySearch(e.order, number)
	e.order = slices.Insert(e.order, at, number)
	return list
}

// take removes the entries of times up to a mark. expired says of each slot that it is
// asked about whether its time has come; a slot of the last list whose time has not
// keeps its entry.
func (e *expiries) take(mark int64, expired func(slot int32) (gone bool)) {
	full := 0
	for full < len(e.order) && e.order[full] < mark>>expiryBits {
		list := e.lists[e.order[full]]
		for _, slot := range list.slots {
			e.leave(slot, list)
			expired(slot)
		}
		e.drop(list)
		full++
	}
	e.order = slices.Delete(e.order, 0, full)
	if len(e.order) == 0 || e.order[0] != mark>>expiryBits {
		return
	}
	list := e.lists[e.order[0]]
	list.slots = slices.DeleteFunc(list.slots, func(slot int32) bool {
		gone := expired(slot)
		if gone {
			e.leave(slot, list)
		}
		return gone
	})
}

// leave says that a slot is no longer in a list.
func (e *expiries) leave(slot int32, list *expiryList) {
	if e.in[slot] == list.number {
		e.in[slot] = unlisted
	}
}

func (e *expiries) drop(list *expiryList) {
	delete(e.lists, list.number)
	if e.last == list {
		e.last = nil
	}
	list.slots = list.slots[:0]
	e.spare = append(e.spare, list)
}
