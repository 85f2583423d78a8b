package checkpoint

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write the golden directory anew")

const goldenDir = "testdata/golden/v1"

// goldenSnapshots is what the golden directory holds.
var goldenSnapshots = []struct {
	name    string
	version int64
	content []byte
}{
	{"counts.0", 41, content(41, 300)},
	{"counts.0", 42, content(42, 300)},
	{"empty", 0, nil},
	{"several-blocks", 9_000_000_000, bytes.Repeat([]byte("tide"), maxBlock/4+100)},
}

// Version 1 of the format is read for ever, and written byte for byte as long as it
// is the current one.
func TestGolden(t *testing.T) {
	if *rewrite {
		if err := os.RemoveAll(goldenDir); err != nil {
			t.Fatal(err)
		}
		saveGolden(t, goldenDir)
	}
	stored, written := t.TempDir(), t.TempDir()
	if err := os.CopyFS(stored, os.DirFS(goldenDir)); err != nil {
		t.Fatal(err)
	}
	s := open(t, stored, Options{})
	if names := s.Names(); !slices.Equal(names, []string{"counts.0", "empty", "several-blocks"}) {
		t.Errorf("names are %v", names)
	}
	saveGolden(t, written)
	for _, g := range goldenSnapshots {
		snapshot, err := s.LoadVersion(t.Context(), g.name, g.version)
		if err != nil {
			t.Fatal(err)
		}
		checkSnapshot(t, snapshot, g.name, g.version, g.content)
		file := id{g.name, g.version}.fileName()
		want, err := os.ReadFile(filepath.Join(stored, file))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(written, file)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is written differently now (error %v)", file, err)
		}
	}
}

func saveGolden(t *testing.T, dir string) {
	t.Helper()
	s := open(t, dir, Options{})
	for _, g := range goldenSnapshots {
		save(t, s, g.name, g.version, g.content)
	}
}
