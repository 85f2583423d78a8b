package keyed

import (
	"fmt"
	"iter"
	"math/bits"
)

// Table is a map from keys to values that iterates in the order of insertion. A key
// lives in a slot, a small number given out in ascending order; its slot stays the
// same until Compact. A Table is used by one activity at a time. Make one with
// [NewTable].
type Table[K comparable, V any] struct {
	index  index
	hash   func(K) uint64
	hashes func([]K, []uint64)
	equality[K]

	pages []page[K, V]
	end   uint32   // one past the last slot
	dead  []uint64 // a bit for each deleted slot; may be shorter than the slots
	gone  int      // how many bits are set
}

// page holds the slots of one stretch of pageSize. All pages but the first are of
// full size from the start; the first doubles up to it.
type page[K comparable, V any] struct {
	keys   []K
	values []V
	hashes []uint64
}

const (
	pageBits = 12
	pageSize = 1 << pageBits
	pageMin  = 1 << 3

	maxSlots = 1<<32 - 2
)

// NewTable returns an empty table. It panics with an *UnhashableError where [Check]
// returns an error.
func NewTable[K comparable, V any]() *Table[K, V] {
	return &Table[K, V]{
		index:    newIndex(),
		hash:     HasherOf[K](),
		hashes:   HashesOf[K](),
		equality: equalityOf[K](),
	}
}

// Len is the number of keys.
func (t *Table[K, V]) Len() int { return int(t.end) - t.gone }

// End is one past the last slot in use. Slots below it may be deleted.
func (t *Table[K, V]) End() uint32 { return t.end }

// Hash returns the hash of a key.
func (t *Table[K, V]) Hash(key K) uint64 { return t.hash(key) }

// Hashes stores the hash of keys[i] in hashes[i], which must be as long.
func (t *Table[K, V]) Hashes(keys []K, hashes []uint64) { t.hashes(keys, hashes) }

// Key returns the key of a slot, in its canonical form.
func (t *Table[K, V]) Key(slot uint32) K { return t.pages[slot>>pageBits].keys[slot%pageSize] }

// HashAt returns the hash of a slot's key.
func (t *Table[K, V]) HashAt(slot uint32) uint64 {
	return t.pages[slot>>pageBits].hashes[slot%pageSize]
}

// At points to the value of a slot. The pointer is good until the next insertion.
func (t *Table[K, V]) At(slot uint32) *V { return &t.pages[slot>>pageBits].values[slot%pageSize] }

// Live says whether a slot below End holds a key that was not deleted.
func (t *Table[K, V]) Live(slot uint32) bool {
	word := int(slot >> 6)
	return word >= len(t.dead) || t.dead[word]>>(slot%64)&1 == 0
}

// Find returns the slot of a key.
func (t *Table[K, V]) Find(key K) (slot uint32, ok bool) { return t.FindHash(key, t.hash(key)) }

// FindHash is Find for a key whose hash is known.
func (t *Table[K, V]) FindHash(key K, hash uint64) (slot uint32, ok bool) {
	key = t.canonicalKey(key)
	_, slot, ok = t.probe(t.index.segment(hash), key, hash)
	return slot, ok && t.Live(slot)
}

// Insert returns the slot of a key and whether it is new; then its value is the
// zero value.
func (t *Table[K, V]) Insert(key K) (slot uint32, isNew bool) {
	return t.InsertHash(key, t.hash(key))
}

// InsertHash is Insert for a key whose hash is known.
func (t *Table[K, V]) InsertHash(key K, hash uint64) (slot uint32, isNew bool) {
	key = t.canonicalKey(key)
	s := t.index.segment(hash)
	at, slot, ok := t.probe(s, key, hash)
	if ok && t.Live(slot) {
		return slot, false
	}
	if ok { // the entry of a deleted slot
		slot = t.append(key, hash)
		s.set(at, hash, slot)
		return slot, true
	}
	slot = t.append(key, hash)
	if s.full() {
		t.index.grow(hash, t.HashAt, func(slot uint32) bool { return !t.Live(slot) })
		t.addEntry(hash, slot)
		return slot, true
	}
	s.put(at, hash, slot)
	return slot, true
}

// addEntry adds the entry of a new key after its segment has grown. A split may
// have left all entries on one side.
func (t *Table[K, V]) addEntry(hash uint64, slot uint32) {
	for t.index.segment(hash).full() {
		t.index.grow(hash, t.HashAt, func(slot uint32) bool { return !t.Live(slot) })
	}
	t.index.segment(hash).add(hash, slot)
}

// Slots stores the slot of keys[i] in slots[i], inserting keys that are new with
// the zero value. hashes[i] is the hash of keys[i]; all three are of one length. It
// is the fast way for many keys, in three passes: fetch the entries of the index,
// without a branch that depends on them, so that the memory works on many at once;
// find candidates among the entries; look at the keys of the candidates.
func (t *Table[K, V]) Slots(keys []K, hashes []uint64, slots []uint32) {
	hashes, slots = hashes[:len(keys)], slots[:len(keys)]
	for len(keys) > 0 {
		n := min(len(keys), bulk)
		t.slots(keys[:n], hashes[:n], slots[:n])
		keys, hashes, slots = keys[n:], hashes[n:], slots[n:]
	}
}

// bulk is how many keys go through the passes of Slots together: few enough that
// what the first pass has fetched is still in the L1 cache for the second.
const bulk = 128

func (t *Table[K, V]) slots(keys []K, hashes []uint64, slots []uint32) {
	hashes, slots = hashes[:len(keys)], slots[:len(keys)]
	for i, hash := range hashes {
		s := t.index.segment(hash)
		slots[i] = s.entries[hash&uint64(len(s.entries)-1)]
	}
	for i, hash := range hashes {
		slots[i] = t.index.segment(hash).candidate(hash, slots[i])
	}
	// An insertion may move entries, but the candidate of a later key stays a slot,
	// and if that slot's key is the one looked for, it is the right one.
	checkDead := t.gone > 0
	for i, candidate := range slots {
		if candidate != 0 && t.Key(candidate-1) == keys[i] && !(checkDead && !t.Live(candidate-1)) {
			slots[i] = candidate - 1
			continue
		}
		slots[i], _ = t.InsertHash(keys[i], hashes[i])
	}
}

// probe looks for a key in its segment. It returns the place where probing ended:
// that of the key's entry, whose slot may be deleted, or an empty one.
func (t *Table[K, V]) probe(s *segment, key K, hash uint64) (at, slot uint32, ok bool) {
	entries := s.entries
	mask := uint32(len(entries) - 1)
	tag := uint32(hash>>tagShift) &^ s.slotMask
	for at = uint32(hash) & mask; ; at = (at + 1) & mask {
		entry := entries[at]
		slot = entry & s.slotMask
		if slot == 0 {
			return at, 0, false
		}
		if entry&^s.slotMask != tag {
			continue
		}
		if kept := t.Key(slot - 1); kept == key || t.same != nil && t.same(kept, key) {
			return at, slot - 1, true
		}
	}
}

func (t *Table[K, V]) canonicalKey(key K) K {
	if t.canonical != nil {
		return t.canonical(key)
	}
	return key
}

// append gives a key the next slot.
func (t *Table[K, V]) append(key K, hash uint64) uint32 {
	slot := t.end
	if slot == maxSlots {
		panic(fmt.Errorf("a table by key is full: it holds at most %d keys and deletions since it was compacted", maxSlots))
	}
	number, within := int(slot>>pageBits), int(slot%pageSize)
	if number == len(t.pages) {
		size := pageSize
		if number == 0 {
			size = pageMin
		}
		t.pages = append(t.pages, newPage[K, V](size))
	}
	p := &t.pages[number]
	if within == len(p.keys) {
		larger := newPage[K, V](2 * len(p.keys))
		copy(larger.keys, p.keys)
		copy(larger.values, p.values)
		copy(larger.hashes, p.hashes)
		*p = larger
	}
	p.keys[within], p.hashes[within] = key, hash
	t.end++
	return slot
}

func newPage[K comparable, V any](size int) page[K, V] {
	return page[K, V]{keys: make([]K, size), values: make([]V, size), hashes: make([]uint64, size)}
}

// Delete removes the key of a slot and forgets its value. The slot is not given out
// again; Compact gets its memory back. Deleting a deleted slot does nothing.
func (t *Table[K, V]) Delete(slot uint32) {
	if slot >= t.end || !t.Live(slot) {
		return
	}
	word := int(slot >> 6)
	for word >= len(t.dead) {
		t.dead = append(t.dead, 0)
	}
	t.dead[word] |= 1 << (slot % 64)
	t.gone++
	var none V
	*t.At(slot) = none
}

// Dead is the number of deleted slots that Compact would free.
func (t *Table[K, V]) Dead() int { return t.gone }

// Compact moves the keys together, in their order, and rebuilds the index. It costs
// a pass over all keys; worth it when most slots are dead. Every slot may change.
func (t *Table[K, V]) Compact() {
	if t.gone == 0 {
		return
	}
	end := uint32(0)
	for slot := range t.end {
		if !t.Live(slot) {
			continue
		}
		if slot != end {
			from, to := &t.pages[slot>>pageBits], &t.pages[end>>pageBits]
			to.keys[end%pageSize] = from.keys[slot%pageSize]
			to.values[end%pageSize] = from.values[slot%pageSize]
			to.hashes[end%pageSize] = from.hashes[slot%pageSize]
		}
		end++
	}
	t.truncate(end)
	t.dead, t.gone = nil, 0
	t.index = newIndex()
	for slot := range t.end {
		t.addEntry(t.HashAt(slot), slot)
	}
}

// truncate forgets the slots from end on, and their memory if whole pages are free.
func (t *Table[K, V]) truncate(end uint32) {
	t.end = end
	keep := (int(end) + pageSize - 1) >> pageBits
	clear(t.pages[keep:])
	t.pages = t.pages[:keep]
	if within := int(end % pageSize); within > 0 {
		p := &t.pages[keep-1]
		clear(p.keys[within:])
		clear(p.values[within:])
	}
}

// Clear removes all keys and keeps the memory of one page and of the first segment.
func (t *Table[K, V]) Clear() {
	if len(t.pages) > 1 {
		clear(t.pages[1:])
		t.pages = t.pages[:1]
	}
	if len(t.pages) == 1 {
		clear(t.pages[0].keys)
		clear(t.pages[0].values)
	}
	t.end, t.dead, t.gone = 0, nil, 0
	first := t.index.directory[0]
	clear(first.entries)
	*first = segment{entries: first.entries, slotMask: segmentMinSlot}
	t.index = index{directory: []*segment{first}}
}

// All iterates over the keys in the order of insertion. The table may not be
// inserted into meanwhile; the pointers lead to the values themselves.
func (t *Table[K, V]) All() iter.Seq2[K, *V] {
	return func(yield func(K, *V) bool) {
		for slot := range t.end {
			if t.Live(slot) && !yield(t.Key(slot), t.At(slot)) {
				return
			}
		}
	}
}

// Run is a stretch of neighbouring live slots, as slices into the table's memory:
// the i-th elements are the key, value and hash of slot First + i.
type Run[K comparable, V any] struct {
	First  uint32
	Keys   []K
	Values []V
	Hashes []uint64
}

// Runs iterates over all keys in the order of insertion, as many at a time as lie
// together, at most a page of 4,096. Nothing is copied: the slices are good until
// the next insertion, Compact or Clear, and keys and hashes are only for reading.
func (t *Table[K, V]) Runs() iter.Seq[Run[K, V]] {
	return func(yield func(Run[K, V]) bool) {
		for from := uint32(0); from < t.end; {
			to := t.runEnd(from)
			if to > from {
				p := &t.pages[from>>pageBits]
				a, b := from%pageSize, from%pageSize+(to-from)
				if !yield(Run[K, V]{from, p.keys[a:b:b], p.values[a:b:b], p.hashes[a:b:b]}) {
					return
				}
			}
			from = max(to, from+1)
		}
	}
}

// runEnd is the first slot from slot from on, in its page, that is not live.
func (t *Table[K, V]) runEnd(from uint32) uint32 {
	end := min(t.end, (from>>pageBits+1)<<pageBits)
	for at := from; at < end; {
		word := int(at >> 6)
		if word >= len(t.dead) {
			return end
		}
		if rest := t.dead[word] >> (at % 64); rest != 0 {
			return min(end, at+uint32(bits.TrailingZeros64(rest)))
		}
		at = at&^63 + 64
	}
	return end
}
