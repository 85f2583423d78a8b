package dstream

import (
	"fmt"
	"io"
	"reflect"

	"github.com/tidewheel/tidewheel/internal/codec"
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/rdd"
)

// table is keyed state, spread over partitions by key group. It lives in the
// session, not in an executor: losing an executor loses no state.
//
// A task brings one partition from one tick to the next. It computes all new values
// first and puts them in place only when nothing can fail any more, so a failed
// attempt leaves nothing behind; and a partition that is at the tick already (the
// attempt's answer was lost) is left alone.
type table[K comparable, S any] struct {
	session *Session
	kind    string // of the operation
	keys    codec.Codec[K]
	values  codec.Codec[S]
	fixed   int // the number of partitions; 0: the session's
	parts   []*part[K, S]
	failed  *brokenError // why the state can't go on
}

// newTable notes a mistake if the session has a checkpoint and the types can't be
// written to it.
func newTable[K comparable, S any](s *Session, kind string) *table[K, S] {
	t := &table[K, S]{session: s, kind: kind}
	if s.options.Checkpoint == "" {
		if s.options.SparkCompatible {
			s.mistake(kind, "state needs Options.Checkpoint, as in Spark")
		}
		return t
	}
	var err error
	if t.keys, err = codec.Of[K](); err == nil {
		t.values, err = codec.Of[S]()
	}
	if err != nil {
		s.mistake(kind, "with a checkpoint, keys and state are written to the log: %v", err)
	}
	return t
}

// open makes the partitions, on first use: their number is known when the session
// starts.
func (t *table[K, S]) open() []*part[K, S] {
	count := t.session.partitionsOr(t.fixed)
	for i := len(t.parts); i < count; i++ {
		t.parts = append(t.parts, newPart[K, S](keyed.GroupRange(i, count)))
	}
	return t.parts
}

// part is the partition to which a key group belongs.
func (t *table[K, S]) part(group int) *part[K, S] {
	parts := t.open()
	return parts[keyed.PartitionOf(group, len(parts))]
}

// partOf is the partition of a key.
func (t *table[K, S]) partOf(key K) *part[K, S] {
	parts := t.open()
	return parts[keyed.Partition(parts[0].entries.Hash(key), len(parts))]
}

// begin puts an entry of the initial state, to be logged with the first batch.
func (t *table[K, S]) begin(p *part[K, S], key K, value S) {
	e := &entry[K, S]{key: key, value: value}
	group := p.put(e)
	if t.session.journal != nil {
		p.changes[group] = t.record(p.changes[group], e)
		p.begun = true
	}
}

// entry is what one attempt wants to do with a key.
type entry[K comparable, S any] struct {
	key    K
	value  S
	delete bool
	known  bool   // the key is in the table, at slot
	slot   uint32 // valid until the table is compacted
}

// advance brings a partition to a tick, once the table is open. compute reads the
// partition and returns what to change, in order; it may be called again after a
// failure.
func (t *table[K, S]) advance(task rdd.Task, tick int64, compute func(p *part[K, S]) ([]entry[K, S], error)) error {
	p := t.parts[task.Partition()]
	if err := p.turns.take(task.Context(), t.session.env); err != nil {
		return err
	}
	defer p.turns.give()
	if p.tick == tick && !mutate.On(20) {
		return nil
	}
	entries, err := compute(p)
	if err != nil {
		return err
	}
	p.forgetChanges()
	for i := range entries {
		e := &entries[i]
		group := p.put(e)
		if t.session.journal != nil {
			p.changes[group] = t.record(p.changes[group], e)
		}
	}
	p.compact()
	p.tick = tick
	return nil
}

// end returns what the log must know of a tick. A table that has missed one fails
// from then on.
func (t *table[K, S]) end(tick int64, err error) ([]change, error) {
	if t.failed != nil {
		return nil, t.failed
	}
	if err != nil {
		t.failed = &brokenError{tick, err}
		return nil, err
	}
	return t.changed(), nil
}

// changed returns what the partitions have recorded for the log.
func (t *table[K, S]) changed() []change {
	if t.session.journal == nil {
		return nil
	}
	var changes []change
	for _, p := range t.parts {
		for i, data := range p.changes {
			if len(data) > 0 {
				changes = append(changes, change{group: p.first + i, data: data})
			}
		}
	}
	return changes
}

// record appends an entry: 1, key and value, or 0 and the key to delete.
func (t *table[K, S]) record(data []byte, e *entry[K, S]) []byte {
	if e.delete {
		return t.keys.Append(append(data, 0), &e.key)
	}
	return t.values.Append(t.keys.Append(append(data, 1), &e.key), &e.value)
}

// Partitions implements snapshots.State.
func (t *table[K, S]) Partitions() int { return len(t.open()) }

// Apply implements snapshots.State: it repeats recorded entries of a key group.
func (t *table[K, S]) Apply(group int, changes [][]byte) error {
	p := t.part(group)
	r := restoring[K, S]{part: p, group: group}
	for _, data := range changes {
		for len(data) > 0 {
			var err error
			if data, err = t.redo(&r, data); err != nil {
				return err
			}
		}
	}
	err := r.flush()
	p.compact()
	return err
}

// redo repeats the first of some recorded entries.
func (t *table[K, S]) redo(r *restoring[K, S], data []byte) (rest []byte, err error) {
	key, value := r.next()
	kept := data[0] != 0
	if data, err = t.keys.Decode(data[1:], key); err != nil {
		return nil, err
	}
	if kept {
		if data, err = t.values.Decode(data, value); err != nil {
			return nil, err
		}
		return data, r.keep()
	}
	return data, r.drop(*key)
}

// Snapshot implements snapshots.State: it writes the entries of a key group.
func (t *table[K, S]) Snapshot(group int, w io.Writer) error {
	p := t.part(group)
	var data []byte
	for slot := range p.slotsOf(group - p.first) {
		data = t.record(data, &entry[K, S]{key: p.entries.Key(slot), value: *p.entries.At(slot)})
	}
	_, err := w.Write(data)
	return err
}

// Restore implements snapshots.State.
func (t *table[K, S]) Restore(group int, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return t.Apply(group, [][]byte{data})
}

func (t *table[K, S]) size() (n int64) {
	for _, p := range t.parts {
		n += int64(p.entries.Len())
	}
	return n
}

func (t *table[K, S]) describe() string {
	return fmt.Sprintf("%s %s %s", t.kind, reflect.TypeFor[K](), reflect.TypeFor[S]())
}

// collection is the state after a tick, as pairs, by key group and in each in the
// order in which keys came: so a run that was restored gives the same. It must be
// read before the next tick comes: later the state has moved on.
func (t *table[K, S]) collection(n *node, tick int64) rdd.Pairs[K, S] {
	count := len(t.open())
	return rdd.FromKeyedChunks(t.session.scope, n.name, count, rdd.Hash(count), func(task rdd.Task, partition int) rdd.KeyedChunks[K, S] {
		return func(yield func(rdd.Columns[K, S], error) bool) {
			p := t.parts[partition]
			if p.tick != tick {
				yield(rdd.Columns[K, S]{}, fmt.Errorf("%s: the state after batch %d was asked for when it had moved on to batch %d", n, tick-1, p.tick-1))
				return
			}
			var chunk rdd.Columns[K, S]
			for slot := range p.slots() {
				chunk.Keys = append(chunk.Keys, p.entries.Key(slot))
				chunk.Values = append(chunk.Values, *p.entries.At(slot))
				if len(chunk.Keys) < chunkLength {
					continue
				}
				if !yield(chunk, nil) {
					return
				}
				chunk.Keys, chunk.Values = chunk.Keys[:0], chunk.Values[:0]
			}
			if len(chunk.Keys) > 0 {
				yield(chunk, nil)
			}
		}
	})
}
