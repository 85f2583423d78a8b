package testkit

import (
	"bytes"
	"encoding/json/v2"
	"fmt"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
)

// history is what a simulated sink has seen: all attempts to write, and the batches
// that it has. A batch that comes again must be the same, row by row.
type history[T any] struct {
	sim      *Sim
	name     string
	contract Contract
	key      func(row T) string // of Upsert
	state    historyState[T]
	checked  int // rows that a script has seen
}

type historyState[T any] struct {
	attempts []attempt         // the first of each batch
	batches  []written[T]      // that are there whole
	parts    int               // writes that stopped in the middle
	repeats  int               // writes of a batch that was there
	versions map[string]int64  // by key, of Upsert: never changed, but replaced
	staged   []*transaction[T] // neither committed nor aborted; never changed, but replaced
	late     []string          // handles of what was prepared and took too long
	epoch    uint64            // the highest of a writer
}

// attempt is a batch as it was first handed over.
type attempt struct {
	id   int64
	at   time.Time
	rows [][]byte // in the form of JSON
	ok   int      // the process that was told of its success; 0: none yet
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
	fmt.Fprintf(to, "%s %d %d %d %d;", h.name, len(h.state.batches), h.state.parts, h.state.repeats, h.state.epoch)
	fmt.Fprintf(to, "%q;", h.state.late)
	for _, t := range h.state.staged {
		fmt.Fprintf(to, "%s %d %d %v;", t.handle, t.epoch, t.process, t.prepared)
	}
	for _, a := range h.state.attempts {
		fmt.Fprintf(to, "%d %d %v", a.id, a.at.UnixNano(), a.ok > 0)
		for _, row := range a.rows {
			to.Write(row)
		}
	}
}

// attempt notes that a batch is about to be written, and compares it with the first
// attempt to write it.
func (h *history[T]) attempt(b written[T]) error {
	a := attempt{id: b.id, at: b.at, rows: make([][]byte, len(b.rows))}
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
	for i, first := range h.state.attempts {
		if first.id == b.id {
			return h.again(first, a, i == len(h.state.attempts)-1)
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
	if h.contract != FileManifest && len(h.state.batches) < n {
		return h.sim.violate("sink history", "%s: batch %d comes, though no write of batch %d has succeeded", h.name, id, last)
	}
	return nil
}

// again compares a batch that comes again with what it was. Only the newest may, and
// not in the process that was told that the sink has it.
func (h *history[T]) again(first, again attempt, newest bool) error {
	if !first.at.Equal(again.at) {
		return h.sim.violate("replay identity", "%s: batch %d had the time %s and comes again with %s", h.name, first.id, first.at.Format(time.RFC3339Nano), again.at.Format(time.RFC3339Nano))
	}
	if !slices.EqualFunc(first.rows, again.rows, bytes.Equal) {
		return h.sim.violate("replay identity", "%s: batch %d was %s and comes again as %s", h.name, first.id, list(first.rows), list(again.rows))
	}
	if h.sim.contested() { // one of the two does not know what the other has written
		return nil
	}
	if !newest {
		return h.sim.violate("sink history", "%s: batch %d comes again after later ones", h.name, first.id)
	}
	if h.sim.calm && first.ok > 0 {
		return h.sim.violate("sink history", "%s: batch %d comes again after a stop at rest, though it was written and nothing went wrong", h.name, first.id)
	}
	if first.ok == h.sim.starts {
		return h.sim.violate("sink history", "%s: batch %d comes again from the process that knows it was written", h.name, first.id)
	}
	return nil
}

func list(rows [][]byte) string { return "[" + string(bytes.Join(rows, []byte(" "))) + "]" }

// told notes that a process knows that the sink has the newest batch.
func (h *history[T]) told() {
	if h.sim.contested() {
		return
	}
	attempts := slices.Clone(h.state.attempts)
	attempts[len(attempts)-1].ok = h.sim.starts
	h.state.attempts = attempts
	h.sim.changed()
}

// timeOf is the time of a batch that was handed over.
func (h *history[T]) timeOf(id int64) time.Time {
	for _, a := range h.state.attempts {
		if a.id == id {
			return a.at
		}
	}
	return time.Time{}
}

// has says whether the sink has a batch.
func (h *history[T]) has(id int64) bool {
	n := len(h.state.batches)
	return n > 0 && h.state.batches[n-1].id >= id
}

// add makes a batch visible.
func (h *history[T]) add(b written[T]) {
	h.state.batches = append(slices.Clip(h.state.batches), b)
	h.sim.note("%s ← batch %d, %d rows", h.name, b.id, len(b.rows))
	h.sim.changed()
}

// committed returns what the sink has.
func (h *history[T]) committed() ([]written[T], error) {
	if h.contract == FileManifest {
		return h.inFiles()
	}
	return h.state.batches, nil
}

// settled says what is left over when all is done.
func (h *history[T]) settled() *violation {
	for _, t := range h.state.staged {
		if t.prepared {
			return &violation{"prepared", fmt.Sprintf("%s: batch %d was prepared by process %d, and nobody has committed or aborted it", h.name, t.batch.id, t.process)}
		}
	}
	return nil
}
