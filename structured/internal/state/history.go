package state

import "github.com/tidewheel/tidewheel/structured/internal/vector"

// history is what an epoch has done to a bucket so far.
type history struct {
	base    int           // how many groups there were before; later ones are new
	touched vector.Bitmap // by number
	list    []int32       // the touched groups, in order of first touch

	// The before-images: of the touched groups that are not new, in the same order.
	old    []int32
	images []vector.Column
}

// touch notes that these groups are about to change, and keeps the before-image of
// those that change for the first time. It says whether it is the bucket's first
// touch in the epoch.
func (h *history) touch(b *bucket, l *Layout, numbers []int32) (first bool) {
	first = len(h.list) == 0
	words := len(h.touched)
	h.touched = h.touched.Resize(b.len())
	if words < len(h.touched) {
		clear(h.touched[words:])
	}
	from := len(h.old)
	touched, base := h.touched, int32(h.base)
	for _, number := range numbers {
		word, mask := uint32(number)/64, uint64(1)<<(uint32(number)%64)
		if touched[word]&mask == 0 {
			touched[word] |= mask
			h.list = append(h.list, number)
			if number < base {
				h.old = append(h.old, number)
			}
		}
	}
	if from < len(h.old) {
		if h.images == nil {
			h.images = bufferColumns(l)
		}
		for i, a := range b.accumulators {
			a.appendTo(&h.images[i], h.old[from:])
		}
	}
	return first
}

// rollback gives the bucket its groups back as they were.
func (h *history) rollback(b *bucket) {
	if len(h.old) > 0 {
		for i, a := range b.accumulators {
			a.set(&h.images[i], h.old)
		}
	}
	base := h.base
	h.forget()
	b.truncate(base)
}

// begin makes what the bucket has now the state to return to.
func (h *history) begin(b *bucket) {
	h.forget()
	h.base = b.len()
}

func (h *history) forget() {
	for _, number := range h.list {
		h.touched[uint32(number)/64] = 0
	}
	h.list, h.old, h.touched = h.list[:0], h.old[:0], h.touched[:0]
	for i := range h.images {
		h.images[i].Reset()
	}
}
