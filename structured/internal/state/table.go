package state

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// table numbers distinct keys in the order in which they come: 0, 1, 2, …
//
// It is a hash table with open addressing whose slots hold 32 bits of the hash and
// the number of the key; keys lie apart, in one of three layouts, and so do the
// hashes, in order of the numbers:
//
//	slot    hash bits 32 to 63 | number + 1     0 is empty
//
// The only way to take keys out is to truncate, which takes the newest; that needs
// no tombstones, see remove.
type table struct {
	columns []types.Type // of the keys
	layout  layout
	slots   []uint64 // a power of two, at most three quarters full
	hashes  []uint64 // by number

	words []uint64 // words: by number
	null  int      // words and texts: the number of the null key, or -1

	starts []int // texts and rows: key i is bytes[starts[i]:starts[i+1]]
	bytes  []byte

	scratch []uint64 // words of a batch
	key     []byte   // rows: the key that is looked for
}

// layout is how a table keeps its keys.
type layout uint8

const (
	words layout = iota // one column of fixed width
	texts               // one column of strings
	rows                // anything else: the columns one after the other, see appendKey
)

const minSlots = 16

func newTable(columns []types.Type) *table {
	t := &table{columns: columns, layout: rows, null: -1, slots: make([]uint64, minSlots)}
	if len(columns) == 1 {
		switch columns[0].Layout() {
		case types.LayoutBytes:
			t.layout = texts
		case types.LayoutStruct, types.LayoutList, types.LayoutVoid, types.Layout128:
		default:
			t.layout = words
		}
	}
	if t.layout != words {
		t.starts = append(t.starts, 0)
	}
	return t
}

// len returns how many keys there are.
func (t *table) len() int { return len(t.hashes) }

// reset forgets all keys and keeps the memory.
func (t *table) reset() {
	clear(t.slots)
	t.hashes, t.words, t.bytes, t.null = t.hashes[:0], t.words[:0], t.bytes[:0], -1
	if t.layout != words {
		t.starts = t.starts[:1]
	}
}

// assign fills numbers with the number of the key in each of these rows (nil: the
// first len(numbers)), after giving one to keys that are new.
func (t *table) assign(keys []*vector.Column, selection vector.Selection, hashes []uint64, numbers []int32) {
	switch t.layout {
	case words:
		t.assignWords(keys[0], selection, hashes, numbers)
	case texts:
		t.assignTexts(keys[0], selection, hashes, numbers)
	default:
		t.assignRows(keys, selection, hashes, numbers)
	}
}

// limit is how many keys the slots may hold.
func (t *table) limit() int { return len(t.slots) / 4 * 3 }

// grow makes room for n keys: for as many as the slots may hold, so that nothing is
// copied more than once for each key.
func (t *table) grow(n int) {
	size := len(t.slots)
	for size/4*3 < n {
		size *= 2
	}
	t.slots = make([]uint64, size)
	more := t.limit() - len(t.hashes)
	t.hashes = slices.Grow(t.hashes, more)
	if t.layout == words {
		t.words = slices.Grow(t.words, more)
	} else {
		t.starts = slices.Grow(t.starts, more)
		t.bytes = slices.Grow(t.bytes, len(t.bytes)) // if keys are as long as so far
	}
	for number, hash := range t.hashes {
		t.slots[t.empty(hash)] = slot(hash, number)
	}
}

func slot(hash uint64, number int) uint64 { return hash>>32<<32 | uint64(number+1) }

// empty returns the first empty slot for a hash.
func (t *table) empty(hash uint64) int {
	mask := uint64(len(t.slots) - 1)
	i := hash & mask
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	return int(i)
}

// insert gives the next number to the key whose hash has slot i to itself. The key
// itself is then stored by the caller.
func (t *table) insert(i uint64, hash uint64) int32 {
	number := len(t.hashes)
	t.hashes = append(t.hashes, hash)
	t.slots[i] = slot(hash, number)
	if number+1 >= t.limit() {
		t.grow(number + 2)
	}
	return int32(number)
}

// truncate forgets all keys but the first n.
//
// Slots are emptied from the newest key to the oldest. Keys were put there in
// ascending order, by insert and again by grow; so a key that is about to go is the
// newest in the table, no probe for another one runs over its slot, and emptying it
// breaks no chain.
func (t *table) truncate(n int) {
	mask := uint64(len(t.slots) - 1)
	for number := len(t.hashes) - 1; number >= n; number-- {
		hash := t.hashes[number]
		if number == t.null {
			t.null = -1
		}
		i := hash & mask
		for t.slots[i] != slot(hash, number) {
			i = (i + 1) & mask
		}
		t.slots[i] = 0
	}
	t.hashes = t.hashes[:n]
	if t.layout == words {
		t.words = t.words[:n]
	} else {
		t.starts = t.starts[:n+1]
		t.bytes = t.bytes[:t.starts[n]]
	}
}

func (t *table) assignWords(key *vector.Column, selection vector.Selection, hashes []uint64, numbers []int32) {
	t.scratch = vector.Resize(t.scratch, len(numbers))
	fillWords(key, selection, t.scratch)
	scratch := t.scratch[:len(numbers)]
	hashes = hashes[:len(numbers)]
	nulls := key.HasNulls()
	t.guess(hashes, numbers)
	for i := range numbers {
		hash, word := hashes[i], scratch[i]
		isNull := nulls && key.IsNull(rowAt(selection, i))
		if number := int(numbers[i]); number >= 0 && t.words[number] == word && number != t.null && !isNull {
			continue
		}
		if isNull && t.null >= 0 {
			numbers[i] = int32(t.null)
			continue
		}
		slots, stored := t.slots, t.words
		mask := uint64(len(slots) - 1)
		for p := hash & mask; ; p = (p + 1) & mask {
			s := slots[p&uint64(len(slots)-1)]
			if s == 0 {
				numbers[i] = t.insert(p, hash)
				t.words = append(t.words, word)
				if isNull {
					t.null = int(numbers[i])
				}
				break
			}
			if number := uint32(s) - 1; s>>32 == hash>>32 && stored[number] == word && int(number) != t.null && !isNull {
				numbers[i] = int32(number)
				break
			}
		}
	}
}

// guess fills numbers with those that the first slots for hashes have, -1 for a slot that
// is empty or of another hash. A loop that does nothing else waits for many slots at once,
// where one that also compares keys waits for one after the other.
func (t *table) guess(hashes []uint64, numbers []int32) {
	slots := t.slots
	for i, hash := range hashes[:len(numbers)] {
		s := slots[hash&uint64(len(slots)-1)]
		number := int32(uint32(s)) - 1
		if s>>32 != hash>>32 {
			number = -1
		}
		numbers[i] = number
	}
}

func (t *table) assignTexts(key *vector.Column, selection vector.Selection, hashes []uint64, numbers []int32) {
	hashes = hashes[:len(numbers)]
	nulls := key.HasNulls()
	for i := range numbers {
		row := rowAt(selection, i)
		hash, text := hashes[i], key.String(row)
		isNull := nulls && key.IsNull(row)
		if isNull {
			if t.null >= 0 {
				numbers[i] = int32(t.null)
				continue
			}
			text = nil
		}
		slots := t.slots
		mask := uint64(len(slots) - 1)
		for p := hash & mask; ; p = (p + 1) & mask {
			s := slots[p&uint64(len(slots)-1)]
			if s == 0 {
				numbers[i] = t.insert(p, hash)
				t.store(text)
				if isNull {
					t.null = int(numbers[i])
				}
				break
			}
			if number := uint32(s) - 1; s>>32 == hash>>32 && int(number) != t.null && !isNull &&
				string(t.bytes[t.starts[number]:t.starts[number+1]]) == string(text) {
				numbers[i] = int32(number)
				break
			}
		}
	}
}

func (t *table) assignRows(keys []*vector.Column, selection vector.Selection, hashes []uint64, numbers []int32) {
	for i := range numbers {
		hash := hashes[i]
		t.key = t.key[:0]
		for _, key := range keys {
			t.key = appendKey(t.key, key, rowAt(selection, i))
		}
		mask := uint64(len(t.slots) - 1)
		for p := hash & mask; ; p = (p + 1) & mask {
			s := t.slots[p]
			if s == 0 {
				numbers[i] = t.insert(p, hash)
				t.store(t.key)
				break
			}
			if number := uint32(s) - 1; s>>32 == hash>>32 &&
				string(t.bytes[t.starts[number]:t.starts[number+1]]) == string(t.key) {
				numbers[i] = int32(number)
				break
			}
		}
	}
}

func (t *table) store(key []byte) {
	t.bytes = append(t.bytes, key...)
	t.starts = append(t.starts, len(t.bytes))
}

// appendKey appends the bytes of a key column; equal keys have equal bytes.
func appendKey(dst []byte, c *vector.Column, row int) []byte {
	switch {
	case c.Type == types.Float && !c.IsNull(row):
		canonical := vector.Column{Type: types.Float, Len: 1, Floats: []float32{float32(keyed.CanonicalFloat(float64(c.Floats[row])))}}
		return canonical.AppendBinary(dst, 0)
	case c.Type == types.Double && !c.IsNull(row):
		canonical := vector.Column{Type: types.Double, Len: 1, Doubles: []float64{keyed.CanonicalFloat(c.Doubles[row])}}
		return canonical.AppendBinary(dst, 0)
	case c.Type.Layout() == types.LayoutStruct && !c.IsNull(row):
		dst = append(dst, 1)
		for i := range c.Children {
			dst = appendKey(dst, &c.Children[i], row)
		}
		return dst
	case c.Type.Layout() == types.LayoutList && !c.IsNull(row):
		from, to := int(c.Offsets[row]), int(c.Offsets[row+1])
		dst = binary.AppendUvarint(append(dst, 1), uint64(to-from))
		for i := from; i < to; i++ {
			dst = appendKey(dst, &c.Children[0], i)
		}
		return dst
	default:
		return c.AppendBinary(dst, row)
	}
}

// appendTo appends the keys with these numbers to columns.
func (t *table) appendTo(columns []*vector.Column, numbers []int32) {
	switch t.layout {
	case words:
		for _, number := range numbers {
			t.appendWord(columns[0], int(number))
		}
	case texts:
		for _, number := range numbers {
			if int(number) == t.null {
				columns[0].AppendNull()
			} else {
				columns[0].AppendString(t.bytes[t.starts[number]:t.starts[number+1]])
			}
		}
	default:
		for _, number := range numbers {
			key := t.bytes[t.starts[number]:t.starts[number+1]]
			for _, column := range columns {
				// The bytes are those of appendKey, so they are well formed.
				key, _ = column.ReadBinary(key)
			}
		}
	}
}

func (t *table) appendWord(column *vector.Column, number int) {
	if number == t.null {
		column.AppendNull()
		return
	}
	switch word := t.words[number]; column.Type.Layout() {
	case types.LayoutBit:
		column.AppendBool(word != 0)
	case types.Layout8:
		column.AppendTiny(int8(word))
	case types.Layout16:
		column.AppendSmall(int16(word))
	case types.Layout32:
		column.AppendInt(int32(word))
	case types.LayoutFloat:
		column.AppendFloat(float32(math.Float64frombits(word)))
	case types.LayoutDouble:
		column.AppendDouble(math.Float64frombits(word))
	default:
		column.AppendLong(int64(word))
	}
}
