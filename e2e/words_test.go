package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/examples/wordcount"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
)

// text is what is fed to a job, and how often each of its words was in it.
type text struct {
	random *rand.Rand
	files  int
	counts map[string]int64
	ended  time.Time // when a job had counted it
}

func newText(seed uint64) *text {
	return &text{random: rand.New(rand.NewPCG(seed, 0)), counts: make(map[string]int64)}
}

// next returns the name and the content of one more file.
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

// feed puts a file into the directory of a job: it appears whole.
func (x *text) feed(t *testing.T, root string) {
	t.Helper()
	name, content := x.next()
	hidden := filepath.Join(root, "in", "."+name)
	if err := os.WriteFile(hidden, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(hidden, filepath.Join(root, "in", name)); err != nil {
		t.Fatal(err)
	}
}

// end says that no more files come.
func (x *text) end(t *testing.T, root string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, "fed"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// newRoot makes the directory of a job.
func newRoot(t *testing.T) string {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// check compares what a job has counted with what there was to count.
func (x *text) check(name, root string) error {
	if name == "structured" {
		return x.checkLedger(root)
	}
	return x.checkFiles(env.Real().FS(), root)
}

func (x *text) checkFiles(files env.FS, root string) error {
	batches, err := readBatches(files, root+"/out")
	if err != nil {
		return err
	}
	sum := make(map[string]int64)
	for _, batch := range batches {
		for word, count := range batch {
			sum[word] += count
		}
	}
	if !maps.Equal(sum, x.counts) {
		return fmt.Errorf("the sum of %d batches: %s", len(batches), difference(sum, x.counts))
	}
	totals, err := readBatches(files, root+"/total")
	if err != nil {
		return err
	}
	if last := totals[len(totals)-1]; !maps.Equal(last, x.counts) {
		return fmt.Errorf("the state: %s", difference(last, x.counts))
	}
	return nil
}

// checkLedger takes the last count of each word. A count grows with each change, so one
// that does not was delivered twice.
func (x *text) checkLedger(root string) error {
	batches, err := wordcount.ReadLedger(filepath.Join(root, "ledger"))
	if err != nil {
		return err
	}
	last := make(map[string]int64)
	for _, batch := range batches {
		for _, change := range batch.Counts {
			if change.Count <= last[change.Word] {
				return fmt.Errorf("batch %d: %v comes after %d", batch.ID, change, last[change.Word])
			}
			last[change.Word] = change.Count
		}
	}
	if !maps.Equal(last, x.counts) {
		return fmt.Errorf("the ledger: %s", difference(last, x.counts))
	}
	return nil
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

// readBatches returns the counts of each committed batch of a directory, oldest first.
func readBatches(files env.FS, directory string) ([]map[string]int64, error) {
	all, err := manifest.All(files, directory)
	if err != nil {
		return nil, err
	}
	var batches []map[string]int64
	for _, m := range all {
		batch := make(map[string]int64)
		for _, f := range m.Files {
			content, err := readFile(files, directory+"/"+f.Name)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(content[:f.Size]) {
				count, err := wordcount.ParseCount(strings.TrimSuffix(line, "\n"))
				if err != nil {
					return nil, err
				}
				batch[count.Word] += count.Count
			}
		}
		batches = append(batches, batch)
	}
	return batches, nil
}

func readFile(files env.FS, name string) (string, error) {
	r, err := files.Open(name)
	if err != nil {
		return "", err
	}
	content := make([]byte, r.Size())
	if n, err := r.ReadAt(content, 0); n < len(content) {
		return "", err
	}
	return string(content), r.Close()
}
