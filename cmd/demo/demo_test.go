package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/examples/wordcount"
)

// TestMain is also the main function of the jobs that the test starts.
func TestMain(m *testing.M) {
	if isJob(os.Args) {
		os.Exit(jobMain(os.Args))
	}
	goleak.VerifyTestMain(m)
}

// TestRun is the demo on a small scale: the project's own files, one kill of each job.
func TestRun(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	text, err := findText(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r := run{text: text, seed: 1, feed: 2 * time.Second, kills: 1, out: &out}
	if err := r.do(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if n := strings.Count(out.String(), "SIGKILL"); n != 2 {
		t.Errorf("%d kills, want one of each job\n%s", n, &out)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestDifferencesAreSeen takes a word away, and adds one.
func TestDifferencesAreSeen(t *testing.T) {
	batch := result{name: "batch", counts: map[string]int64{"a": 3, "b": 2}}
	for _, c := range []struct {
		name          string
		stream        result
		lost, doubled int64
	}{
		{"the same", result{counts: map[string]int64{"a": 3, "b": 2}}, 0, 0},
		{"a word less", result{counts: map[string]int64{"a": 3}}, 2, 0},
		{"one for another", result{counts: map[string]int64{"a": 2, "b": 3}}, 1, 1},
		{"a word that is nowhere", result{counts: map[string]int64{"a": 3, "b": 2, "c": 4}}, 0, 4},
		{"a row that came twice", result{counts: map[string]int64{"a": 3, "b": 2}, repeated: 5}, 0, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			lost, doubled := c.stream.differences(batch)
			agree := printTable(new(bytes.Buffer), []result{batch, c.stream})
			if lost != c.lost || doubled != c.doubled || agree != (lost+doubled == 0) {
				t.Errorf("lost %d, doubled %d, agree %v", lost, doubled, agree)
			}
		})
	}
}

// TestRepeatedChangesAreSeen: a change that came twice leaves the last count as it is.
func TestRepeatedChangesAreSeen(t *testing.T) {
	p := place(t.TempDir())
	if err := os.Mkdir(p.of("structured", ""), 0o755); err != nil {
		t.Fatal(err)
	}
	ledger, err := wordcount.OpenLedger(p.of("structured", "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	for id, counts := range [][]wordcount.Count{{{Word: "a", Count: 1}}, {{Word: "a", Count: 2}, {Word: "b", Count: 1}}, {{Word: "a", Count: 2}, {Word: "b", Count: 1}}} {
		if err := ledger.Add(int64(id), counts); err != nil {
			t.Fatal(err)
		}
	}
	if err := ledger.Close(); err != nil {
		t.Fatal(err)
	}
	counts, repeated, err := readLedger(t.Context(), p)
	if err != nil || counts["a"] != 2 || counts["b"] != 1 || repeated != 2 {
		t.Errorf("%v, %d repeated, %v", counts, repeated, err)
	}
}
