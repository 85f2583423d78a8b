package state

import (
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Numbers gives distinct keys numbers, in the order in which they come: 0, 1, 2, …
// Nulls are equal as keys, NaNs too, and -0.0 is 0.0.
type Numbers struct {
	table  *table
	hasher Hasher
	hashes []uint64
}

// NewNumbers returns numbers for keys of these types.
func NewNumbers(keys []types.Type) *Numbers { return &Numbers{table: newTable(keys)} }

// Len returns how many keys there are.
func (n *Numbers) Len() int { return n.table.len() }

// Assign fills numbers with that of the key in each of these rows of the columns (nil:
// the first len(numbers)), giving one to keys that are new.
func (n *Numbers) Assign(keys []*vector.Column, rows vector.Selection, numbers []int32) {
	n.hashes = vector.Resize(n.hashes, len(numbers))
	n.hasher.Hash(keys, rows, n.hashes)
	n.table.assign(keys, rows, n.hashes, numbers)
}

// Reset forgets all keys and keeps the memory.
func (n *Numbers) Reset() { n.table.reset() }

// Finder looks keys up in Numbers. Several may use the same Numbers at once, as long
// as no keys are added.
type Finder struct {
	hasher Hasher
	hashes []uint64
	words  []uint64
	key    []byte
}

// Find fills numbers with that of the key in each of these rows, -1 for a key that has
// none.
func (f *Finder) Find(in *Numbers, keys []*vector.Column, rows vector.Selection, numbers []int32) {
	f.hashes = vector.Resize(f.hashes, len(numbers))
	f.hasher.Hash(keys, rows, f.hashes)
	switch t := in.table; t.layout {
	case words:
		f.words = vector.Resize(f.words, len(numbers))
		fillWords(keys[0], rows, f.words)
		t.findWords(keys[0], rows, f.hashes, f.words, numbers)
	case texts:
		t.findTexts(keys[0], rows, f.hashes, numbers)
	default:
		f.findRows(t, keys, rows, numbers)
	}
}

func (t *table) findWords(key *vector.Column, rows vector.Selection, hashes, words []uint64, numbers []int32) {
	hashes, words = hashes[:len(numbers)], words[:len(numbers)]
	nulls := key.HasNulls()
	slots, stored := t.slots, t.words
	mask := uint64(len(slots) - 1)
	t.guess(hashes, numbers)
	for i := range numbers {
		if nulls && key.IsNull(rowAt(rows, i)) {
			numbers[i] = int32(t.null)
			continue
		}
		hash, word := hashes[i], words[i]
		if number := int(numbers[i]); number >= 0 && stored[number] == word && number != t.null {
			continue
		}
		found := int32(-1)
		for p := hash & mask; ; p = (p + 1) & mask {
			s := slots[p&uint64(len(slots)-1)]
			if s == 0 {
				break
			}
			if number := uint32(s) - 1; s>>32 == hash>>32 && stored[number] == word && int(number) != t.null {
				found = int32(number)
				break
			}
		}
		numbers[i] = found
	}
}

func (t *table) findTexts(key *vector.Column, rows vector.Selection, hashes []uint64, numbers []int32) {
	hashes = hashes[:len(numbers)]
	nulls := key.HasNulls()
	mask := uint64(len(t.slots) - 1)
	for i := range numbers {
		row := rowAt(rows, i)
		if nulls && key.IsNull(row) {
			numbers[i] = int32(t.null)
			continue
		}
		hash, text := hashes[i], key.String(row)
		found := int32(-1)
		for p := hash & mask; ; p = (p + 1) & mask {
			s := t.slots[p]
			if s == 0 {
				break
			}
			if number := uint32(s) - 1; s>>32 == hash>>32 && int(number) != t.null &&
				string(t.bytes[t.starts[number]:t.starts[number+1]]) == string(text) {
				found = int32(number)
				break
			}
		}
		numbers[i] = found
	}
}

func (f *Finder) findRows(t *table, keys []*vector.Column, rows vector.Selection, numbers []int32) {
	mask := uint64(len(t.slots) - 1)
	for i := range numbers {
		hash := f.hashes[i]
		f.key = f.key[:0]
		for _, key := range keys {
			f.key = appendKey(f.key, key, rowAt(rows, i))
		}
		found := int32(-1)
		for p := hash & mask; ; p = (p + 1) & mask {
			s := t.slots[p]
			if s == 0 {
				break
			}
			if number := uint32(s) - 1; s>>32 == hash>>32 &&
				string(t.bytes[t.starts[number]:t.starts[number+1]]) == string(f.key) {
				found = int32(number)
				break
			}
		}
		numbers[i] = found
	}
}
