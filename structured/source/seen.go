package source

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/wal"
)

// seenLog is the memory of a source of files: which files were taken, and by which
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
type seenLog struct {
	log     *wal.Log // nil for a bounded query
	entries [][]file // from the entry first on
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

// openSeenLog reads the entries of earlier runs and starts a log for this one.
func openSeenLog(ctx context.Context, query Query, maxAge time.Duration) (*seenLog, error) {
	s := &seenLog{known: map[string]time.Time{}, maxAge: maxAge}
	if query.State == "" {
		return s, nil
	}
	log, err := wal.Create(ctx, query.Env, query.State, query.Epoch, wal.Options{})
	if err != nil {
		return nil, err
	}
	s.log = log
	for record, err := range wal.Records(query.Env, query.State) {
		var entry []file
		if err == nil {
			entry, err = decodeEntry(record.Payload)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("log of seen files, entry %d: %w", s.last()+1, err), log.Close())
		}
		s.add(entry)
	}
	return s, nil
}

// append makes the files the next entry.
func (s *seenLog) append(ctx context.Context, files []file) error {
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

func (s *seenLog) add(files []file) {
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

// knows says whether a file was taken not too long ago.
func (s *seenLog) knows(path string) bool {
	_, known := s.known[path]
	return known
}

// tooOld says whether a file is to be ignored for its age.
func (s *seenLog) tooOld(f file) bool { return s.last() >= 0 && f.ModTime.Before(s.oldest) }

// last is the newest entry, or -1.
func (s *seenLog) last() int64 { return s.first + int64(len(s.entries)) - 1 }

// forget drops the entries up to one that nobody will ask for again.
func (s *seenLog) forget(through int64) {
	if n := min(through+1-s.first, int64(len(s.entries))); n > 0 {
		clear(s.entries[:n])
		s.entries = s.entries[n:]
		s.first += n
	}
}

// between returns the files of the entries after from, up to and including to.
func (s *seenLog) between(from, to int64) ([]file, error) {
	if from > to || to > s.last() || from+1 < s.first {
		return nil, fmt.Errorf("the log of seen files has entries %d to %d, but entries %d to %d are asked for", s.first, s.last(), from+1, to)
	}
	var files []file
	for _, entry := range s.entries[from+1-s.first : to+1-s.first] {
		files = append(files, entry...)
	}
	return files, nil
}

func (s *seenLog) close() error {
	if s.log == nil {
		return nil
	}
	return s.log.Close()
}

func encodeEntry(files []file) ([]byte, error) {
	list := make([]seenFile, len(files))
	for i, f := range files {
		list[i] = seenFile{Path: f.Path, Size: f.Size, ModTime: f.ModTime.UnixMicro()}
	}
	body, err := json.Marshal(list)
	return append([]byte{seenFormat}, body...), err
}

func decodeEntry(record []byte) ([]file, error) {
	if len(record) == 0 || record[0] != seenFormat {
		return nil, fmt.Errorf("its format is not %d, the only one that this program reads", seenFormat)
	}
	var list []seenFile
	if err := json.Unmarshal(record[1:], &list); err != nil {
		return nil, err
	}
	files := make([]file, len(list))
	for i, f := range list {
		files[i] = file{Path: f.Path, Size: f.Size, ModTime: time.UnixMicro(f.ModTime).UTC()}
	}
	return files, nil
}
