package env

import (
	"errors"
	"io"
	"time"
)

// FS is a file system whose files are only ever appended to. Names are slash
// separated. Errors wrap fs.ErrNotExist and fs.ErrExist where these apply.
//
// Two syncs make a new file durable: [File.Sync] for its content and SyncDir for
// its entry in the directory. A rename or removal is durable after SyncDir too.
type FS interface {
	// Create makes a new file for appending and fails if the name exists: of two
	// callers one wins.
	Create(name string) (File, error)

	// OpenAppend opens an existing file for appending at its end.
	OpenAppend(name string) (File, error)

	// Open opens a file for reading.
	Open(name string) (Reader, error)

	// Rename moves a file and atomically replaces the one at the new name.
	Rename(oldName, newName string) error

	// Remove deletes a file or an empty directory.
	Remove(name string) error

	// List returns the names in a directory, without their path, sorted.
	List(dir string) ([]string, error)

	// Stat describes a file or directory.
	Stat(name string) (Info, error)

	// MkdirAll makes a directory and its missing parents. Each new entry is durable
	// only after SyncDir of the directory that holds it; see MkdirAllSync.
	MkdirAll(dir string) error

	// SyncDir makes the entries of a directory durable.
	SyncDir(dir string) error

	// Lock takes an exclusive lock that ends with Close or with the process. If it
	// is held, the error is a *LockedError that names the owner.
	Lock(name string) (io.Closer, error)
}

// File is a file being appended to. It is used by one activity at a time.
type File interface {
	io.WriteCloser

	// Sync makes all that was written durable. After one failure the file is
	// poisoned: the written data may be gone, and every later Sync fails too.
	Sync() error
}

// Reader reads a file. ReadAt may be called by several activities at once.
type Reader interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Info describes a file or a directory.
type Info struct {
	Size    int64 // bytes; 0 for a directory
	ModTime time.Time
	IsDir   bool
}

// LockedError says that another process holds a lock.
type LockedError struct {
	Name  string // the lock's name
	Owner string // what the owner wrote about itself, such as its host and process id
}

func (e *LockedError) Error() string {
	return "lock " + e.Name + " is held by " + e.Owner
}

// ErrPoisoned is wrapped by every error of a file whose Sync has failed once.
var ErrPoisoned = errors.New("an earlier sync failed and data may be lost")
