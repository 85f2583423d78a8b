package filelog

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/wal"
)

// Log is the memory of a source of files: which files were taken, and by which
// entry. Entry k is what offset k stands for, so it is durable before anybody hears
// of the offset. A bounded query keeps the log in memory only.
//
// A record of the log on disk is one entry:
//
//	0        1
//	+--------+---------------------------------------------------
//	| format | [{"path":"in/a.txt","size":12,"modTime":1700000000000000}, …]
//	+--------+---------------------------------------------------
//
// modTime is in microseconds.
type Log struct {
	log     *wal.Log // nil for a bounded query
	entries [][]File // from the entry first on
	first   int64

	// known has the files that are too young to be forgotten. A file older than
	// oldest is not new whether it is in known or not.
	known  map[string]time.Time
	newest time.Time
	oldest time.Time
	maxAge time.Duration
}

const seenFormat = 1

type seenFile struct {
	Path    string `json:"path"`
	Size    int64  `json:"size"`
	ModTime int64  `json:"modTime"`
}

// Open reads the entries of earlier runs from a directory and starts a log for this
// one, under a writer epoch of its own. Without a directory the log is in memory.
// Files that are older than the newest one taken by more than maxAge are ignored,
// so that the memory of files is bounded.
func Open(ctx context.Context, e env.Env, dir string, epoch uint64, maxAge time.Duration) (*Log, error) {
	s := &Log{known: map[string]time.Time{}, maxAge: maxAge}
	if dir == "" {
		return s, nil
	}
	log, err := wal.Create(ctx, e, dir, epoch, wal.Options{})
	if err != nil {
		return nil, err
	}
	s.log = log
	for record, err := range wal.Records(e, dir) {
		var entry []File
		if err == nil {
			entry, err = decodeEntry(record.Payload)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("log of seen files, entry %d: %w", s.Last()+1, err), log.Close())
		}
		s.add(entry)
	}
	return s, nil
}

// Append makes the files the next entry.
func (s *Log) Append(ctx context.Context, files []File) error {
	if s.log != nil {
		record, err := encodeEntry(files)
		if err != nil {
			return err
		}
		if _, err := s.log.Append(record); err != nil {
			return err
		}
		if err := s.log.Sync(ctx); err != nil {
			return err
		}
	}
	s.add(files)
	return nil
}

func (s *Log) add(files []File) {
	s.entries = append(s.entries, files)
	for _, f := range files {
		s.known[f.Path] = f.ModTime
		if f.ModTime.After(s.newest) {
			s.newest = f.ModTime
		}
	}
	s.oldest = s.newest.Add(-s.maxAge)
	//det:unordered every entry is judged alone
	for path, modTime := range s.known {
		if modTime.Before(s.oldest) {
			delete(s.known, path)
		}
	}
}

// Fresh returns the files of a place that were never taken and are not too old, in
// the order in which they will be.
func (s *Log) Fresh(fsys env.FS, place Place) ([]File, error) {
	found, err := place.List(fsys, s.knows)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, s.tooOld), nil
}

// knows says whether a file was taken not too long ago.
func (s *Log) knows(path string) bool {
	_, known := s.known[path]
	return known
}

// tooOld says whether a file is to be ignored for its age.
func (s *Log) tooOld(f File) bool { return s.Last() >= 0 && f.ModTime.Before(s.oldest) }

// Last is the newest entry, or -1.
func (s *Log) Last() int64 { return s.first + int64(len(s.entries)) - 1 }

// Forget drops the entries up to one that nobody will ask for again.
func (s *Log) Forget(through int64) {
	if n := min(through+1-s.first, int64(len(s.entries))); n > 0 {
		clear(s.entries[:n])
		s.entries = s.entries[n:]
		s.first += n
	}
}

// Between returns the files of the entries after from, up to and including to.
func (s *Log) Between(from, to int64) ([]File, error) {
	if from > to || to > s.Last() || from+1 < s.first {
		return nil, fmt.Errorf("the log of seen files has entries %d to %d, but entries %d to %d are asked for", s.first, s.Last(), from+1, to)
	}
	var files []File
	for _, entry := range s.entries[from+1-s.first : to+1-s.first] {
		files = append(files, entry...)
	}
	return files, nil
}

// Close ends the log; it can be opened again.
func (s *Log) Close() error {
	if s.log == nil {
		return nil
	}
	return s.log.Close()
}

func encodeEntry(files []File) ([]byte, error) {
	list := make([]seenFile, len(files))
	for i, f := range files {
		list[i] = seenFile{Path: f.Path, Size: f.Size, ModTime: f.ModTime.UnixMicro()}
	}
	body, err := json.Marshal(list)
	return append([]byte{seenFormat}, body...), err
}

func decodeEntry(record []byte) ([]File, error) {
	if len(record) == 0 || record[0] != seenFormat {
		return nil, fmt.Errorf("its format is not %d, the only one that this program reads", seenFormat)
	}
	var list []seenFile
	if err := json.Unmarshal(record[1:], &list); err != nil {
		return nil, err
	}
	files := make([]File, len(list))
	for i, f := range list {
		files[i] = File{Path: f.Path, Size: f.Size, ModTime: time.UnixMicro(f.ModTime).UTC()}
	}
	return files, nil
}
