package structured

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// read runs a query over what is there, each batch by itself, and returns its lines.
func readNow(t *testing.T, state, pattern string, options ...source.FileOption) (lines []string) {
	t.Helper()
	out := ForEachBatch(func(ctx context.Context, batch DataFrame, _ int64) error {
		type row struct{ Value string }
		rows, err := Collect[row](ctx, batch)
		for _, r := range rows {
			lines = append(lines, r.Value)
		}
		return err
	})
	w := newSession(t, 1).Stream(source.TextFiles(pattern, options...)).Write(out).Trigger(AvailableNow()).Checkpoint(state)
	same(t, w.Run(t.Context()), nil)
	return lines
}

// Trap 79: two files of one name that are found at once are both read; one that is
// found later is not.
func TestTrap79FilesKnownByName(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	for _, sub := range []string{"p=1", "p=2", "p=3"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir+"/p=1", "a.txt", "1\n")
	put(t, dir+"/p=2", "a.txt", "2\n")
	same(t, readNow(t, state, dir+"/*/*", source.ByName()), []string{"1", "2"})
	put(t, dir+"/p=3", "a.txt", "3\n")
	put(t, dir+"/p=3", "b.txt", "4\n")
	same(t, readNow(t, state, dir+"/*/*", source.ByName()), []string{"4"})
}

func TestLatestFilesFirst(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"c", "a", "b"} {
		put(t, dir, name, name+"\n")
	}
	same(t, readNow(t, t.TempDir(), dir, source.LatestFirst(), source.MaxFiles(1)), []string{"b", "a", "c"})
}

// Files go when the batch after theirs is planned: no earlier, for theirs may run
// again.
func TestReadFilesAreRemoved(t *testing.T) {
	for _, archive := range []bool{false, true} {
		dir, state, to := t.TempDir(), t.TempDir(), t.TempDir()
		option := source.DeleteRead()
		if archive {
			option = source.ArchiveRead(to)
		}
		for _, name := range []string{"a", "b", "c"} {
			put(t, dir, name, name+"\n")
		}
		same(t, readNow(t, state, dir, option, source.MaxFiles(1)), []string{"a", "b", "c"})
		left, err := filepath.Glob(dir + "/*")
		same(t, err, nil)
		same(t, left, []string{dir + "/c"})
		moved, _ := filepath.Glob(to + dir + "/*")
		if archive != (len(moved) == 2) {
			t.Errorf("archive %v: moved %v", archive, moved)
		}
		put(t, dir, "a", "another\n") // has the name of one that was read
		put(t, dir, "d", "d\n")
		same(t, readNow(t, state, dir, option), []string{"d"})
		left, _ = filepath.Glob(dir + "/*")
		same(t, left, []string{dir + "/a", dir + "/d"})
	}
	dir := t.TempDir()
	err := newSession(t, 1).Stream(source.TextFiles(dir, source.ArchiveRead(dir))).Write(sink.Memory("out")).Run(t.Context())
	if err == nil {
		t.Error("files were archived where they are read")
	}
}
