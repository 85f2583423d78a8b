package dstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/rdd"
)

// State is the state of one key during a call of the function of MapWithState. It
// is valid for that call only.
type State[S any] struct {
	value     S
	exists    bool
	updated   bool
	removed   bool
	timingOut bool
	batch     time.Time
	err       error
}

// BatchTime is the time of the batch in which the function is called.
func (s *State[S]) BatchTime() time.Time { return s.batch }

// Get returns the state, if the key has one.
func (s *State[S]) Get() (S, bool) { return s.value, s.exists }

// TimingOut says that the key is called for the last time, because it had no
// values for as long as Timeout says. The value of the call is then the zero value.
func (s *State[S]) TimingOut() bool { return s.timingOut }

// Update sets the state. It fails the task after Remove, or while the key is timing
// out.
func (s *State[S]) Update(value S) {
	switch {
	case s.removed:
		s.wrong("Update after Remove in one call")
	case s.timingOut:
		s.wrong("Update of a state that is timing out")
	default:
		s.value, s.exists, s.updated = value, true, true
	}
}

// Remove drops the state, if there is one. It fails the task when called twice, or
// while the key is timing out.
func (s *State[S]) Remove() {
	switch {
	case s.removed:
		s.wrong("Remove twice in one call")
	case s.timingOut:
		s.wrong("Remove of a state that is timing out")
	default:
		var none S
		s.value, s.exists, s.removed = none, false, true
	}
}

func (s *State[S]) wrong(what string) {
	if s.err == nil {
		s.err = errors.New("mapWithState: " + what)
	}
}

// StateSpec says how MapWithState works; StateFunc makes one.
type StateSpec[K comparable, V, S, R any] struct {
	call    func(key K, value V, state *State[S]) (R, bool)
	timeout time.Duration
	initial *rdd.Pairs[K, S]
	fixed   int // the number of partitions; 0: the session's
}

// StateFunc makes the specification of a state that f maintains. f is called for
// each value, in the order of its partition, and sees what earlier calls did; what
// it returns with true goes into the stream. It must not change what an old state
// points to.
func StateFunc[K comparable, V, S, R any](f func(key K, value V, state *State[S]) (R, bool)) StateSpec[K, V, S, R] {
	return StateSpec[K, V, S, R]{call: f}
}

// Timeout drops keys that had no value for longer than d, in batch time, after a
// last call with State.TimingOut.
func (s StateSpec[K, V, S, R]) Timeout(d time.Duration) StateSpec[K, V, S, R] {
	s.timeout = d
	return s
}

// Initial gives the state before the first batch of a new stream. Its keys count as
// touched in that batch; of two entries of one key the last counts.
func (s StateSpec[K, V, S, R]) Initial(pairs rdd.Pairs[K, S]) StateSpec[K, V, S, R] {
	s.initial = &pairs
	return s
}

// Partitioned spreads the state over n partitions, instead of Options.Parallelism.
func (s StateSpec[K, V, S, R]) Partitioned(n int) StateSpec[K, V, S, R] {
	s.fixed = n
	return s
}

// touched is a state and the tick in which its key last had a value.
type touched[S any] struct {
	Value S
	Tick  int64
}

// StateStream is what MapWithState gives: the stream of the function's results, and
// the states behind it.
type StateStream[K comparable, S, R any] struct {
	DStream[R]
	snapshots *node
}

// Snapshots is the stream of the whole state after each batch.
func (s StateStream[K, S, R]) Snapshots() Pairs[K, S] { return Pairs[K, S]{s.snapshots} }

// mapping is the keeper of MapWithState.
type mapping[K comparable, V, S, R any] struct {
	*table[K, touched[S]]

	node    *node
	spread  *node // rdd.Pairs[K, V], spread as the table is
	spec    StateSpec[K, V, S, R]
	results [][]R // of the last tick, by partition
}

// MapWithState keeps a state for each key, touching only the keys that have values
// in a batch: its cost follows the batch and not the state.
func (p Pairs[K, V]) MapWithState[S, R any](spec StateSpec[K, V, S, R]) StateStream[K, S, R] {
	return mapWithState(p, spec)
}

func mapWithState[K comparable, V, S, R any](p Pairs[K, V], spec StateSpec[K, V, S, R]) StateStream[K, S, R] {
	s := p.node.session
	m := &mapping[K, V, S, R]{spec: spec, table: newTable[K, touched[S]](s, "mapWithState")}
	m.spread = derive(p.node, "spread", func(r rdd.Pairs[K, V]) rdd.Pairs[K, V] { return r.PartitionBy(rdd.Hash(s.partitionsOr(spec.fixed))) })
	m.node = newNode(s, "mapWithState", p.node.slide, m.spread)
	m.node.keep = m
	m.table.fixed = spec.fixed
	m.node.detail = fmt.Sprint(spec.timeout, spec.fixed)
	m.node.build = func(tick int64) (any, error) { return fromPartitions(s.scope, "mapWithState", m.results), nil }
	switch {
	case spec.call == nil:
		s.mistake("MapWithState", "the function is nil")
	case spec.fixed < 0 || spec.fixed > keyed.Groups:
		s.mistake("MapWithState", "%d partitions; it must be from 1 to %d, or 0 for the session's", spec.fixed, keyed.Groups)
	case spec.timeout < 0:
		s.mistake("MapWithState", "the timeout is %s; it must not be negative", spec.timeout)
	}
	snapshots := newNode(s, "stateSnapshots", p.node.slide, m.node)
	snapshots.build = func(tick int64) (any, error) {
		return m.table.collection(m.node, tick).MapValues(func(t touched[S]) S { return t.Value }), nil
	}
	return StateStream[K, S, R]{DStream[R]{m.node}, snapshots}
}

func (m *mapping[K, V, S, R]) advance(ctx context.Context, tick int64) ([]change, error) {
	parts := m.table.open()
	if m.spec.initial != nil {
		if err := m.load(ctx, tick); err != nil {
			return nil, fmt.Errorf("initial state: %w", err)
		}
	}
	if len(m.results) != len(parts) {
		m.results = make([][]R, len(parts))
	}
	made, _, err := m.spread.at(tick)
	if err != nil {
		return m.table.end(tick, err)
	}
	_, err = rdd.RunKeyedPartitions(ctx, made.(rdd.Pairs[K, V]), "mapWithState", func(task rdd.Task, in rdd.KeyedChunks[K, V]) (struct{}, error) {
		return struct{}{}, m.table.advance(task, tick, func(p *part[K, touched[S]]) ([]entry[K, touched[S]], error) {
			changes, results, err := m.compute(p, in, tick)
			if err == nil {
				m.results[task.Partition()] = results
			}
			return changes, err
		})
	})
	return m.table.end(tick, err)
}

// load loads the initial state before the first batch of a new stream.
func (m *mapping[K, V, S, R]) load(ctx context.Context, tick int64) error {
	initial := m.spec.initial
	m.spec.initial = nil
	if tick > m.node.slide {
		return nil
	}
	pairs, err := initial.Collect(ctx)
	for _, pair := range pairs {
		m.begin(m.partOf(pair.Key), pair.Key, touched[S]{pair.Value, tick})
	}
	return err
}

// compute calls the user's function for each value of a partition, then for the
// keys that time out.
func (m *mapping[K, V, S, R]) compute(p *part[K, touched[S]], in rdd.KeyedChunks[K, V], tick int64) ([]entry[K, touched[S]], []R, error) {
	entries := p.entries
	states := keyed.NewTable[K, State[S]]() // of the keys in the batch
	var results []R
	batch := m.node.session.generator.time(tick)
	for chunk, err := range in {
		if err != nil {
			return nil, nil, err
		}
		for i, key := range chunk.Keys {
			slot, isNew := states.Insert(key)
			state := states.At(slot)
			if isNew {
				state.batch = batch
				if at, ok := entries.FindHash(key, states.HashAt(slot)); ok {
					state.value, state.exists = entries.At(at).Value, true
				}
			}
			state.removed = false
			result, ok := m.spec.call(key, chunk.Values[i], state)
			if state.err != nil {
				return nil, nil, fmt.Errorf("key %v: %w", key, state.err)
			}
			if ok {
				results = append(results, result)
			}
		}
	}
	changes := make([]entry[K, touched[S]], 0, states.Len())
	for slot := range states.End() {
		key, state := states.Key(slot), states.At(slot)
		_, had := entries.FindHash(key, states.HashAt(slot))
		if state.exists {
			changes = append(changes, entry[K, touched[S]]{key: key, value: touched[S]{state.value, m.touch(state, had, entries, key, tick)}})
		} else if had {
			changes = append(changes, entry[K, touched[S]]{key: key, delete: true})
		}
	}
	if m.spec.timeout == 0 || m.node.session.options.SparkCompatible && tick%(10*m.node.slide) != 0 {
		return changes, results, nil
	}
	for slot := range p.slots() {
		if !m.idle(entries.At(slot).Tick, tick) {
			continue
		}
		key := entries.Key(slot)
		if _, ok := states.FindHash(key, entries.HashAt(slot)); ok {
			continue
		}
		state := State[S]{value: entries.At(slot).Value, exists: true, timingOut: true, batch: batch}
		var none V
		result, ok := m.spec.call(key, none, &state)
		if state.err != nil {
			return nil, nil, fmt.Errorf("key %v: %w", key, state.err)
		}
		if ok {
			results = append(results, result)
		}
		changes = append(changes, entry[K, touched[S]]{key: key, delete: true})
	}
	return changes, results, nil
}

// touch is the tick that counts for the timeout. Any value refreshes it if there is
// a timeout; without one, only an update.
func (m *mapping[K, V, S, R]) touch(state *State[S], had bool, entries *keyed.Table[K, touched[S]], key K, tick int64) int64 {
	if m.spec.timeout > 0 || state.updated || !had {
		return tick
	}
	slot, _ := entries.Find(key)
	return entries.At(slot).Tick
}

// idle says whether a key that was last touched in one tick has timed out in
// another: strictly longer ago than the timeout.
func (m *mapping[K, V, S, R]) idle(touched, tick int64) bool {
	return time.Duration(tick-touched)*m.node.session.options.Interval > m.spec.timeout
}
