package filelog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inWorld runs f in a simulated process on a disk.
func inWorld(t *testing.T, disk *sim.Disk, f func(e env.Env) error) {
	t.Helper()
	w := sim.NewWorld(sim.Options{Disk: disk})
	defer w.Close()
	p := w.Start("test", f)
	w.Run(sim.Limit{})
	if ended, err := p.Ended(); !ended || err != nil {
		t.Fatalf("ended %v: %v", ended, err)
	}
}

func fileAt(path string, age time.Duration) File {
	return File{Path: path, Size: 10, ModTime: time.UnixMicro(1_700_000_000_000_000).UTC().Add(-age)}
}

// TestLogIsKept appends entries in two runs of a writer and reads both.
func TestLogIsKept(t *testing.T) {
	disk := sim.NewDisk(sim.Strict)
	ctx := context.Background()
	a, b, c := fileAt("in/a", 0), fileAt("in/b", time.Second), fileAt("in/c", 0)
	inWorld(t, disk, func(e env.Env) error {
		log, err := Open(ctx, e, "log", 1, Options{MaxAge: time.Hour})
		if err != nil {
			return err
		}
		return errors.Join(log.Append(ctx, []File{a, b}), log.Close())
	})
	disk = disk.Crash(disk.Outcomes()[len(disk.Outcomes())-1])
	inWorld(t, disk, func(e env.Env) error {
		log, err := Open(ctx, e, "log", 2, Options{MaxAge: time.Hour})
		if err != nil {
			return err
		}
		if !log.knows(a.Path) || !log.knows(b.Path) || log.knows(c.Path) {
			t.Error("the log does not know which files were taken")
		}
		if err := log.Append(ctx, []File{c}); err != nil {
			return err
		}
		files, err := log.Between(-1, log.Last())
		if err != nil {
			return err
		}
		if want := []File{a, b, c}; log.Last() != 1 || !slices.Equal(files, want) {
			t.Errorf("entries up to %d are %v, want 1 and %v", log.Last(), files, want)
		}
		if _, err := log.Between(0, 2); err == nil {
			t.Error("an entry that does not exist was given")
		}
		return log.Close()
	})
}

func TestOldFilesAreForgotten(t *testing.T) {
	inWorld(t, nil, func(e env.Env) error {
		log, err := Open(context.Background(), e, "", 0, Options{MaxAge: time.Minute})
		if err != nil {
			return err
		}
		young, old := fileAt("in/young", 0), fileAt("in/old", 2*time.Minute)
		if log.tooOld(old) {
			t.Error("at first, the age does not count")
		}
		log.add([]File{young})
		if !log.tooOld(old) || log.tooOld(fileAt("in/other", time.Second)) {
			t.Error("a file that is older than the newest by more than the limit counts as new, or a younger does not")
		}
		return log.Close()
	})
}

func TestSplitKeepsOrderAndCutsEvenly(t *testing.T) {
	files := []File{{Path: "a", Size: 300_000}, {Path: "b", Size: 0}, {Path: "c", Size: 100_000}}
	pieces := Split(files, 4)
	if len(pieces) != 4 {
		t.Fatalf("%d pieces, want 4", len(pieces))
	}
	var at int64
	for _, piece := range pieces {
		var size int64
		for _, s := range piece {
			size += s.To - s.From
			if s.File.Path == "a" && s.From != at {
				t.Errorf("a piece of a begins at %d, want %d", s.From, at)
			}
			at = s.To
		}
		if size != 100_000 {
			t.Errorf("a piece has %d bytes, want 100,000", size)
		}
	}
	if small := Split([]File{{Path: "a", Size: 10}}, 4); len(small) != 1 {
		t.Errorf("a small file is cut into %d pieces", len(small))
	}
}

// A log of many entries that were forgotten is short, and a start knows the same files.
func TestTheLogIsShortened(t *testing.T) {
	disk := sim.NewDisk(sim.Strict)
	ctx := context.Background()
	options := Options{MaxAge: 1000 * time.Second}
	name := func(i int) string { return fmt.Sprintf("in/%0200d", i) }
	const entries = 5000
	inWorld(t, disk, func(e env.Env) error {
		log, err := Open(ctx, e, "log", 1, options)
		if err != nil {
			return err
		}
		for i := range entries {
			if err := log.Append(ctx, []File{fileAt(name(i), -time.Duration(i)*time.Second)}); err != nil {
				return err
			}
			dropped, err := log.Forget(ctx, int64(i)-3)
			if err != nil {
				return err
			}
			if i > 2 && (len(dropped) != 1 || dropped[0].Path != name(i-3)) {
				t.Fatalf("dropped %v", dropped)
			}
		}
		names, err := e.FS().List("log")
		if err != nil {
			return err
		}
		var bytes int64
		for _, name := range names {
			info, err := e.FS().Stat("log/" + name)
			if err != nil {
				return err
			}
			bytes += info.Size
		}
		if bytes > 5*segmentBytes {
			t.Errorf("the log has %d bytes in %d files", bytes, len(names))
		}
		return log.Close()
	})
	inWorld(t, disk, func(e env.Env) error {
		log, err := Open(ctx, e, "log", 2, options)
		if err != nil {
			return err
		}
		if log.Last() != entries-1 || log.knows(name(entries-1002)) || !log.knows(name(entries-1000)) {
			t.Errorf("last entry %d", log.Last())
		}
		files, err := log.Between(entries-3, entries-1)
		if err != nil || len(files) != 2 || files[0].Path != name(entries-2) {
			t.Errorf("%v, %v", files, err)
		}
		return log.Close()
	})
}

func TestFilesKnownByName(t *testing.T) {
	inWorld(t, nil, func(e env.Env) error {
		log, err := Open(context.Background(), e, "", 0, Options{MaxAge: time.Hour, ByName: true})
		if err != nil {
			return err
		}
		log.add([]File{fileAt("p=1/a", 0)})
		if !log.knows("p=2/a") || log.knows("p=1/b") {
			t.Error("files are not known by their names")
		}
		return log.Close()
	})
}
