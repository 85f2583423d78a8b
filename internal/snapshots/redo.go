package snapshots

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// share is the part of an operator's state that one activity restores: the key groups
// [from, to) of one partition.
type share struct {
	Operator
	index    int // of the operator
	from, to int
}

// sharesOf divides the state of operators. Nothing is in two shares.
func sharesOf(operators []Operator) []share {
	var shares []share
	for i, o := range operators {
		n := o.State.Partitions()
		for partition := range n {
			from, to := keyed.GroupRange(partition, n)
			if n == 1 {
				to = o.Groups
			}
			shares = append(shares, share{o, i, from, min(to, o.Groups)})
		}
	}
	return shares
}

// each calls f for all shares at once and waits for all. The error is that of the first
// share that has one.
func (s *Snapshots) each(shares []share, f func(share) error) error {
	if len(shares) == 1 {
		return f(shares[0])
	}
	spawned := make([]*env.Proc, len(shares))
	for i, h := range shares {
		spawned[i] = s.env.Spawn("restore state", func() error { return f(h) })
	}
	var first error
	for _, p := range spawned {
		if err := p.Wait(context.Background(), s.env); first == nil {
			first = err
		}
	}
	return first
}

// load restores the key groups of a share from the newest snapshot of each.
func (s *Snapshots) load(ctx context.Context, h share) error {
	for _, logged := range s.recovered.Snapshots {
		if logged.Operator != h.Name || logged.To <= h.from || h.to <= logged.From {
			continue
		}
		if err := s.loadFile(ctx, h, logged); err != nil {
			return fmt.Errorf("restore the state of %s as of batch %d: %w", logged.Operator, logged.Version, err)
		}
	}
	return nil
}

func (s *Snapshots) loadFile(ctx context.Context, h share, logged journal.Snapshot) error {
	file, err := s.store.LoadVersion(ctx, fileName(logged), logged.Version)
	if err != nil {
		return err
	}
	tracked := s.core.operators[h.index].groups
	err = readGroups(file, logged.From, logged.To, func(group int, size int64, state io.Reader) error {
		if group < h.from || group >= h.to || s.version(logged.Operator, group) != logged.Version || size == 0 {
			return nil
		}
		tracked[group].size = size
		return h.State.Restore(group, state)
	})
	return errors.Join(err, file.Close())
}

// redoBytes is how much of the log is held in memory while a start redoes it.
const redoBytes = 32 << 20

// redo applies the changes that no snapshot has. It returns the operators of which
// there are such changes.
func (s *Snapshots) redo(operators []Operator, shares []share) (changed map[string]bool, err error) {
	have := s.version
	if mutate.On(12) {
		have = func(operator string, group int) int64 {
			if version := s.version(operator, group); version >= 0 {
				return version + 1
			}
			return -1
		}
	}
	changed = map[string]bool{}
	var tail tail
	stretch := newStretch(operators)
	for change, err := range s.log.Replay(have) {
		if err != nil {
			return nil, fmt.Errorf("restore the state: %w", err)
		}
		changed[change.Operator] = true
		i := indexOf(operators, change.Operator)
		if i < 0 {
			continue
		}
		if change.Group >= operators[i].Groups {
			return nil, fmt.Errorf("restore the state of %s, batch %d: a change of key group %d, and the operator has %d", change.Operator, change.Batch, change.Group, operators[i].Groups)
		}
		tail.add(change.Batch, int64(len(change.Data)))
		if stretch.add(i, change); len(stretch.data) >= redoBytes {
			if err := s.each(shares, stretch.redo); err != nil {
				return nil, err
			}
			stretch.data = stretch.data[:0]
		}
	}
	if err := s.each(shares, stretch.redo); err != nil {
		return nil, err
	}
	s.before = tail.bytes
	for _, o := range s.core.operators {
		newest := s.newest[o.name]
		for i := range min(len(newest), len(o.groups)) {
			o.groups[i].at = tail.through(newest[i])
		}
	}
	return changed, nil
}

// stretch is a part of the log, with the changes of each key group together: so those
// of many batches to one key find it in the processor's cache, which those of one
// batch to many keys do not.
type stretch struct {
	data   []byte
	blocks [][][]groupChanges // by operator and key group, blockGroups of them a block; nil: none
}

// blockGroups is how many key groups have memory together: a log that is short touches few.
const blockGroups = 64

// groupChanges are the changes of one key group, in the order of the log.
type groupChanges struct {
	from, to int64 // batches
	ends     []int // where each begins in the data of the stretch, and where it ends
}

func newStretch(operators []Operator) *stretch {
	t := &stretch{blocks: make([][][]groupChanges, len(operators))}
	for i, o := range operators {
		t.blocks[i] = make([][]groupChanges, (o.Groups+blockGroups-1)/blockGroups)
	}
	return t
}

func (t *stretch) add(operator int, c journal.Change) {
	block := &t.blocks[operator][c.Group/blockGroups]
	if *block == nil {
		*block = make([]groupChanges, blockGroups)
	}
	group := &(*block)[c.Group%blockGroups]
	if len(group.ends) == 0 {
		group.from = c.Batch
	}
	group.to = c.Batch
	from := len(t.data)
	t.data = append(t.data, c.Data...)
	group.ends = append(group.ends, from, len(t.data))
}

// redo applies the changes of a share, and forgets where they were.
func (t *stretch) redo(h share) error {
	blocks := t.blocks[h.index]
	var changes [][]byte
	for i := h.from; i < h.to; i++ {
		block := blocks[i/blockGroups]
		if block == nil || len(block[i%blockGroups].ends) == 0 {
			continue
		}
		group := &block[i%blockGroups]
		changes = changes[:0]
		for ends := group.ends; len(ends) > 0; ends = ends[2:] {
			changes = append(changes, t.data[ends[0]:ends[1]])
		}
		if err := h.State.Apply(i, changes); err != nil {
			return fmt.Errorf("restore the state of %s, key group %d, batches %d to %d: %w", h.Name, i, group.from, group.to, err)
		}
		group.ends = group.ends[:0]
	}
	return nil
}

// tail is how much was redone, batch by batch.
type tail struct {
	batches []int64
	ends    []int64 // bytes through each of them
	bytes   int64
}

func (t *tail) add(batch, bytes int64) {
	t.bytes += bytes
	if n := len(t.batches); n > 0 && t.batches[n-1] == batch {
		t.ends[n-1] = t.bytes
		return
	}
	t.batches, t.ends = append(t.batches, batch), append(t.ends, t.bytes)
}

// through is how many bytes were redone of the batches up to one.
func (t *tail) through(batch int64) int64 {
	i, found := slices.BinarySearch(t.batches, batch)
	if found {
		i++
	}
	if i == 0 {
		return 0
	}
	return t.ends[i-1]
}
