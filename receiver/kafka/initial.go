package kafka

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/receiver"
)

// A stream that starts at the end of its topics must start at the same place again
// if it dies before its first batch is logged: else what was written in the meantime
// would be skipped. So the place is kept in a file,
//
//	<state>/initial	{"words":{"0":23,"1":345}}
//
// which is written under another name, synced and renamed.

// rememberInitial returns the place that an earlier run has found, or finds it.
func rememberInitial(user receiver.LogUser, find func() (string, error)) (string, error) {
	if user.State == "" {
		return find()
	}
	filesystem := user.Env.FS()
	name := path.Join(user.State, "initial")
	initial, err := readAll(filesystem, name)
	if errors.Is(err, fs.ErrNotExist) {
		initial, err = find()
	}
	if err != nil {
		return "", err
	}
	// What is found is written anew: whoever wrote it may have failed to sync it.
	if err := env.MkdirAllSync(filesystem, user.State); err != nil {
		return "", err
	}
	if err := replace(filesystem, name, initial); err != nil {
		return "", fmt.Errorf("keep where the stream begins: %w", err)
	}
	return initial, nil
}

func readAll(filesystem env.FS, name string) (string, error) {
	f, err := filesystem.Open(name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<20))
	if err := errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	_, err = parsePlace(string(text))
	return string(text), err
}

func replace(filesystem env.FS, name, text string) error {
	next := name + ".tmp"
	if err := filesystem.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := filesystem.Create(next)
	if err != nil {
		return err
	}
	if _, err = io.WriteString(f, text); err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := filesystem.Rename(next, name); err != nil {
		return err
	}
	return filesystem.SyncDir(path.Dir(name))
}
