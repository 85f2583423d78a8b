package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// Folder is the directory, below that of the data, that holds everything else.
const Folder = "_tidewheel"

// File is a committed data file.
type File struct {
	Name string `json:"name"` // within the directory
	Size int64  `json:"size"` // bytes
	Rows int64  `json:"rows"`
}

// Manifest is one committed batch.
type Manifest struct {
	Query string `json:"query"`
	Batch int64  `json:"batch"`
	Epoch uint64 `json:"epoch"` // of the writer
	Files []File `json:"files"`
}

// ErrCommitted is returned by Create if the batch has a valid manifest already.
var ErrCommitted = errors.New("the batch is committed already")

// Prepare makes the directories for a writer.
func Prepare(fsys env.FS, dir string) error {
	return env.MkdirAllSync(fsys, folder(dir))
}

// Exists reports whether the directory is one that is read by its manifests.
func Exists(fsys env.FS, dir string) (bool, error) {
	_, err := fsys.Stat(folder(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Create commits a batch: the manifest is durable when it returns. A torn one in
// its place, left by a crash, is replaced; a valid one is left alone and the error
// wraps ErrCommitted. The data files must be durable before the call.
func Create(fsys env.FS, dir string, m Manifest) error {
	data, err := encode("manifest", m)
	if err != nil {
		return err
	}
	name := path(dir, m.Batch)
	err = write(fsys, name, data)
	if errors.Is(err, fs.ErrExist) {
		err = replaceTorn(fsys, folder(dir), name, data)
	}
	if err == nil && !mutate.On(3) {
		err = fsys.SyncDir(folder(dir))
	}
	if err != nil {
		return fmt.Errorf("commit batch %d in %s: %w", m.Batch, dir, err)
	}
	return nil
}

func replaceTorn(fsys env.FS, folder, name string, data []byte) error {
	var present Manifest
	err := read(fsys, name, "manifest", &present)
	var torn *tornError
	switch {
	case err == nil:
		if err := secure(fsys, folder, name); err != nil {
			return err
		}
		return fmt.Errorf("%w, by query %s in epoch %d", ErrCommitted, present.Query, present.Epoch)
	case errors.As(err, &torn):
		return replace(fsys, name, data)
	default:
		return err
	}
}

// All returns the committed batches in order.
func All(fsys env.FS, dir string) ([]Manifest, error) {
	batches, err := list(fsys, dir)
	if err != nil {
		return nil, err
	}
	manifests := make([]Manifest, 0, len(batches))
	for i, batch := range batches {
		m, ok, err := load(fsys, dir, batch, i == len(batches)-1)
		if err != nil {
			return nil, err
		}
		if ok {
			manifests = append(manifests, m)
		}
	}
	return manifests, nil
}

// Last returns the newest committed batch. ok is false if there is none.
//
// It syncs the manifest that it returns: one that a killed process wrote but did
// not sync can be read until the machine itself stops, and whoever relies on the
// batch must not see it vanish then.
func Last(fsys env.FS, dir string) (m Manifest, ok bool, err error) {
	batches, err := list(fsys, dir)
	if err != nil {
		return Manifest{}, false, err
	}
	for i := len(batches) - 1; i >= 0; i-- {
		m, ok, err = load(fsys, dir, batches[i], i == len(batches)-1)
		if err != nil {
			return Manifest{}, false, err
		}
		if ok {
			err = secure(fsys, folder(dir), path(dir, m.Batch))
			return m, err == nil, err
		}
	}
	return Manifest{}, false, nil
}

// secure makes a file that is already there, and its entry, durable. It writes the
// file anew: if the sync of whoever wrote it has failed, another sync would succeed
// and yet not save what was dropped then.
func secure(fsys env.FS, dir, name string) error {
	data, err := contents(fsys, name)
	if err == nil {
		err = replace(fsys, name, data)
	}
	if err == nil {
		err = fsys.SyncDir(dir)
	}
	return err
}

// load reads a manifest; ok is false if it is the newest and torn.
func load(fsys env.FS, dir string, batch int64, newest bool) (m Manifest, ok bool, err error) {
	err = read(fsys, path(dir, batch), "manifest", &m)
	var torn *tornError
	if newest && errors.As(err, &torn) {
		return Manifest{}, false, nil
	}
	return m, err == nil, err
}

// list returns the batches that have a manifest, valid or not, in order.
func list(fsys env.FS, dir string) ([]int64, error) {
	names, err := fsys.List(folder(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var batches []int64
	for _, name := range names {
		if strings.HasSuffix(name, ".new") {
			continue // left by a crash while a torn manifest was replaced
		}
		batch, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s holds %q, which is not a manifest", folder(dir), name)
		}
		batches = append(batches, batch)
	}
	return batches, nil
}

func folder(dir string) string { return dir + "/" + Folder + "/manifest" }

func path(dir string, batch int64) string { return fmt.Sprintf("%s/%020d", folder(dir), batch) }

func removeIfPresent(fsys env.FS, name string) error {
	err := fsys.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
