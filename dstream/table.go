package dstream

import (
	"encoding/binary"
	"fmt"
	"io"
	"reflect"

	"github.com/tidewheel/tidewheel/internal/codec"
	"github.com/tidewheel/tidewheel/internal/keyed"
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
	keys    codec.Codec[K]
	values  codec.Codec[S]
	fixed   int // the number of partitions; 0: the session's
	parts   []*part[K, S]
	failed  *brokenError // why the state can't go on
}

// part is one partition of a table.
type part[K comparable, S any] struct {
	turns   turns
	tick    int64
	entries *keyed.Table[K, S]
	changes []byte // of the last tick, as encoded by record
}

// newTable notes a mistake if the session has a checkpoint and the types can't be
// written to it.
func newTable[K comparable, S any](s *Session, operation string) *table[K, S] {
	t := &table[K, S]{session: s}
	if s.options.Checkpoint == "" {
		if s.options.SparkCompatible {
			s.mistake(operation, "state needs Options.Checkpoint, as in Spark")
		}
		return t
	}
	var err error
	if t.keys, err = codec.Of[K](); err == nil {
		t.values, err = codec.Of[S]()
	}
	if err != nil {
		s.mistake(operation, "with a checkpoint, keys and state are written to the log: %v", err)
	}
	return t
}

// open makes the partitions, on first use: their number is known when the session
// starts.
func (t *table[K, S]) open() []*part[K, S] {
	for len(t.parts) < t.session.partitionsOr(t.fixed) {
		t.parts = append(t.parts, &part[K, S]{entries: keyed.NewTable[K, S]()})
	}
	return t.parts
}

// entry is what one attempt wants to do with a key.
type entry[K comparable, S any] struct {
	key    K
	value  S
	delete bool
	known  bool   // the key is in the table, at slot
	slot   uint32 // valid until the table is compacted
}

// advance brings a partition to a tick. compute reads the partition and returns
// what to change, in order; it may be called again after a failure.
func (t *table[K, S]) advance(task rdd.Task, tick int64, compute func(p *part[K, S]) ([]entry[K, S], error)) error {
	p := t.open()[task.Partition()]
	if err := p.turns.take(task.Context(), t.session.env); err != nil {
		return err
	}
	defer p.turns.give()
	if p.tick == tick {
		return nil
	}
	entries, err := compute(p)
	if err != nil {
		return err
	}
	p.changes = p.changes[:0]
	for i := range entries {
		e := &entries[i]
		p.put(e)
		if t.session.journal != nil {
			p.changes = t.record(p.changes, e)
		}
	}
	p.compact()
	p.tick = tick
	return nil
}

func (p *part[K, S]) put(e *entry[K, S]) {
	slot, known := e.slot, e.known
	switch {
	case !known && e.delete:
		slot, known = p.entries.Find(e.key)
	case !known:
		slot, _ = p.entries.Insert(e.key)
	}
	if !e.delete {
		*p.entries.At(slot) = e.value
	} else if known {
		p.entries.Delete(slot)
	}
}

// compact frees deleted slots once they are the larger part.
func (p *part[K, S]) compact() {
	if dead := p.entries.Dead(); dead > 64 && dead > p.entries.Len() {
		p.entries.Compact()
	}
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
	for i, p := range t.parts {
		if len(p.changes) > 0 {
			from, _ := keyed.GroupRange(i, len(t.parts))
			changes = append(changes, change{group: from, data: p.changes})
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

// apply repeats recorded entries, in whatever partition their keys belong to now.
func (t *table[K, S]) apply(data []byte) error {
	parts := t.open()
	for len(data) > 0 {
		e := entry[K, S]{delete: data[0] == 0}
		var err error
		if data, err = t.keys.Decode(data[1:], &e.key); err != nil {
			return err
		}
		if !e.delete {
			if data, err = t.values.Decode(data, &e.value); err != nil {
				return err
			}
		}
		p := parts[keyed.Partition(parts[0].entries.Hash(e.key), len(parts))]
		p.put(&e)
		p.compact()
	}
	return nil
}

// save writes blocks of recorded entries, each behind its length.
func (t *table[K, S]) save(w io.Writer) error {
	var block, length []byte
	for _, p := range t.open() {
		block = block[:0]
		for slot := range p.entries.End() {
			if p.entries.Live(slot) {
				block = t.record(block, &entry[K, S]{key: p.entries.Key(slot), value: *p.entries.At(slot)})
			}
		}
		length = binary.AppendUvarint(length[:0], uint64(len(block)))
		if _, err := w.Write(length); err != nil {
			return err
		}
		if _, err := w.Write(block); err != nil {
			return err
		}
	}
	return nil
}

func (t *table[K, S]) load(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	in := reading{data: data}
	for len(in.data) > 0 {
		n := in.count()
		if in.err != nil {
			return in.err
		}
		if err := t.apply(in.data[:n]); err != nil {
			return err
		}
		in.data = in.data[n:]
	}
	return nil
}

func (t *table[K, S]) size() (n int64) {
	for _, p := range t.parts {
		n += int64(p.entries.Len())
	}
	return n
}

func (t *table[K, S]) describe(kind string) string {
	return fmt.Sprintf("%s %s %s", kind, reflect.TypeFor[K](), reflect.TypeFor[S]())
}

// collection is the state after a tick, as pairs. It must be read before the next
// tick comes: later the state has moved on.
func (t *table[K, S]) collection(n *node, tick int64) rdd.Pairs[K, S] {
	count := len(t.open())
	return rdd.FromKeyedChunks(t.session.scope, n.name, count, rdd.Hash(count), func(task rdd.Task, partition int) rdd.KeyedChunks[K, S] {
		return func(yield func(rdd.Columns[K, S], error) bool) {
			p := t.parts[partition]
			if p.tick != tick {
				yield(rdd.Columns[K, S]{}, fmt.Errorf("%s: the state after batch %d was asked for when it had moved on to batch %d", n, tick-1, p.tick-1))
				return
			}
			for run := range p.entries.Runs() {
				if !yield(rdd.Columns[K, S]{Keys: run.Keys, Values: run.Values}, nil) {
					return
				}
			}
		}
	})
}
