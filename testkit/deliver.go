package testkit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
)

// delivery is one process's way to a sink: what the writers of both APIs do.
type delivery[T any] struct {
	*history[T]
	epoch    uint64
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
	if err := d.attempt(b); err != nil {
		return nil, err
	}
	if d.contract == Transactional {
		return handle, d.stage(b, d.epoch)
	}
	d.prepared = &b
	if d.contract == FileManifest {
		return handle, d.writeFiles(b)
	}
	return handle, nil
}

// commit makes a prepared batch visible.
func (d *delivery[T]) commit(handle []byte) error {
	id, err := strconv.ParseInt(string(handle), 10, 64)
	if err != nil {
		return fmt.Errorf("sink %s: commit of %q, which is no handle of it", d.name, handle)
	}
	switch {
	case d.contract == Transactional:
		err = d.commitStaged(id, d.epoch)
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
	id, err := strconv.ParseInt(string(handle), 10, 64)
	if err != nil {
		return fmt.Errorf("sink %s: abort of %q, which is no handle of it", d.name, handle)
	}
	return d.abortStaged(id, d.epoch)
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

func (h *history[T]) isBatch(id int64) func(*transaction[T]) bool {
	return func(t *transaction[T]) bool { return t.batch.id == id }
}

// stage begins a transaction, writes the rows and prepares it. One with the same
// handle, from an attempt before, is replaced.
func (h *history[T]) stage(b written[T], epoch uint64) error {
	t := transaction[T]{batch: b, epoch: epoch, process: h.sim.starts}
	for _, step := range []struct {
		site  string
		apply func()
	}{
		{"begin", func() {
			h.restage(func(t *transaction[T]) bool { return t.batch.id != b.id })
			begun := t
			begun.batch.rows = nil
			h.state.staged = append(slices.Clip(h.state.staged), &begun)
		}},
		{"write", func() { h.replaceStaged(&t) }},
		{"prepare", func() {
			prepared := t
			prepared.prepared = true
			h.replaceStaged(&prepared)
			h.sim.note("%s: batch %d prepared, %d rows", h.name, b.id, len(b.rows))
		}},
	} {
		err := h.sim.call(step.site+"("+h.name+")", func() error {
			if err := h.fence(epoch); err != nil {
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
	if i := slices.IndexFunc(staged, h.isBatch(with.batch.id)); i >= 0 {
		staged[i] = with
	}
	h.state.staged = staged
}

// commitStaged makes a prepared transaction visible. It may be repeated.
func (h *history[T]) commitStaged(id int64, epoch uint64) error {
	return h.sim.call("commit("+h.name+")", func() error {
		if err := h.fence(epoch); err != nil {
			return err
		}
		i := slices.IndexFunc(h.state.staged, h.isBatch(id))
		switch {
		case h.has(id):
			h.sim.note("%s: batch %d is committed already", h.name, id)
			h.sim.branch("the sink was given a batch that it had")
			h.restage(func(t *transaction[T]) bool { return t.batch.id != id })
		case i < 0 || !h.state.staged[i].prepared:
			return h.sim.violate("prepared", "%s: commit of batch %d, which is not prepared", h.name, id)
		default:
			b := h.state.staged[i].batch
			h.restage(func(t *transaction[T]) bool { return t.batch.id != id })
			h.add(b)
		}
		return nil
	})
}

// abortStaged drops a transaction. It may be repeated.
func (h *history[T]) abortStaged(id int64, epoch uint64) error {
	return h.sim.call("abort("+h.name+")", func() error {
		if err := h.fence(epoch); err != nil {
			return err
		}
		h.restage(func(t *transaction[T]) bool { return t.batch.id != id })
		h.sim.note("%s: batch %d aborted", h.name, id)
		return nil
	})
}
