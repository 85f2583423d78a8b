package dstream

import (
	"context"
	"encoding/json/v2"
	"path"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/internal/snapshots"
)

// keeper is what a stream holds over batches: keyed state, or the batches of a
// window. All methods are called by the session's loop.
type keeper interface {
	// describe names the kind and the types of what is held.
	describe() string

	// advance brings it to a tick, in jobs, and returns what changed.
	advance(ctx context.Context, tick int64) ([]change, error)

	// Snapshot, Restore and Apply make it last; it has keyed.Groups key groups.
	snapshots.State

	// size is the number of entries held.
	size() int64
}

// change is a piece of what one batch changed. group is a key group of those in it,
// for the log.
type change struct {
	node  *node
	group int
	data  []byte
}

func encodeAnswers(answers [][]byte) []byte {
	data, err := json.Marshal(answers)
	if err != nil {
		panic(err) // byte slices always have a form
	}
	return data
}

// resume restores what the log holds of the last batch that is done, and the grid of
// batch times.
func (s *Session) resume() error {
	s.done.batch = -1
	r := s.recovered
	if r == nil || r.Last == nil && r.Pending == nil {
		s.keepTime(s.now())
		s.generator = newGenerator(s.options.Interval, s.now())
		return nil
	}
	if r.Last == nil {
		if _, err := s.decodePlan(*r.Pending); err != nil {
			return err
		}
		s.keepTime(r.Pending.Time)
		s.generator = resumeGenerator(s.options.Interval, r.Pending.Batch, r.Pending.Time.Add(-s.options.Interval))
		return nil
	}
	spans, err := s.decodePlan(r.Last.Plan)
	if err != nil {
		return err
	}
	s.done.batch = r.Last.Done.Batch
	for _, r := range spans {
		s.done.ends = append(s.done.ends, r.to)
	}
	s.keepTime(r.Last.Plan.Time)
	s.generator = resumeGenerator(s.options.Interval, r.Last.Done.Batch+1, r.Last.Plan.Time)
	return nil
}

// restore brings what keepers hold to that after the last batch that is done. What
// the log has of keepers that the graph no longer has is dropped.
func (s *Session) restore(ctx context.Context) error {
	if s.journal == nil {
		return nil
	}
	for _, n := range s.nodes {
		if n.keep != nil {
			s.operators = append(s.operators, snapshots.Operator{Name: n.String(), Groups: keyed.Groups, State: n.keep})
		}
	}
	s.snapshots = snapshots.New(s.env, path.Join(s.options.Checkpoint, "snap"), s.journal, s.recovered)
	return s.snapshots.Restore(ctx, s.operators)
}
