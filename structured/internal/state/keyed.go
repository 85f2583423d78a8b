package state

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// Keyed has the groups of a stream. What was pushed since Begin can be undone, and
// read as changes. Any error of Push leaves groups half done: then Rollback is the
// only way on, or none, if the task is given up.
type Keyed struct {
	router *router
	visit  visitor
	args   []*vector.Column
	out    output

	order  []*bucket // all of them, by time if sorted is set
	sorted bool
	rows   int // how many groups there are

	// The epoch.
	begun   bool
	late    int64
	refuse  bool // whether late counts
	base    int  // rows at its begin
	dropped int64
	touched []*bucket // in order of first touch
	created []*bucket
	closed  []*bucket // taken out; those that were created too are in both

	frames frames
}

// NewKeyed returns empty state. If expire is set, groups are closed by watermarks;
// the layout then has a time. The error names a function or key that cannot be.
func NewKeyed(layout Layout, expire bool) (*Keyed, error) {
	r, err := newRouter(layout)
	if err != nil {
		return nil, err
	}
	k := &Keyed{router: r, refuse: expire, sorted: true, out: output{batch: vector.NewBatch(layout.schema())}}
	k.frames.init(&r.layout)
	r.opened = k.open
	r.refuses = func(b *bucket) bool { return k.refuse && k.begun && r.layout.closedBy(b, k.late) }
	k.visit = k.add
	return k, nil
}

// Begin starts an epoch and makes the last one final. Groups that late closes are
// forgotten, and rows for such groups refused from here on.
func (k *Keyed) Begin(late int64) {
	k.settle()
	for _, b := range k.closed {
		k.router.put(b)
	}
	k.begun, k.late = true, late
	k.forgetEpoch()
	k.dropped = 0
	if k.refuse {
		for _, b := range k.takeClosed(late) {
			k.router.put(b)
		}
	}
	k.base = k.rows
}

// settle ends the epoch of each bucket that it touched.
func (k *Keyed) settle() {
	for _, b := range k.touched {
		b.epoch.begin(b)
	}
	for _, b := range k.created {
		b.created = false
	}
}

func (k *Keyed) forgetEpoch() {
	k.touched, k.created, k.closed = k.touched[:0], k.created[:0], k.closed[:0]
}

// Rollback undoes what happened since Begin, but for what Begin itself forgot.
func (k *Keyed) Rollback() {
	if !k.begun {
		return
	}
	for _, b := range k.closed {
		k.insert(b)
	}
	for _, b := range k.touched {
		b.epoch.rollback(b)
	}
	k.order = slices.DeleteFunc(k.order, func(b *bucket) bool { return b.created })
	for _, b := range k.created {
		k.router.remove(b)
		k.router.put(b)
	}
	k.rows, k.dropped = k.base, 0
	k.forgetEpoch()
}

// open notes a bucket that the router has made.
func (k *Keyed) open(b *bucket) {
	b.created = true
	k.created = append(k.created, b)
	k.append(b)
}

func (k *Keyed) append(b *bucket) {
	if last := len(k.order) - 1; last >= 0 && compareBuckets(k.order[last], b) > 0 {
		k.sorted = false
	}
	k.order = append(k.order, b)
}

// insert puts a bucket back that was taken out.
func (k *Keyed) insert(b *bucket) {
	b.closed = false
	k.router.add(b)
	k.append(b)
}

// sort puts the buckets in order of their times.
func (k *Keyed) sort() {
	if !k.sorted {
		slices.SortFunc(k.order, compareBuckets)
		k.sorted = true
	}
}

// Push folds the rows of a batch that count into their groups; those that come too
// late are counted and left out. args has the argument, or the buffer, of each
// function, nil for none; n is the length of the columns.
func (k *Keyed) Push(keys, args []*vector.Column, n int, selection vector.Selection) error {
	k.args = args
	return k.router.route(keys, n, selection, k.visit)
}

func (k *Keyed) add(b *bucket, selection vector.Selection, hashes []uint64, numbers []int32) error {
	if b == nil {
		k.dropped += int64(len(numbers))
		return nil
	}
	k.assign(b, k.router.rest, selection, hashes, numbers)
	return b.add(k.args, selection, numbers)
}

// PushFirst makes groups of the rows of a batch that count, and appends to first those
// that are the first of their group, time by time. Layouts of it have no functions.
// Groups that were there are not touched.
func (k *Keyed) PushFirst(keys []*vector.Column, n int, selection vector.Selection, first *vector.Selection) error {
	return k.router.route(keys, n, selection, func(b *bucket, rows vector.Selection, hashes []uint64, numbers []int32) error {
		if b == nil {
			k.dropped += int64(len(numbers))
			return nil
		}
		old := b.len()
		b.assign(k.router.rest, rows, hashes, numbers)
		next := int32(old)
		for i, number := range numbers {
			if number == next { // numbers are given in order of the rows
				next++
				*first = append(*first, int32(rowAt(rows, i)))
			}
		}
		if k.rows += b.len() - old; b.len() == old {
			return nil
		}
		numbers = numbers[:0]
		for number := old; number < b.len(); number++ {
			numbers = append(numbers, int32(number))
		}
		if b.epoch.touch(b, &k.router.layout, numbers) {
			k.touched = append(k.touched, b)
		}
		return nil
	})
}

// assign finds the groups of rows that are about to change.
func (k *Keyed) assign(b *bucket, keys []*vector.Column, selection vector.Selection, hashes []uint64, numbers []int32) {
	old := b.len()
	b.assign(keys, selection, hashes, numbers)
	k.rows += b.len() - old
	if b.epoch.touch(b, &k.router.layout, numbers) {
		k.touched = append(k.touched, b)
	}
}

// Touch makes and touches the one group of a layout without keys.
func (k *Keyed) Touch() {
	b := touchOnly(k.router)
	k.rows = b.len()
	var numbers [1]int32
	if b.epoch.touch(b, &k.router.layout, numbers[:]) {
		k.touched = append(k.touched, b)
	}
}

// takeClosed takes out the buckets that a mark closes and returns them, by time.
func (k *Keyed) takeClosed(mark int64) []*bucket {
	k.sort()
	n := 0
	for n < len(k.order) && k.router.layout.closedBy(k.order[n], mark) {
		n++
	}
	taken := slices.Clone(k.order[:n])
	k.order = slices.Delete(k.order, 0, n)
	for _, b := range taken {
		k.router.remove(b)
		k.rows -= b.len()
	}
	return taken
}

// Close takes out the groups that a watermark closes, for this epoch's Rollback to
// bring them back. If emit is not nil it is given them.
func (k *Keyed) Close(watermark int64, emit func(*vector.Batch) error) error {
	if !k.refuse {
		return nil
	}
	taken := k.takeClosed(watermark)
	for _, b := range taken {
		b.closed = true
	}
	k.closed = append(k.closed, taken...)
	if emit == nil {
		return nil
	}
	return k.emitAll(taken, emit)
}

// Emit gives all groups. Times ascend, null last; the groups of one time are in
// order of their key groups and, within one, as they were first seen.
func (k *Keyed) Emit(emit func(*vector.Batch) error) error {
	k.sort()
	return k.emitAll(k.order, emit)
}

func (k *Keyed) emitAll(buckets []*bucket, emit func(*vector.Batch) error) error {
	k.out.emit = emit
	for _, b := range buckets {
		if err := k.out.add(b, &k.router.layout, b.groups.all(b.table)); err != nil {
			return err
		}
	}
	return k.out.flush()
}

// EmitTouched gives the groups that the epoch has touched, changed or not. Times
// ascend, null last; the groups of one time are in the order in which they were
// first touched.
func (k *Keyed) EmitTouched(emit func(*vector.Batch) error) error {
	slices.SortStableFunc(k.touched, compareBuckets)
	k.out.emit = emit
	for _, b := range k.touched {
		if err := k.out.add(b, &k.router.layout, b.epoch.list); err != nil {
			return err
		}
	}
	return k.out.flush()
}

// Counts returns how many groups are kept, and what happened since Begin.
func (k *Keyed) Counts() Counts {
	counts := Counts{Rows: int64(k.rows), Dropped: k.dropped, Memory: k.memory()}
	for _, b := range k.touched {
		counts.Updated += int64(len(b.epoch.list))
	}
	for _, b := range k.closed {
		counts.Removed += int64(b.len())
	}
	return counts
}
