package dstream

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

var rewrite = flag.Bool("rewrite", false, "write the golden checkpoint anew")

const golden = "testdata/golden/v2"

// goldenRun runs the stream of the golden checkpoint for some batches, each with a
// new file.
func goldenRun(e env.Env, states, windows *[]string, files ...string) error {
	o := options(e)
	o.Checkpoint = "checkpoint"
	s, err := Recover(o, func(s *Session) error {
		words := s.From(TextFiles("in")).FlatMap(strings.Fields)
		recordPairs(words.ToPairs(func(w string) (string, int) { return w, 1 }).UpdateStateByKey(sum).Named("totals"), states)
		record(words.Window(Window{Length: 3 * time.Second}).Count(), windows)
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.Start(context.Background()); err != nil {
		return err
	}
	if err := env.Sleep(context.Background(), e, time.Second/2); err != nil {
		return err
	}
	for _, text := range files {
		if err := write(e.FS(), "in/"+strings.ReplaceAll(text, " ", ""), []byte(text+"\n")); err != nil {
			return err
		}
		if err := env.Sleep(context.Background(), e, time.Second); err != nil {
			return err
		}
	}
	return s.Stop(context.Background())
}

// TestGoldenCheckpoint goes on from a directory that this version of the
// format left: state from a snapshot and from changes after it, the batches of a
// window, the log of files taken.
func TestGoldenCheckpoint(t *testing.T) {
	if *rewrite {
		disk := sim.NewDisk(sim.Strict)
		simulateWith(t, eager(disk), func(e env.Env) error {
			if err := e.FS().MkdirAll("in"); err != nil {
				return err
			}
			var states, windows []string
			if err := goldenRun(e, &states, &windows, "a b a", "b c", "a"); err != nil {
				return err
			}
			return errors.Join(os.RemoveAll(golden), export(e.FS(), "checkpoint"), export(e.FS(), "in"))
		})
	}
	var states, windows []string
	simulate(t, nil, func(e env.Env) error {
		if err := load(e.FS()); err != nil {
			return err
		}
		if err := env.Sleep(context.Background(), e, 4*time.Second); err != nil { // past the batches of the first run
			return err
		}
		return goldenRun(e, &states, &windows, "c")
	})
	if want := "a:3 b:2 c:2"; states[len(states)-1] != want {
		t.Errorf("totals %q, want %q at last", states, want)
	}
	if want := "3"; windows[0] != want { // the last two batches of the first run, and one without files
		t.Errorf("windows %q, want %q first", windows, want)
	}
}

func write(files env.FS, name string, text []byte) error {
	f, err := files.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// export copies a simulated directory into the golden one.
func export(files env.FS, dir string) error {
	if err := os.MkdirAll(filepath.Join(golden, dir), 0o755); err != nil {
		return err
	}
	names, err := files.List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		name = path.Join(dir, name)
		info, err := files.Stat(name)
		if err != nil {
			return err
		}
		if info.IsDir {
			err = export(files, name)
		} else {
			var text string
			if text, err = readText(files, name, info.Size); err == nil {
				err = os.WriteFile(filepath.Join(golden, name), []byte(text), 0o644)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// load copies the golden directory into the simulated one.
func load(files env.FS) error {
	return filepath.WalkDir(golden, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside := strings.TrimPrefix(filepath.ToSlash(name), golden)
		if entry.IsDir() {
			if inside == "" {
				return nil
			}
			return files.MkdirAll(strings.TrimPrefix(inside, "/"))
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return write(files, strings.TrimPrefix(inside, "/"), text)
	})
}
