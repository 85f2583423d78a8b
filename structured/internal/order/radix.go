package order

import (
	"cmp"
	"slices"
)

const (
	// small is up to how many entries comparing is faster than counting bytes.
	small = 256

	// fewRuns is up to how many ascending runs are merged: in four rounds, where a
	// radix sort takes one for each byte in which the numbers differ.
	fewRuns = 16
)

// byNumber sorts entries by their numbers.
func (s *Sorter) byNumber(entries []entry) {
	switch {
	case s.findRuns(entries):
		s.merge(entries)
	case len(entries) <= small:
		slices.SortFunc(entries, compareNumbers)
	default:
		s.radix(entries)
	}
}

// compareNumbers orders entries with one number as they are.
func compareNumbers(a, b entry) int {
	if a.number != b.number {
		return cmp.Compare(a.number, b.number)
	}
	return cmp.Compare(a.row, b.row)
}

// findRuns notes where ascending runs begin, and whether they are few.
func (s *Sorter) findRuns(entries []entry) bool {
	s.runs = append(s.runs[:0], 0)
	for i := 1; i < len(entries); i++ {
		if entries[i].number < entries[i-1].number {
			if len(s.runs) == fewRuns {
				return false
			}
			s.runs = append(s.runs, i)
		}
	}
	return true
}

// merge merges neighbouring runs until one is left.
func (s *Sorter) merge(entries []entry) {
	for len(s.runs) > 1 {
		runs := s.runs[:0]
		for i := 0; i < len(s.runs); i += 2 {
			from, to := s.runs[i], len(entries)
			if i+1 < len(s.runs) {
				middle := s.runs[i+1]
				if i+2 < len(s.runs) {
					to = s.runs[i+2]
				}
				s.mergeTwo(entries[from:to], middle-from)
			}
			runs = append(runs, from)
		}
		s.runs = runs
	}
}

// mergeTwo merges the entries before the middle with the rest.
func (s *Sorter) mergeTwo(entries []entry, middle int) {
	left := s.scratch[:copy(s.scratch, entries[:middle])]
	right := entries[middle:]
	for i := range entries {
		if len(left) == 0 {
			return // the rest is in place
		}
		if len(right) > 0 && right[0].number < left[0].number {
			entries[i], right = right[0], right[1:]
		} else {
			entries[i], left = left[0], left[1:]
		}
	}
}

// radix sorts by each byte in which the numbers differ, from the last to the first.
func (s *Sorter) radix(entries []entry) {
	var counts [8][256]int32
	for _, e := range entries {
		for b := range counts {
			counts[b][byte(e.number>>(8*b))]++
		}
	}
	from, to := entries, s.scratch[:len(entries)]
	for b := range counts {
		if counts[b][byte(entries[0].number>>(8*b))] == int32(len(entries)) {
			continue
		}
		next := int32(0)
		for i, n := range counts[b] {
			counts[b][i] = next
			next += n
		}
		places := &counts[b]
		for _, e := range from {
			digit := byte(e.number >> (8 * b))
			to[places[digit]] = e
			places[digit]++
		}
		from, to = to, from
	}
	if &from[0] != &entries[0] {
		copy(entries, from)
	}
}
