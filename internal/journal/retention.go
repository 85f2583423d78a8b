package journal

import (
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/wal"
)

// retention knows which parts of the log are still needed: for each segment the
// batches and the changed groups in it, and for each group its newest snapshot.
type retention struct {
	segments  []*segment // those that hold frames, in order
	snapshots []Snapshot // all that are the newest of some group, and some that were
	pruned    int        // how many of snapshots there were after superseded ones were dropped
	newest    groupMap   // the version of the newest snapshot of each group
	removed   retained   // the last retained frame
}

// segment is what a segment of the log holds, as far as retention asks.
type segment struct {
	position    wal.Position // of its first frame
	first, last int64        // the lowest and the highest batch of its frames, -1 for none
	changed     groupMap     // the last batch that changed each group
}

func (s *segment) note(batch int64) {
	if s.first < 0 {
		s.first = batch
	}
	s.last = batch
}

// segment returns the entry of the segment of a frame that is being applied.
func (r *retention) segment(position wal.Position) *segment {
	if n := len(r.segments); n > 0 {
		if s := r.segments[n-1]; s.position.Epoch == position.Epoch && s.position.Segment == position.Segment {
			return s
		}
	}
	s := &segment{position: position, first: -1, last: -1}
	r.segments = append(r.segments, s)
	return s
}

func (r *retention) addSnapshot(s Snapshot) {
	if slices.Contains(r.snapshots, s) {
		return
	}
	r.snapshots = append(r.snapshots, s)
	newest := r.newest.values(s.Operator, s.To)
	for group := s.From; group < s.To; group++ {
		newest[group] = max(newest[group], s.Version)
	}
	if len(r.snapshots) >= 2*r.pruned+64 {
		r.prune()
	}
}

// prune drops the snapshots that are the newest of no group.
func (r *retention) prune() {
	r.snapshots = slices.DeleteFunc(r.snapshots, func(s Snapshot) bool {
		return !slices.Contains(r.newest.values(s.Operator, s.To)[s.From:s.To], s.Version)
	})
	r.pruned = len(r.snapshots)
}

// newestSnapshots returns those that are the newest of some group, sorted.
func (r *retention) newestSnapshots() []Snapshot {
	r.prune()
	sorted := slices.Clone(r.snapshots)
	slices.SortFunc(sorted, compareSnapshots)
	return sorted
}

// operators returns the names of all that have changes or snapshots, sorted.
func (r *retention) operators() []string {
	var names []string
	for _, o := range r.newest.operators {
		names = append(names, o.name)
	}
	for _, s := range r.segments {
		for _, o := range s.changed.operators {
			names = append(names, o.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// cut returns the position before which the log is not needed, given the last batch
// that is done and how many before it are kept, and the last batch that has frames
// before it. It reports false if there is nothing to remove.
func (r *retention) cut(done int64, retain int) (position wal.Position, through int64, ok bool) {
	through = r.removed.through
	for i, s := range r.segments {
		if i == len(r.segments)-1 || s.last > done-int64(retain) || !r.covers(s) {
			return s.position, through, i > 0
		}
		through = max(through, s.last)
	}
	return position, through, false
}

// covers says whether each group that was changed in a segment has a snapshot that
// holds the change.
func (r *retention) covers(s *segment) bool {
	for _, o := range s.changed.operators {
		for group, batch := range o.values {
			if batch > r.newest.get(o.name, group) {
				return false
			}
		}
	}
	return true
}

// drop forgets the segments before a position.
func (r *retention) drop(before wal.Position) {
	r.segments = slices.DeleteFunc(r.segments, func(s *segment) bool { return s.position.Compare(before) < 0 })
}

// missing returns an error if changes that a caller needs, who has the given
// snapshots, may have been removed.
func (r *retention) missing(have func(operator string, group int) int64) error {
	for _, s := range r.removed.snapshots {
		need := min(s.Version, r.removed.through)
		for group := s.From; group < s.To; group++ {
			if version := have(s.Operator, group); version < need {
				return &MissingStateError{Operator: s.Operator, Group: group, Have: version, Need: need}
			}
		}
	}
	return nil
}

// needed returns where a replay for a caller with the given snapshots begins. It
// reports false if there is nothing to replay.
func (r *retention) needed(have func(operator string, group int) int64) (from wal.Position, ok bool) {
	for _, s := range r.segments {
		for _, o := range s.changed.operators {
			for group, batch := range o.values {
				if batch >= 0 && batch > have(o.name, group) {
					return s.position, true
				}
			}
		}
	}
	return from, false
}

// startOf returns where the frames of a batch and all behind it begin at the
// earliest.
func (r *retention) startOf(batch int64) wal.Position {
	for _, s := range r.segments {
		if s.last >= batch {
			return s.position
		}
	}
	return wal.Position{Epoch: 1<<64 - 1}
}

// groupMap keeps a batch number for groups of operators; -1 where none was set.
type groupMap struct{ operators []groupValues } // sorted by name

type groupValues struct {
	name   string
	values []int64 // by group
}

func (m *groupMap) find(operator string) (int, bool) {
	return slices.BinarySearchFunc(m.operators, operator, func(o groupValues, name string) int {
		return strings.Compare(o.name, name)
	})
}

func (m *groupMap) get(operator string, group int) int64 {
	i, found := m.find(operator)
	if !found || group >= len(m.operators[i].values) {
		return -1
	}
	return m.operators[i].values[group]
}

func (m *groupMap) set(operator string, group int, batch int64) {
	m.values(operator, group+1)[group] = batch
}

// values returns the numbers of the groups of an operator, of n groups at least. They
// may be changed until the next call.
func (m *groupMap) values(operator string, n int) []int64 {
	i, found := m.find(operator)
	if !found {
		m.operators = slices.Insert(m.operators, i, groupValues{name: operator})
	}
	o := &m.operators[i]
	o.values = slices.Grow(o.values, max(0, n-len(o.values)))
	for len(o.values) < n {
		o.values = append(o.values, -1)
	}
	return o.values
}

func compareSnapshots(a, b Snapshot) int {
	if c := strings.Compare(a.Operator, b.Operator); c != 0 {
		return c
	}
	if a.From != b.From {
		return a.From - b.From
	}
	return int(a.Version - b.Version)
}
