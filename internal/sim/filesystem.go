package sim

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"syscall"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/internal/env"
)

// fileSystem is the world's disk as a process sees it. Each call is an I/O point
// of the process, but for Close, which changes nothing durable. Without a process
// it is the view of an onlooker: no points, no faults.
type fileSystem struct {
	world   *World
	process *Process
}

// Files returns the disk's file system for those outside the processes, such as
// oracles: its calls are no I/O points and never fail by a fault.
func (w *World) Files() env.FS { return fileSystem{world: w} }

func (f fileSystem) at(op operation, name string, value uint64) reached {
	if f.process == nil {
		return reached{}
	}
	r := f.process.at(op, name, value)
	f.process.waitForDisk(r.activity)
	return r
}

// isFull says whether a process can make no new entry.
func (f fileSystem) isFull() bool { return f.process != nil && f.world.isFull() }

// do is one operation on the disk with its I/O point and faults.
func (f fileSystem) do(op operation, name string, apply func(*Disk) error) error {
	r := f.at(op, name, 0)
	err := error(nil)
	if r.fails() {
		err = r.fault.Kind.err()
	} else if f.isFull() && (op == opCreate || op == opMkdir) {
		err = syscall.ENOSPC
	} else if err = apply(f.world.disk); err == nil && r.failsAfter() {
		err = r.fault.Kind.err()
	}
	if err != nil {
		return &fs.PathError{Op: operationNames[op], Path: name, Err: err}
	}
	return nil
}

func (f fileSystem) Create(name string) (env.File, error) {
	var id nodeID
	err := f.do(opCreate, name, func(d *Disk) (err error) {
		id, err = d.create(f.world.Now(), name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f.open(name, id), nil
}

func (f fileSystem) OpenAppend(name string) (env.File, error) {
	var id nodeID
	err := f.do(opOpenAppend, name, func(d *Disk) (err error) {
		id, err = d.file(name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f.open(name, id), nil
}

func (f fileSystem) Open(name string) (env.Reader, error) {
	var id nodeID
	err := f.do(opOpen, name, func(d *Disk) (err error) {
		id, err = d.file(name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &reader{openFile: f.open(name, id), size: int64(len(f.world.disk.nodes[id].data))}, nil
}

func (f fileSystem) Rename(oldName, newName string) error {
	return f.do(opRename, newName, func(d *Disk) error {
		replaced, _ := d.lookup(newName)
		if err := d.rename(f.world.Now(), oldName, newName); err != nil {
			return fmt.Errorf("from %s: %w", oldName, err)
		}
		if now, _ := d.lookup(newName); now != replaced {
			f.world.release(d.nodes[replaced])
		}
		return nil
	})
}

func (f fileSystem) Remove(name string) error {
	return f.do(opRemove, name, func(d *Disk) error {
		removed, _ := d.lookup(name)
		err := d.remove(f.world.Now(), name)
		if err == nil {
			f.world.release(d.nodes[removed])
		}
		return err
	})
}

func (f fileSystem) MkdirAll(dir string) error {
	return f.do(opMkdir, dir, func(d *Disk) error { return d.mkdirAll(f.world.Now(), dir) })
}

func (f fileSystem) List(dir string) (names []string, err error) {
	err = f.do(opList, dir, func(d *Disk) error {
		id, err := d.directory(dir)
		if err != nil {
			return err
		}
		names = make([]string, len(d.nodes[id].entries))
		for i, e := range d.nodes[id].entries {
			names[i] = e.name
		}
		return nil
	})
	return names, err
}

func (f fileSystem) Stat(name string) (info env.Info, err error) {
	err = f.do(opStat, name, func(d *Disk) error {
		id, err := d.lookup(name)
		if err != nil {
			return err
		}
		n := d.nodes[id]
		info = env.Info{Size: int64(len(n.data)), ModTime: n.modTime, IsDir: n.isDir}
		return nil
	})
	return info, err
}

func (f fileSystem) SyncDir(dir string) error {
	return f.do(opSyncDir, dir, func(d *Disk) error {
		id, err := d.directory(dir)
		if err == nil {
			d.syncDir(id)
		}
		return err
	})
}

// lock is held by a process on a file, which is made if need be.
type lock struct {
	world *World
	owner *Process
	name  string
	id    nodeID
}

func (f fileSystem) Lock(name string) (io.Closer, error) {
	w := f.world
	var held *lock
	err := f.do(opLock, name, func(d *Disk) error {
		id, err := d.file(name)
		if errors.Is(err, fs.ErrNotExist) {
			id, err = d.create(w.Now(), name)
		}
		if err != nil {
			return err
		}
		other := w.locks[id]
		if other != nil && (!w.options.SharedDisk || other.owner == f.process) {
			return &env.LockedError{Name: name, Owner: other.describeOwner()}
		}
		held = &lock{w, f.process, name, id}
		if w.locks == nil {
			w.locks = make(map[nodeID]*lock)
		}
		w.locks[id] = held
		return nil
	})
	if err != nil {
		return nil, err
	}
	return held, nil
}

func (l *lock) describeOwner() string {
	if l.owner == nil {
		return "an onlooker"
	}
	return "process " + l.owner.name + "." + strconv.Itoa(l.owner.incarnation)
}

func (l *lock) Close() error {
	if l.owner != nil {
		l.owner.check()
	}
	if l.world.locks[l.id] != l {
		if l.world.options.SharedDisk {
			return nil // taken over by another machine, which this one does not notice
		}
		return &fs.PathError{Op: "close", Path: l.name, Err: fs.ErrClosed}
	}
	delete(l.world.locks, l.id)
	return nil
}

// openFile is a handle of a file, for appending or reading.
type openFile struct {
	fileSystem
	name   string
	id     nodeID
	poison error
	closed bool
}

func (f fileSystem) open(name string, id nodeID) *openFile {
	handle := &openFile{fileSystem: f, name: name, id: id}
	if f.process != nil {
		f.process.files = append(f.process.files, handle)
	}
	return handle
}

// fail returns the error of an operation on the file.
func (f *openFile) fail(op operation, err error) error {
	return &fs.PathError{Op: operationNames[op], Path: f.name, Err: err}
}

// Write appends p, all or as far as a fault lets it.
func (f *openFile) Write(p []byte) (int, error) {
	r := f.at(opAppend, f.name, xxhash.Sum64(p))
	if f.closed {
		return 0, f.fail(opAppend, fs.ErrClosed)
	}
	if r.fails() {
		return 0, f.fail(opAppend, r.fault.Kind.err())
	}
	if r.isShort() {
		p = p[:len(p)/2]
	}
	wanted := len(p)
	if f.process != nil {
		p = p[:f.world.reserve(wanted)]
	}
	f.append(p, r)
	switch {
	case r.isShort(), r.failsAfter():
		return len(p), f.fail(opAppend, r.fault.Kind.err())
	case len(p) < wanted:
		return len(p), f.fail(opAppend, syscall.ENOSPC)
	}
	return len(p), nil
}

func (f *openFile) append(p []byte, r reached) {
	d := f.world.disk
	n := d.own(f.id)
	n.append(p)
	n.modTime = f.world.Now()
	if len(p) > 0 {
		n.changed = d.sequence
	}
	if r.fault != nil && r.fault.Kind.Corrupts() {
		d.lie(f.id, len(p), r.fault.Kind, r.fault.Seed, f.world.options.Spare)
	}
}

// Sync makes what was written durable. When it fails, by a fault, nothing that
// was not durable before will be.
func (f *openFile) Sync() error {
	r := f.at(opSync, f.name, 0)
	if f.closed {
		return f.fail(opSync, fs.ErrClosed)
	}
	if f.poison != nil {
		return f.poison
	}
	if r.fault == nil || r.failsAfter() {
		f.world.disk.syncFile(f.id)
	} else {
		f.world.disk.own(f.id).drop()
	}
	if r.fault != nil {
		f.poison = fmt.Errorf("sync %s: %w: %w", f.name, env.ErrPoisoned, r.fault.Kind.err())
	}
	return f.poison
}

func (f *openFile) Close() error {
	if f.process != nil {
		f.process.check()
	}
	if f.closed {
		return &fs.PathError{Op: "close", Path: f.name, Err: fs.ErrClosed}
	}
	f.closed = true
	if p := f.process; p != nil {
		i := slices.Index(p.files, f)
		p.files = slices.Delete(p.files, i, i+1)
	}
	return nil
}

// reader is a file open for reading. It sees what is appended later.
type reader struct {
	*openFile
	size int64
}

func (r *reader) Size() int64 { return r.size }

func (r *reader) ReadAt(p []byte, offset int64) (int, error) {
	point := r.at(opRead, r.name, uint64(offset))
	switch {
	case r.closed:
		return 0, r.fail(opRead, fs.ErrClosed)
	case offset < 0:
		return 0, r.fail(opRead, errors.New("negative offset"))
	case point.fails():
		return 0, r.fail(opRead, point.fault.Kind.err())
	}
	file := r.world.disk.nodes[r.id]
	n := copy(p, file.data[min(offset, int64(len(file.data))):])
	file.patchUp(p[:n], int(offset))
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
