package sim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// saver is a small program with a protocol: it keeps a number in a file, which it
// replaces by a rename, and raises it until it is last.
func saver(last int) func(env.Env) error {
	return func(e env.Env) error {
		if err := env.MkdirAllSync(e.FS(), "state"); err != nil {
			return err
		}
		value, err := load(e.FS())
		for err == nil && value < last {
			value++
			err = save(e, value)
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

func save(e env.Env, value int) error {
	files := e.FS()
	if err := files.Remove("state/temp"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := files.Create("state/temp")
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "value %d.", value); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := files.Rename("state/temp", "state/value"); err != nil {
		return err
	}
	return files.SyncDir("state")
}

func TestRunEnds(t *testing.T) {
	w := NewWorld(Options{})
	p := w.Start("saver", saver(3))
	if status := w.Run(Limit{}); status != Done {
		t.Fatalf("status %v, parked %v", status, w.Parked())
	}
	if ended, err := p.Ended(); !ended || err != nil {
		t.Fatalf("ended %v: %v", ended, err)
	}
	if value, err := load(w.Files()); value != 3 || err != nil {
		t.Fatalf("value %d: %v", value, err)
	}
}

// TestEveryCrash crashes the saver at every point with every outcome, recovers,
// and crashes the recovery too.
func TestEveryCrash(t *testing.T) {
	for _, profile := range []Profile{Strict, Ext4Ordered} {
		t.Run(profile.String(), func(t *testing.T) {
			sites := NewSites()
			recoveries := 0
			var explore func(disk *Disk, depth int, path string)
			explore = func(disk *Disk, depth int, path string) {
				type snapshot struct {
					disk *Disk
					at   string
				}
				var snapshots []snapshot
				generation := ^uint64(0)
				w := NewWorld(Options{Disk: disk, Sites: sites})
				w.options.Observe = func(p Point) {
					if depth > 0 && w.Disk().Generation() != generation {
						generation = w.Disk().Generation()
						snapshots = append(snapshots, snapshot{w.Disk().Clone(), p.Fault(Crash).String()})
					}
				}
				before, err := load(w.Files())
				if err != nil {
					t.Fatalf("%s: found %v", path, err)
				}
				p := w.Start("saver", saver(3))
				if status := w.Run(Limit{}); status != Done {
					t.Fatalf("%s: %v %v", path, status, w.Parked())
				}
				recoveries++
				if _, err := p.Ended(); err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				if value, err := load(w.Files()); value != 3 || err != nil {
					t.Fatalf("%s: value %d: %v", path, value, err)
				}
				_ = before
				for _, s := range snapshots {
					for _, o := range s.disk.Outcomes() {
						explore(s.disk.Crash(o), depth-1, path+" "+s.at+o.String())
					}
				}
			}
			start := time.Now()
			explore(NewDisk(profile), 2, "")
			t.Logf("%d recoveries, %v each", recoveries, time.Since(start)/time.Duration(recoveries))
		})
	}
}

func TestActivitiesAndTime(t *testing.T) {
	w := NewWorld(Options{})
	var order []string
	p := w.Start("app", func(e env.Env) error {
		var box env.Mailbox[int]
		reader := e.Spawn("reader", func() error {
			for {
				n, err := box.Take(context.Background(), e)
				if err != nil {
					return err
				}
				order = append(order, fmt.Sprint(e.Mono(), " ", n))
			}
		})
		for i := range 3 {
			box.Put(i)
			if err := env.Sleep(context.Background(), e, time.Second); err != nil {
				return err
			}
		}
		box.Close()
		if err := reader.Wait(context.Background(), e); !errors.Is(err, env.ErrClosed) {
			return err
		}
		return nil
	})
	if status := w.Run(Limit{}); status != Done {
		t.Fatalf("status %v", status)
	}
	if _, err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(order); got != "[0s 0 1s 1 2s 2]" {
		t.Fatal(got)
	}
	if leaks := p.Leaks(); len(leaks.Activities) > 0 {
		t.Fatal(leaks)
	}
}
