package testkit

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
)

// Lines is the committed output of a file sink in a directory of the simulated disk:
// dstream.Files or sink.JSONFiles.
type Lines[T any] struct {
	sim   *Sim
	path  string
	parse func(line string) (T, error)
}

// TextOutput declares that a directory holds output; parse reads a line of it.
func TextOutput[T any](s *Sim, directory string, parse func(line string) (T, error)) *Lines[T] {
	s.spare(directory)
	return &Lines[T]{s, directory, parse}
}

func (l *Lines[T]) String() string { return "output " + l.path }

func (l *Lines[T]) committed() ([]written[T], error) {
	files := l.sim.world.Files()
	all, err := manifest.All(files, l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	batches := make([]written[T], len(all))
	for i, m := range all {
		b := written[T]{id: m.Batch, at: time.UnixMilli(m.Batch)}
		for _, file := range m.Files {
			rows, err := l.read(files, path.Join(l.path, file.Name), file.Size)
			if err != nil {
				return nil, fmt.Errorf("batch %d: %w", m.Batch, err)
			}
			b.rows = append(b.rows, rows...)
		}
		batches[i] = b
	}
	return batches, nil
}

// read parses the lines of a data file, whose size the manifest tells.
func (l *Lines[T]) read(files env.FS, name string, size int64) ([]T, error) {
	text, err := readFile(files, name)
	if err != nil {
		return nil, err
	}
	if int64(len(text)) != size {
		return nil, fmt.Errorf("%s has %d bytes, but its manifest says %d", name, len(text), size)
	}
	var rows []T
	for line := range strings.Lines(text) {
		row, err := l.parse(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("%s: line %q: %w", name, line, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func readFile(files env.FS, name string) (string, error) {
	f, err := files.Open(name)
	if err != nil {
		return "", err
	}
	text := make([]byte, f.Size())
	if len(text) > 0 {
		_, err = f.ReadAt(text, 0)
	}
	return string(text), errors.Join(err, f.Close())
}
