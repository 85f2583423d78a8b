package dstream

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/rdd"
)

// StateOption changes how state starts.
type StateOption[K comparable, S any] func(*stateOptions[K, S])

type stateOptions[K comparable, S any] struct{ initial *rdd.Pairs[K, S] }

// InitialState gives the state before the first batch of a new stream. Of two
// entries of one key the first counts.
func InitialState[K comparable, S any](pairs rdd.Pairs[K, S]) StateOption[K, S] {
	return func(o *stateOptions[K, S]) { o.initial = &pairs }
}

// UpdateStateByKey keeps a state for each key. In each batch f is called for every
// key that has a state or new values, with the values of this batch (none for a
// key that is only kept; their order over partitions is that of the partitions)
// and the state, if ok; it returns the new state, or false to drop the key. The
// stream's batches are the whole state. f must not change what an old state points
// to: the attempt that called it may fail.
//
// With a checkpoint the log takes the keys that had values or whose state changed,
// so keys and states must be of types that can be written; see Options.Checkpoint.
func (p Pairs[K, V]) UpdateStateByKey[S any](f func(values []V, state S, ok bool) (S, bool), o ...StateOption[K, S]) Pairs[K, S] {
	if f == nil {
		return updateStateByKey[K, V, S](p, nil, o)
	}
	return updateStateByKey(p, func(_ time.Time, _ K, values []V, state S, ok bool) (S, bool) { return f(values, state, ok) }, o)
}

// UpdateStateByKeyAt is UpdateStateByKey whose function is also told the batch's time
// and the key.
func (p Pairs[K, V]) UpdateStateByKeyAt[S any](f func(batch time.Time, key K, values []V, state S, ok bool) (S, bool), o ...StateOption[K, S]) Pairs[K, S] {
	return updateStateByKey(p, f, o)
}

// updating is the keeper of UpdateStateByKey.
type updating[K comparable, V, S any] struct {
	*table[K, S]

	node    *node
	grouped *node // rdd.Pairs[K, []V], spread as the table is
	update  func(batch time.Time, key K, values []V, state S, ok bool) (S, bool)
	same    func(a, b S) bool // nil: states can't be compared
	initial *rdd.Pairs[K, S]
}

func updateStateByKey[K comparable, V, S any](p Pairs[K, V], f func(time.Time, K, []V, S, bool) (S, bool), options []StateOption[K, S]) Pairs[K, S] {
	var o stateOptions[K, S]
	for _, option := range options {
		option(&o)
	}
	s := p.node.session
	u := &updating[K, V, S]{update: f, same: comparison[S](), table: newTable[K, S](s, "updateStateByKey"), initial: o.initial}
	u.grouped = derive(p.node, "group", func(r rdd.Pairs[K, V]) rdd.Pairs[K, []V] { return r.GroupByKey(rdd.Slice, s.shuffle()) })
	u.node = newNode(s, "updateStateByKey", p.node.slide, u.grouped)
	u.node.keep = u
	u.node.build = func(tick int64) (any, error) { return u.table.collection(u.node, tick), nil }
	if f == nil {
		s.mistake("UpdateStateByKey", "the function is nil")
	}
	return Pairs[K, S]{u.node}
}

// comparison returns == for states that it compares in full, else nil.
func comparison[S any]() func(a, b S) bool {
	if !isPlain(reflect.TypeFor[S]()) {
		return nil
	}
	return func(a, b S) bool { return any(a) == any(b) }
}

func (u *updating[K, V, S]) advance(ctx context.Context, tick int64) ([]change, error) {
	if u.initial != nil {
		if err := u.load(ctx, tick); err != nil {
			return nil, fmt.Errorf("initial state: %w", err)
		}
	}
	u.table.open() // before several tasks ask for their partitions at once
	made, _, err := u.grouped.at(tick)
	if err != nil {
		return u.table.end(tick, err)
	}
	_, err = rdd.RunKeyedPartitions(ctx, made.(rdd.Pairs[K, []V]), "updateStateByKey", func(task rdd.Task, in rdd.KeyedChunks[K, []V]) (struct{}, error) {
		return struct{}{}, u.table.advance(task, tick, func(p *part[K, S]) ([]entry[K, S], error) {
			return u.compute(p.entries, in, u.node.session.generator.time(tick))
		})
	})
	return u.table.end(tick, err)
}

// load loads the initial state before the first batch of a new stream.
func (u *updating[K, V, S]) load(ctx context.Context, tick int64) error {
	initial := u.initial
	u.initial = nil
	if tick > u.node.slide {
		return nil
	}
	pairs, err := initial.Collect(ctx)
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		if p := u.partOf(pair.Key); !p.has(pair.Key) {
			u.begin(p, pair.Key, pair.Value)
		}
	}
	return nil
}

// compute calls the user's function for all keys of a partition, those with a state
// first, and returns the entries that the log must know of.
func (u *updating[K, V, S]) compute(entries *keyed.Table[K, S], in rdd.KeyedChunks[K, []V], batch time.Time) ([]entry[K, S], error) {
	incoming := keyed.NewTable[K, []V]()
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		for i, key := range chunk.Keys {
			slot, _ := incoming.Insert(key)
			*incoming.At(slot) = chunk.Values[i]
		}
	}
	var changes []entry[K, S]
	for slot := range entries.End() {
		if !entries.Live(slot) {
			continue
		}
		key, old := entries.Key(slot), *entries.At(slot)
		var values []V
		if at, ok := incoming.FindHash(key, entries.HashAt(slot)); ok {
			values = *incoming.At(at)
			incoming.Delete(at)
		}
		state, keep := u.update(batch, key, values, old, true)
		if !keep {
			changes = append(changes, entry[K, S]{key: key, delete: true, known: true, slot: slot})
		} else if u.same == nil || !u.same(old, state) {
			changes = append(changes, entry[K, S]{key: key, value: state, known: true, slot: slot})
		}
	}
	var none S
	for slot := range incoming.End() {
		if !incoming.Live(slot) {
			continue
		}
		key := incoming.Key(slot)
		if state, keep := u.update(batch, key, *incoming.At(slot), none, false); keep {
			changes = append(changes, entry[K, S]{key: key, value: state})
		}
	}
	return changes, nil
}
