package manifest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

func newDir(t *testing.T) (env.FS, string) {
	t.Helper()
	fsys, dir := env.Real().FS(), filepath.ToSlash(t.TempDir())
	if err := Prepare(fsys, dir); err != nil {
		t.Fatal(err)
	}
	return fsys, dir
}

func TestABatchIsCommittedOnce(t *testing.T) {
	fsys, dir := newDir(t)
	first := Manifest{Query: "q", Batch: 0, Epoch: 1, Files: []File{{Name: "a", Size: 3, Rows: 1}}}
	if err := Create(fsys, dir, first); err != nil {
		t.Fatal(err)
	}
	err := Create(fsys, dir, Manifest{Query: "q", Batch: 0, Epoch: 2})
	if !errors.Is(err, ErrCommitted) {
		t.Fatalf("second commit of a batch: %v", err)
	}
	if err := Create(fsys, dir, Manifest{Query: "q", Batch: 1, Epoch: 2}); err != nil {
		t.Fatal(err)
	}
	all, err := All(fsys, dir)
	if err != nil || len(all) != 2 || all[0].Files[0] != first.Files[0] || all[1].Batch != 1 {
		t.Fatalf("manifests %+v, %v", all, err)
	}
	last, ok, err := Last(fsys, dir)
	if err != nil || !ok || last.Batch != 1 || last.Epoch != 2 {
		t.Fatalf("last %+v %v %v", last, ok, err)
	}
}

// Every prefix of a manifest that a crash may leave counts as absent and is
// replaced by whoever commits the batch.
func TestTornNewestManifestIsReplaced(t *testing.T) {
	whole, err := encode("manifest", Manifest{Query: "q", Batch: 1})
	if err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		fsys, dir := newDir(t)
		if err := Create(fsys, dir, Manifest{Query: "q", Batch: 0}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path(dir, 1), whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		if last, ok, err := Last(fsys, dir); err != nil || !ok || last.Batch != 0 {
			t.Fatalf("cut at %d: last %+v %v %v", cut, last, ok, err)
		}
		if err := Create(fsys, dir, Manifest{Query: "q", Batch: 1, Epoch: 7}); err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if last, ok, err := Last(fsys, dir); err != nil || !ok || last.Batch != 1 || last.Epoch != 7 {
			t.Fatalf("cut at %d: last %+v %v %v", cut, last, ok, err)
		}
	}
}

func TestDamageBeforeTheNewestIsAnError(t *testing.T) {
	fsys, dir := newDir(t)
	for batch := range int64(2) {
		if err := Create(fsys, dir, Manifest{Query: "q", Batch: batch}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(path(dir, 0), 10); err != nil {
		t.Fatal(err)
	}
	if _, err := All(fsys, dir); err == nil {
		t.Fatal("a damaged manifest in the middle was taken for absent")
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	var m Manifest
	err := decode("manifest", []byte("tidewheel manifest 2 00000000\n{}\n"), &m)
	var torn *tornError
	if err == nil || errors.As(err, &torn) {
		t.Fatalf("a newer format must be refused, not taken for torn: %v", err)
	}
}

func TestOwner(t *testing.T) {
	fsys, dir := newDir(t)
	name := dir + "/" + Folder + "/owner"
	if err := os.WriteFile(name, []byte("tidewheel ow"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Own(fsys, dir, "q"); err != nil {
		t.Fatalf("a torn owner file of a fresh directory: %v", err)
	}
	if err := Own(fsys, dir, "q"); err != nil {
		t.Fatalf("second start of the owner: %v", err)
	}
	var other *OwnerError
	if err := Own(fsys, dir, "p"); !errors.As(err, &other) || other.Owner != "q" {
		t.Fatalf("another query: %v", err)
	}
}
