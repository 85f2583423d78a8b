package state

import (
	"io"
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Sessions has the sessions of a stream's keys: spans of time that neither overlap nor
// touch, each with one buffer of every function. What is pushed merges with the
// sessions that it overlaps or touches.
//
// Sessions are found by key and expire by their end. One from before the epoch is never
// changed: a new one takes its place. So there are no before-images.
type Sessions struct {
	layout       Layout     // of the keys without the session; the buffers merge
	at           int        // where the session stands among the keys that are given out
	span         types.Type // of the session
	slots        *slots
	frames       *slotsFrames
	starts       []int64 // by slot; a session's end is its expiry
	accumulators []accumulator
	empty        []vector.Column // MaxRows empty buffers of each function
	refuse       bool

	// The epoch.
	late             int64
	mark             int64
	epoch            uint64
	stamps           []uint64 // by key: the epoch that touched it last
	dropped, updated int64
	expired, merged  int64
	closed           []int32

	// The batch.
	rows    vector.Selection
	numbers []int32
	targets []int32 // of each row
	created []int32
	from    []int32 // sessions that went into others
	into    []int32 // by slot: into which; -1 for none
	values  []vector.Column
	out     output
}

// NewSessions returns empty state for keys, without the session, which is a time window
// of type span and stands at position at among those that are given out. If expire is
// set, sessions are closed by watermarks.
func NewSessions(layout Layout, at int, span types.Type, expire bool) (*Sessions, error) {
	s := &Sessions{layout: layout, at: at, span: span, refuse: expire, late: math.MinInt64, mark: math.MinInt64, rows: vector.Selection{}}
	keys := layout.keyTypes()
	held := []types.Type{types.Timestamp}
	for _, aggregate := range layout.Aggregates {
		a, err := newAccumulator(aggregate, true)
		if err != nil {
			return nil, err
		}
		a.resize(1)
		empty := vector.NewColumn(aggregate.Of)
		a.appendTo(&empty, make([]int32, vector.MaxRows))
		s.accumulators, s.empty = append(s.accumulators, a), append(s.empty, empty)
		s.values = append(s.values, vector.NewColumn(aggregate.Of))
		held = append(held, aggregate.Of)
	}
	s.slots = newSlots(keys)
	s.slots.stays = !expire
	s.frames = newSlotsFrames(s.slots, s, keys, held)
	s.out.batch = vector.NewBatch(s.schema())
	return s, nil
}

// schema is the keys, the session among them, and the buffers.
func (s *Sessions) schema() types.Schema {
	var schema types.Schema
	for i, key := range s.layout.Keys {
		if i == s.at {
			schema.Fields = append(schema.Fields, types.Required("", s.span))
		}
		schema.Fields = append(schema.Fields, types.Nullable("", key.Type))
	}
	if s.at == len(s.layout.Keys) {
		schema.Fields = append(schema.Fields, types.Required("", s.span))
	}
	for _, aggregate := range s.layout.Aggregates {
		schema.Fields = append(schema.Fields, types.Nullable("", aggregate.Of))
	}
	return schema
}

// Begin starts an epoch and makes the last one final. Sessions that late closes are
// forgotten, and spans that it closes are refused.
func (s *Sessions) Begin(late int64) {
	s.late, s.mark = math.MinInt64, math.MinInt64
	if s.refuse {
		s.late = late
	}
	s.slots.begin(s.late)
	s.epoch++
	s.dropped, s.updated, s.expired, s.merged = 0, 0, 0, 0
}

// Rollback undoes what happened since Begin.
func (s *Sessions) Rollback() {
	s.slots.rollback()
	s.dropped, s.updated, s.expired, s.merged = 0, 0, 0, 0
}

// Push merges the rows of a batch that count: keys without the session, the session as
// a struct of two timestamps, and a buffer of each function. At most MaxRows rows
// count.
func (s *Sessions) Push(keys []*vector.Column, session *vector.Column, buffers []*vector.Column, n int, selection vector.Selection) error {
	starts, ends := session.Children[0].Longs, session.Children[1].Longs
	if selection != nil {
		n = len(selection)
	}
	s.rows = s.rows[:0]
	for i := range n {
		row := rowAt(selection, i)
		if ends[row] <= s.late {
			s.dropped++
			continue
		}
		s.rows = append(s.rows, int32(row))
	}
	if len(s.rows) == 0 {
		return nil
	}
	s.numbers = vector.Resize(s.numbers, len(s.rows))
	s.slots.assign(keys, s.rows, s.numbers)
	s.targets, s.created, s.from = s.targets[:0], s.created[:0], s.from[:0]
	for i, row := range s.rows {
		s.targets = append(s.targets, s.place(s.numbers[i], starts[row], ends[row]))
	}
	return s.merge(buffers)
}

// place returns the session of a span, which has grown by it.
func (s *Sessions) place(number int32, start, end int64) int32 {
	target := int32(-1)
	for slot := s.slots.head(number); slot >= 0; slot = s.slots.after(slot) {
		if s.starts[slot] > end || start > s.slots.expiry[slot] {
			continue
		}
		start, end = min(start, s.starts[slot]), max(end, s.slots.expiry[slot])
		switch {
		case target < 0 && s.slots.life[slot] == fresh:
			target = slot
		case target < 0:
			// A session from before is replaced. What comes after it in the list can't
			// be the new one: that is looked at below.
			target = s.create(number, start, end)
			s.absorb(slot, target)
		case slot != target:
			s.absorb(slot, target)
		}
	}
	if target < 0 {
		return s.create(number, start, end)
	}
	s.starts[target] = start
	s.slots.renew(target, end)
	return target
}

func (s *Sessions) create(number int32, start, end int64) int32 {
	slot := s.slots.insert(number, end)
	for len(s.starts) <= int(slot) {
		s.starts, s.into = append(s.starts, 0), append(s.into, -1)
	}
	s.starts[slot], s.into[slot] = start, -1
	s.created = append(s.created, slot)
	return slot
}

// absorb lets a session go into another one.
func (s *Sessions) absorb(slot, target int32) {
	s.into[slot] = target
	s.from = append(s.from, slot)
	s.slots.remove(slot)
}

// final returns where a session has gone to in the end.
func (s *Sessions) final(slot int32) int32 {
	for s.into[slot] >= 0 {
		slot = s.into[slot]
	}
	return slot
}

// merge brings the buffers of sessions that went into others, and then those of the
// rows, to where they belong.
func (s *Sessions) merge(buffers []*vector.Column) error {
	for i, slot := range s.targets {
		s.targets[i] = s.final(slot)
	}
	s.numbers = vector.Resize(s.numbers, len(s.from))
	for i, slot := range s.from {
		s.numbers[i] = s.final(slot)
	}
	for i, a := range s.accumulators {
		a.resize(len(s.starts))
		for created := s.created; len(created) > 0; {
			n := min(len(created), vector.MaxRows)
			a.set(&s.empty[i], created[:n])
			created = created[n:]
		}
		if len(s.from) > 0 {
			s.values[i].Reset()
			a.appendTo(&s.values[i], s.from)
			if err := a.add(&s.values[i], nil, s.numbers); err != nil {
				return err
			}
		}
		if err := a.add(buffers[i], s.rows, s.targets); err != nil {
			return err
		}
	}
	for _, slot := range s.from {
		s.into[slot] = -1
	}
	return nil
}

// Close takes out the sessions that a watermark closes, for this epoch's Rollback to
// bring them back, and emits them, if emit is not nil: by their ends, key groups and
// order of coming.
func (s *Sessions) Close(watermark int64, emit func(*vector.Batch) error) error {
	s.count()
	if !s.refuse {
		return nil
	}
	s.mark = watermark
	s.closed = s.slots.close(watermark, s.closed[:0])
	s.expired = int64(len(s.closed))
	if emit == nil {
		return nil
	}
	return s.emit(s.closed, emit)
}

// Emit gives all sessions, by key groups and order of coming.
func (s *Sessions) Emit(emit func(*vector.Batch) error) error {
	s.closed = s.slots.all(s.closed[:0])
	return s.emit(s.closed, emit)
}

func (s *Sessions) emit(list []int32, emit func(*vector.Batch) error) error {
	s.out.emit = emit
	for len(list) > 0 {
		n := min(len(list), vector.MaxRows)
		s.append(s.out.batch, list[:n])
		list = list[n:]
		if err := s.out.flush(); err != nil {
			return err
		}
	}
	return nil
}

// append appends sessions to a batch of the schema.
func (s *Sessions) append(out *vector.Batch, list []int32) {
	s.numbers = s.numbers[:0]
	for _, slot := range list {
		s.numbers = append(s.numbers, s.slots.key[slot])
	}
	var memory [8]*vector.Column
	keys := memory[:0]
	for i := range len(s.layout.Keys) + 1 {
		if i != s.at {
			keys = append(keys, &out.Columns[i])
		}
	}
	s.slots.table.appendTo(keys, s.numbers)
	session := &out.Columns[s.at]
	for _, slot := range list {
		session.Children[0].AppendLong(s.starts[slot])
		session.Children[1].AppendLong(s.slots.expiry[slot])
		session.EndStruct()
	}
	for i, a := range s.accumulators {
		a.appendTo(&out.Columns[len(s.layout.Keys)+1+i], list)
	}
	out.Rows += len(list)
}

// count counts as Spark does, which writes all sessions of a key anew when one of them
// changes: all of them are updated, and those of which none has the start any more are
// removed.
func (s *Sessions) count() {
	for len(s.stamps) < s.slots.table.len() {
		s.stamps = append(s.stamps, 0)
	}
	for _, inserted := range s.slots.inserted {
		number := s.slots.key[inserted]
		if s.stamps[number] == s.epoch {
			continue
		}
		s.stamps[number] = s.epoch
		for slot := s.slots.head(number); slot >= 0; slot = s.slots.after(slot) {
			s.updated++
		}
	}
	for _, slot := range s.slots.removed {
		if !s.starting(s.slots.key[slot], s.starts[slot]) {
			s.merged++
		}
	}
}

// starting reports whether a session of a key has that start.
func (s *Sessions) starting(number int32, start int64) bool {
	for slot := s.slots.head(number); slot >= 0; slot = s.slots.after(slot) {
		if s.starts[slot] == start {
			return true
		}
	}
	return false
}

// Counts returns what there is, and what the epoch has done.
func (s *Sessions) Counts() Counts {
	return Counts{Rows: int64(s.slots.live), Updated: s.updated, Removed: s.expired + s.merged, Dropped: s.dropped, Memory: s.memory()}
}

// gather implements owner.
func (s *Sessions) gather(columns []vector.Column, list []int32) {
	for _, slot := range list {
		columns[0].AppendLong(s.starts[slot])
	}
	for i, a := range s.accumulators {
		a.appendTo(&columns[1+i], list)
	}
}

// scatter implements owner.
func (s *Sessions) scatter(columns []vector.Column, list []int32) error {
	values := make([]*vector.Column, len(s.accumulators))
	for i := range values {
		values[i] = &columns[1+i]
	}
	if err := checkBuffers(s.layout.Aggregates, values); err != nil {
		return err
	}
	for i, slot := range list {
		for len(s.starts) <= int(slot) {
			s.starts, s.into = append(s.starts, 0), append(s.into, -1)
		}
		s.starts[slot] = columns[0].Longs[i]
	}
	for i, a := range s.accumulators {
		a.resize(len(s.starts))
		a.set(values[i], list)
	}
	return nil
}

// Changes calls visit for each key group, ascending, that the epoch changed, with a
// frame that redoes it. The frame is good until visit returns.
func (s *Sessions) Changes(visit func(group int, frame []byte) error) error {
	return s.frames.changes(s.mark, nil, visit)
}

// Apply redoes a frame, before the first Begin.
func (s *Sessions) Apply(frame []byte) error { return s.frames.apply(frame) }

// Snapshot writes the sessions of a key group.
func (s *Sessions) Snapshot(group int, w io.Writer) error { return s.frames.snapshot(group, w) }

// Restore reads what Snapshot wrote, before the first Begin.
func (s *Sessions) Restore(group int, r io.Reader) error { return s.frames.restore(group, r) }
