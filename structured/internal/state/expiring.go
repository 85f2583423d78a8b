package state

import (
	"io"
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Expiring has keys that are there until a time of their own.
type Expiring struct {
	slots  *slots
	frames *slotsFrames

	late, mark                int64
	dropped, updated, removed int64

	rows    vector.Selection
	numbers []int32
	closed  []int32
}

// NewExpiring returns empty state for keys of these types.
func NewExpiring(keys []types.Type) *Expiring {
	e := &Expiring{slots: newSlots(keys), mark: math.MinInt64, rows: vector.Selection{}}
	e.frames = newSlotsFrames(e.slots, e, keys, nil)
	return e
}

// Begin starts an epoch and makes the last one final. Keys that late closes are
// forgotten, and rows whose time it closes are refused.
func (e *Expiring) Begin(late int64) {
	e.late, e.mark = late, math.MinInt64
	e.slots.begin(late)
	e.dropped, e.updated, e.removed = 0, 0, 0
}

// Rollback undoes what happened since Begin.
func (e *Expiring) Rollback() {
	e.slots.rollback()
	e.dropped, e.updated, e.removed = 0, 0, 0
}

// PushFirst appends to first those of the rows that count whose key was not there. It
// is from now on, until its row's time and the delay, or for ever if that is beyond the
// range of times. A null time counts as 0, and is never too late.
func (e *Expiring) PushFirst(keys []*vector.Column, times *vector.Column, delay int64, n int, selection vector.Selection, first *vector.Selection) {
	if selection != nil {
		n = len(selection)
	}
	e.rows = e.rows[:0]
	for i := range n {
		row := rowAt(selection, i)
		if !times.IsNull(row) && times.Longs[row] <= e.late {
			e.dropped++
			continue
		}
		e.rows = append(e.rows, int32(row))
	}
	e.numbers = vector.Resize(e.numbers, len(e.rows))
	e.slots.assign(keys, e.rows, e.numbers)
	for i, number := range e.numbers {
		if e.slots.head(number) >= 0 {
			continue
		}
		row, time := e.rows[i], int64(0)
		if !times.IsNull(int(row)) {
			time = times.Longs[row]
		}
		expiry := int64(math.MaxInt64)
		if time <= math.MaxInt64-delay {
			expiry = time + delay
		}
		e.slots.insert(number, expiry)
		e.updated++
		*first = append(*first, row)
	}
}

// Close takes out the keys whose time a watermark has reached.
func (e *Expiring) Close(watermark int64) {
	e.mark = watermark
	e.closed = e.slots.close(watermark, e.closed[:0])
	e.removed += int64(len(e.closed))
}

// Counts returns what there is, and what the epoch has done.
func (e *Expiring) Counts() Counts {
	return Counts{Rows: int64(e.slots.live), Updated: e.updated, Removed: e.removed, Dropped: e.dropped, Memory: e.slots.memory()}
}

func (e *Expiring) gather([]vector.Column, []int32)        {}
func (e *Expiring) scatter([]vector.Column, []int32) error { return nil }

// Changes calls visit for each key group, ascending, that the epoch changed, with a
// frame that redoes it. The frame is good until visit returns.
func (e *Expiring) Changes(visit func(group int, frame []byte) error) error {
	return e.frames.changes(e.mark, nil, visit)
}

// Apply redoes a frame, before the first Begin.
func (e *Expiring) Apply(frame []byte) error { return e.frames.apply(frame) }

// Snapshot writes the keys of a key group.
func (e *Expiring) Snapshot(group int, w io.Writer) error { return e.frames.snapshot(group, w) }

// Restore reads what Snapshot wrote, before the first Begin.
func (e *Expiring) Restore(group int, r io.Reader) error { return e.frames.restore(group, r) }
