package env

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// osFS is the file system of the operating system.
type osFS struct{}

func (osFS) Create(name string) (File, error) {
	return openForAppend(name, os.O_CREATE|os.O_EXCL)
}

func (osFS) OpenAppend(name string) (File, error) {
	return openForAppend(name, 0)
}

func openForAppend(name string, flags int) (File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|flags, 0o644)
	if err != nil {
		return nil, err
	}
	return &osFile{File: f}, nil
}

func (osFS) Open(name string) (Reader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if info.IsDir() {
		return nil, errors.Join(&os.PathError{Op: "open", Path: name, Err: syscall.EISDIR}, f.Close())
	}
	return &osReader{File: f, size: info.Size()}, nil
}

func (osFS) Rename(oldName, newName string) error { return os.Rename(oldName, newName) }
func (osFS) Remove(name string) error             { return os.Remove(name) }
func (osFS) MkdirAll(dir string) error            { return os.MkdirAll(dir, 0o755) }

func (osFS) List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names, nil
}

func (osFS) Stat(name string) (Info, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Info{}, err
	}
	if info.IsDir() {
		return Info{ModTime: info.ModTime(), IsDir: true}, nil
	}
	return Info{Size: info.Size(), ModTime: info.ModTime()}, nil
}

func (osFS) SyncDir(dir string) error {
	d, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Lock holds an advisory lock (flock) on the file of that name, which stays. Its
// content names the owner, for the message of those who are refused.
func (osFS) Lock(name string) (io.Closer, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		owner, _ := io.ReadAll(io.LimitReader(f, 256))
		return nil, errors.Join(&LockedError{Name: name, Owner: strings.TrimSpace(string(owner))}, f.Close())
	}
	if err == nil {
		err = writeOwner(f)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), f.Close())
	}
	return f, nil
}

func writeOwner(f *os.File) error {
	host, _ := os.Hostname()
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(fmt.Appendf(nil, "process %d on %s\n", os.Getpid(), host), 0)
	return err
}

// osFile poisons itself when a sync fails: the kernel may have dropped the dirty
// pages and would report success next time.
type osFile struct {
	*os.File
	poison error
}

// Sync writes all that is needed to read the data back. A closed file is not
// poisoned, it is closed.
func (f *osFile) Sync() error {
	if f.poison != nil {
		return f.poison
	}
	err := syncData(f.File)
	if errors.Is(err, os.ErrClosed) {
		return err
	}
	if err != nil {
		f.poison = fmt.Errorf("sync %s: %w: %w", f.Name(), ErrPoisoned, err)
	}
	return f.poison
}

type osReader struct {
	*os.File
	size int64
}

func (r *osReader) Size() int64 { return r.size }
