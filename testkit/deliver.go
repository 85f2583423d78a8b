package testkit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// delivery is one process's way to a sink: what the writers of both APIs do.
type delivery[T any] struct {
	*history[T]
	epoch    uint64
	listed   bool // what is prepared is asked for at the next start, so each attempt is one of its own
	prepared *written[T]

	files    env.FS // of FileManifest
	manifest manifest.Manifest
}

// deliver opens a sink for a process.
func (h *history[T]) deliver(owner string, epoch uint64, e env.Env) (*delivery[T], error) {
	d := &delivery[T]{history: h, epoch: epoch}
	err := h.sim.call("open("+h.name+")", func() error {
		if h.contract == Transactional {
			return h.enter(epoch)
		}
		return nil
	})
	if err == nil && h.contract == FileManifest {
		err = d.openFiles(owner, e.FS())
	}
	return d, err
}

// last answers which batch is the newest that the sink has, if it is one that knows.
func (d *delivery[T]) last() (last written[T], ok bool, err error) {
	if d.contract == FileManifest {
		return d.lastInFiles()
	}
	err = d.sim.call("last("+d.name+")", func() error {
		knows := d.contract == Transactional || d.contract == IdempotentBatch && d.sim.plan.shape.asked > 0
		if n := len(d.state.batches); n > 0 && knows {
			last, ok = d.state.batches[n-1], true
		}
		return nil
	})
	return last, ok, err
}

// prepare takes the rows of a batch. They are stored by a sink with two phases, and
// else kept until commit.
func (d *delivery[T]) prepare(b written[T]) (handle []byte, err error) {
	handle = strconv.AppendInt(nil, b.id, 10)
	if d.listed {
		handle = fmt.Appendf(handle, "/%d", d.epoch)
	}
	if err := d.attempt(b); err != nil {
		return nil, err
	}
	if d.contract == Transactional {
		return handle, d.stage(transaction[T]{handle: string(handle), batch: b, epoch: d.epoch, process: d.sim.starts})
	}
	d.prepared = &b
	if d.contract == FileManifest {
		return handle, d.writeFiles(b)
	}
	return handle, nil
}

// commit makes a prepared batch visible.
func (d *delivery[T]) commit(handle []byte) error {
	id, err := batchOf(string(handle))
	if err != nil {
		return fmt.Errorf("sink %s: commit of %q, which is no handle of it", d.name, handle)
	}
	switch {
	case d.contract == Transactional:
		err = d.commitStaged(string(handle), id, d.epoch)
	case d.prepared == nil || d.prepared.id != id:
		return fmt.Errorf("sink %s: commit of batch %d, which this process has not prepared", d.name, id)
	case d.contract == FileManifest:
		err = d.commitFiles()
	default:
		err = d.write(*d.prepared)
	}
	if err == nil {
		d.told()
	}
	return err
}

// abort forgets a prepared batch.
func (d *delivery[T]) abort(handle []byte) error {
	d.prepared = nil
	if d.contract != Transactional {
		return nil
	}
	if _, err := batchOf(string(handle)); err != nil {
		return fmt.Errorf("sink %s: abort of %q, which is no handle of it", d.name, handle)
	}
	return d.abortStaged(string(handle), d.epoch)
}

// handles lists what is prepared.
func (d *delivery[T]) handles() (all []string, err error) {
	err = d.callInTime("prepared", func() error {
		for _, t := range d.state.staged {
			if t.prepared {
				all = append(all, t.handle)
			}
		}
		return d.fence(d.epoch)
	})
	return all, err
}

// batchOf is the batch of a handle: its number, and the epoch where attempts are
// kept apart.
func batchOf(handle string) (int64, error) {
	number, _, _ := strings.Cut(handle, "/")
	return strconv.ParseInt(number, 10, 64)
}

// write makes a batch visible in one call, or, where the contract is about rows, in
// two, between which the sink has half of the rows.
func (h *history[T]) write(b written[T]) error {
	half := len(b.rows) / 2
	if h.contract == IdempotentBatch || half == 0 {
		return h.sim.call("write("+h.name+")", func() error { return h.take(b, 0, len(b.rows)) })
	}
	if err := h.sim.call("write("+h.name+")", func() error { return h.take(b, 0, half) }); err != nil {
		return err
	}
	return h.sim.call("rest("+h.name+")", func() error { return h.take(b, half, len(b.rows)) })
}

// take takes a range of the rows of a batch; with the last ones it has the batch.
func (h *history[T]) take(b written[T], from, to int) error {
	if h.contract == Upsert {
		if err := h.put(b, b.rows[from:to]); err != nil {
			return err
		}
	}
	switch {
	case to < len(b.rows):
		h.state.parts++
		h.sim.note("%s ← batch %d, rows %d to %d", h.name, b.id, from, to-1)
		h.sim.changed()
	case h.has(b.id):
		h.state.repeats++
		h.sim.note("%s: batch %d again", h.name, b.id)
		h.sim.branch("the sink was given a batch that it had")
		h.sim.changed()
	default:
		h.add(b)
	}
	return nil
}

// put puts rows under their keys.
func (h *history[T]) put(b written[T], rows []T) error {
	versions := maps.Clone(h.state.versions)
	if versions == nil {
		versions = map[string]int64{}
	}
	for _, row := range rows {
		key := h.key(row)
		if versions[key] > b.id {
			return h.sim.violate("older value", "%s: %s of batch %d replaces one of batch %d", h.name, render(row), b.id, versions[key])
		}
		versions[key] = b.id
	}
	h.state.versions = versions
	return nil
}

// transaction is a batch on its way into a sink with two phases.
type transaction[T any] struct {
	handle   string
	batch    written[T]
	epoch    uint64
	process  int // that began it
	prepared bool
}

// enter fences writers with a lower epoch. What they have not prepared is gone.
func (h *history[T]) enter(epoch uint64) error {
	if err := h.fence(epoch); err != nil {
		return err
	}
	h.state.epoch = epoch
	h.restage(func(t *transaction[T]) bool { return t.prepared })
	return nil
}

func (h *history[T]) fence(epoch uint64) error {
	if epoch < h.state.epoch {
		return fmt.Errorf("sink %s: the writer of epoch %d is fenced by that of epoch %d", h.name, epoch, h.state.epoch)
	}
	return nil
}

// restage keeps the transactions for which keep is true.
func (h *history[T]) restage(keep func(*transaction[T]) bool) {
	kept := slices.DeleteFunc(slices.Clone(h.state.staged), func(t *transaction[T]) bool { return !keep(t) })
	if len(kept) != len(h.state.staged) {
		h.sim.changed()
	}
	h.state.staged = kept
}

func under[T any](handle string) func(*transaction[T]) bool {
	return func(t *transaction[T]) bool { return t.handle == handle }
}

func notUnder[T any](handle string) func(*transaction[T]) bool {
	return func(t *transaction[T]) bool { return t.handle != handle }
}

// stage begins a transaction, writes the rows and prepares it. One with the same
// handle, from an attempt before, is replaced.
func (h *history[T]) stage(t transaction[T]) error {
	for _, step := range []struct {
		site  string
		apply func()
	}{
		{"begin", func() {
			h.restage(notUnder[T](t.handle))
			h.state.late = slices.DeleteFunc(slices.Clone(h.state.late), func(late string) bool { return late == t.handle })
			begun := t
			begun.batch.rows = nil
			h.state.staged = append(slices.Clip(h.state.staged), &begun)
		}},
		{"write", func() { h.replaceStaged(&t) }},
		{"prepare", func() {
			prepared := t
			prepared.prepared = true
			h.replaceStaged(&prepared)
			h.sim.note("%s: batch %d prepared, %d rows", h.name, t.batch.id, len(t.batch.rows))
		}},
	} {
		err := h.sim.call(step.site+"("+h.name+")", func() error {
			if err := h.fence(t.epoch); err != nil {
				return err
			}
			step.apply()
			h.sim.changed()
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (h *history[T]) replaceStaged(with *transaction[T]) {
	staged := slices.Clone(h.state.staged)
	if i := slices.IndexFunc(staged, under[T](with.handle)); i >= 0 {
		staged[i] = with
	}
	h.state.staged = staged
}

// callInTime is a call of a sink with two phases that comes when what was prepared may
// have taken too long.
func (h *history[T]) callInTime(verb string, apply func() error) error {
	incidents := sim.Incidents{Kinds: []sim.Kind{sim.TimeOut}, Befall: func(sim.Fault) { h.timeOut() }}
	return h.sim.world.CallOutside(verb+"("+h.name+")", incidents, apply)
}

// tooLong is how a sink's time-out is counted.
const tooLong = "a prepared batch took too long"

// timeOut aborts what is prepared.
func (h *history[T]) timeOut() {
	late := slices.Clip(h.state.late)
	h.restage(func(t *transaction[T]) bool {
		if t.prepared {
			late = append(late, t.handle)
			h.sim.note("%s: %s took too long and is aborted", h.name, t.handle)
			h.sim.branch(tooLong)
		}
		return !t.prepared
	})
	h.state.late = late
}

// commitStaged makes a prepared transaction visible. It may be repeated.
func (h *history[T]) commitStaged(handle string, id int64, epoch uint64) error {
	return h.callInTime("commit", func() error {
		if err := h.fence(epoch); err != nil {
			return err
		}
		i := slices.IndexFunc(h.state.staged, under[T](handle))
		switch {
		case h.has(id) && i >= 0:
			return h.sim.violate("prepared", "%s: commit of %s, though batch %d was committed under another handle", h.name, handle, id)
		case h.has(id):
			h.sim.note("%s: batch %d is committed already", h.name, id)
			h.sim.branch("the sink was given a batch that it had")
		case slices.Contains(h.state.late, handle):
			return fmt.Errorf("sink %s: commit of %s, which took too long: %w", h.name, handle, sink.ErrAborted)
		case i < 0 || !h.state.staged[i].prepared:
			return h.sim.violate("prepared", "%s: commit of %s, which is not prepared", h.name, handle)
		default:
			b := h.state.staged[i].batch
			h.restage(notUnder[T](handle))
			h.add(b)
		}
		return nil
	})
}

// abortStaged drops a transaction. It may be repeated.
func (h *history[T]) abortStaged(handle string, epoch uint64) error {
	return h.sim.call("abort("+h.name+")", func() error {
		if err := h.fence(epoch); err != nil {
			return err
		}
		h.restage(notUnder[T](handle))
		h.sim.note("%s: %s aborted", h.name, handle)
		return nil
	})
}
