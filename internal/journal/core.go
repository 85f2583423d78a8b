package journal

import (
	"fmt"
	"slices"

	"github.com/tidewheel/tidewheel/wal"
)

// core is what the frames of a log mean. It is a fold over the log: apply takes one
// frame after the other, those that a start reads and those that are appended
// later alike, so that a restart cannot see another history than the process that
// wrote it. It knows no files and no time. Calls that may be made in the present
// state are decided by the check methods.
type core struct {
	epoch uint64 // of this writer

	begun   bool   // whether any batch was seen
	last    *Batch // newest batch that is done; its plan has number -1 if it was removed
	pending *Plan  // the plan of the next batch, if it was logged
	durable bool   // whether the pending plan is known to be durable

	prepared *Done  // if the pending batch can only be finished
	preparer uint64 // epoch that has prepared it

	writing []uint64  // epochs that wrote state frames of the pending batch
	orphans []attempt // those of earlier batches that were never done

	retention
}

// attempt is a writer's attempt at a batch.
type attempt struct {
	epoch uint64
	batch int64
}

func newCore(epoch uint64) *core {
	return &core{epoch: epoch, retention: retention{removed: retained{through: -1}}}
}

// next is the number of the batch that is planned next or is pending.
func (c *core) next() int64 {
	if c.last == nil {
		return 0
	}
	return c.last.Done.Batch + 1
}

// apply takes a frame that was appended at a position. Its memory is not kept. An
// error says that the frame cannot stand here: the log is damaged.
func (c *core) apply(position wal.Position, frame []byte) error {
	if len(frame) == 0 {
		return errMalformed
	}
	s := c.segment(position)
	fields := frame[1:]
	switch frame[0] {
	case framePlan:
		p, err := decodePlan(fields)
		if err != nil {
			return err
		}
		return c.applyPlan(s, p)
	case frameState:
		return c.applyState(s, decodeState(fields))
	case frameDone:
		epoch, d, err := decodeDone(fields)
		if err != nil {
			return err
		}
		return c.applyDone(s, epoch, d)
	case framePrepared:
		epoch, d, err := decodeDone(fields)
		if err != nil {
			return err
		}
		return c.applyPrepared(s, epoch, d)
	case frameRevoked:
		batch, err := decodeRevoked(fields)
		if err != nil {
			return err
		}
		return c.applyRevoked(s, batch)
	case frameSnapshot:
		snapshot, err := decodeSnapshot(fields)
		if err != nil {
			return err
		}
		c.addSnapshot(snapshot)
		return nil
	case frameRetained:
		r, err := decodeRetained(fields)
		if err != nil {
			return err
		}
		c.removed = r
		for _, snapshot := range r.snapshots {
			c.addSnapshot(snapshot)
		}
		return nil
	}
	return fmt.Errorf("frame of unknown kind %q", frame[0])
}

func (c *core) applyPlan(s *segment, p Plan) error {
	if c.pending != nil || c.begun && p.Batch != c.next() {
		return fmt.Errorf("plan of batch %d where that of batch %d was expected", p.Batch, c.next())
	}
	if !c.begun && p.Batch > 0 {
		c.last = &Batch{Plan: Plan{Batch: -1}, Done: Done{Batch: p.Batch - 1}}
	}
	p.Ranges, p.Watermarks = slices.Clone(p.Ranges), slices.Clone(p.Watermarks)
	c.begun, c.pending, c.durable = true, &p, false
	s.note(p.Batch)
	return nil
}

func (c *core) applyState(s *segment, frame stateFrame) error {
	if c.pending == nil && c.begun || c.pending != nil && frame.batch != c.pending.Batch {
		return fmt.Errorf("state of batch %d, which is not pending", frame.batch)
	}
	if c.prepared != nil {
		return fmt.Errorf("state of batch %d, which is prepared", frame.batch)
	}
	if !slices.Contains(c.writing, frame.epoch) {
		c.writing = append(c.writing, frame.epoch)
	}
	for frame.next() {
		s.changed.set(frame.change.Operator, frame.change.Group, frame.batch)
	}
	s.note(frame.batch)
	return frame.err()
}

// applyPrepared settles whose state counts: that of this epoch, whichever ends the
// batch.
func (c *core) applyPrepared(s *segment, epoch uint64, d Done) error {
	if c.pending == nil && c.begun || c.pending != nil && d.Batch != c.pending.Batch {
		return fmt.Errorf("batch %d is prepared, and is not pending", d.Batch)
	}
	if c.prepared != nil {
		return fmt.Errorf("batch %d is prepared twice", d.Batch)
	}
	d.Answers = slices.Clone(d.Answers)
	c.prepared, c.preparer = &d, epoch
	c.settle(epoch, d.Batch)
	s.note(d.Batch)
	return nil
}

// applyRevoked has the state that was prepared count no more.
func (c *core) applyRevoked(s *segment, batch int64) error {
	if c.prepared == nil || c.prepared.Batch != batch {
		return fmt.Errorf("batch %d is revoked, and is not prepared", batch)
	}
	c.orphans = append(c.orphans, attempt{c.preparer, batch})
	c.prepared = nil
	s.note(batch)
	return nil
}

// settle makes the state frames of a batch orphans that are not of an epoch.
func (c *core) settle(epoch uint64, batch int64) {
	for _, writer := range c.writing {
		if writer != epoch {
			c.orphans = append(c.orphans, attempt{writer, batch})
		}
	}
	c.writing = c.writing[:0]
}

func (c *core) applyDone(s *segment, epoch uint64, d Done) error {
	if c.pending == nil && c.begun || c.pending != nil && d.Batch != c.pending.Batch {
		return fmt.Errorf("end of batch %d, which is not pending", d.Batch)
	}
	plan := Plan{Batch: -1} // the log begins in the middle of this batch
	if c.pending != nil {
		plan = *c.pending
	}
	d.Answers = slices.Clone(d.Answers)
	c.begun, c.pending, c.prepared, c.last = true, nil, nil, &Batch{Plan: plan, Done: d}
	c.settle(epoch, d.Batch)
	s.note(d.Batch)
	return nil
}

// whole says whether the log shows all that a start needs: if it does not begin with
// batch 0, a retained frame must say why.
func (c *core) whole() error {
	for _, s := range c.segments {
		if s.first > 0 && s.first > c.removed.through+1 {
			return fmt.Errorf("the log begins with batch %d, and nothing says that the batches before it were removed", s.first)
		}
		if s.first >= 0 {
			break
		}
	}
	return nil
}

// mayPlan checks the plan of the next batch, after is how many batches are about to
// be done before it.
func (c *core) mayPlan(p Plan, after int64) error {
	switch {
	case c.pending != nil && after == 0:
		return fmt.Errorf("plan of batch %d: batch %d is not done yet", p.Batch, c.pending.Batch)
	case p.Batch != c.next()+after:
		return fmt.Errorf("plan of batch %d: the next batch is %d", p.Batch, c.next()+after)
	case p.Partitions < 0:
		return fmt.Errorf("plan of batch %d: %d partitions", p.Batch, p.Partitions)
	}
	return nil
}

// mayCommit checks that a batch is the one whose sinks may have been called.
func (c *core) mayCommit(batch int64) error {
	switch {
	case c.pending == nil:
		return fmt.Errorf("batch %d was not planned", batch)
	case batch != c.pending.Batch:
		return fmt.Errorf("batch %d is not the pending one, %d", batch, c.pending.Batch)
	case !c.durable:
		return fmt.Errorf("batch %d: PlanDurable has not returned yet, so no sink can have it", batch)
	}
	return nil
}

// mayChange checks that state of a batch may be logged: that its sinks may have been
// called, and that it is not settled what they have.
func (c *core) mayChange(batch int64) error {
	if err := c.mayCommit(batch); err != nil {
		return err
	}
	if c.prepared != nil {
		return fmt.Errorf("batch %d is prepared: it can only be committed", batch)
	}
	return nil
}

// mayRevoke checks that a batch is one that an earlier writer has prepared, and that it
// can run again.
func (c *core) mayRevoke(batch int64) error {
	switch {
	case c.prepared == nil || c.prepared.Batch != batch:
		return fmt.Errorf("batch %d is not prepared", batch)
	case c.preparer == c.epoch:
		return fmt.Errorf("batch %d was prepared by this writer: it runs again after the next start", batch)
	case c.pending == nil:
		return fmt.Errorf("the plan of batch %d is not in the log any more", batch)
	}
	return nil
}

// maySnapshot checks a snapshot against what is done.
func (c *core) maySnapshot(s Snapshot) error {
	if s.From < 0 || s.From >= s.To || s.To > maxGroup {
		return fmt.Errorf("snapshot of operator %q: key groups [%d, %d)", s.Operator, s.From, s.To)
	}
	if s.Version < 0 || s.Version >= c.next() {
		return fmt.Errorf("snapshot of operator %q, version %d: that batch is not done", s.Operator, s.Version)
	}
	return nil
}
