package filelog

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/wal"
)

// Log is the memory of a source of files: which files were taken, and by which
// entry. Entry k is what offset k stands for, so it is durable before anybody hears
// of the offset. A bounded query keeps the log in memory only.
//
// A record of the log on disk is one entry, or all that counts of the records before
// it:
//
//	0   1
//	+---+---------------------------------------------------
//	| 1 | [{"path":"in/a.txt","size":12,"modTime":1700000000000000}, …]
//	+---+---------------------------------------------------
//	| 2 | {"first":7,"newest":1700000000000000,"known":[…],"entries":[[…], …]}
//	+---+---------------------------------------------------
//
// Times are in microseconds. first is the number of the first of entries; known are
// the files of the entries before it that are not forgotten yet.
type Log struct {
	env     env.Env
	log     *wal.Log // nil for a bounded query
	entries [][]File // from the entry first on
	first   int64

	since   int64 // bytes of records after the last one of form 2
	compact int64 // bytes of that

	// known has the files that are too young to be forgotten. A file older than
	// oldest is not new whether it is in known or not.
	known   map[string]seen // by key
	newest  time.Time
	oldest  time.Time
	options Options
}

// Options say which files are new.
type Options struct {
	// MaxAge is how much older a file may be than the newest one that was taken; one
	// that is older is ignored, and forgotten, so that the memory of files is bounded.
	MaxAge time.Duration

	// ByName takes files for one and the same that differ only in the directory.
	ByName bool
}

// key is by what a file is known.
func (o Options) key(name string) string {
	if o.ByName {
		return path.Base(name)
	}
	return name
}

// seen is a file that was taken.
type seen struct {
	path    string
	modTime time.Time
}

const (
	entryFormat   = 1
	compactFormat = 2

	segmentBytes = 256 << 10
)

// compacted is a record of form 2.
type compacted struct {
	First   int64        `json:"first"`
	Newest  int64        `json:"newest"`
	Known   []seenFile   `json:"known"`
	Entries [][]seenFile `json:"entries"`
}

type seenFile struct {
	Path    string `json:"path"`
	Size    int64  `json:"size"`
	ModTime int64  `json:"modTime"`
}

// Open reads the entries of earlier runs from a directory and starts a log for this
// one, under a writer epoch of its own. Without a directory the log is in memory.
func Open(ctx context.Context, e env.Env, dir string, epoch uint64, options Options) (*Log, error) {
	s := &Log{env: e, known: map[string]seen{}, options: options}
	if dir == "" {
		return s, nil
	}
	log, err := wal.Create(ctx, e, dir, epoch, wal.Options{SegmentBytes: segmentBytes})
	if err != nil {
		return nil, err
	}
	s.log = log
	for record, err := range wal.Records(e, dir) {
		if err == nil {
			err = s.read(record.Payload)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("log of seen files, entry %d: %w", s.Last()+1, err), log.Close())
		}
	}
	return s, nil
}

// read takes a record of the log.
func (s *Log) read(record []byte) error {
	switch {
	case len(record) > 0 && record[0] == entryFormat:
		var list []seenFile
		if err := json.Unmarshal(record[1:], &list); err != nil {
			return err
		}
		s.since += int64(len(record))
		s.add(filesOf(list))
		return nil
	case len(record) > 0 && record[0] == compactFormat:
		var all compacted
		if err := json.Unmarshal(record[1:], &all); err != nil {
			return err
		}
		s.known, s.entries, s.first = map[string]seen{}, nil, all.First
		s.newest = time.UnixMicro(all.Newest).UTC()
		s.note(filesOf(all.Known))
		for _, list := range all.Entries {
			s.add(filesOf(list))
		}
		s.since, s.compact = 0, int64(len(record))
		return nil
	}
	return fmt.Errorf("its format is neither %d nor %d, which this program reads", entryFormat, compactFormat)
}

// Append makes the files the next entry.
func (s *Log) Append(ctx context.Context, files []File) error {
	if s.log != nil {
		record, err := encode(entryFormat, listOf(files))
		if err != nil {
			return err
		}
		s.since += int64(len(record))
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
	s.note(files)
}

// note remembers files that were taken, and forgets those that are too old by now.
func (s *Log) note(files []File) {
	for _, f := range files {
		s.known[s.options.key(f.Path)] = seen{f.Path, f.ModTime}
		if f.ModTime.After(s.newest) {
			s.newest = f.ModTime
		}
	}
	s.oldest = s.newest.Add(-s.options.MaxAge)
	//det:unordered every entry is judged alone
	for key, file := range s.known {
		if file.modTime.Before(s.oldest) {
			delete(s.known, key)
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
func (s *Log) knows(name string) bool {
	_, known := s.known[s.options.key(name)]
	return known
}

// tooOld says whether a file is to be ignored for its age.
func (s *Log) tooOld(f File) bool { return s.Last() >= 0 && f.ModTime.Before(s.oldest) }

// Last is the newest entry, or -1.
func (s *Log) Last() int64 { return s.first + int64(len(s.entries)) - 1 }

// Forget drops the entries up to one that nobody will ask for again, and returns their
// files. Now and then it makes the log on disk short.
func (s *Log) Forget(ctx context.Context, through int64) (dropped []File, err error) {
	n := min(through+1-s.first, int64(len(s.entries)))
	if n <= 0 {
		return nil, nil
	}
	for _, entry := range s.entries[:n] {
		dropped = append(dropped, entry...)
	}
	clear(s.entries[:n])
	s.entries = s.entries[n:]
	s.first += n
	if s.log != nil && (s.since > max(segmentBytes, 2*s.compact) || s.env.Buggify("filelog: early compaction")) {
		err = s.shorten(ctx)
	}
	return dropped, err
}

// shorten logs all that counts in one record, and removes what lies before it.
func (s *Log) shorten(ctx context.Context) error {
	all := compacted{First: s.first, Newest: s.newest.UnixMicro()}
	for _, key := range slices.Sorted(maps.Keys(s.known)) {
		file := s.known[key]
		all.Known = append(all.Known, seenFile{Path: file.path, ModTime: file.modTime.UnixMicro()})
	}
	for _, entry := range s.entries {
		all.Entries = append(all.Entries, listOf(entry))
	}
	record, err := encode(compactFormat, all)
	if err != nil {
		return err
	}
	position, err := s.log.Append(record)
	if err != nil {
		return err
	}
	s.since, s.compact = 0, int64(len(record))
	return s.log.RemoveBefore(ctx, position)
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

func encode(format byte, record any) ([]byte, error) {
	body, err := json.Marshal(record)
	return append([]byte{format}, body...), err
}

func listOf(files []File) []seenFile {
	list := make([]seenFile, len(files))
	for i, f := range files {
		list[i] = seenFile{Path: f.Path, Size: f.Size, ModTime: f.ModTime.UnixMicro()}
	}
	return list
}

func filesOf(list []seenFile) []File {
	files := make([]File, len(list))
	for i, f := range list {
		files[i] = File{Path: f.Path, Size: f.Size, ModTime: time.UnixMicro(f.ModTime).UTC()}
	}
	return files
}
