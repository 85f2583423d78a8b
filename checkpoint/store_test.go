package checkpoint

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

func TestSaveAndLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "directory")
	s := open(t, dir, Options{})
	sizes := []int{0, 1, 999, maxBlock - 1, maxBlock, maxBlock + 1, 3*maxBlock + 5}
	for i, size := range sizes {
		name := fmt.Sprintf("size-%d", size)
		save(t, s, name, int64(i), content(int64(i), size))
		load(t, s, name, int64(i), content(int64(i), size))
	}
	again := open(t, dir, Options{})
	for i, size := range sizes {
		if report := load(t, again, fmt.Sprintf("size-%d", size), int64(i), content(int64(i), size)); report.String() != "" {
			t.Errorf("report is %q", report)
		}
	}
	if names := again.Names(); !slices.Equal(names, s.Names()) || len(names) != len(sizes) {
		t.Errorf("names are %v", names)
	}
}

func TestLoadFallsBackPastDamage(t *testing.T) {
	damages := map[string]func(file []byte) []byte{
		"cut in the header": func(file []byte) []byte { return file[:5] },
		"empty":             func(file []byte) []byte { return nil },
		"cut in a block":    func(file []byte) []byte { return file[:60] },
		"cut in the footer": func(file []byte) []byte { return file[:len(file)-1] },
		"without a footer":  func(file []byte) []byte { return file[:len(file)-footerSize] },
		"followed by bytes": func(file []byte) []byte { return append(file, 0) },
		"a bit flipped":     func(file []byte) []byte { file[70] ^= 4; return file },
		"of another name":   func(file []byte) []byte { return slices.Replace(file, headerSize, headerSize+1, 'b') },
		"the magic is gone": func(file []byte) []byte { file[0] = 'T'; return file },
		"a damaged version": func(file []byte) []byte { file[len(magic)] = 2; return file },
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, Options{Retain: 3})
			for version := range int64(3) {
				save(t, s, "a", version, content(version, 500))
			}
			file := filepath.Join(dir, "a@00000000000000000002")
			intact, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, damage(intact), 0o644); err != nil {
				t.Fatal(err)
			}
			report := load(t, s, "a", 1, content(1, 500))
			var damaged *DamagedError
			if len(report.Skipped) != 1 || report.Skipped[0].Version != 2 ||
				!errors.As(report.Skipped[0].Err, &damaged) || damaged.File != report.Skipped[0].File {
				t.Errorf("report is %v", report)
			}
			if !strings.Contains(report.String(), file) {
				t.Errorf("report %q does not name the file", report)
			}
			_, err = s.LoadVersion(context.Background(), "a", 2)
			if !errors.As(err, &damaged) {
				t.Errorf("LoadVersion: error is %v", err)
			}
		})
	}
}

// Whichever byte is damaged, the damage is found.
func TestEveryByteIsChecked(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	save(t, s, "a", 1, content(1, 100))
	file := filepath.Join(dir, "a@00000000000000000001")
	intact, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := range intact {
		damaged := slices.Clone(intact)
		damaged[at] ^= 1
		if err := os.WriteFile(file, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		_, report, err := s.Load(context.Background(), "a")
		var none *NoneValidError
		var damage *DamagedError
		if !errors.As(err, &none) || !errors.As(err, &damage) || len(report.Skipped) != 1 {
			t.Fatalf("byte %d is damaged: error is %v", at, err)
		}
	}
}

func TestUnknownFormatIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	save(t, s, "a", 1, content(1, 10))
	save(t, s, "a", 2, content(2, 10))
	file := filepath.Join(dir, "a@00000000000000000002")
	future := []byte(magic + "\x09")
	future = binary.LittleEndian.AppendUint32(future, crc32.Checksum(future, castagnoli))
	if err := os.WriteFile(file, future, 0o644); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.Load(context.Background(), "a")
	want := "snapshot " + file + " is in version 9 of the format; this release reads version 1: use the release that wrote it"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestVersionsAreNotReplaced(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	save(t, s, "a", 1, []byte("first"))
	err := s.Save(context.Background(), "a", 1, writes([]byte("second"), 10))
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v, want fs.ErrExist", err)
	}
	err = s.Save(context.Background(), "a", 2, func(io.Writer) error {
		return s.Save(context.Background(), "a", 2, writes(nil, 1))
	})
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("error of a save within a save is %v, want fs.ErrExist", err)
	}
	load(t, s, "a", 1, []byte("first"))
	save(t, s, "a", 2, []byte("third"))
	load(t, s, "a", 2, []byte("third"))
}

func TestFailedSaveLeavesNothing(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cause := errors.New("the disk of the writer is gone")
	fails := map[string]func(io.Writer) error{
		"error":       func(io.Writer) error { return cause },
		"panic":       func(io.Writer) error { panic(cause) },
		"cancelled":   func(w io.Writer) error { cancel(); return writes(make([]byte, 2*maxBlock), maxBlock)(w) },
		"cancelled 2": func(w io.Writer) error { return nil },
	}
	for _, name := range []string{"error", "panic", "cancelled", "cancelled 2"} {
		dir := t.TempDir()
		s := open(t, dir, Options{})
		err := s.Save(cancelled, "a", 1, fails[name])
		if !errors.Is(err, cause) && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error is %v", name, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: %v is left", name, left)
		}
		save(t, s, "a", 1, []byte("second attempt"))
	}
}

func TestOpenRemovesTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a@00000000000000000001.1-2.tmp", "others.tmp", "a@1", "a@99999999999999999999", ".a@00000000000000000001", "notes"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir, Options{})
	if names := s.Names(); len(names) > 0 {
		t.Errorf("names are %v, though there are no snapshots", names)
	}
	left, err := env.Real().FS().List(dir)
	if want := []string{".a@00000000000000000001", "a@1", "a@99999999999999999999", "notes", "others.tmp"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("files are %v, want %v; error %v", left, want, err)
	}
}

func TestNothingToLoad(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	if _, _, err := s.Load(context.Background(), "a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load: error is %v, want fs.ErrNotExist", err)
	}
	if _, err := s.LoadVersion(context.Background(), "a", 3); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("LoadVersion: error is %v, want fs.ErrNotExist", err)
	}
	if err := s.Remove(context.Background(), "a", 3); err != nil {
		t.Errorf("Remove: %v", err)
	}
}

func TestNames(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	ctx := context.Background()
	for _, name := range []string{"", "a/b", "a@b", ".", "..", ".a", "a b", "ä", "a\x00", strings.Repeat("a", maxName+1)} {
		if err := s.Save(ctx, name, 1, writes(nil, 1)); err == nil {
			t.Errorf("Save accepts the name %q", name)
		}
		if _, err := s.LoadVersion(ctx, name, 1); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("LoadVersion of name %q: error is %v", name, err)
		}
		if err := s.Remove(ctx, name, 1); err == nil {
			t.Errorf("Remove accepts the name %q", name)
		}
	}
	if err := s.Save(ctx, "a", -1, writes(nil, 1)); err == nil {
		t.Error("Save accepts version -1")
	}
	save(t, s, strings.Repeat("a", maxName), 1<<63-1, nil)
	save(t, s, "A.b-c_1", 0, nil)
	if got, want := s.Names(), []string{"A.b-c_1", strings.Repeat("a", maxName)}; !slices.Equal(got, want) {
		t.Errorf("names are %v, want %v", got, want)
	}
	if _, err := Open(env.Real(), t.TempDir(), Options{Retain: -1}); err == nil {
		t.Error("Open accepts Retain -1")
	}
}

func TestRetention(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{Retain: 2})
	for version := range int64(5) {
		save(t, s, "a", version, content(version, 10))
		save(t, s, "b", 10*version, nil)
	}
	check := func(s *Store, name string, want ...int64) {
		t.Helper()
		if got := s.Versions(name); !slices.Equal(got, want) {
			t.Errorf("versions of %s are %v, want %v", name, got, want)
		}
		if got := open(t, dir, Options{}).Versions(name); !slices.Equal(got, want) {
			t.Errorf("versions of %s in the directory are %v, want %v", name, got, want)
		}
	}
	check(s, "a", 3, 4)
	check(s, "b", 30, 40)
	if err := s.Remove(context.Background(), "b", 40); err != nil {
		t.Fatal(err)
	}
	check(s, "b", 30)

	// Nobody knows whether 3 and 4 are good, but 1 was just saved.
	s = open(t, dir, Options{Retain: 1})
	save(t, s, "a", 1, content(1, 10))
	check(s, "a", 1, 4)
	load(t, s, "a", 4, content(4, 10)) // now it is known
	save(t, s, "a", 2, content(2, 10))
	check(s, "a", 4)
}

func TestReadingOnWhatIsRemoved(t *testing.T) {
	s := open(t, t.TempDir(), Options{Retain: 1})
	save(t, s, "a", 1, content(1, 3*maxBlock))
	snapshot, err := s.LoadVersion(context.Background(), "a", 1)
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, "a", 2, nil)
	if got := s.Versions("a"); !slices.Equal(got, []int64{2}) {
		t.Errorf("versions are %v, want 2", got)
	}
	checkSnapshot(t, snapshot, "a", 1, content(1, 3*maxBlock))
}

func TestSavesAtTheSameTime(t *testing.T) {
	e := env.Real()
	s, err := Open(e, t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	var savers []*env.Proc
	for n := range 8 {
		savers = append(savers, e.Spawn("save", func() error {
			for version := range int64(5) {
				name := fmt.Sprintf("group-%d", n)
				if err := s.Save(ctx, name, version, writes(content(version, 1000), 100)); err != nil {
					return err
				}
				snapshot, _, err := s.Load(ctx, name)
				if err != nil {
					return err
				}
				if err := snapshot.Close(); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for _, saver := range savers {
		if err := saver.Wait(ctx, e); err != nil {
			t.Error(err)
		}
	}
	for n := range 8 {
		load(t, s, fmt.Sprintf("group-%d", n), 4, content(4, 1000))
	}
}
