package journal

import (
	"iter"
	"slices"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/wal"
)

// Replay yields the changes of the batches that are done, in the order of the
// batches and within a batch in the order in which they were appended. Those that
// the snapshots restored by the caller hold already are left out: have returns the
// version of the snapshot that was restored for a group of an operator, -1 for
// none, and math.MaxInt64 for an operator that the caller no longer has. If changes
// that are needed have been removed from the log, the error is a
// *MissingStateError. A change's Data is valid until the next one is asked for.
//
// It reads the log, and must not run at the same time as Retain.
func (j *Journal) Replay(have func(operator string, group int) int64) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		if err := j.decide(func(c *core) error { return c.missing(have) }); err != nil {
			yield(Change{}, err)
			return
		}
		j.mu.Lock()
		from, found := j.core.needed(have)
		through, orphans := j.core.next()-1, slices.Clone(j.core.orphans)
		j.mu.Unlock()
		if !found {
			return
		}
		for record, err := range wal.RecordsFrom(j.env, j.logDir(), from) {
			if err != nil {
				yield(Change{}, err)
				return
			}
			if record.Payload[0] != frameState {
				continue
			}
			frame := decodeState(record.Payload[1:])
			if frame.batch > through && !mutate.On(11) || slices.Contains(orphans, attempt{frame.epoch, frame.batch}) {
				continue
			}
			for frame.next() {
				if frame.batch > have(frame.change.Operator, frame.change.Group) && !yield(frame.change, nil) {
					return
				}
			}
		}
	}
}

// Batches yields the batches from the given number on that are done and whose plans
// are still in the log, oldest first. It must not run at the same time as Retain.
func (j *Journal) Batches(from int64) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		j.mu.Lock()
		through := j.core.next() - 1
		start := j.core.startOf(from)
		j.mu.Unlock()
		plan := Plan{Batch: -1}
		for record, err := range wal.RecordsFrom(j.env, j.logDir(), start) {
			if err != nil {
				yield(Batch{}, err)
				return
			}
			switch payload := record.Payload; payload[0] {
			case framePlan:
				plan, err = decodePlan(slices.Clone(payload[1:]))
			case frameDone:
				var d Done
				if _, d, err = decodeDone(slices.Clone(payload[1:])); d.Batch > through {
					return
				}
				if err == nil && d.Batch == plan.Batch && d.Batch >= from && !yield(Batch{plan, d}, nil) {
					return
				}
			}
			if err != nil {
				yield(Batch{}, j.corrupt(record.Position, err))
				return
			}
		}
	}
}
