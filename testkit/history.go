package testkit

import (
	"bytes"
	"encoding/json/v2"
	"fmt"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Contract says what a simulated sink promises to those who write to it.
type Contract int

// IdempotentBatch is a sink that takes a whole batch under its number, and keeps the
// number together with the rows in one durable step. A batch that it has already
// it takes again without further effect. A write can fail before it had its effect, or after.
const IdempotentBatch Contract = iota

// history is what a simulated sink has seen: all attempts to write, and the batches
// that it has. A batch that comes again must be the same, row by row.
type history[T any] struct {
	sim   *Sim
	name  string
	state historyState[T]
}

type historyState[T any] struct {
	attempts []attempt // the first of each batch
	batches  []written[T]
}

// attempt is a batch as it was first handed over.
type attempt struct {
	id   int64
	at   time.Time
	rows [][]byte // in the form of JSON
}

// written is a batch that the sink has.
type written[T any] struct {
	id   int64
	at   time.Time
	rows []T
}

func (h *history[T]) save() any { return h.state }

func (h *history[T]) load(saved any) { h.state = saved.(historyState[T]) }

func (h *history[T]) begin() {}

func (h *history[T]) hash(to *xxhash.Digest) {
	fmt.Fprintf(to, "%s %d;", h.name, len(h.state.batches))
	for _, a := range h.state.attempts {
		fmt.Fprintf(to, "%d %d %q", a.id, a.at.UnixNano(), a.rows)
	}
}

// last answers which batch is the newest that the sink has, if it is one that knows.
func (h *history[T]) last() (last written[T], ok bool, err error) {
	err = h.sim.call("last("+h.name+")", func() error {
		if n := len(h.state.batches); n > 0 && h.sim.plan.shape.asked > 0 {
			last, ok = h.state.batches[n-1], true
		}
		return nil
	})
	return last, ok, err
}

// attempt notes that a batch is about to be written, and compares it with the first
// attempt to write it.
func (h *history[T]) attempt(b written[T]) error {
	a := attempt{b.id, b.at, make([][]byte, len(b.rows))}
	sum := xxhash.New()
	for i, row := range b.rows {
		text, err := json.Marshal(row, json.Deterministic(true))
		if err != nil {
			h.sim.wrong("sink %s: rows are compared as JSON: %v", h.name, err)
			return err
		}
		a.rows[i] = text
		sum.Write(text)
	}
	h.sim.probe("batch("+h.name+")", sum.Sum64())
	for _, first := range h.state.attempts {
		if first.id == b.id {
			return h.same(first, a)
		}
	}
	if err := h.follows(b.id); err != nil {
		return err
	}
	h.state.attempts = append(slices.Clip(h.state.attempts), a)
	h.sim.changed()
	return nil
}

// follows checks that no batch is left out. The first number tells the step: a stream
// that writes every n-th batch begins with batch n-1.
func (h *history[T]) follows(id int64) error {
	n := len(h.state.attempts)
	if n == 0 {
		return nil
	}
	step, last := h.state.attempts[0].id+1, h.state.attempts[n-1].id
	if id != last+step {
		return h.sim.violate("sink history", "%s: batch %d comes after batch %d, and the first was batch %d: some never came", h.name, id, last, step-1)
	}
	if len(h.state.batches) < n {
		return h.sim.violate("sink history", "%s: batch %d comes, though no write of batch %d has succeeded", h.name, id, last)
	}
	return nil
}

// same compares a batch that comes again with what it was.
func (h *history[T]) same(first, again attempt) error {
	if !first.at.Equal(again.at) {
		return h.sim.violate("replay identity", "%s: batch %d had the time %s and comes again with %s", h.name, first.id, first.at.Format(time.RFC3339Nano), again.at.Format(time.RFC3339Nano))
	}
	if !slices.EqualFunc(first.rows, again.rows, bytes.Equal) {
		return h.sim.violate("replay identity", "%s: batch %d was %s and comes again as %s", h.name, first.id, list(first.rows), list(again.rows))
	}
	return nil
}

func list(rows [][]byte) string { return "[" + string(bytes.Join(rows, []byte(" "))) + "]" }

// write makes a batch visible, unless the sink has it.
func (h *history[T]) write(b written[T]) error {
	return h.sim.call("write("+h.name+")", func() error {
		if n := len(h.state.batches); n > 0 && h.state.batches[n-1].id >= b.id {
			h.sim.note("%s: batch %d again, dropped", h.name, b.id)
			h.sim.branch("sink dropped a batch it had")
			return nil
		}
		h.state.batches = append(slices.Clip(h.state.batches), b)
		h.sim.note("%s ← batch %d, %d rows", h.name, b.id, len(b.rows))
		h.sim.changed()
		return nil
	})
}

// committed returns what the sink has.
func (h *history[T]) committed() ([]written[T], error) { return h.state.batches, nil }
