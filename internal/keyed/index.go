package keyed

// index finds slots by hash. It is a directory of segments, each a small table of
// open addressing with linear probing:
//
//	hash bits  0…11   the place in the segment
//	          12…     the place in the directory, as many bits as it needs
//	          21…52   the tag: those of these 32 bits that the slot leaves free
//	          54…63   the key group; equal for many keys of one table, so unused
//
// An entry is 32 bits: slot + 1 in the low bits, the tag above them, 0 if empty. The
// tag spares nearly every look at a key that is another one. How many bits the slot
// takes is a property of the segment; when slots outgrow it, the segment gives up
// bits of its tags, for which it needs neither keys nor hashes.
//
// A full segment splits in two by the next bit of the hash, so the index grows by a
// step of a few thousand entries, however large it is. The entry of a deleted slot
// stays until its segment is rebuilt or its key comes back.
type index struct {
	directory []*segment // 1 << depth of them
	depth     uint8
}

type segment struct {
	entries  []uint32 // a power of two
	slotMask uint32   // the bits that hold slot + 1
	used     int      // entries that are not empty
	depth    uint8    // how many bits of the directory's place all entries share
}

const (
	segmentBits    = 12
	segmentMin     = 1 << 3
	segmentMax     = 1 << segmentBits
	segmentMinSlot = 1<<segmentBits - 1 // slot mask of a new segment
	tagShift       = 21
	maxDepth       = 20
)

func newIndex() index {
	return index{directory: []*segment{newSegment(segmentMin, segmentMinSlot, 0)}}
}

func newSegment(size int, slotMask uint32, depth uint8) *segment {
	return &segment{entries: make([]uint32, size), slotMask: slotMask, depth: depth}
}

func (x *index) segment(hash uint64) *segment {
	return x.directory[(hash>>segmentBits)&uint64(len(x.directory)-1)]
}

// candidate returns the first slot + 1, in probing order, whose tag fits, or 0. It
// looks at no key. Probing starts at the entry home, which is at the hash's place.
func (s *segment) candidate(hash uint64, home uint32) uint32 {
	entries := s.entries
	tag := uint32(hash>>tagShift) &^ s.slotMask
	for at, entry := hash, home; ; entry = entries[at&uint64(len(entries)-1)] {
		if slot := entry & s.slotMask; slot == 0 || entry&^s.slotMask == tag {
			return slot
		}
		at++
	}
}

// full says whether one more entry would make probing slow.
func (s *segment) full() bool { return s.used >= len(s.entries)*5/8 }

// put adds an entry for a slot where probing ended, at place at.
func (s *segment) put(at uint32, hash uint64, slot uint32) {
	s.used++
	s.set(at, hash, slot)
}

// set makes the entry at place at point to a slot.
func (s *segment) set(at uint32, hash uint64, slot uint32) {
	for slot+1 > s.slotMask {
		s.widen()
	}
	s.entries[at] = uint32(hash>>tagShift)&^s.slotMask | (slot + 1)
}

// widen gives one more bit of each entry to the slot.
func (s *segment) widen() {
	wide := s.slotMask<<1 | 1
	for i, entry := range s.entries {
		s.entries[i] = entry &^ (wide &^ s.slotMask)
	}
	s.slotMask = wide
}

// add adds an entry for a slot that is not in the segment.
func (s *segment) add(hash uint64, slot uint32) {
	mask := uint32(len(s.entries) - 1)
	at := uint32(hash) & mask
	for s.entries[at]&s.slotMask != 0 {
		at = (at + 1) & mask
	}
	s.put(at, hash, slot)
}

// grow makes room in a full segment: it drops the entries of dead slots, then
// doubles the segment or, at its largest, splits it. The hash leads to the segment.
// Keys made to collide could have a segment split for ever, hence maxDepth.
func (x *index) grow(hash uint64, hashOf func(slot uint32) uint64, dead func(slot uint32) bool) {
	s := x.segment(hash)
	slots := make([]uint32, 0, s.used)
	for _, entry := range s.entries {
		if slot := entry & s.slotMask; slot != 0 && !dead(slot-1) {
			slots = append(slots, slot-1)
		}
	}
	switch {
	case len(slots) < len(s.entries)/2: // enough of them were dead
		clear(s.entries)
		s.used = 0
	case len(s.entries) < segmentMax || s.depth >= maxDepth:
		s.entries = make([]uint32, 2*len(s.entries))
		s.used = 0
	default:
		x.split(s, hash)
	}
	for _, slot := range slots {
		h := hashOf(slot)
		x.segment(h).add(h, slot)
	}
}

// split replaces a segment by two empty ones.
func (x *index) split(s *segment, hash uint64) {
	if s.depth == x.depth {
		x.directory = append(x.directory, x.directory...)
		x.depth++
	}
	low := newSegment(segmentMax, s.slotMask, s.depth+1)
	high := newSegment(segmentMax, s.slotMask, s.depth+1)
	shared := int(hash>>segmentBits) & (1<<s.depth - 1)
	for at := shared; at < len(x.directory); at += 1 << s.depth {
		if at>>s.depth&1 == 0 {
			x.directory[at] = low
		} else {
			x.directory[at] = high
		}
	}
}
