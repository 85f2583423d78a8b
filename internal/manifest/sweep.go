package manifest

import (
	"errors"
	"io/fs"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Sweep removes the data files of batches up to the last one committed that no
// manifest lists: attempts that failed and runs that crashed left them. Files of
// later batches stay, since a run that is thought to be dead may still be about to
// commit them. batchOf gives the batch of a data file's name, or false for the name
// of another file.
func Sweep(fsys env.FS, dir string, batchOf func(name string) (batch int64, ok bool)) error {
	all, err := All(fsys, dir)
	if err != nil || len(all) == 0 {
		return err
	}
	listed := map[string]bool{}
	for _, m := range all {
		for _, f := range m.Files {
			listed[f.Name] = true
		}
	}
	names, err := fsys.List(dir)
	if err != nil {
		return err
	}
	last := all[len(all)-1].Batch
	for _, name := range names {
		batch, ok := batchOf(name)
		if !ok || batch > last || listed[name] {
			continue
		}
		if err := fsys.Remove(dir + "/" + name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Discard removes the data files of a manifest that will not be created.
func Discard(fsys env.FS, dir string, m Manifest) error {
	var failed error
	for _, f := range m.Files {
		if err := fsys.Remove(dir + "/" + f.Name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
