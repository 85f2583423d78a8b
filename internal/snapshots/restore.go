package snapshots

import (
	"context"
	"fmt"
	"slices"

	"github.com/tidewheel/tidewheel/checkpoint"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/keyed"
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
	shares := sharesOf(operators)
	if err := s.each(shares, func(h share) error { return s.load(ctx, h) }); err != nil {
		return err
	}
	s.core.sum()
	changed, err := s.redo(operators, shares)
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

// sweep removes the files that the log does not speak of: a process that was cut short
// left them. Those of batches to come are of a later run, which has taken over since the
// log was read: it does not speak of them yet, or did so too late.
func (s *Snapshots) sweep(ctx context.Context) error {
	logged := map[string][]int64{}
	for _, f := range s.files {
		logged[fileName(f)] = append(logged[fileName(f)], f.Version)
	}
	for _, name := range s.store.Names() {
		for _, version := range s.store.Versions(name) {
			if version >= s.recovered.Next() || slices.Contains(logged[name], version) {
				continue
			}
			if err := s.store.Remove(ctx, name, version); err != nil {
				return err
			}
		}
	}
	return nil
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
