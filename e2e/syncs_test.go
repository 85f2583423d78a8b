package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// TestSyncs replays the system calls of a real run into a simulated disk, which crashes
// after each of them in each way it can. From each the job goes on, simulated, and
// counts each word once. So what the real process has written and synced is enough.
func TestSyncs(t *testing.T) {
	x, root, calls := traceDStream(t)
	syncs := 0
	for _, c := range calls {
		if c.name == "sync" {
			syncs++
		}
	}
	worlds, err := x.replay(root, calls)
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d calls, %d of them syncs; %d crashes", len(calls), syncs, worlds)

	// The replay misses a sync that is taken away, of each kind that matters.
	for _, kind := range []string{"of the log", "of the log's directory", "of manifests"} {
		without := slices.DeleteFunc(slices.Clone(calls), func(c call) bool {
			if c.name != "sync" {
				return false
			}
			switch kind {
			case "of the log":
				return filepath.Dir(c.path) == root+"/checkpoint/log"
			case "of the log's directory":
				return c.path == root+"/checkpoint/log"
			default:
				return filepath.Base(filepath.Dir(c.path)) == "manifest" || filepath.Base(c.path) == "manifest"
			}
		})
		if _, err := x.replay(root, without); err == nil {
			t.Errorf("without the syncs %s nothing is missed", kind)
		} else {
			t.Logf("without the syncs %s: %v", kind, err)
		}
	}
}

// traceDStream runs the DStream job under strace and returns what it was fed, and its
// calls.
func traceDStream(t *testing.T) (x *text, root string, calls []call) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("there is no strace here")
	}
	x, root = newText(3), newRoot(t)
	file := filepath.Join(t.TempDir(), "trace")
	x.feed(t, root)
	p := startCommand(t, []string{
		"strace", "-f", "-y", "-xx", "-s", "1000000", "-e", "trace=" + traced, "-o", file,
		os.Args[0], jobCommand, "dstream", root,
	})
	waitForFile(t, p, filepath.Join(root, "total"))
	until(p, 100*time.Millisecond, func() {})
	x.feed(t, root)
	until(p, 100*time.Millisecond, func() {})
	x.feed(t, root)
	x.end(t, root)
	<-p.done
	x.ended = time.Now()
	err := p.err()
	if err != nil {
		if _, statErr := os.Stat(file); statErr != nil || isEmpty(file) {
			t.Skipf("strace may not trace here: %v", err)
		}
		t.Fatal(err)
	}
	if err := x.check("dstream", root); err != nil {
		t.Fatal(err)
	}
	calls, err = readTrace(file, root)
	if err != nil {
		t.Fatal(err)
	}
	return x, root, calls
}

func isEmpty(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Size() == 0
}

// replay repeats calls on a simulated disk and goes on from each crash.
func (x *text) replay(root string, calls []call) (worlds int, err error) {
	again := newText(3)
	disk := sim.NewDisk(sim.Strict)
	// The files are as new as those of the real run: too old ones are left out.
	w := sim.NewWorld(sim.Options{Disk: disk, Start: x.ended})
	defer w.Close()
	if err := again.putAll(w.Files(), root+"/in", x.files); err != nil {
		return 0, err
	}
	r := newReplayer(w.Files())
	seen := make(map[uint64]bool)
	for i, c := range calls {
		if err := r.do(c); err != nil {
			return worlds, fmt.Errorf("replay of %v: %w", c, err)
		}
		for _, o := range disk.Outcomes() {
			image := disk.Crash(o)
			if seen[image.Hash()] {
				continue
			}
			seen[image.Hash()] = true
			worlds++
			if err := x.goOn(image, root); err != nil {
				return worlds, fmt.Errorf("a crash after call %d, %v, with outcome %v: %w", i+1, c, o, err)
			}
		}
	}
	return worlds, nil
}

// putAll puts the first files of a text on a disk, durably.
func (x *text) putAll(files env.FS, directory string, n int) error {
	if err := env.MkdirAllSync(files, directory); err != nil {
		return err
	}
	for range n {
		name, content := x.next()
		f, err := files.Create(directory + "/" + name)
		if err != nil {
			return err
		}
		if _, err := f.Write([]byte(content)); err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return files.SyncDir(directory)
}

// goOn runs the job to its end on a simulated machine, and checks what it has counted.
func (x *text) goOn(disk *sim.Disk, root string) error {
	w := sim.NewWorld(sim.Options{Disk: disk, Start: x.ended})
	defer w.Close()
	p := w.Start("dstream", func(e env.Env) error {
		ctx := context.Background()
		stream, err := openDStream(e, root)
		if err != nil {
			return err
		}
		if err := stream.Start(ctx); err != nil {
			return errors.Join(err, stream.Close())
		}
		return errors.Join(stream.Drain(ctx), stream.Wait(ctx))
	})
	if status := w.Run(sim.Limit{Points: 100_000}); status != sim.Done {
		return fmt.Errorf("%v: %v", status, w.Parked())
	}
	if _, err := p.Ended(); err != nil {
		return err
	}
	return x.checkFiles(w.Files(), root)
}
