package sim

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// saver is a small program with a protocol: it keeps a number in a file, which it
// replaces by a rename, and raises it step by step. Its fields leave out one step
// of the protocol each.
type saver struct {
	noMkdirSync bool
	noFileSync  bool
	noDirSync   bool
	inPlace     bool // write without a temporary file

	saved func(value int) // called when a value is durable, by the protocol
}

// upTo is the program that raises the number to last.
func (s saver) upTo(last int) func(env.Env) error {
	return func(e env.Env) error {
		makeDir := env.MkdirAllSync
		if s.noMkdirSync {
			makeDir = func(files env.FS, dir string) error { return files.MkdirAll(dir) }
		}
		if err := makeDir(e.FS(), "state"); err != nil {
			return err
		}
		value, err := load(e.FS())
		for err == nil && value < last {
			value++
			if err = s.save(e.FS(), value); err == nil && s.saved != nil {
				s.saved(value)
			}
		}
		return err
	}
}

func load(files env.FS) (value int, err error) {
	f, err := files.Open("state/value")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	text := make([]byte, f.Size())
	if _, err := f.ReadAt(text, 0); err != nil {
		return 0, err
	}
	_, err = fmt.Sscanf(string(text), "value %d.", &value)
	return value, err
}

func (s saver) save(files env.FS, value int) error {
	name := "state/temp"
	if s.inPlace {
		name = "state/value"
	}
	if err := files.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := files.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "value %d.", value); err != nil {
		return err
	}
	if !s.noFileSync {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	if !s.inPlace {
		if err := files.Rename("state/temp", "state/value"); err != nil {
			return err
		}
	}
	if s.noDirSync {
		return nil
	}
	return files.SyncDir("state")
}

// explorer crashes a saver at every point with every outcome, and its recovery
// again, to a depth.
type explorer struct {
	saver      saver
	sites      *Sites
	recoveries int
}

// explore runs from a disk on which the value saved last must be found. It returns
// what went wrong first, with the crashes that led there.
func (x *explorer) explore(disk *Disk, depth, saved int, path string) error {
	type snapshot struct {
		disk  *Disk
		saved int
		at    Fault
	}
	var snapshots []snapshot
	w := NewWorld(Options{Disk: disk, Sites: x.sites})
	generation, previously := disk.Generation()+1, -1
	w.options.Observe = func(p Point) {
		if depth > 0 && (disk.Generation() != generation || saved != previously) {
			generation, previously = disk.Generation(), saved
			snapshots = append(snapshots, snapshot{disk.Clone(), saved, p.Fault(Crash)})
		}
	}
	if value, err := load(w.Files()); err != nil || value < saved {
		return fmt.Errorf("after %s: found %d, %v; saved %d", path, value, err, saved)
	}
	x.saver.saved = func(value int) { saved = value }
	p := w.Start("saver", x.saver.upTo(3))
	x.recoveries++
	if status := w.Run(Limit{}); status != Done {
		return fmt.Errorf("after %s: %v, parked %v", path, status, w.Parked())
	}
	if _, err := p.Ended(); err != nil {
		return fmt.Errorf("after %s: %w", path, err)
	}
	snapshots = append(snapshots, snapshot{disk, saved, Fault{Site: "end", Occurrence: 1}})
	for _, s := range snapshots {
		for _, s.at.Outcome = range s.disk.Outcomes() {
			if depth == 0 {
				break
			}
			if err := x.explore(s.disk.Crash(s.at.Outcome), depth-1, s.saved, path+" "+s.at.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestEveryCrash: the whole protocol survives every crash, and every crash of its
// recovery; without one of its steps a crash is found that it does not survive,
// where there is one on such a disk.
func TestEveryCrash(t *testing.T) {
	for _, c := range []struct {
		name  string
		saver saver
		finds []Profile
	}{
		{"whole", saver{}, nil},
		{"no sync of the parent of the directory", saver{noMkdirSync: true}, []Profile{Strict}},
		{"no sync of the file", saver{noFileSync: true}, Profiles},
		{"no sync of the directory", saver{noDirSync: true}, Profiles},
		{"written in place", saver{inPlace: true}, Profiles},
	} {
		for _, profile := range Profiles {
			t.Run(c.name+"/"+profile.String(), func(t *testing.T) {
				x := &explorer{saver: c.saver, sites: NewSites()}
				err := x.explore(NewDisk(profile), 2, 0, "")
				t.Logf("%d recoveries; %v", x.recoveries, err)
				if (err != nil) != slices.Contains(c.finds, profile) {
					t.Errorf("found: %v", err)
				}
			})
		}
	}
}

// TestMkdirAllSync: once it has returned, the path survives, even if earlier
// processes were killed anywhere in the same call.
func TestMkdirAllSync(t *testing.T) {
	makeDir := func(e env.Env) error { return env.MkdirAllSync(e.FS(), "x/y/z") }
	points := 0
	w := NewWorld(Options{Observe: func(Point) { points++ }})
	w.Start("maker", makeDir)
	w.Run(Limit{})
	for at := range points {
		w := NewWorld(Options{Faults: []Fault{{Kind: Kill, Occurrence: at + 1}}})
		w.Start("first", makeDir)
		if status := w.Run(Limit{}); status != Crashed {
			t.Fatalf("point %d: %v", at, status)
		}
		second := w.Start("second", makeDir)
		w.Run(Limit{})
		if _, err := second.Ended(); err != nil {
			t.Fatalf("point %d: %v", at, err)
		}
		for image, outcome := range images(w.Disk()) {
			if image != "x/ x/y/ x/y/z/" {
				t.Errorf("point %d: %v leaves %q", at, outcome, image)
			}
		}
	}
}
