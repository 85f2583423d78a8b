package e2e

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestFullDisk: the disk fills up while a job runs. The job ends with an error that says
// so, or goes on; when there is space again, the next start counts each word once.
func TestFullDisk(t *testing.T) {
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			w, pace := newWorldAt(t, name, *seedFlag, mountSmall(t)), jobs[name].pace
			random := rand.New(rand.NewPCG(*seedFlag, 2))
			full := 0
			for range max(3, *killsFlag/10) {
				p := w.start(t)
				for range 1 + random.IntN(4) {
					w.feed(t)
					until(p, time.Duration(random.Int64N(int64(pace))), func() {})
				}
				left := random.IntN(6000) // more than a name, less than many batches
				filler := fill(t, w.root, left)
				// What is fed takes no space of the disk: the input is elsewhere.
				if until(p, 25*pace, func() { w.feed(t) }) {
					if code := p.command.ProcessState.ExitCode(); code != exitFull {
						t.Fatalf("with %d bytes left: %v", left, p.err())
					}
					full++
				}
				if err := os.Remove(filler); err != nil {
					t.Fatal(err)
				}
				p.kill()
			}
			w.end(t)
			p := w.start(t)
			<-p.done
			if err := p.err(); err != nil {
				t.Fatal(err)
			}
			if err := w.check(); err != nil {
				t.Errorf("-e2e.seed=%d: %v", *seedFlag, err)
			}
			if full == 0 {
				t.Error("the disk was never full")
			}
			t.Logf("the disk was full %d times", full)
		})
	}
}

// mountSmall makes the directory of a job whose input is elsewhere and whose other files
// are on a small file system in memory.
func mountSmall(t *testing.T) (root string) {
	root, input := t.TempDir(), t.TempDir()
	err := syscall.Mount("tidewheel", root, "tmpfs", 0, "size=32m")
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(root, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if err := os.Symlink(input, filepath.Join(root, "in")); err != nil {
		t.Fatal(err)
	}
	return root
}

// fill fills a file system until about so many bytes are left, and returns the file that
// does so.
func fill(t *testing.T, root string, left int) (name string) {
	t.Helper()
	name = filepath.Join(root, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for page := make([]byte, 4096); err == nil; {
		_, err = f.Write(page)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err == nil {
		err = f.Truncate(max(0, info.Size()-int64(left)))
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}
