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
	x, calls := traceDStream(t)
	syncs := 0
	for _, c := range calls {
		if c.name == "sync" {
			syncs++
		}
	}
	worlds, err := x.replay(calls)
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
				return filepath.Dir(c.path) == x.root+"/checkpoint/log"
			case "of the log's directory":
				return c.path == x.root+"/checkpoint/log"
			default:
				return filepath.Base(filepath.Dir(c.path)) == "manifest" || filepath.Base(c.path) == "manifest"
			}
		})
		if _, err := x.replay(without); err == nil {
			t.Errorf("without the syncs %s nothing is missed", kind)
		} else {
			t.Logf("without the syncs %s: %v", kind, err)
		}
	}
}

// trace is a run of the DStream job that is over.
type trace struct {
	*world
	ended time.Time
}

// traceDStream runs the job under strace and returns its calls too.
func traceDStream(t *testing.T) (x trace, calls []call) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("there is no strace here")
	}
	x.world = newWorld(t, "dstream", 3)
	file := filepath.Join(t.TempDir(), "trace")
	x.feed(t)
	p := startCommand(t, []string{
		"strace", "-f", "-y", "-xx", "-s", "1000000", "-e", "trace=" + traced, "-o", file,
		os.Args[0], jobCommand, "dstream", x.root,
	})
	x.waitForBatches(t, p, 2)
	x.feed(t)
	x.waitForBatches(t, p, 2)
	x.feed(t)
	x.end(t)
	<-p.done
	x.ended = time.Now()
	err := p.err()
	if err != nil {
		if _, statErr := os.Stat(file); statErr != nil || isEmpty(file) {
			t.Skipf("strace may not trace here: %v", err)
		}
		t.Fatal(err)
	}
	if err := x.check(); err != nil {
		t.Fatal(err)
	}
	calls, err = readTrace(file, x.root)
	if err != nil {
		t.Fatal(err)
	}
	return x, calls
}

// waitForBatches waits until a job has written some more batches.
func (x trace) waitForBatches(t *testing.T, p *process, n int) {
	t.Helper()
	start := -1
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if until(p, time.Millisecond, func() {}) {
			return // what is wrong, its error says
		}
		batches, err := filepath.Glob(filepath.Join(x.root, "total", "_tidewheel", "manifest", "*"))
		if err != nil {
			t.Fatal(err)
		}
		if start < 0 {
			start = len(batches)
		}
		if len(batches) >= start+n {
			return
		}
	}
	t.Fatalf("no %d batches in a minute", n)
}

func isEmpty(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Size() == 0
}

// replay repeats calls on a simulated disk and goes on from each crash.
func (x trace) replay(calls []call) (worlds int, err error) {
	again := newText(3)
	disk := sim.NewDisk(sim.Strict)
	// The files are as new as those of the real run: too old ones are left out.
	w := sim.NewWorld(sim.Options{Disk: disk, Start: x.ended})
	defer w.Close()
	if err := again.putAll(w.Files(), x.root+"/in", x.files); err != nil {
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
			if err := x.goOn(image); err != nil {
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
func (x trace) goOn(disk *sim.Disk) error {
	w := sim.NewWorld(sim.Options{Disk: disk, Start: x.ended})
	defer w.Close()
	p := w.Start("dstream", func(e env.Env) error {
		ctx := context.Background()
		stream, err := openDStream(e, x.root)
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
	return checkFiles(w.Files(), x.root, x.counts)
}
