package order

import (
	"cmp"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// Key is a column to sort by: ascending or not, NaN being the greatest number, and its
// nulls first or last, whichever way the others go.
type Key struct {
	Column     *vector.Column
	Descending bool
	NullsFirst bool
}

// Sorter sorts rows. It keeps its memory from one sort to the next; the zero value is
// ready.
type Sorter struct {
	rows    []int32
	entries []entry
	scratch []entry
	runs    []int
}

// entry is a row with the number that stands for its value of the key at hand.
type entry struct {
	number uint64
	row    int32
}

// Sort returns the rows 0 to n-1 in the order of the first key, those equal there in the
// order of the second, and so on; rows equal in all keys keep their order. The result is
// good until the next sort. The columns must be as long as n and are not changed.
func (s *Sorter) Sort(n int, keys ...Key) []int32 {
	s.entries = vector.Resize(s.entries, n)
	s.scratch = vector.Resize(s.scratch, n)
	for i := range s.entries {
		s.entries[i] = entry{row: int32(i)}
	}
	s.by(keys, s.entries)
	s.rows = vector.Resize(s.rows, n)
	for i, e := range s.entries {
		s.rows[i] = e.row
	}
	return s.rows
}

// by sorts rows that are equal in all keys before these.
func (s *Sorter) by(keys []Key, entries []entry) {
	if len(entries) < 2 || len(keys) == 0 {
		return
	}
	nulls, values := s.divide(keys[0], entries)
	s.by(keys[1:], nulls)
	s.byValue(keys, values, 0)
}

// byValue sorts rows in which the first key is not null, by its part from a place on: see
// number. They are equal in all before it.
func (s *Sorter) byValue(keys []Key, entries []entry, at int) {
	key, rest := keys[0], keys[1:]
	says := key.number(entries, at)
	s.byNumber(entries)
	if says == all && len(rest) == 0 {
		return
	}
	for from := 0; from < len(entries); {
		to := from + 1
		for to < len(entries) && entries[to].number == entries[from].number {
			to++
		}
		if same := entries[from:to]; len(same) > 1 {
			switch {
			case says == all || key.allEqual(same):
				s.by(rest, same)
			case says == part:
				s.byValue(keys, same, at+1)
			default:
				slices.SortFunc(same, func(a, b entry) int { return compare(keys, a.row, b.row) })
			}
		}
		from = to
	}
}

// divide moves the rows in which the key is null to their end of the entries.
func (s *Sorter) divide(key Key, entries []entry) (nulls, values []entry) {
	c := key.Column
	if !c.HasNulls() {
		return nil, entries
	}
	others := s.scratch[:0]
	kept := entries[:0]
	for _, e := range entries {
		if c.IsNull(int(e.row)) == key.NullsFirst {
			kept = append(kept, e)
		} else {
			others = append(others, e)
		}
	}
	first, last := kept, entries[len(kept):]
	copy(last, others)
	if key.NullsFirst {
		return first, last
	}
	return last, first
}

// allEqual reports whether the key has one value in all these rows.
func (k Key) allEqual(entries []entry) bool {
	for _, e := range entries[1:] {
		if vector.Compare(k.Column, int(entries[0].row), k.Column, int(e.row)) != 0 {
			return false
		}
	}
	return true
}

// compare orders two rows by all keys, and equal ones as they are.
func compare(keys []Key, a, b int32) int {
	for _, k := range keys {
		c := vector.Compare(k.Column, int(a), k.Column, int(b)) // null is less
		if c == 0 {
			continue
		}
		reversed := k.Descending
		if k.Column.IsNull(int(a)) || k.Column.IsNull(int(b)) {
			reversed = !k.NullsFirst
		}
		if reversed {
			return -c
		}
		return c
	}
	return cmp.Compare(a, b)
}
