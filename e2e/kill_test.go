package e2e

import (
	"flag"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/failpoint"
)

var (
	killsFlag = flag.Int("e2e.kills", 3, "how often each job is killed")
	seedFlag  = flag.Uint64("e2e.seed", 1, "seed of the text, the moments and the failpoints")
)

// TestKills: a job is killed over and over while files come, every other time at an I/O
// point. In the end each word was counted once.
func TestKills(t *testing.T) {
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(*seedFlag, 1))
			points := recordPoints(t, name)
			w, pace := newWorld(t, name, *seedFlag), jobs[name].pace
			atPoints := make(map[string]int)
			for kill := range *killsFlag {
				for range 1 + random.IntN(3) {
					w.feed(t)
				}
				limit := pace/2 + time.Duration(random.Int64N(int64(5*pace)))
				var variables []string
				point := ""
				if kill%2 == 0 {
					point = points[random.IntN(len(points))]
					variables, limit = []string{failpoint.Variable + "=" + point}, 25*pace
				}
				p := w.start(t, variables...)
				if until(p, limit, func() { w.feed(t) }) {
					if !p.wasKilled() {
						t.Fatalf("kill %d, at %q: the job has ended: %v", kill, point, p.err())
					}
					site, _, _ := strings.Cut(point, "#")
					atPoints[site]++
				}
				p.kill()
			}
			w.end(t)
			p := w.start(t)
			<-p.done
			if err := p.err(); err != nil {
				t.Fatalf("after %d kills: %v", *killsFlag, err)
			}
			if err := w.check(); err != nil {
				t.Fatalf("after %d kills (-e2e.seed=%d): %v", *killsFlag, *seedFlag, err)
			}
			sum := 0
			for _, n := range atPoints {
				sum += n
			}
			if sum == 0 {
				t.Error("no kill hit its failpoint")
			}
			t.Logf("%d kills, %d of them at %d different sites; %d files or records, all words once", *killsFlag, sum, len(atPoints), w.files)
			t.Logf("sites: %v", slices.Sorted(maps.Keys(atPoints)))
		})
	}
}

// until waits for the end of a job, or of a limit, and calls feed now and then. It says
// whether the job has ended.
func until(p *process, limit time.Duration, feed func()) (ended bool) {
	deadline := time.After(limit)
	for {
		select {
		case <-p.done:
			return true
		case <-deadline:
			return false
		case <-time.After(30 * time.Millisecond):
			feed()
		}
	}
}

// recordPoints runs a job to its end and returns the points it reached, of each site the
// same number at most, so that no site is drawn much more often than others.
func recordPoints(t *testing.T, name string) []string {
	w := newWorld(t, name, 0)
	file := filepath.Join(t.TempDir(), "points")
	for range 3 {
		w.feed(t)
	}
	p := w.start(t, pointsFile+"="+file)
	for range 5 {
		until(p, jobs[name].pace, func() { w.feed(t) })
	}
	w.end(t)
	<-p.done
	if err := p.err(); err != nil {
		t.Fatal(err)
	}
	if err := w.check(); err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const each = 4
	seen := make(map[string]int)
	var points []string
	for point := range strings.SplitSeq(string(all), "\n") {
		site, _, _ := strings.Cut(point, "#")
		if seen[site]++; seen[site] <= each && !strings.HasPrefix(site, "probe") {
			points = append(points, point)
		}
	}
	return points
}
