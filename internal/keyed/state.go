package keyed

import "iter"

// State is the keyed state of one partition of a stateful operator: a Table whose
// changes within a batch can be undone and named. A State is used by one activity at
// a time. Make one with [NewState].
//
// Between Begin and Commit or Rollback, the first touch of a key keeps a copy of its
// value, the before-image: Rollback puts it back, and Changes lists what was
// touched. The copy is an assignment. What a V refers to (the elements of a slice,
// a map) is not copied, so an operator replaces it and does not change it in place.
// Outside a batch nothing is kept and changes are final; so does recovery fill a
// State.
//
// Iteration is by key group, and within a group in the order in which keys came. A
// State that was filled from another's groups, or brought up to date with its
// changes, iterates in the same order, so that a recovered operator emits what the
// lost one would have.
//
// For that order, and to snapshot one group without looking at the others, the slots
// of a group are linked: four bytes a key. With four more for the batch of its last
// touch and one flag, a key costs 12 bytes beyond a Table's.
type State[K comparable, V any] struct {
	table *Table[K, V]
	marks [][]mark // by slot, in pages like the table's
	lists [Groups]list

	batch   uint32 // 0 is no batch
	isOpen  bool
	images  []image[V] // what the batch has touched, in order
	deletes bool       // whether it has deleted a key
	present int
}

// compactMin is how many deleted slots are not worth a thought.
const compactMin = 64

// mark is what a State knows about a slot.
type mark struct {
	batch   uint32 // that of the last touch
	next    uint32 // slot + 1 of the next in its group
	present bool   // whether the key is in the state
}

// list is the slots of a key group, as slot + 1, with those deleted in between.
type list struct{ first, last uint32 }

// image is a slot as it was before the batch.
type image[V any] struct {
	slot    uint32
	present bool
	value   V
}

// NewState returns an empty state. It panics with an *UnhashableError where [Check]
// returns an error.
func NewState[K comparable, V any]() *State[K, V] {
	return &State[K, V]{table: NewTable[K, V]()}
}

// Len is the number of keys.
func (s *State[K, V]) Len() int { return s.present }

// Begin starts a batch. It panics if one is open.
func (s *State[K, V]) Begin() {
	if s.isOpen {
		panic("keyed: State.Begin within a batch")
	}
	s.isOpen = true
	if s.batch++; s.batch == 0 { // the counter has gone round
		for _, page := range s.marks {
			for i := range page {
				page[i].batch = 0
			}
		}
		s.batch = 1
	}
}

// Get returns the value of a key, for reading, good until the next Touch or Commit.
func (s *State[K, V]) Get(key K) (value *V, ok bool) {
	slot, ok := s.table.Find(key)
	if !ok || !s.mark(slot).present {
		return nil, false
	}
	return s.table.At(slot), true
}

// Touch returns the value of a key, to be changed until the next Touch or Commit. A
// key that was not there is from now on, with the zero value, and isNew.
func (s *State[K, V]) Touch(key K) (value *V, isNew bool) {
	slot, _ := s.table.Insert(key)
	s.link()
	isNew = s.touch(slot)
	return s.table.At(slot), isNew
}

// TouchAll is Touch for many keys: it stores in slots[i] the slot of keys[i], whose
// hash is hashes[i] (see [State.Hashes]), for use with At. All three are of one
// length. The slots are good until Commit or Rollback.
func (s *State[K, V]) TouchAll(keys []K, hashes []uint64, slots []uint32) {
	s.table.Slots(keys, hashes, slots)
	s.link()
	for _, slot := range slots[:len(keys)] {
		s.touch(slot)
	}
}

// Hashes stores the hash of keys[i] in hashes[i], which must be as long.
func (s *State[K, V]) Hashes(keys []K, hashes []uint64) { s.table.Hashes(keys, hashes) }

// At points to the value of a slot that TouchAll has stored, until the next Touch.
func (s *State[K, V]) At(slot uint32) *V { return s.table.At(slot) }

// Delete removes a key and says whether it was there.
func (s *State[K, V]) Delete(key K) bool {
	slot, ok := s.table.Find(key)
	if !ok || !s.mark(slot).present {
		return false
	}
	s.touch(slot)
	s.mark(slot).present = false
	s.present--
	if s.isOpen { // the key may come back in this batch, and then takes its place again
		s.deletes = true
		var none V
		*s.table.At(slot) = none
		return true
	}
	s.table.Delete(slot)
	s.compact()
	return true
}

// touch makes a slot present and keeps its before-image if the batch has not touched
// it yet. It says whether it was not present.
func (s *State[K, V]) touch(slot uint32) (isNew bool) {
	m := s.mark(slot)
	if s.isOpen && m.batch != s.batch {
		m.batch = s.batch
		s.images = append(s.images, image[V]{slot, m.present, *s.table.At(slot)})
	}
	if m.present {
		return false
	}
	m.present = true
	s.present++
	return true
}

func (s *State[K, V]) mark(slot uint32) *mark { return &s.marks[slot>>pageBits][slot%pageSize] }

// link makes the marks of the table's new slots and appends them to their groups.
func (s *State[K, V]) link() {
	for slot := s.marked(); slot < s.table.End(); slot++ {
		if slot%pageSize == 0 {
			s.marks = append(s.marks, make([]mark, 0, min(pageSize, int(slot)+pageMin)))
		}
		page := &s.marks[slot>>pageBits]
		*page = append(*page, mark{})
		list := &s.lists[Group(s.table.HashAt(slot))]
		if list.first == 0 {
			list.first = slot + 1
		} else {
			s.mark(list.last - 1).next = slot + 1
		}
		list.last = slot + 1
	}
}

// marked is how many slots have marks.
func (s *State[K, V]) marked() uint32 {
	pages := len(s.marks)
	if pages == 0 {
		return 0
	}
	return uint32((pages-1)<<pageBits + len(s.marks[pages-1]))
}

// Commit ends the batch and makes its changes final.
func (s *State[K, V]) Commit() {
	if s.deletes {
		for i := range s.images {
			if slot := s.images[i].slot; !s.mark(slot).present {
				s.table.Delete(slot)
			}
		}
	}
	s.end()
}

// Rollback ends the batch and undoes its changes.
func (s *State[K, V]) Rollback() {
	for i := range s.images {
		image := &s.images[i]
		m := s.mark(image.slot)
		switch {
		case image.present && !m.present:
			s.present++
		case !image.present && m.present:
			s.present--
		}
		m.present = image.present
		if image.present {
			*s.table.At(image.slot) = image.value
		} else {
			s.table.Delete(image.slot)
		}
	}
	s.end()
}

// end forgets the batch.
func (s *State[K, V]) end() {
	clear(s.images)
	s.images = s.images[:0]
	s.isOpen, s.deletes = false, false
	s.compact()
}

// compact frees deleted slots when they are more than those in use.
func (s *State[K, V]) compact() {
	if s.table.Dead() <= s.table.Len()+compactMin {
		return
	}
	s.table.Compact()
	s.marks, s.lists = nil, [Groups]list{}
	s.link()
	for _, page := range s.marks {
		for i := range page {
			page[i].present = true
		}
	}
}

// Change is what a batch has done to a key.
type Change[K comparable, V any] struct {
	Group int
	Key   K
	Value *V // nil if the key was deleted
}

// Changes iterates over what the open batch has touched, by key group, and within a
// group in the order of first touch. Keys that were new and are gone again are left
// out. The state may not be touched meanwhile.
func (s *State[K, V]) Changes() iter.Seq[Change[K, V]] {
	return func(yield func(Change[K, V]) bool) {
		for _, at := range s.imagesByGroup() {
			image := &s.images[at]
			change := Change[K, V]{Group: Group(s.table.HashAt(image.slot)), Key: s.table.Key(image.slot)}
			if s.mark(image.slot).present {
				change.Value = s.table.At(image.slot)
			} else if !image.present {
				continue
			}
			if !yield(change) {
				return
			}
		}
	}
}

// imagesByGroup returns the indexes of the images in the order of their groups, by
// counting.
func (s *State[K, V]) imagesByGroup() []uint32 {
	var starts [Groups + 1]uint32
	for i := range s.images {
		starts[Group(s.table.HashAt(s.images[i].slot))+1]++
	}
	for group := range Groups {
		starts[group+1] += starts[group]
	}
	order := make([]uint32, len(s.images))
	for i := range s.images {
		group := Group(s.table.HashAt(s.images[i].slot))
		order[starts[group]] = uint32(i)
		starts[group]++
	}
	return order
}

// Group iterates over the keys of one key group in the order in which they came. The
// state may not be touched meanwhile; the pointers lead to the values themselves.
func (s *State[K, V]) Group(group int) iter.Seq2[K, *V] {
	return func(yield func(K, *V) bool) { s.visit(group, yield) }
}

// All iterates over all keys, group by group.
func (s *State[K, V]) All() iter.Seq2[K, *V] {
	return func(yield func(K, *V) bool) {
		for group := range Groups {
			if !s.visit(group, yield) {
				return
			}
		}
	}
}

func (s *State[K, V]) visit(group int, yield func(K, *V) bool) (goOn bool) {
	for next := s.lists[group].first; next != 0; {
		slot := next - 1
		m := s.mark(slot)
		if m.present && !yield(s.table.Key(slot), s.table.At(slot)) {
			return false
		}
		next = m.next
	}
	return true
}
