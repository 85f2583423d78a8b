package state

import (
	"fmt"
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// router takes batches apart by the time of their rows and hands each bucket its
// own.
type router struct {
	layout Layout
	hasher Hasher

	buckets map[int64]*bucket // by time
	null    *bucket           // of the time null; the only one if there is no time
	free    []*bucket         // to be used again

	// opened is told of each bucket that a batch needs and that did not exist.
	opened func(*bucket)

	// refuses says which times are not let in.
	refuses func(*bucket) bool

	batch    uint64 // counts batches
	recent   [64]recent
	stored   []*vector.Column // the keys of the batch, as they are kept
	rest     []*vector.Column // those other than the time
	hashes   []uint64
	numbers  []int32
	parts    []part
	ordinals []int32 // by row, the part it belongs to
	sorted   []int32 // the rows, part by part
	sortedBy []uint64
}

// visitor is given the rows of one bucket: positions in the batch, and the hash of
// each; numbers is as long, for it to fill.
type visitor func(b *bucket, selection vector.Selection, hashes []uint64, numbers []int32) error

// recent is an entry of a small cache from times to parts of the batch.
type recent struct {
	batch   uint64
	time    int64
	ordinal int32
}

// part is the rows of a batch that belong to one bucket; to none if they are
// refused.
type part struct {
	bucket *bucket
	rows   int32
	next   int32 // while rows are sorted: where the next one goes
}

func newRouter(layout Layout) (*router, error) {
	r := &router{layout: layout, buckets: map[int64]*bucket{}}
	if layout.Time >= 0 && layout.Keys[layout.Time].stored() != types.Timestamp {
		return nil, fmt.Errorf("group by time: key %d is of type %s, neither window nor timestamp", layout.Time, layout.Keys[layout.Time].Type)
	}
	_, err := newBucket(&layout) // whether there is an accumulator for each function
	return r, err
}

// get returns an empty bucket for a time.
func (r *router) get(time int64, null bool) *bucket {
	var b *bucket
	if last := len(r.free) - 1; last >= 0 {
		b, r.free = r.free[last], r.free[:last]
	} else {
		b, _ = newBucket(&r.layout) // newRouter has seen that this works
	}
	b.time, b.null = time, null
	return b
}

// put takes a bucket back that is in use no more.
func (r *router) put(b *bucket) {
	b.reset()
	r.free = append(r.free, b)
}

// add makes a bucket known by its time.
func (r *router) add(b *bucket) {
	if b.null {
		r.null = b
	} else {
		r.buckets[b.time] = b
	}
}

// remove makes it unknown.
func (r *router) remove(b *bucket) {
	if b.null {
		r.null = nil
	} else {
		delete(r.buckets, b.time)
	}
}

// find returns the bucket of a time, opening it if need be, or nil if the time is
// refused.
func (r *router) find(time int64, null bool) *bucket {
	b := r.null
	if !null {
		b = r.buckets[time]
	}
	if b != nil {
		return b
	}
	if r.refuses != nil && r.refuses(&bucket{time: time, null: null}) {
		return nil
	}
	b = r.get(time, null)
	r.add(b)
	if r.opened != nil {
		r.opened(b)
	}
	return b
}

// route hands the rows of a batch that count to their buckets, bucket by bucket in
// order of their first rows; the rows of one stay in order. A nil bucket gets those
// that are refused. keys are as long as the layout's.
func (r *router) route(keys []*vector.Column, n int, selection vector.Selection, visit visitor) error {
	r.stored = r.stored[:0]
	for i, key := range keys {
		r.stored = append(r.stored, r.layout.Keys[i].storedColumn(key))
	}
	return r.routeStored(r.stored, n, selection, visit)
}

// routeStored is route for keys as they are kept.
func (r *router) routeStored(keys []*vector.Column, n int, selection vector.Selection, visit visitor) error {
	if selection != nil {
		n = len(selection)
	}
	if n == 0 {
		return nil
	}
	r.rest = r.rest[:0]
	for i, key := range keys {
		if i != r.layout.Time {
			r.rest = append(r.rest, key)
		}
	}
	r.hashes, r.numbers = vector.Resize(r.hashes, n), vector.Resize(r.numbers, n)
	r.hasher.Hash(keys, selection, r.hashes)
	if r.layout.Time < 0 {
		return visit(r.find(0, true), selection, r.hashes, r.numbers)
	}
	r.divide(keys[r.layout.Time], selection, n)
	if len(r.parts) == 1 {
		return visit(r.parts[0].bucket, selection, r.hashes, r.numbers)
	}
	r.sort(selection, n)
	from := int32(0)
	for _, p := range r.parts {
		to := from + p.rows
		if err := visit(p.bucket, r.sorted[from:to], r.sortedBy[from:to], r.numbers[:p.rows]); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// divide finds the part of each row.
func (r *router) divide(times *vector.Column, selection vector.Selection, n int) {
	r.batch++
	r.parts = r.parts[:0]
	r.ordinals = vector.Resize(r.ordinals, n)
	nulls := times.HasNulls()
	last, ordinal := int64(math.MinInt64), int32(-1)
	for i := range n {
		row := rowAt(selection, i)
		time := times.Longs[row]
		if nulls && times.IsNull(row) {
			r.ordinals[i] = r.part(0, true)
			r.parts[r.ordinals[i]].rows++
			continue
		}
		if time != last || ordinal < 0 {
			last, ordinal = time, r.lookup(time)
		}
		r.ordinals[i] = ordinal
		r.parts[ordinal].rows++
	}
}

func (r *router) lookup(time int64) int32 {
	entry := &r.recent[uint64(time)*0x9E3779B97F4A7C15>>58]
	if entry.batch != r.batch || entry.time != time {
		*entry = recent{batch: r.batch, time: time, ordinal: r.part(time, false)}
	}
	return entry.ordinal
}

// part returns the part of a time, a new one if the batch has none yet. Refused
// times have one each.
func (r *router) part(time int64, null bool) int32 {
	b := r.find(time, null)
	if b != nil && b.batch == r.batch {
		return b.ordinal
	}
	ordinal := int32(len(r.parts))
	r.parts = append(r.parts, part{bucket: b})
	if b != nil {
		b.batch, b.ordinal = r.batch, ordinal
	}
	return ordinal
}

// sort puts the rows and their hashes in order of their parts.
func (r *router) sort(selection vector.Selection, n int) {
	r.sorted, r.sortedBy = vector.Resize(r.sorted, n), vector.Resize(r.sortedBy, n)
	next := int32(0)
	for i := range r.parts {
		r.parts[i].next = next
		next += r.parts[i].rows
	}
	for i, ordinal := range r.ordinals[:n] {
		p := &r.parts[ordinal]
		r.sorted[p.next] = int32(rowAt(selection, i))
		r.sortedBy[p.next] = r.hashes[i]
		p.next++
	}
}
