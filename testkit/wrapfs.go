package testkit

import (
	"io/fs"
)

// WrapFS makes the files that a program reads by itself, such as its configuration,
// part of the simulation: opening one and each read of it are points at which the
// program can crash or the call fail. The files themselves never change. In the
// program, p.FS() is the simulated disk, for files that it writes.
func WrapFS(s *Sim, name string, files fs.FS) fs.FS { return wrapped{s, name, files} }

type wrapped struct {
	sim   *Sim
	name  string
	files fs.FS
}

func (w wrapped) Open(name string) (file fs.File, err error) {
	if w.sim.world == nil {
		return w.files.Open(name)
	}
	err = w.sim.call("open("+w.name+"/"+name+")", func() error {
		file, err = w.files.Open(name)
		return err
	})
	if err != nil {
		if file != nil {
			_ = file.Close() // the caller was told that it is not open
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return wrappedFile{file, w, name}, nil
}

type wrappedFile struct {
	fs.File
	of   wrapped
	name string
}

func (f wrappedFile) Read(p []byte) (n int, err error) {
	if f.of.sim.world == nil {
		return f.File.Read(p)
	}
	failed := f.of.sim.call("read("+f.of.name+"/"+f.name+")", func() error {
		n, err = f.File.Read(p)
		return nil
	})
	if failed != nil {
		return 0, failed
	}
	return n, err
}

// ReadDir implements fs.ReadDirFile where the file does.
func (f wrappedFile) ReadDir(n int) ([]fs.DirEntry, error) {
	dir, ok := f.File.(fs.ReadDirFile)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: f.name, Err: fs.ErrInvalid}
	}
	return dir.ReadDir(n)
}
