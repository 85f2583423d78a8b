package dstream

import (
	"iter"

	"github.com/tidewheel/tidewheel/internal/keyed"
)

// part is one partition of a table: a range of key groups. The slots of a group are
// linked in the order in which their keys came, so that a group can be copied without
// a look at the others.
type part[K comparable, S any] struct {
	turns   turns
	tick    int64
	entries *keyed.Table[K, S]

	first   int        // key group
	groups  []slotList // from the first on
	next    []uint32   // by slot: the next of its group plus 1, or 0
	changes [][]byte   // of the last tick, by group, as encoded by record
	begun   bool       // changes hold the initial state, which no tick has logged yet
}

// slotList is the slots of a group, as slot + 1, with deleted ones in between.
type slotList struct{ first, last uint32 }

func newPart[K comparable, S any](from, to int) *part[K, S] {
	return &part[K, S]{
		entries: keyed.NewTable[K, S](), first: from,
		groups: make([]slotList, to-from), changes: make([][]byte, to-from),
	}
}

// put carries out an entry and returns its group, counted from the first.
func (p *part[K, S]) put(e *entry[K, S]) (group int) {
	slot, known := e.slot, e.known
	hash := uint64(0)
	if known {
		hash = p.entries.HashAt(slot)
	} else {
		hash = p.entries.Hash(e.key)
	}
	switch {
	case !known && e.delete:
		slot, known = p.entries.FindHash(e.key, hash)
	case !known:
		var isNew bool
		if slot, isNew = p.entries.InsertHash(e.key, hash); isNew {
			p.link(slot)
		}
	}
	if !e.delete {
		*p.entries.At(slot) = e.value
	} else if known {
		p.entries.Delete(slot)
	}
	return keyed.Group(hash) - p.first
}

func (p *part[K, S]) has(key K) bool {
	_, ok := p.entries.Find(key)
	return ok
}

// link puts the newest slot at the end of its group.
func (p *part[K, S]) link(slot uint32) {
	p.next = append(p.next, 0)
	g := &p.groups[keyed.Group(p.entries.HashAt(slot))-p.first]
	if g.first == 0 {
		g.first = slot + 1
	} else {
		p.next[g.last-1] = slot + 1
	}
	g.last = slot + 1
}

// compact frees deleted slots once they are the larger part.
func (p *part[K, S]) compact() {
	if dead := p.entries.Dead(); dead <= 64 || dead <= p.entries.Len() {
		return
	}
	p.entries.Compact()
	clear(p.groups)
	p.next = p.next[:0]
	for slot := range p.entries.End() {
		p.link(slot)
	}
}

// forgetChanges empties the record of the last tick. A group that once had many
// changes does not keep the memory for ever.
func (p *part[K, S]) forgetChanges() {
	if p.begun {
		p.begun = false
		return
	}
	for i, data := range p.changes {
		if cap(data) > 1<<16 {
			p.changes[i] = nil
		} else {
			p.changes[i] = data[:0]
		}
	}
}

// slotsOf gives the slots of a group, counted from the first, that hold a key.
func (p *part[K, S]) slotsOf(group int) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for at := p.groups[group].first; at > 0; at = p.next[at-1] {
			if p.entries.Live(at-1) && !yield(at-1) {
				return
			}
		}
	}
}

// slots gives the slots of all groups.
func (p *part[K, S]) slots() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for group := range p.groups {
			for at := p.groups[group].first; at > 0; at = p.next[at-1] {
				if p.entries.Live(at-1) && !yield(at-1) {
					return
				}
			}
		}
	}
}
