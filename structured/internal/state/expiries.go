package state

import "slices"

// expiries finds the slots whose time has come, without a look at the others. Times
// that are near each other share a list:
//
//	list n    slots that expire from n·2²⁰ µs to before (n+1)·2²⁰ µs
//
// An entry may be stale: its slot is free, or was used again with another time. So
// whoever takes entries asks the slot.
type expiries struct {
	lists map[int64]*expiryList
	order []int64 // the lists there are, ascending
	last  *expiryList
	spare []*expiryList
}

type expiryList struct {
	number int64
	slots  []int32
}

// expiryBits is the binary logarithm of how many microseconds share a list.
const expiryBits = 20

func (e *expiries) add(time int64, slot int32) {
	number := time >> expiryBits
	list := e.last
	if list == nil || list.number != number {
		list = e.list(number)
		e.last = list
	}
	list.slots = append(list.slots, slot)
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
	list.slots = slices.DeleteFunc(list.slots, expired)
}

func (e *expiries) drop(list *expiryList) {
	delete(e.lists, list.number)
	if e.last == list {
		e.last = nil
	}
	list.slots = list.slots[:0]
	e.spare = append(e.spare, list)
}
