package dstream

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/tidewheel/tidewheel/checkpoint"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/keyed"
)

// keeper is what a stream holds over batches: keyed state, or the batches of a
// window. All methods are called by the session's loop.
type keeper interface {
	// describe names the kind and the types of what is held.
	describe() string

	// advance brings it to a tick, in jobs, and returns what changed.
	advance(ctx context.Context, tick int64) ([]change, error)

	// apply repeats changes, in the order in which they were made.
	apply(data []byte) error

	// save writes all of it; load reads what save wrote into an empty keeper.
	save(w io.Writer) error
	load(r io.Reader) error

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

// resume restores what the log and the snapshots hold: the last batch that is
// done, the grid of batch times, and the state after it.
func (s *Session) resume(ctx context.Context) error {
	s.done.batch = -1
	r := s.recovered
	if r == nil || r.Last == nil && r.Pending == nil {
		s.generator = newGenerator(s.options.Interval, s.now())
		return nil
	}
	if r.Last == nil {
		if _, err := s.decodePlan(*r.Pending); err != nil {
			return err
		}
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
	s.generator = resumeGenerator(s.options.Interval, r.Last.Done.Batch+1, r.Last.Plan.Time)
	return s.restore(ctx)
}

// restore loads the newest snapshot of each keeper and repeats the changes since.
func (s *Session) restore(ctx context.Context) error {
	keepers, versions := map[string]keeper{}, map[string]int64{}
	for _, n := range s.nodes {
		if n.keep == nil {
			continue
		}
		version, err := s.snapshots.load(ctx, n)
		if err != nil {
			return err
		}
		keepers[n.String()], versions[n.String()] = n.keep, version
	}
	have := func(operator string, group int) int64 {
		version, ok := versions[operator]
		if !ok {
			return s.done.batch // nothing of an operator that is gone is needed
		}
		return version
	}
	for c, err := range s.journal.Replay(have) {
		if err != nil {
			return err
		}
		if keep, ok := keepers[c.Operator]; ok {
			if err := keep.apply(c.Data); err != nil {
				return fmt.Errorf("state of %s, batch %d: %w", c.Operator, c.Batch, err)
			}
		}
	}
	return nil
}

// snapshots keeps whole states in a store of their own, so that the log of changes
// can be cut.
type snapshots struct{ store *checkpoint.Store }

func openSnapshots(e env.Env, dir string) (*snapshots, error) {
	store, err := checkpoint.Open(e, dir, checkpoint.Options{Retain: 2})
	if err != nil {
		return nil, fmt.Errorf("open snapshots %s: %w", path.Base(dir), err)
	}
	return &snapshots{store}, nil
}

// load restores the newest valid snapshot of a node's keeper and returns its
// version, the last batch that it holds; -1 if there is none.
func (s *snapshots) load(ctx context.Context, n *node) (version int64, err error) {
	snapshot, report, err := s.store.Load(ctx, n.String())
	if errors.Is(err, fs.ErrNotExist) {
		return -1, nil
	}
	if err != nil {
		return 0, fmt.Errorf("snapshot of %s: %w", n, err)
	}
	for _, skipped := range report.Skipped {
		n.session.options.Logger.Warn("damaged snapshot skipped", "file", skipped.File, "reason", skipped.Err)
	}
	err = errors.Join(n.keep.load(snapshot), snapshot.Close())
	if err != nil {
		return 0, fmt.Errorf("snapshot of %s, batch %d: %w", n, snapshot.Version(), err)
	}
	return snapshot.Version(), nil
}

// snapshot saves the whole state after a tick and lets the log forget the changes
// before it.
func (s *Session) snapshot(ctx context.Context, tick int64) error {
	var saved []journal.Snapshot
	for _, n := range s.nodes {
		if n.keep == nil {
			continue
		}
		if err := s.snapshots.store.Save(ctx, n.String(), tick-1, n.keep.save); err != nil {
			return fmt.Errorf("snapshot of %s: %w", n, err)
		}
		saved = append(saved, journal.Snapshot{Operator: n.String(), From: 0, To: keyed.Groups, Version: tick - 1})
	}
	if err := s.journal.Snapshots(ctx, saved...); err != nil {
		return err
	}
	return s.journal.Retain(ctx)
}
