package state

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// slots has entries under keys, any number of them for each, and each with the time at
// which it expires. What an entry holds is kept by its owner, by the number of its slot.
//
// The entries of a key are a list, in the order in which they came. An entry has a
// serial number, unique within its key group and never given again: the order in which
// entries come out follows from times, groups and serial numbers alone, and so is the
// same after a restart and with any number of partitions.
//
// Until the next epoch an entry that was removed stays where it is and is passed over;
// so undoing an epoch is to revive these and to unlink the new ones.
type slots struct {
	table  *table
	hasher Hasher
	hashes []uint64

	// By the number of the key.
	first, last []int32 // its entries; -1 for none
	following   []int32 // the next older key of its key group; -1 for none
	newest      [keyed.Groups]int32
	used        int // how many keys have entries, dead ones included

	// By slot.
	key        []int32
	prev, next []int32 // entries of the same key; -1 for none
	expiry     []int64 // never, or the greatest mark with which it is still there, plus 1
	serial     []uint64
	life       []life
	free       []int32

	serials [keyed.Groups]uint64 // the next ones
	live    int
	index   expiries
	stays   bool // whether nothing ever expires, whatever its time

	// The epoch.
	begun    bool
	base     int     // how many keys there were at its begin
	baseLive int     // how many entries
	inserted []int32 // new entries, in order
	removed  []int32 // entries that were taken out, of those that had been there too
}

type life uint8

const (
	vacant life = iota
	old         // there at the begin of the epoch
	fresh       // new in the epoch
	dead        // old, and removed in the epoch
	undone      // fresh, and removed again
)

// never is the expiry of an entry that stays.
const never = math.MaxInt64

func newSlots(keys []types.Type) *slots {
	s := &slots{table: newTable(keys)}
	for group := range s.newest {
		s.newest[group] = -1
	}
	return s
}

// assign fills numbers with those of the keys in these rows, after giving one to keys
// that are new.
func (s *slots) assign(keys []*vector.Column, rows vector.Selection, numbers []int32) {
	s.hashes = vector.Resize(s.hashes, len(numbers))
	s.hasher.Hash(keys, rows, s.hashes)
	s.table.assign(keys, rows, s.hashes, numbers)
	s.enter()
}

// enter makes the lists of keys that are new in the table.
func (s *slots) enter() {
	for number := len(s.first); number < s.table.len(); number++ {
		group := keyed.Group(s.table.hashes[number])
		s.first, s.last = append(s.first, -1), append(s.last, -1)
		s.following = append(s.following, s.newest[group])
		s.newest[group] = int32(number)
	}
}

// group returns the key group of a slot.
func (s *slots) group(slot int32) int { return keyed.Group(s.table.hashes[s.key[slot]]) }

// isLive reports whether there is an entry in a slot.
func (s *slots) isLive(slot int32) bool { return s.life[slot] == old || s.life[slot] == fresh }

// head returns the first entry of a key that is there, -1 for none.
func (s *slots) head(number int32) int32 { return s.skip(s.first[number]) }

// after returns the next entry of the same key, -1 for none.
func (s *slots) after(slot int32) int32 { return s.skip(s.next[slot]) }

func (s *slots) skip(slot int32) int32 {
	for slot >= 0 && !s.isLive(slot) {
		slot = s.next[slot]
	}
	return slot
}

// insert makes an entry, the last one of its key.
func (s *slots) insert(number int32, expiry int64) int32 {
	group := keyed.Group(s.table.hashes[number])
	slot := s.link(number, expiry, s.serials[group])
	s.serials[group]++
	s.life[slot] = fresh
	s.inserted = append(s.inserted, slot)
	return slot
}

// link puts an entry at the end of its key's list.
func (s *slots) link(number int32, expiry int64, serial uint64) int32 {
	var slot int32
	if top := len(s.free) - 1; top >= 0 {
		slot, s.free = s.free[top], s.free[:top]
	} else {
		slot = int32(len(s.key))
		s.key, s.prev, s.next = append(s.key, 0), append(s.prev, 0), append(s.next, 0)
		s.expiry, s.serial, s.life = append(s.expiry, 0), append(s.serial, 0), append(s.life, vacant)
	}
	s.key[slot], s.prev[slot], s.next[slot] = number, s.last[number], -1
	s.expiry[slot], s.serial[slot], s.life[slot] = expiry, serial, old
	if s.last[number] >= 0 {
		s.next[s.last[number]] = slot
	} else {
		s.first[number] = slot
		s.used++
	}
	s.last[number] = slot
	s.live++
	s.indexed(slot)
	return slot
}

// indexed lets an entry be found when its time has come.
func (s *slots) indexed(slot int32) {
	if expiry := s.expiry[slot]; expiry != never && !s.stays {
		s.index.add(expiry, slot)
	}
}

// renew gives a fresh entry another time.
func (s *slots) renew(slot int32, expiry int64) {
	if s.expiry[slot] != expiry {
		s.expiry[slot] = expiry
		s.indexed(slot)
	}
}

// remove takes an entry out.
func (s *slots) remove(slot int32) {
	if s.life[slot] == fresh {
		s.life[slot] = undone
	} else {
		s.life[slot] = dead
		s.removed = append(s.removed, slot)
	}
	s.live--
}

// unlink makes a slot free.
func (s *slots) unlink(slot int32) {
	number, prev, next := s.key[slot], s.prev[slot], s.next[slot]
	if prev >= 0 {
		s.next[prev] = next
	} else {
		s.first[number] = next
	}
	if next >= 0 {
		s.prev[next] = prev
	} else {
		s.last[number] = prev
	}
	if s.first[number] < 0 {
		s.used--
	}
	s.life[slot] = vacant
	s.free = append(s.free, slot)
}

// begin starts an epoch: what the last one did is final, and entries that late closes
// are forgotten.
func (s *slots) begin(late int64) {
	s.settle()
	s.begun = true
	s.expire(late, func(slot int32) {
		s.live--
		s.unlink(slot)
	})
	s.purge()
	s.base, s.baseLive = s.table.len(), s.live
}

// settle makes the epoch final.
func (s *slots) settle() {
	for _, slot := range s.inserted {
		if s.life[slot] == undone {
			s.unlink(slot)
		} else if s.life[slot] == fresh {
			s.life[slot] = old
		}
	}
	for _, slot := range s.removed {
		s.unlink(slot)
	}
	s.inserted, s.removed = s.inserted[:0], s.removed[:0]
}

// rollback undoes the epoch, but for what begin itself forgot.
func (s *slots) rollback() {
	if !s.begun {
		return
	}
	for i := len(s.inserted) - 1; i >= 0; i-- {
		slot := s.inserted[i]
		s.serials[s.group(slot)] = s.serial[slot]
		s.unlink(slot)
	}
	for _, slot := range s.removed {
		s.life[slot] = old
		s.indexed(slot) // it may have been taken from the index
	}
	s.inserted, s.removed = s.inserted[:0], s.removed[:0]
	for number := s.table.len() - 1; number >= s.base; number-- {
		s.newest[keyed.Group(s.table.hashes[number])] = s.following[number]
	}
	s.table.truncate(s.base)
	s.first, s.last, s.following = s.first[:s.base], s.last[:s.base], s.following[:s.base]
	s.live = s.baseLive
}

// expire calls gone for the entries that a mark closes.
func (s *slots) expire(mark int64, gone func(slot int32)) {
	s.index.take(mark, func(slot int32) bool {
		if !s.isLive(slot) {
			return true
		}
		if s.expiry[slot] > mark {
			return false
		}
		gone(slot)
		return true
	})
}

// close removes the entries that a mark closes and returns them by time, key group and
// serial number.
func (s *slots) close(mark int64, closed []int32) []int32 {
	s.expire(mark, func(slot int32) {
		s.remove(slot)
		closed = append(closed, slot)
	})
	slices.SortFunc(closed, s.compare)
	return closed
}

func (s *slots) compare(a, b int32) int {
	return cmp.Or(cmp.Compare(s.expiry[a], s.expiry[b]), cmp.Compare(s.group(a), s.group(b)), cmp.Compare(s.serial[a], s.serial[b]))
}

// all appends the entries there are, by key group and serial number.
func (s *slots) all(list []int32) []int32 {
	for slot := range s.life {
		if s.isLive(int32(slot)) {
			list = append(list, int32(slot))
		}
	}
	slices.SortFunc(list, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.group(a), s.group(b)), cmp.Compare(s.serial[a], s.serial[b]))
	})
	return list
}

// minPurge is how many keys without entries are not worth forgetting.
const minPurge = 1024

// purge forgets the keys without entries, when they are more than those with some. No
// epoch has changed anything yet.
func (s *slots) purge() {
	if s.table.len() < 2*s.used+minPurge {
		return
	}
	kept := make([]int32, 0, s.used)
	at := make([]int32, s.table.len())
	for number, first := range s.first {
		if first >= 0 {
			at[number] = int32(len(kept))
			s.first[len(kept)], s.last[len(kept)] = first, s.last[number]
			kept = append(kept, int32(number))
		}
	}
	for slot, life := range s.life {
		if life != vacant {
			s.key[slot] = at[s.key[slot]]
		}
	}
	s.table.keep(kept)
	s.following = s.following[:0]
	for group := range s.newest {
		s.newest[group] = -1
	}
	for number := range kept {
		group := keyed.Group(s.table.hashes[number])
		s.following = append(s.following, s.newest[group])
		s.newest[group] = int32(number)
	}
	s.first, s.last = s.first[:len(kept)], s.last[:len(kept)]
}
