package snapshots

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/tidewheel/tidewheel/checkpoint"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// Operator is the state of one operator.
type Operator struct {
	// Name is that under which its changes are logged: letters a–z and A–Z, digits,
	// '.', '_' and '-', at most 100 characters.
	Name string

	// Groups is the number of key groups, keyed.Groups, or 1 for state that is not
	// divided.
	Groups int

	State State
}

// State is keyed state. Its methods are called in between batches, by one activity at a
// time; but for Restore and Apply of key groups that lie in different partitions.
type State interface {
	// Partitions is into how many ranges of key groups, those of keyed.GroupRange, the
	// state is divided: they are restored at once. 1 is state that is not divided.
	Partitions() int

	// Snapshot writes the state of a key group, as of the last batch.
	Snapshot(group int, w io.Writer) error

	// Restore reads what Snapshot wrote, before any change and any batch.
	Restore(group int, r io.Reader) error

	// Apply redoes logged changes of a key group, oldest first, before any batch.
	Apply(group int, changes [][]byte) error
}

// Log is what snapshots need of a *journal.Journal.
type Log interface {
	Replay(have func(operator string, group int) int64) iter.Seq2[journal.Change, error]
	Snapshots(ctx context.Context, snapshots ...journal.Snapshot) error
	Retain(ctx context.Context) error
	Appended() int64
}

// Eager is the site at which a simulation has state copied after each batch.
const Eager = "snapshots: after each batch"

// retainEvery is how many batches pass, at least, between two looks for what the log
// can drop when nothing is copied.
const retainEvery = 16

// Snapshots takes and restores the snapshots of one stream. Its methods are called by
// one activity.
type Snapshots struct {
	env       env.Env
	dir       string
	log       Log
	recovered *journal.Recovered
	store     *checkpoint.Store // nil as long as there is no state
	core      core
	before    int64    // what the core had counted as logged when this process began
	gone      []string // operators whose state is to be dropped

	sizes []int64
	image image
	busy  *env.Proc // writes the image, or looks what the log can drop; nil if there is none

	// The files that are logged, and the newest version of each group among them. They
	// belong to busy while there is one.
	files  []journal.Snapshot
	newest map[string][]int64 // by operator and key group
}

// New returns the snapshots of a stream that has its log open, to be kept in a
// directory of their own. It reads nothing; Restore does.
func New(e env.Env, dir string, log Log, recovered *journal.Recovered) *Snapshots {
	return &Snapshots{env: e, dir: dir, log: log, recovered: recovered, newest: map[string][]int64{}}
}

// Between is called after each batch, when that is done, with the operators as they
// are now. It copies a piece of their state if that is due. It waits for nothing; the
// error may be of a piece that was copied before.
func (s *Snapshots) Between(operators []Operator, batch int64) error {
	if s.busy != nil {
		if !s.busy.Done().IsSet() {
			return nil
		}
		if err := s.settle(); err != nil {
			return err
		}
	}
	if gone := s.gone; len(gone) > 0 {
		s.gone = nil
		s.busy = s.env.Spawn("drop state", func() error { return s.drop(context.Background(), gone, batch) })
		return nil
	}
	s.core.logged = s.before + s.log.Appended()
	s.core.eager = s.core.eager || s.env.Buggify(Eager)
	s.core.whole = s.core.whole || s.env.Buggify("snapshots: of all groups")
	p, due := s.core.next()
	if !due {
		if batch%retainEvery == retainEvery-1 {
			s.busy = s.env.Spawn("retain", func() error { return s.log.Retain(context.Background()) })
		}
		return nil
	}
	o := operators[p.operator]
	s.image.reset()
	s.sizes = s.sizes[:0]
	for group := p.from; group < p.to && int64(len(s.image.bytes)) < p.bytes; group++ {
		size, err := s.image.add(o.State, group)
		if err != nil {
			return fmt.Errorf("copy the state of %s, key group %d: %w", o.Name, group, err)
		}
		s.sizes = append(s.sizes, size)
	}
	s.core.copied(p, s.sizes)
	taken := journal.Snapshot{Operator: o.Name, From: p.from, To: p.from + len(s.sizes), Version: batch}
	s.busy = s.env.Spawn("snapshot", func() error { return s.write(context.Background(), taken) })
	return nil
}

// settle takes the result of the activity, waiting for its end.
func (s *Snapshots) settle() error {
	err := s.busy.Wait(context.Background(), s.env)
	s.busy = nil
	return err
}

// write makes a file of the image and has the log drop what it can.
func (s *Snapshots) write(ctx context.Context, taken journal.Snapshot) error {
	if err := s.keep(ctx, taken, s.image.bytes); err != nil {
		return err
	}
	return s.log.Retain(ctx)
}

// keep makes a file of a snapshot, logs it and removes the files that it replaces.
func (s *Snapshots) keep(ctx context.Context, taken journal.Snapshot, content []byte) error {
	err := s.store.Save(ctx, fileName(taken), taken.Version, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		return fmt.Errorf("snapshot of %s after batch %d: %w", taken.Operator, taken.Version, err)
	}
	if mutate.On(13) {
		s.add(taken)
		if err := s.prune(ctx, taken); err != nil {
			return err
		}
	}
	if err := s.log.Snapshots(ctx, taken); err != nil {
		return fmt.Errorf("log the snapshot of %s: %w", taken.Operator, err)
	}
	s.add(taken)
	return s.prune(ctx, taken)
}

// add notes a snapshot that is logged.
func (s *Snapshots) add(logged journal.Snapshot) {
	if !slices.Contains(s.files, logged) {
		s.files = append(s.files, logged)
	}
	newest := s.newest[logged.Operator]
	for len(newest) < logged.To {
		newest = append(newest, -1)
	}
	for group := logged.From; group < logged.To; group++ {
		newest[group] = max(newest[group], logged.Version)
	}
	s.newest[logged.Operator] = newest
}

// version is that of the newest snapshot of a key group, or -1.
func (s *Snapshots) version(operator string, group int) int64 {
	if newest := s.newest[operator]; group < len(newest) {
		return newest[group]
	}
	return -1
}

// prune removes the files whose key groups all have newer ones. Only those that share
// a group with the last one can have become so.
func (s *Snapshots) prune(ctx context.Context, last journal.Snapshot) error {
	var kept []journal.Snapshot
	for _, f := range s.files {
		if f.Operator != last.Operator || f.From >= last.To || last.From >= f.To || s.needed(f) {
			kept = append(kept, f)
			continue
		}
		if err := s.store.Remove(ctx, fileName(f), f.Version); err != nil {
			return err
		}
	}
	s.files = kept
	return nil
}

func (s *Snapshots) needed(f journal.Snapshot) bool {
	for group := f.From; group < f.To; group++ {
		if s.version(f.Operator, group) == f.Version {
			return true
		}
	}
	return false
}

// Close waits for what is being written.
func (s *Snapshots) Close() error {
	if s.busy == nil {
		return nil
	}
	return s.settle()
}
