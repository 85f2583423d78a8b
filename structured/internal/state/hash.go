package state

import (
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// The hash of a row's key is a fact on disk, since it decides the key group. It is
// that of internal/keyed:
//
//	one column       the hash of the value: a whole number, boolean, date, timestamp
//	                 or interval as an integer, a float or double as a float, a string
//	                 or binary as a string
//	else             a fold over the columns in order: a word for what is an integer
//	                 or a float in the line above, its hash for a string
//	struct, array    folds its parts in its place; an array folds their number first
//	decimal          folds its two halves, the low one first
//	time window      counts as the timestamp of its start
//	null             nullWord, as a word
//
// So a table with one column of integers or strings is partitioned as an RDD with
// such keys is.
const nullWord = 0x6E756C6C6E756C6C

// Hasher computes the hashes of key columns.
type Hasher struct {
	words []uint64
}

// Hash fills hashes with those of the keys in these rows of the columns, one for
// each row; nil stands for rows 0 to len(hashes)-1.
func (h *Hasher) Hash(keys []*vector.Column, rows vector.Selection, hashes []uint64) {
	if len(keys) == 1 {
		switch keys[0].Type.Layout() {
		case types.LayoutBytes:
			hashStrings(keys[0], rows, hashes)
			return
		case types.LayoutStruct, types.LayoutList, types.Layout128:
		default:
			fillWords(keys[0], rows, hashes)
			for i, word := range hashes {
				hashes[i] = keyed.HashUint64(word)
			}
			return
		}
	}
	for i := range hashes {
		hashes[i] = keyed.FoldStart
	}
	for _, key := range keys {
		h.fold(key, rows, hashes)
	}
	for i, hash := range hashes {
		hashes[i] = keyed.Finish(hash)
	}
}

func (h *Hasher) fold(key *vector.Column, rows vector.Selection, hashes []uint64) {
	switch key.Type.Layout() {
	case types.LayoutStruct, types.LayoutList, types.Layout128:
		for i := range hashes {
			hashes[i] = foldNested(hashes[i], key, rowAt(rows, i))
		}
		return
	}
	h.words = vector.Resize(h.words, len(hashes))
	if key.Type.Layout() == types.LayoutBytes {
		hashStrings(key, rows, h.words)
	} else {
		fillWords(key, rows, h.words)
	}
	for i, word := range h.words {
		hashes[i] = keyed.Fold(hashes[i], word)
	}
}

func foldNested(hash uint64, key *vector.Column, row int) uint64 {
	if key.IsNull(row) {
		return keyed.Fold(hash, nullWord)
	}
	switch key.Type.Layout() {
	case types.LayoutStruct:
		for i := range key.Children {
			hash = foldNested(hash, &key.Children[i], row)
		}
		return hash
	case types.LayoutList:
		from, to := int(key.Offsets[row]), int(key.Offsets[row+1])
		hash = keyed.Fold(hash, uint64(to-from))
		for i := from; i < to; i++ {
			hash = foldNested(hash, &key.Children[0], i)
		}
		return hash
	case types.Layout128:
		value := key.Decimals[row]
		return keyed.Fold(keyed.Fold(hash, value.LowBits()), uint64(value.HighBits()))
	case types.LayoutBytes:
		return keyed.Fold(hash, keyed.HashBytes(key.String(row)))
	default:
		return keyed.Fold(hash, word(key, row))
	}
}

func hashStrings(key *vector.Column, rows vector.Selection, hashes []uint64) {
	for i := range hashes {
		row := rowAt(rows, i)
		if key.IsNull(row) {
			hashes[i] = keyed.HashUint64(nullWord)
		} else {
			hashes[i] = keyed.HashBytes(key.String(row))
		}
	}
}

// rowAt returns the i-th of rows, where nil stands for all.
func rowAt(rows vector.Selection, i int) int {
	if rows == nil {
		return i
	}
	return int(rows[i])
}

// fillWords fills words with the values of a column of fixed width, as 64 bits that are
// equal where the values are equal as keys: doubles are canonical, null is nullWord.
func fillWords(c *vector.Column, rows vector.Selection, words []uint64) {
	switch c.Type.Layout() {
	case types.Layout32:
		if rows == nil {
			for i, v := range c.Ints[:len(words)] {
				words[i] = uint64(int64(v))
			}
		} else {
			for i, row := range rows {
				words[i] = uint64(int64(c.Ints[row]))
			}
		}
	case types.Layout64:
		if rows == nil {
			for i, v := range c.Longs[:len(words)] {
				words[i] = uint64(v)
			}
		} else {
			for i, row := range rows {
				words[i] = uint64(c.Longs[row])
			}
		}
	default:
		for i := range words {
			words[i] = word(c, rowAt(rows, i))
		}
	}
	if c.HasNulls() {
		for i := range words {
			if c.IsNull(rowAt(rows, i)) {
				words[i] = nullWord
			}
		}
	}
}

func word(c *vector.Column, row int) uint64 {
	switch c.Type.Layout() {
	case types.LayoutBit:
		return c.Bools.Bit(row)
	case types.Layout8:
		return uint64(int64(c.Tinies[row]))
	case types.Layout16:
		return uint64(int64(c.Smalls[row]))
	case types.Layout32:
		return uint64(int64(c.Ints[row]))
	case types.Layout64:
		return uint64(c.Longs[row])
	case types.LayoutFloat:
		return keyed.FloatWord(float64(c.Floats[row]))
	case types.LayoutDouble:
		return keyed.FloatWord(c.Doubles[row])
	default:
		return nullWord
	}
}
