package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// text is what is fed to a job, and how often each of its words was in it.
type text struct {
	random *rand.Rand
	files  int
	counts map[string]int64
}

func newText(seed uint64) *text {
	return &text{random: rand.New(rand.NewPCG(seed, 0)), counts: make(map[string]int64)}
}

// next returns the name and the content of one more file, or record.
func (x *text) next() (name, content string) {
	var words []string
	for range 1 + x.random.IntN(40) {
		word := fmt.Sprintf("word%d", x.random.IntN(50))
		x.counts[word]++
		words = append(words, word)
	}
	x.files++
	return fmt.Sprintf("%06d", x.files), strings.Join(words, " ") + "\n"
}

func difference(got, want map[string]int64) string {
	var lost, doubled int64
	for word, n := range want {
		lost += max(0, n-got[word])
	}
	for word, n := range got {
		doubled += max(0, n-want[word])
	}
	return fmt.Sprintf("%d words lost, %d too many", lost, doubled)
}

// world is a job's directory, what is fed to the job and where its results are.
type world struct {
	*text
	job   string
	root  string
	place place
}

func newWorld(t *testing.T, job string, seed uint64) *world {
	t.Helper()
	return newWorldAt(t, job, seed, t.TempDir())
}

// newWorldAt makes a world of a directory.
func newWorldAt(t *testing.T, job string, seed uint64, root string) *world {
	t.Helper()
	return &world{newText(seed), job, root, jobs[job].prepare(t, job, root)}
}

// start starts the job.
func (w *world) start(t *testing.T, variables ...string) *process {
	t.Helper()
	return startCommand(t, []string{os.Args[0], jobCommand, w.job, w.root}, variables...)
}

// feed hands the next words to the job, whether it runs or not.
func (w *world) feed(t *testing.T) {
	t.Helper()
	name, content := w.next()
	w.place.feed(t, name, content)
}

// end says that no more comes.
func (w *world) end(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.root, "fed"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// check compares what the job has counted with what there was to count.
func (w *world) check() error { return w.place.check(w.counts) }
