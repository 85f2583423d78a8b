package failpoint

import (
	"io"

	"github.com/tidewheel/tidewheel/internal/env"
)

// fileSystem is a file system with points before its operations, named as those of
// package sim.
type fileSystem struct {
	env.FS
	env *Env
}

func (f fileSystem) Create(name string) (env.File, error) {
	f.env.at("create", name)
	return f.file(name)(f.FS.Create(name))
}

func (f fileSystem) OpenAppend(name string) (env.File, error) {
	f.env.at("openappend", name)
	return f.file(name)(f.FS.OpenAppend(name))
}

func (f fileSystem) file(name string) func(env.File, error) (env.File, error) {
	return func(inner env.File, err error) (env.File, error) {
		if err != nil {
			return nil, err
		}
		return file{inner, name, f.env}, nil
	}
}

func (f fileSystem) Open(name string) (env.Reader, error) {
	f.env.at("open", name)
	inner, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return reader{inner, name, f.env}, nil
}

func (f fileSystem) Rename(oldName, newName string) error {
	f.env.at("rename", newName)
	return f.FS.Rename(oldName, newName)
}

func (f fileSystem) Remove(name string) error {
	f.env.at("remove", name)
	return f.FS.Remove(name)
}

func (f fileSystem) List(dir string) ([]string, error) {
	f.env.at("list", dir)
	return f.FS.List(dir)
}

func (f fileSystem) Stat(name string) (env.Info, error) {
	f.env.at("stat", name)
	return f.FS.Stat(name)
}

func (f fileSystem) MkdirAll(dir string) error {
	f.env.at("mkdir", dir)
	return f.FS.MkdirAll(dir)
}

func (f fileSystem) SyncDir(dir string) error {
	f.env.at("syncdir", dir)
	return f.FS.SyncDir(dir)
}

func (f fileSystem) Lock(name string) (io.Closer, error) {
	f.env.at("lock", name)
	return f.FS.Lock(name)
}

type file struct {
	env.File
	name string
	env  *Env
}

func (f file) Write(p []byte) (int, error) {
	f.env.at("append", f.name)
	return f.File.Write(p)
}

func (f file) Sync() error {
	f.env.at("sync", f.name)
	return f.File.Sync()
}

type reader struct {
	env.Reader
	name string
	env  *Env
}

func (r reader) ReadAt(p []byte, offset int64) (int, error) {
	r.env.at("read", r.name)
	return r.Reader.ReadAt(p, offset)
}
