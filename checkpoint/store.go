package checkpoint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// Options of a Store. The zero value is good.
type Options struct {
	// Retain is how many versions of each name are kept; 0 is 2. One more is kept
	// where none of these is known to be good.
	Retain int
}

func (o Options) validate() (Options, error) {
	if o.Retain < 0 {
		return o, fmt.Errorf("checkpoint: Options.Retain is %d, and must be 1 or more, or 0 for 2", o.Retain)
	}
	if o.Retain == 0 {
		o.Retain = 2
	}
	return o, nil
}

// Store is a directory of snapshots. Its methods may be called by several
// activities at once.
type Store struct {
	env    env.Env
	dir    string
	retain int

	mu     sync.Mutex //det:lock the fields below
	files  catalog
	saving map[id]bool
	temps  *rand.Rand // names of temporary files
}

// Open opens a directory and makes it if need be. What an interrupted Save has left
// is removed, so the directory must not be in use by another Store.
func Open(e env.Env, dir string, o Options) (*Store, error) {
	o, err := o.validate()
	if err != nil {
		return nil, err
	}
	s := &Store{env: e, dir: dir, retain: o.Retain, saving: map[id]bool{}, temps: e.Rand("checkpoint: temporary names")}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("open snapshots in %s: %w", dir, err)
	}
	return s, nil
}

func (s *Store) open() error {
	files := s.env.FS()
	if err := env.MkdirAllSync(files, s.dir); err != nil {
		return err
	}
	names, err := files.List(s.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, tempSuffix) && strings.Contains(name, "@") {
			if err := files.Remove(path.Join(s.dir, name)); err != nil {
				return err
			}
		} else if i, ok := parseFileName(name); ok {
			s.files.add(i)
		}
	}
	// A Save may have been killed right before it synced the directory: from here
	// on the snapshots that were found are relied on.
	return files.SyncDir(s.dir)
}

// Save calls write and keeps what it writes as a version of a name. When Save
// returns nil, the snapshot survives any crash; when it returns an error, the
// version can be saved again. A version that exists is never replaced: the error
// wraps fs.ErrExist. Older versions of the name beyond those to retain are removed.
//
// The version must be 0 or more. The name is made of letters a–z and A–Z, digits,
// '.', '_' and '-', does not begin with a dot, and has at most 128 characters.
func (s *Store) Save(ctx context.Context, name string, version int64, write func(io.Writer) error) error {
	i := id{name, version}
	if err := i.check(); err != nil {
		return err
	}
	temp, err := s.begin(i)
	if err == nil {
		err = s.save(ctx, i, temp, write)
		s.end(i, err == nil)
	}
	if err != nil {
		return fmt.Errorf("save snapshot %v: %w", i, err)
	}
	s.prune(name)
	return nil
}

// begin claims a version for a Save and names its temporary file. The name is not
// used again, so that nothing that is left of an earlier attempt is in the way.
func (s *Store) begin(i id) (temp string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files.has(i) {
		return "", fmt.Errorf("the version %w", fs.ErrExist)
	}
	if s.saving[i] {
		return "", fmt.Errorf("the version is being saved; it %w", fs.ErrExist)
	}
	s.saving[i] = true
	return fmt.Sprintf("%s.%d-%d%s", i.fileName(), s.temps.Uint64(), s.temps.Uint64(), tempSuffix), nil
}

func (s *Store) end(i id, saved bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.saving, i)
	if saved {
		s.files.add(i)
		s.files.setGood(i)
	}
}

// save makes a snapshot durable: first the content, then under its name, then the
// name.
func (s *Store) save(ctx context.Context, i id, temp string, write func(io.Writer) error) error {
	files := s.env.FS()
	temp = path.Join(s.dir, temp)
	file, err := files.Create(temp)
	if err != nil {
		return err
	}
	err = env.Protect(func() error { return s.fill(ctx, file, i, write) })
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, files.Remove(temp))
	}
	if err := files.Rename(temp, path.Join(s.dir, i.fileName())); err != nil {
		_ = files.Remove(temp) // it may have been renamed all the same
		return err
	}
	if mutate.On(3) {
		return nil
	}
	return files.SyncDir(s.dir)
}

// fill writes and syncs a snapshot's file.
func (s *Store) fill(ctx context.Context, file env.File, i id, write func(io.Writer) error) error {
	w := newWriter(ctx, s.env, file, i)
	if err := write(w); err != nil {
		return err
	}
	if err := w.finish(); err != nil {
		return err
	}
	if mutate.On(2) {
		return nil
	}
	return file.Sync()
}

// Load returns the newest snapshot of a name that is intact, to be closed by the
// caller. The report says which newer ones are not, and why. If there is none of that
// name, the error wraps fs.ErrNotExist; if none is intact, it is a *NoneValidError.
// A snapshot in another version of the format is not passed over: Load returns a
// *FormatError.
func (s *Store) Load(ctx context.Context, name string) (*Snapshot, Report, error) {
	var report Report
	versions := s.Versions(name)
	if len(versions) == 0 {
		return nil, report, fmt.Errorf("load snapshot %s: there is none: %w", name, fs.ErrNotExist)
	}
	for _, version := range slices.Backward(versions) {
		snapshot, err := s.load(ctx, id{name, version})
		if err == nil {
			return snapshot, report, nil
		}
		var format *FormatError
		if errors.As(err, &format) || ctx.Err() != nil {
			return nil, report, err
		}
		file := path.Join(s.dir, id{name, version}.fileName())
		report.Skipped = append(report.Skipped, Skipped{version, file, err})
	}
	return nil, report, &NoneValidError{name, report}
}

// LoadVersion returns one snapshot, to be closed by the caller. If there is no such
// version, the error wraps fs.ErrNotExist; if it is damaged, the error is a
// *DamagedError.
func (s *Store) LoadVersion(ctx context.Context, name string, version int64) (*Snapshot, error) {
	i := id{name, version}
	if err := i.check(); err != nil {
		return nil, err
	}
	return s.load(ctx, i)
}

func (s *Store) load(ctx context.Context, i id) (*Snapshot, error) {
	snapshot, err := openSnapshot(ctx, s.env.FS(), path.Join(s.dir, i.fileName()), i)
	if err == nil {
		s.mu.Lock()
		s.files.setGood(i)
		s.mu.Unlock()
	}
	return snapshot, err
}

// Versions returns the versions that there are of a name, ascending, intact or not.
func (s *Store) Versions(name string) []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files.versions(name)
}

// Names returns the names of which there are snapshots, sorted.
func (s *Store) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files.names()
}

// Remove removes a snapshot, durably. Removing one that is not there does nothing.
func (s *Store) Remove(ctx context.Context, name string, version int64) error {
	i := id{name, version}
	if err := i.check(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err := s.remove(i)
	if err == nil {
		err = s.env.FS().SyncDir(s.dir)
	}
	if err != nil {
		return fmt.Errorf("remove snapshot %v: %w", i, err)
	}
	return nil
}

func (s *Store) remove(i id) error {
	err := s.env.FS().Remove(path.Join(s.dir, i.fileName()))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files.remove(i)
	return nil
}

// prune removes what need not be retained of a name. A file that cannot be removed
// stays in the catalog, and the next Save tries again; the snapshot just saved is
// none the worse for it. Nor need the removal be durable.
func (s *Store) prune(name string) {
	s.mu.Lock()
	obsolete := s.files.obsolete(name, s.retain)
	s.mu.Unlock()
	for _, i := range obsolete {
		_ = s.remove(i)
	}
}
