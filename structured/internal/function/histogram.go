package function

import (
	"sort"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// histogram is that of Ben-Haim and Tom-Tov, A Streaming Parallel Decision Tree
// Algorithm (2010): bins are added for new values, and the two that are nearest are
// merged when there are too many.
type histogram struct {
	bins []bin
	most int
	ties javaRandom
}

type bin struct{ x, y float64 }

func (h *histogram) add(value float64) {
	at := sort.Search(len(h.bins), func(i int) bool { return h.bins[i].x >= value })
	if at < len(h.bins) && h.bins[at].x == value {
		h.bins[at].y++
		return
	}
	h.bins = append(h.bins, bin{})
	copy(h.bins[at+1:], h.bins[at:])
	h.bins[at] = bin{value, 1}
	for len(h.bins) > h.most {
		h.merge()
	}
}

// merge makes one of the two bins that are nearest; of several pairs any.
func (h *histogram) merge() {
	at, pairs := 0, 1
	least := h.bins[1].x - h.bins[0].x
	for i := 1; i+1 < len(h.bins); i++ {
		switch gap := h.bins[i+1].x - h.bins[i].x; {
		case gap < least:
			at, pairs, least = i, 1, gap
		case gap == least:
			if pairs++; h.ties.double() <= 1/float64(pairs) {
				at = i
			}
		}
	}
	a, b := h.bins[at], h.bins[at+1]
	y := a.y + b.y
	h.bins[at] = bin{a.x*(a.y/y) + b.x*(b.y/y), y}
	h.bins = append(h.bins[:at+1], h.bins[at+2:]...)
}

// javaRandom is java.util.Random, which decides between equal gaps in Spark's.
type javaRandom uint64

func newJavaRandom(seed uint64) javaRandom { return javaRandom((seed ^ 0x5deece66d) & (1<<48 - 1)) }

func (r *javaRandom) next(bits int) uint64 {
	*r = (*r*0x5deece66d + 0xb) & (1<<48 - 1)
	return uint64(*r) >> (48 - bits)
}

func (r *javaRandom) double() float64 { return float64(r.next(26)<<27+r.next(27)) / (1 << 53) }

// histogramOf makes a histogram of so many bins of an array of doubles.
func histogramOf(out *vector.Column, args []*vector.Column, row int) error {
	list := args[0]
	h := histogram{most: int(args[1].Ints[row]), ties: newJavaRandom(31183)}
	for i := int(list.Offsets[row]); i < int(list.Offsets[row+1]); i++ {
		if !list.Children[0].IsNull(i) {
			h.add(list.Children[0].Doubles[i])
		}
	}
	if len(h.bins) == 0 {
		return null
	}
	bins := &out.Children[0]
	for _, b := range h.bins {
		bins.Children[0].AppendDouble(b.x)
		bins.Children[1].AppendDouble(b.y)
		bins.EndStruct()
	}
	out.EndArray()
	return nil
}
