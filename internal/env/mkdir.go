package env

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"syscall"

	"github.com/tidewheel/tidewheel/internal/mutate"
)

// MkdirAllSync makes a directory and its missing parents so that the whole path
// survives a crash: each entry is durable before the next directory is made in
// it. The entry of the first directory that exists is synced too, for an earlier
// process may have made it and ended before its sync.
func MkdirAllSync(files FS, dir string) error {
	dir = path.Clean(dir)
	parent := path.Dir(dir)
	info, err := files.Stat(dir)
	exists := err == nil
	switch {
	case exists && !info.IsDir:
		return fmt.Errorf("make directory %s: %w", dir, syscall.ENOTDIR)
	case !exists && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("make directory %s: %w", dir, err)
	case parent == dir:
		return nil // the root or the working directory
	case !exists:
		if err := MkdirAllSync(files, parent); err != nil {
			return err
		}
		if err := files.MkdirAll(dir); err != nil {
			return err
		}
	}
	if mutate.On(4) {
		return nil
	}
	err = files.SyncDir(parent)
	if exists && errors.Is(err, fs.ErrPermission) {
		return nil // who may not read the parent has not made dir there
	}
	return err
}
