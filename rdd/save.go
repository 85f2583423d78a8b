package rdd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/scheduler"
)

// SaveAsTextFile writes each partition as a file of the directory: part-00000 and
// so on, one line an element, as fmt.Print prints it. An element that has a line end
// in it makes several lines; a nil one is an error. The directory must not exist.
//
// Each attempt of a task writes a file of its own. When all are written and synced,
// one for each partition gets its name, and at last an empty file _SUCCESS says that
// all are there. If the job fails, what was written is removed as far as possible.
func (r RDD[T]) SaveAsTextFile(ctx context.Context, directory string, options ...SaveOption) error {
	return save(ctx, r.collection, directory, options, func(dst []byte, chunk []T) ([]byte, error) {
		for i := range chunk {
			var err error
			if dst, err = appendLine(dst, &chunk[i]); err != nil {
				return dst, err
			}
		}
		return dst, nil
	})
}

// SaveAsTextFile writes pairs as lines (key,value), as [RDD.SaveAsTextFile] does.
func (p Pairs[K, V]) SaveAsTextFile(ctx context.Context, directory string, options ...SaveOption) error {
	return save(ctx, p.collection, directory, options, func(dst []byte, chunk Columns[K, V]) ([]byte, error) {
		for i := range chunk.Keys {
			dst = fmt.Appendf(dst, "(%v,%v)\n", chunk.Keys[i], chunk.Values[i])
		}
		return dst, nil
	})
}

// SaveOption changes how SaveAsTextFile writes.
type SaveOption interface{ changeSaving(*saving) }

type overwriting struct{}

func (overwriting) changeSaving(s *saving) { s.overwrite = true }

// Overwrite makes SaveAsTextFile replace what an earlier call has written to the
// directory, whether it was finished or not. While it works, and if it fails,
// neither is there as a whole. Other files in the directory stay.
var Overwrite SaveOption = overwriting{}

func appendLine[T any](dst []byte, element *T) ([]byte, error) {
	if text, ok := any(element).(*string); ok {
		return append(append(dst, *text...), '\n'), nil
	}
	boxed := any(*element)
	if v := reflect.ValueOf(boxed); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return dst, errors.New("an element is nil")
	}
	return fmt.Appendln(dst, boxed), nil
}

// saving is a directory that is being written.
type saving struct {
	files     env.FS
	directory string
	overwrite bool
	written   []string // the file of each partition that counts
}

func save[C any](ctx context.Context, c *collection[C], directory string, options []SaveOption, appendLines func([]byte, C) ([]byte, error)) error {
	const end = "SaveAsTextFile"
	if err := prepare(ctx, end, c); err != nil {
		return err
	}
	s := saving{files: c.session.root.env.FS(), directory: directory}
	for _, option := range options {
		option.changeSaving(&s)
	}
	if err := s.begin(); err != nil {
		return fmt.Errorf("rdd: %s: %w", end, err)
	}
	root := c.session.root
	var err error
	s.written, err = runPrepared(ctx, end, c, 0, c.partitions, func(_ *scheduler.Task, partition int, in iter.Seq2[C, error]) (string, error) {
		name := path.Join(s.temporary(), fmt.Sprintf("%05d-%d", partition, root.sequence.Add(1)))
		return name, writeLines(s.files, name, in, appendLines)
	})
	if err == nil {
		err = s.commit()
	}
	if err != nil {
		s.remove()
		return fmt.Errorf("rdd: %s to %s: %w", end, directory, err)
	}
	return nil
}

// The names in a directory besides those of the parts.
const (
	temporary = "_temporary"
	success   = "_SUCCESS"
)

func (s *saving) temporary() string { return path.Join(s.directory, temporary) }

func (s *saving) begin() error {
	switch _, err := s.files.Stat(s.directory); {
	case err == nil && s.overwrite:
		if err := s.discard(); err != nil {
			return fmt.Errorf("overwrite %s: %w", s.directory, err)
		}
	case err == nil:
		return fmt.Errorf("directory %s: %w", s.directory, fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return env.MkdirAllSync(s.files, s.temporary())
}

// discard removes what an earlier call has written: first the mark that all is there.
func (s *saving) discard() error {
	names, err := s.files.List(s.directory)
	if err != nil {
		return err
	}
	if slices.Contains(names, success) {
		if err := errors.Join(s.files.Remove(path.Join(s.directory, success)), s.files.SyncDir(s.directory)); err != nil {
			return err
		}
	}
	if slices.Contains(names, temporary) {
		if err := s.clear(s.temporary()); err != nil {
			return err
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "part-") {
			if err := s.files.Remove(path.Join(s.directory, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// saveLength is how many bytes are written at a time.
const saveLength = 64 << 10

func writeLines[C any](files env.FS, name string, in iter.Seq2[C, error], appendLines func([]byte, C) ([]byte, error)) (err error) {
	file, err := files.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var lines []byte
	for chunk, err := range in {
		if err != nil {
			return err
		}
		if lines, err = appendLines(lines, chunk); err != nil {
			return err
		}
		if len(lines) < saveLength {
			continue
		}
		if _, err := file.Write(lines); err != nil {
			return err
		}
		lines = lines[:0]
	}
	if _, err := file.Write(lines); err != nil {
		return err
	}
	return file.Sync()
}

// commit gives the files their names.
func (s *saving) commit() error {
	for partition, name := range s.written {
		if err := s.files.Rename(name, path.Join(s.directory, fmt.Sprintf("part-%05d", partition))); err != nil {
			return err
		}
	}
	if err := s.clear(s.temporary()); err != nil { // of attempts that do not count
		return err
	}
	if err := s.files.SyncDir(s.directory); err != nil {
		return err
	}
	done, err := s.files.Create(path.Join(s.directory, success))
	if err != nil {
		return err
	}
	if err := errors.Join(done.Sync(), done.Close()); err != nil {
		return err
	}
	return s.files.SyncDir(s.directory)
}

// remove undoes what can be undone.
func (s *saving) remove() {
	_ = s.clear(s.temporary())
	_ = s.clear(s.directory)
}

// clear removes a directory and the files in it.
func (s *saving) clear(directory string) error {
	names, err := s.files.List(directory)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.files.Remove(path.Join(directory, name)); err != nil {
			return err
		}
	}
	return s.files.Remove(directory)
}
