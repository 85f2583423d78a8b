package rdd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/scheduler"
)

// TextFile makes a collection of the lines of a file, of all files of a directory
// (not of those below it), or of all files that a pattern of package path matches,
// in the order of their names. Names that begin with "_" or "." are left out. A line
// ends with \n or \r\n, which is not part of it; the last one may end with the file.
//
// Files are cut by bytes into at least as many partitions as the option Partitions
// says, by default the session's parallelism, each of at most 32 MiB; a line belongs
// to the partition in which it begins. Files are listed before the first job that
// uses the collection, and must not change from then on.
//
// Neighbouring lines share memory: who keeps a few lines of many for long clones
// them (strings.Clone).
func (s *Session) TextFile(name string, options ...SourceOption) RDD[string] {
	n, wanted := s.sourceNode("TextFile", options)
	t := &textFiles{}
	n.plan = func(_ context.Context, n *node) error {
		var err error
		if t.splits, err = splitFiles(s.root.env.FS(), name, wanted); err != nil {
			return fmt.Errorf("rdd: TextFile: %w", err)
		}
		n.partitions = len(t.splits)
		return nil
	}
	return RDD[string]{elements(n, func(task *scheduler.Task, partition int) Chunks[string] {
		return t.splits[partition].lines(task)
	})}
}

type textFiles struct{ splits []split }

// split is a stretch of a file: the lines that begin in it.
type split struct {
	file     string
	from, to int64
}

// maxSplit is the largest stretch of a file in one partition.
const maxSplit = 32 << 20

func splitFiles(files env.FS, name string, wanted int) ([]split, error) {
	found, err := findFiles(files, name)
	if err != nil {
		return nil, err
	}
	total := int64(0)
	for _, file := range found {
		total += file.to
	}
	size := max(1, min((total+int64(wanted)-1)/int64(wanted), maxSplit))
	var splits []split
	for _, file := range found {
		from := int64(0)
		for file.to-from > size+size/10 { // no crumbs
			splits = append(splits, split{file.file, from, from + size})
			from += size
		}
		splits = append(splits, split{file.file, from, file.to})
	}
	return splits, nil
}

// findFiles returns each file as one split.
func findFiles(files env.FS, name string) ([]split, error) {
	if strings.ContainsAny(name, "*?[") {
		return matchFiles(files, name)
	}
	info, err := files.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir {
		return []split{{name, 0, info.Size}}, nil
	}
	return matchFiles(files, path.Join(name, "*"))
}

// matchFiles returns the files that a pattern matches; only the last element may be
// a pattern.
func matchFiles(files env.FS, pattern string) ([]split, error) {
	dir, last := path.Split(pattern)
	if strings.ContainsAny(dir, "*?[") {
		return nil, fmt.Errorf("pattern %s: only the last element may have *, ? or [", pattern)
	}
	if dir == "" {
		dir = "."
	}
	names, err := files.List(path.Clean(dir))
	if err != nil {
		return nil, err
	}
	var found []split
	for _, name := range names {
		matches, err := path.Match(last, name)
		if err != nil {
			return nil, fmt.Errorf("pattern %s: %w", pattern, err)
		}
		if !matches || name[0] == '_' || name[0] == '.' {
			continue
		}
		name = path.Join(dir, name)
		info, err := files.Stat(name)
		if err != nil {
			return nil, err
		}
		if !info.IsDir {
			found = append(found, split{name, 0, info.Size})
		}
	}
	return found, nil
}

// readLength is how many bytes are read at a time; a longer line takes more.
const readLength = 64 << 10

// lines reads the lines that begin in the split. It starts a byte early: only if
// that one ends a line does a line begin with the split.
func (s split) lines(task *scheduler.Task) Chunks[string] {
	return func(yield func([]string, error) bool) {
		file, err := task.Env().FS().Open(s.file)
		if err != nil {
			yield(nil, fmt.Errorf("rdd: TextFile: %w", err))
			return
		}
		closed := false
		defer func() { // a panic of a user's function passes through here
			if !closed {
				_ = file.Close() // which only reads
			}
		}()
		r := lineReader{task: task, file: file, at: max(s.from-1, 0), yield: yield}
		err = r.read(s)
		closed = true
		if err = errors.Join(err, file.Close()); err != nil && !r.stopped {
			yield(nil, fmt.Errorf("rdd: TextFile: read %s: %w", s.file, err))
		}
	}
}

// lineReader reads a file block by block and cuts each at line ends. The text of a
// block is copied once, into one string that its lines are parts of.
type lineReader struct {
	task    *scheduler.Task
	file    env.Reader
	at      int64  // where the buffer begins in the file
	buffer  []byte // what was read and not yet passed on
	ended   bool   // the buffer reaches the end of the file
	out     []string
	yield   func([]string, error) bool
	stopped bool // nobody wants more
}

func (r *lineReader) read(s split) error {
	r.buffer = make([]byte, 0, max(0, min(readLength, r.file.Size()-r.at, s.to-r.at+readLength/16)))
	if s.from > 0 {
		if err := r.skipLine(); err != nil {
			return err
		}
	}
	for !r.stopped && r.at < s.to && !(r.ended && len(r.buffer) == 0) {
		if err := r.task.Turn(); err != nil {
			return err
		}
		if r.passLines(s.to) {
			continue
		}
		if err := r.fill(); err != nil {
			return err
		}
	}
	return nil
}

// fill reads on behind the buffer, which grows if it is full.
func (r *lineReader) fill() error {
	if r.ended {
		return nil
	}
	if len(r.buffer) == cap(r.buffer) {
		r.buffer = append(make([]byte, 0, max(2*cap(r.buffer), 1<<10)), r.buffer...)
	}
	n, err := r.file.ReadAt(r.buffer[len(r.buffer):cap(r.buffer)], r.at+int64(len(r.buffer)))
	r.buffer = r.buffer[:len(r.buffer)+n]
	r.ended = errors.Is(err, io.EOF) || r.at+int64(len(r.buffer)) >= r.file.Size()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

// skipLine drops what comes up to and including the first line end.
func (r *lineReader) skipLine() error {
	for {
		if err := r.task.Turn(); err != nil {
			return err
		}
		if err := r.fill(); err != nil {
			return err
		}
		if end := bytes.IndexByte(r.buffer, '\n'); end >= 0 {
			r.drop(end + 1)
			return nil
		}
		r.drop(len(r.buffer))
		if r.ended {
			return nil
		}
	}
}

// drop removes the first n bytes of the buffer.
func (r *lineReader) drop(n int) {
	r.buffer = r.buffer[:copy(r.buffer, r.buffer[n:])]
	r.at += int64(n)
}

// passLines passes on the lines of the buffer that are complete and begin before to,
// and says whether there were any.
func (r *lineReader) passLines(to int64) bool {
	complete := bytes.LastIndexByte(r.buffer, '\n') + 1
	if r.ended {
		complete = len(r.buffer)
	}
	if complete == 0 {
		return false
	}
	// Of the lines that begin behind the split nothing is copied.
	if limit := to - r.at; limit < int64(complete) {
		complete = int(limit)
		if end := bytes.IndexByte(r.buffer[complete-1:], '\n'); end >= 0 {
			complete += end
		} else {
			complete = len(r.buffer)
		}
	}
	text := string(r.buffer[:complete])
	r.drop(complete)
	for len(text) > 0 {
		line := text
		if end := strings.IndexByte(text, '\n'); end >= 0 {
			line, text = text[:end], text[end+1:]
		} else {
			text = ""
		}
		if len(line) > 0 && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		}
		if r.out = append(r.out, line); len(r.out) == chunkLength && !r.flush() {
			return true
		}
	}
	r.flush()
	return true
}

func (r *lineReader) flush() bool {
	if len(r.out) > 0 && !r.yield(r.out, nil) {
		r.stopped = true
	}
	r.out = r.out[:0]
	return !r.stopped
}
