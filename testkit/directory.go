package testkit

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Directory is an input of text files that appear in a directory of the simulated
// disk over virtual time: each wave of rows is a file, a row a line. Files appear
// whole and durable, by the hand of someone outside, so putting them is no I/O
// point. It serves dstream.TextFiles and source.TextFiles.
type Directory struct {
	drawn[string]
	path  string
	files int // that are there
}

// TextInput declares a directory of text files. Its lines are drawn once for a plan.
func TextInput(s *Sim, directory string, lines *rapid.Generator[[]string]) *Directory {
	d := &Directory{drawn: draw(s, directory, lines), path: directory}
	s.add(d)
	s.spare(directory)
	return d
}

func (d *Directory) String() string { return "directory " + d.path }

func (d *Directory) save() any { return d.files }

func (d *Directory) load(saved any) { d.files = saved.(int) }

func (d *Directory) begin() {}

func (d *Directory) hash(h *xxhash.Digest) { fmt.Fprint(h, d.files) }

// wave returns the rows of a file.
func (d *Directory) wave(file int) []string {
	size := d.sim.plan.shape.wave
	return d.rows[file*size : min((file+1)*size, len(d.rows))]
}

func (d *Directory) next() (time.Duration, bool) {
	first := d.files * d.sim.plan.shape.wave
	if first >= len(d.rows) {
		return 0, false
	}
	return d.arrival(first), true
}

func (d *Directory) put() error {
	files := d.sim.world.Files()
	if err := env.MkdirAllSync(files, d.path); err != nil {
		return fmt.Errorf("%s: %w", d, err)
	}
	for at, ok := d.next(); ok && at <= d.sim.now(); at, ok = d.next() {
		name := fmt.Sprintf("%04d.txt", d.files)
		if err := putFile(files, d.path, name, strings.Join(d.wave(d.files), "\n")+"\n"); err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
		d.files++
		d.sim.note("%v %s/%s appears", d.sim.now(), d.path, name)
		d.sim.changed()
	}
	return nil
}

// putFile makes a file appear whole and durable.
func putFile(files env.FS, directory, name, text string) error {
	hidden := path.Join(directory, "."+name)
	f, err := files.Create(hidden)
	if err != nil {
		return err
	}
	if _, err = f.Write([]byte(text)); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := files.Rename(hidden, path.Join(directory, name)); err != nil {
		return err
	}
	return files.SyncDir(directory)
}

func (d *Directory) prefixes() []prefix[string] {
	var all []prefix[string]
	size := d.sim.plan.shape.wave
	for files := 0; files*size < len(d.rows)+size; files++ {
		rows := d.rows[:min(files*size, len(d.rows))]
		all = append(all, prefix[string]{fmt.Sprintf("%d rows", len(rows)), func() []string { return rows }})
	}
	return all
}
