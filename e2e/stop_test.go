package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStoppedOwner: a job is stopped with SIGSTOP, which looks like death from outside.
// Another one on the same checkpoint is refused and told who has it; the first goes on
// where it was when it is continued.
func TestStoppedOwner(t *testing.T) {
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, name, 1)
			w.feed(t)
			owner := w.start(t)
			waitForFile(t, owner, filepath.Join(w.root, "checkpoint", "epoch"))
			owner.signal(t, syscall.SIGSTOP)
			second := w.start(t)
			<-second.done
			host, err := os.Hostname()
			if err != nil {
				t.Fatal(err)
			}
			named := fmt.Sprintf("is held by process %d on %s", owner.command.Process.Pid, host)
			if err := second.err(); err == nil || !strings.Contains(err.Error(), named) {
				t.Errorf("the second writer: %v; want a refusal with %q", err, named)
			}
			owner.signal(t, syscall.SIGCONT)
			w.feed(t)
			w.end(t)
			<-owner.done
			if err := owner.err(); err != nil {
				t.Fatal(err)
			}
			if err := w.check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// waitForFile waits until a directory has an entry.
func waitForFile(t *testing.T, p *process, directory string) {
	t.Helper()
	for range 6000 {
		if entries, err := os.ReadDir(directory); err == nil && len(entries) > 0 {
			return
		}
		select {
		case <-p.done:
			t.Fatal(p.err())
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("%s is still empty", directory)
}
