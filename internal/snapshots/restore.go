package snapshots

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/tidewheel/tidewheel/checkpoint"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// Restore brings the state of the operators to that after the last batch that is done:
// it loads the newest snapshot of each key group and redoes the changes that came
// after it. It is called once, before the first batch.
//
// State of an operator that is not among these is dropped for good.
func (s *Snapshots) Restore(ctx context.Context, operators []Operator) error {
	if len(operators) == 0 && len(s.recovered.Operators) == 0 {
		return nil
	}
	for _, o := range operators {
		s.core.operators = append(s.core.operators, &operator{name: o.Name, groups: make([]group, o.Groups)})
	}
	var err error
	if s.store, err = checkpoint.Open(s.env, s.dir, checkpoint.Options{}); err != nil {
		return err
	}
	for _, logged := range s.recovered.Snapshots {
		s.add(logged)
	}
	if err := s.sweep(ctx); err != nil {
		return err
	}
	for _, logged := range s.recovered.Snapshots {
		if i := indexOf(operators, logged.Operator); i >= 0 {
			if err := s.load(ctx, operators[i], s.core.operators[i], logged); err != nil {
				return fmt.Errorf("restore the state of %s as of batch %d: %w", logged.Operator, logged.Version, err)
			}
		}
	}
	changed, err := s.redo(operators)
	if err != nil {
		return err
	}
	for _, name := range s.recovered.Operators {
		if indexOf(operators, name) >= 0 {
			continue
		}
		dropped := false
		if !changed[name] {
			if dropped, err = s.isDropped(ctx, name); err != nil {
				return fmt.Errorf("look at the state of %s: %w", name, err)
			}
		}
		if !dropped {
			s.gone = append(s.gone, name)
		}
	}
	return nil
}

func indexOf(operators []Operator, name string) int {
	return slices.IndexFunc(operators, func(o Operator) bool { return o.Name == name })
}

// sweep removes the files that the log does not speak of: a start that was cut short
// left them.
func (s *Snapshots) sweep(ctx context.Context) error {
	logged := map[string][]int64{}
	for _, f := range s.files {
		logged[fileName(f)] = append(logged[fileName(f)], f.Version)
	}
	for _, name := range s.store.Names() {
		for _, version := range s.store.Versions(name) {
			if slices.Contains(logged[name], version) {
				continue
			}
			if err := s.store.Remove(ctx, name, version); err != nil {
				return err
			}
		}
	}
	return nil
}

// load restores the key groups of which a snapshot is the newest.
func (s *Snapshots) load(ctx context.Context, to Operator, tracked *operator, logged journal.Snapshot) error {
	file, err := s.store.LoadVersion(ctx, fileName(logged), logged.Version)
	if err != nil {
		return err
	}
	err = readGroups(file, logged.From, logged.To, func(group int, size int64, state io.Reader) error {
		if s.version(logged.Operator, group) != logged.Version || size == 0 {
			return nil
		}
		if group >= to.Groups {
			return fmt.Errorf("the operator has %d key groups", to.Groups)
		}
		tracked.groups[group].size = size
		s.core.size += size
		return to.State.Restore(group, state)
	})
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// redo applies the changes that no snapshot has. It returns the operators of which
// there are such changes.
func (s *Snapshots) redo(operators []Operator) (changed map[string]bool, err error) {
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
	for change, err := range s.log.Replay(have) {
		if err != nil {
			return nil, fmt.Errorf("restore the state: %w", err)
		}
		changed[change.Operator] = true
		i := indexOf(operators, change.Operator)
		if i < 0 {
			continue
		}
		if err := operators[i].State.Apply(change.Group, change.Data); err != nil {
			return nil, fmt.Errorf("restore the state of %s, key group %d, batch %d: %w", change.Operator, change.Group, change.Batch, err)
		}
		tail.add(change.Batch, int64(len(change.Data)))
	}
	s.before = tail.bytes
	for _, o := range s.core.operators {
		for i := range o.groups {
			o.groups[i].at = tail.through(s.version(o.name, i))
		}
	}
	return changed, nil
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

// drop forgets the state of operators that are gone, by snapshots after a batch in which
// they have none: else their changes would be kept for ever.
func (s *Snapshots) drop(ctx context.Context, gone []string, batch int64) error {
	for _, name := range gone {
		empty := journal.Snapshot{Operator: name, From: 0, To: keyed.Groups, Version: batch}
		if err := s.keep(ctx, empty, emptyImage()); err != nil {
			return err
		}
	}
	return s.log.Retain(ctx)
}

func emptyImage() []byte { return append([]byte{format}, make([]byte, 4*keyed.Groups)...) }

// isDropped says whether all there is of an operator is a snapshot of drop.
func (s *Snapshots) isDropped(ctx context.Context, name string) (bool, error) {
	var files []journal.Snapshot
	for _, f := range s.files {
		if f.Operator == name {
			files = append(files, f)
		}
	}
	if len(files) != 1 || files[0].From != 0 || files[0].To != keyed.Groups {
		return false, nil
	}
	file, err := s.store.LoadVersion(ctx, fileName(files[0]), files[0].Version)
	if err != nil {
		return false, err
	}
	return file.Size() == int64(len(emptyImage())), file.Close()
}
