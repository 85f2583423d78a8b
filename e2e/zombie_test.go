package e2e

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestZombie: a job is stopped with SIGSTOP where no lock keeps others away, as on a
// shared disk: another one takes over, and then the first goes on. It is refused, and
// what it does before it notices has no effect. So it is with sinks that are
// themselves proof against an older writer, as Kafka's is.
func TestZombie(t *testing.T) {
	for _, name := range names() {
		if !strings.HasPrefix(name, "kafka") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w, pace := newWorld(t, name, *seedFlag), jobs[name].pace
			random := rand.New(rand.NewPCG(*seedFlag, 3))
			owner := w.start(t)
			waitForFile(t, owner, filepath.Join(w.root, "checkpoint", "epoch"))
			takeovers := max(2, *killsFlag/20)
			for range takeovers {
				if until(owner, time.Duration(random.Int64N(int64(4*pace))), func() { w.feed(t) }) {
					t.Fatalf("the job has ended: %v", owner.err())
				}
				owner.signal(t, syscall.SIGSTOP)
				if err := os.Remove(filepath.Join(w.root, "checkpoint", "lock")); err != nil {
					t.Fatal(err)
				}
				next := w.start(t)
				until(next, time.Duration(random.Int64N(int64(4*pace))), func() { w.feed(t) })
				owner.signal(t, syscall.SIGCONT)
				if !until(owner, 30*time.Second, func() { w.feed(t) }) {
					t.Fatal("the job that was replaced goes on")
				}
				if err := owner.err(); err == nil || !strings.Contains(err.Error(), "fenced") {
					t.Fatalf("the job that was replaced: %v; want that it is fenced", err)
				}
				owner = next
			}
			w.end(t)
			<-owner.done
			if err := owner.err(); err != nil {
				t.Fatal(err)
			}
			if err := w.check(); err != nil {
				t.Fatalf("after %d takeovers (-e2e.seed=%d): %v", takeovers, *seedFlag, err)
			}
			t.Logf("%d takeovers; %d records, all words once", takeovers, w.files)
		})
	}
}
