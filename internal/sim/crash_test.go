package sim

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/env"
)

// script is a disk and short names for what scenarios do to it.
type script struct {
	t     testing.TB
	disk  *Disk
	world *World
	files env.FS
}

func newScript(t testing.TB, profile Profile) script {
	disk := NewDisk(profile)
	w := NewWorld(Options{Disk: disk})
	return script{t, disk, w, w.Files()}
}

func (s script) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// put appends to a file, which it makes if need be, and syncs it if asked.
func (s script) put(name, content string, sync bool) {
	s.t.Helper()
	f, err := s.files.OpenAppend(name)
	if err != nil {
		f, err = s.files.Create(name)
	}
	s.must(err)
	_, err = f.Write([]byte(content))
	s.must(err)
	if sync {
		s.must(f.Sync())
	}
	s.must(f.Close())
}

// failSync does to a file what a sync that fails does.
func (s script) failSync(name string) {
	id, err := s.disk.file(name)
	s.must(err)
	s.disk.own(id).drop()
}

// show prints a disk in one line: names and contents, with 0 for a zero byte and
// ? for garbage.
func show(d *Disk) string {
	files := NewWorld(Options{Disk: d}).Files()
	var parts []string
	var visit func(dir string)
	visit = func(dir string) {
		names, err := files.List(dir)
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			full := path.Join(dir, name)
			info, err := files.Stat(full)
			if err != nil {
				panic(err)
			}
			if info.IsDir {
				parts = append(parts, full[1:]+"/")
				visit(full)
				continue
			}
			id, _ := d.file(full)
			parts = append(parts, full[1:]+"="+strings.Map(func(r rune) rune {
				switch {
				case r == 0:
					return '0'
				case r < 'a' || r > 'z':
					return '?'
				}
				return r
			}, string([]rune(latin(d.nodes[id].view())))))
		}
	}
	visit("/")
	return strings.Join(parts, " ")
}

// latin makes each byte a rune.
func latin(data []byte) []rune {
	runes := make([]rune, len(data))
	for i, b := range data {
		runes[i] = rune(b)
	}
	return runes
}

// images is all that a crash may leave: the canonical outcomes, and those of many
// seeds.
func images(d *Disk) map[string]Outcome {
	found := make(map[string]Outcome)
	outcomes := d.Outcomes()
	for kind := range Mixed + 1 {
		for seed := range uint64(60) {
			outcomes = append(outcomes, Outcome{kind, seed})
		}
	}
	for _, o := range outcomes {
		image := show(d.Crash(o))
		if _, known := found[image]; !known {
			found[image] = o
		}
	}
	return found
}

// TestCrashImages states for each scenario the whole set of disks that a crash may
// leave: nothing else is ever found, and all of it is.
func TestCrashImages(t *testing.T) {
	for _, c := range []struct {
		name   string
		do     func(script)
		strict []string
		ext4   []string
		xfs    []string // nil: as ext4
	}{
		{
			"synced with its entry",
			func(s script) { s.put("a", "abc", true); s.must(s.files.SyncDir("/")) },
			[]string{"a=abc"},
			[]string{"a=abc"},
			nil,
		}, {
			"synced without its entry",
			func(s script) { s.put("a", "abc", true) },
			[]string{"", "a=abc"},
			[]string{"a=abc"},
			nil,
		}, {
			"unsynced data",
			func(s script) { s.put("a", "", false); s.must(s.files.SyncDir("/")); s.put("a", "abc", false) },
			[]string{"a=", "a=a", "a=ab", "a=abc", "a=000", "a=???", "a=a??", "a=ab?"},
			[]string{"a=", "a=a", "a=ab", "a=abc"},
			[]string{"a=", "a=a", "a=ab", "a=abc", "a=000"},
		}, {
			"unsynced data behind synced",
			func(s script) { s.put("a", "ab", true); s.must(s.files.SyncDir("/")); s.put("a", "cd", false) },
			[]string{"a=ab", "a=abc", "a=abcd", "a=ab00", "a=ab??", "a=abc?"},
			[]string{"a=ab", "a=abc", "a=abcd"},
			[]string{"a=ab", "a=abc", "a=abcd", "a=ab00"},
		}, {
			"neither synced",
			func(s script) { s.put("a", "a", false) },
			[]string{"", "a=", "a=a", "a=0", "a=?"},
			[]string{"", "a=", "a=a"},
			[]string{"", "a=", "a=a", "a=0"},
		}, {
			"replaced by a synced file, without the directory",
			func(s script) {
				s.put("name", "old", true)
				s.must(s.files.SyncDir("/"))
				s.put("temp", "new", true)
				s.must(s.files.Rename("temp", "name"))
			},
			[]string{"name=old", "name=old temp=new", "name=new temp=new", "name=new"},
			[]string{"name=old temp=new", "name=new"},
			nil,
		}, {
			"replaced and synced",
			func(s script) {
				s.put("name", "old", true)
				s.must(s.files.SyncDir("/"))
				s.put("temp", "new", true)
				s.must(s.files.Rename("temp", "name"))
				s.must(s.files.SyncDir("/"))
			},
			[]string{"name=new"},
			[]string{"name=new"},
			nil,
		}, {
			"moved to another directory",
			func(s script) {
				s.must(s.files.MkdirAll("x"))
				s.must(s.files.MkdirAll("y"))
				s.must(s.files.SyncDir("/"))
				s.put("x/a", "a", true)
				s.must(s.files.SyncDir("x"))
				s.must(s.files.Rename("x/a", "y/b"))
			},
			[]string{"x/ x/a=a y/", "x/ x/a=a y/ y/b=a", "x/ y/ y/b=a"},
			[]string{"x/ x/a=a y/", "x/ y/ y/b=a"},
			nil,
		}, {
			"moved, and only the old directory synced",
			func(s script) {
				s.must(s.files.MkdirAll("x"))
				s.must(s.files.MkdirAll("y"))
				s.must(s.files.SyncDir("/"))
				s.put("x/a", "a", true)
				s.must(s.files.SyncDir("x"))
				s.must(s.files.Rename("x/a", "y/b"))
				s.must(s.files.SyncDir("x"))
			},
			[]string{"x/ y/ y/b=a"},
			[]string{"x/ y/ y/b=a"},
			nil,
		}, {
			"moved, and only the new directory synced",
			func(s script) {
				s.must(s.files.MkdirAll("x"))
				s.must(s.files.MkdirAll("y"))
				s.must(s.files.SyncDir("/"))
				s.put("x/a", "a", true)
				s.must(s.files.SyncDir("x"))
				s.must(s.files.Rename("x/a", "y/b"))
				s.must(s.files.SyncDir("y"))
			},
			[]string{"x/ x/a=a y/ y/b=a", "x/ y/ y/b=a"},
			[]string{"x/ y/ y/b=a"},
			nil,
		}, {
			"removed",
			func(s script) {
				s.put("a", "a", true)
				s.must(s.files.SyncDir("/"))
				s.must(s.files.Remove("a"))
			},
			[]string{"a=a", ""},
			[]string{"a=a", ""},
			nil,
		}, {
			"removed, and another made with the name",
			func(s script) {
				s.put("a", "old", true)
				s.must(s.files.SyncDir("/"))
				s.must(s.files.Remove("a"))
				s.put("a", "", false)
			},
			[]string{"a=old", "", "a="},
			[]string{"a=old", "", "a="},
			nil,
		}, {
			"a directory whose entry is not synced loses what is in it",
			func(s script) {
				s.must(s.files.MkdirAll("x"))
				s.put("x/a", "a", true)
				s.must(s.files.SyncDir("x"))
			},
			[]string{"", "x/ x/a=a"},
			[]string{"x/ x/a=a"},
			nil,
		}, {
			"two files made: in order on a journal",
			func(s script) { s.put("a", "", false); s.put("b", "", false) },
			[]string{"", "a=", "b=", "a= b="},
			[]string{"", "a=", "a= b="},
			nil,
		}, {
			"a sync commits what was before it, and on some disks what came later",
			func(s script) { s.put("a", "x", false); s.put("b", "", false); s.put("a", "", true) },
			[]string{"", "a=x", "b=", "a=x b="},
			[]string{"a=x b="},
			[]string{"a=x", "a=x b="},
		}, {
			"a sync of a directory does the same",
			func(s script) { s.must(s.files.MkdirAll("x")); s.put("a", "", false); s.must(s.files.SyncDir("x")) },
			[]string{"", "x/", "a=", "a= x/"},
			[]string{"a= x/"},
			[]string{"x/", "a= x/"},
		}, {
			"a failed sync loses the data for ever",
			func(s script) {
				s.put("a", "ab", true)
				s.must(s.files.SyncDir("/"))
				s.put("a", "cd", false)
				s.failSync("a")
				s.put("a", "", true)
			},
			[]string{"a=ab"},
			[]string{"a=ab"},
			nil,
		}, {
			"what is synced behind lost data leaves a hole",
			func(s script) {
				s.put("a", "ab", true)
				s.must(s.files.SyncDir("/"))
				s.put("a", "cd", false)
				s.failSync("a")
				s.put("a", "ef", true)
			},
			[]string{"a=ab00ef"},
			[]string{"a=ab00ef"},
			nil,
		}, {
			"unsynced behind lost data",
			func(s script) {
				s.put("a", "ab", true)
				s.must(s.files.SyncDir("/"))
				s.put("a", "cd", false)
				s.failSync("a")
				s.put("a", "e", false)
			},
			[]string{"a=ab", "a=ab00e", "a=ab000", "a=ab00?"},
			[]string{"a=ab", "a=ab00e"},
			[]string{"a=ab", "a=ab00e", "a=ab000"},
		},
	} {
		if c.xfs == nil {
			c.xfs = c.ext4
		}
		for profile, want := range map[Profile][]string{Strict: c.strict, Ext4Ordered: c.ext4, XFS: c.xfs} {
			t.Run(c.name+"/"+profile.String(), func(t *testing.T) {
				s := newScript(t, profile)
				c.do(s)
				before := show(s.disk)
				found := images(s.disk)
				for _, image := range want {
					if _, ok := found[image]; !ok {
						t.Errorf("never found: %q", image)
					}
				}
				for image, outcome := range found {
					if !slices.Contains(want, image) {
						t.Errorf("%v leaves %q", outcome, image)
					}
				}
				if now := show(s.disk); now != before {
					t.Errorf("a crash changed the disk it was asked of: %q", now)
				}
				if kept := show(s.disk.Crash(Outcome{})); !strings.Contains(c.name, "lost") && !strings.Contains(c.name, "failed") && kept != before {
					t.Errorf("kept leaves %q of %q", kept, before)
				}
			})
		}
	}
}

// TestCrashByChooser: FIFO keeps all, and a random chooser finds what a scenario
// allows and nothing else.
func TestCrashByChooser(t *testing.T) {
	want := map[Profile][]string{
		Strict: {
			"name=old", "name=old temp=", "name=old temp=x", "name=old temp=0", "name=old temp=?",
			"name= temp=", "name=x temp=x", "name=0 temp=0", "name=? temp=?", "name=", "name=x", "name=0", "name=?",
		},
		Ext4Ordered: {"name=old", "name=old temp=", "name=old temp=x", "name=", "name=x"},
		XFS:         {"name=old", "name=old temp=", "name=old temp=x", "name=old temp=0", "name=", "name=x", "name=0"},
	}
	for profile, want := range want {
		s := newScript(t, profile)
		s.put("name", "old", true)
		s.must(s.files.SyncDir("/"))
		s.put("temp", "x", false)
		s.must(s.files.Rename("temp", "name"))
		if kept := show(s.disk.CrashBy(FIFO{})); kept != "name=x" {
			t.Errorf("%v: FIFO leaves %q", profile, kept)
		}
		found := make(map[string]bool)
		random := NewRandom(1)
		for range 2000 {
			found[show(s.disk.CrashBy(random))] = true
		}
		if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%v: found %q", profile, got)
		}
	}
}

// TestWorldCrash: a crash from outside ends all processes, and the next ones find
// what it left.
func TestWorldCrash(t *testing.T) {
	for name, crash := range map[string]func(*World){
		"outcome": func(w *World) { w.Crash(Outcome{Kind: Lost}) },
		"chooser": func(w *World) { w.CrashBy(lastOption{}) },
	} {
		w := NewWorld(Options{})
		app := func(e env.Env) error {
			if _, err := e.FS().Create("a"); err != nil {
				return err
			}
			return e.Park(context.Background(), env.Forever)
		}
		w.Start("one", app)
		if status := w.Run(Limit{}); status != Quiescent {
			t.Fatal(name, status)
		}
		crash(w)
		if left := show(w.Disk()); left != "" {
			t.Errorf("%s left %q", name, left)
		}
		if status := w.Run(Limit{}); status != Done {
			t.Errorf("%s: %v", name, status)
		}
		if second := w.Start("two", app); second.Incarnation() != 2 || second.Name() != "two" {
			t.Errorf("%s: started %s.%d", name, second.Name(), second.Incarnation())
		}
		if status := w.Run(Limit{}); status != Quiescent {
			t.Errorf("%s: after the crash: %v", name, status)
		}
		w.Close()
		w.Close()
	}
}

// lastOption always takes the last option, except that entries are lost.
type lastOption struct{}

func (lastOption) Choose(site string, n int) int {
	if site == "crash.entries" {
		return int(Lost)
	}
	return n - 1
}

// TestSectorsAreTorn: over more than one sector, each may be lost on its own.
func TestSectorsAreTorn(t *testing.T) {
	s := newScript(t, Strict)
	s.put("a", strings.Repeat("a", 100), true)
	s.must(s.files.SyncDir("/"))
	s.put("a", strings.Repeat("b", 3*sector), false)
	for seed := range uint64(200) {
		data := []byte(show(s.disk.Crash(Outcome{Sectors, seed}))[len("a="):])
		if len(data) != 100+3*sector || strings.Trim(string(data[:100]), "a") != "" {
			t.Fatalf("seed %d: %d bytes, %q", seed, len(data), data[:100])
		}
		for from := 0; from < len(data); from += sector {
			part := data[max(from, 100):min(from+sector, len(data))]
			if strings.Trim(string(part), "b") != "" && strings.Trim(string(part), "0") != "" {
				t.Fatalf("seed %d: half a sector at %d: %q", seed, from, part)
			}
		}
	}
	if found := len(images(s.disk)); found < 1<<4 {
		t.Fatalf("only %d images", found)
	}
}

// TestSyncedSurvives makes a random tree, syncs all of it, goes on with other
// names and crashes: whatever the outcome, the first tree is there as it was.
func TestSyncedSurvives(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		profile := rapid.SampledFrom(Profiles).Draw(r, "profile")
		disk := NewDisk(profile)
		files := NewWorld(Options{Disk: disk}).Files()
		randomSteps(r, files, "first")
		syncTree(r, files, "/")
		synced := contents(files)
		randomSteps(r, files, "second")
		checkInvariants(r, disk)
		outcome := Outcome{
			Kind: OutcomeKind(rapid.IntRange(0, int(Mixed)).Draw(r, "outcome")),
			Seed: rapid.Uint64Range(0, 1000).Draw(r, "seed"),
		}
		image := disk.Crash(outcome)
		after := contents(NewWorld(Options{Disk: image}).Files())
		for name, content := range synced {
			if found, ok := after[name]; !ok || found != content {
				r.Fatalf("%v: %s was %q, is %q, %v", outcome, name, content, found, ok)
			}
		}
		if again := disk.Crash(outcome); again.Hash() != image.Hash() {
			r.Fatal("one outcome, two disks")
		}
		if outcomes := image.Outcomes(); len(outcomes) != 1 {
			r.Fatalf("after a crash something is not durable: %v", outcomes)
		}
	})
}

// checkInvariants: pending operations lead from what is durable to what is seen,
// and each unsynced write lies behind the durable part of its file.
func checkInvariants(r *rapid.T, d *Disk) {
	for id, n := range d.nodes {
		if n == nil {
			continue
		}
		entries := n.durable
		for _, op := range n.pending {
			entries = with(entries, op)
		}
		if !slices.Equal(entries, n.entries) {
			r.Fatalf("directory %d: durable %v and %v lead to %v, not %v", id, n.durable, n.pending, entries, n.entries)
		}
		if n.synced > n.clean || len(n.ends) == 0 && n.clean != len(n.data) || !slices.IsSorted(n.ends) {
			r.Fatalf("file %d: synced %d, clean %d, writes %v, size %d", id, n.synced, n.clean, n.ends, len(n.data))
		}
	}
}

// randomSteps works on files whose names begin with prefix, in two directories.
func randomSteps(r *rapid.T, files env.FS, prefix string) {
	name := rapid.Custom(func(r *rapid.T) string {
		dir := rapid.SampledFrom([]string{"/", "/" + prefix + "dir/"}).Draw(r, "dir")
		return dir + prefix + rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "name")
	})
	_ = files.MkdirAll("/" + prefix + "dir")
	for range rapid.IntRange(0, 12).Draw(r, "steps") {
		switch rapid.IntRange(0, 4).Draw(r, "step") {
		case 0, 1:
			n := name.Draw(r, "file")
			f, err := files.OpenAppend(n)
			if err != nil {
				if f, err = files.Create(n); err != nil {
					r.Fatal(err)
				}
			}
			_, _ = f.Write([]byte(rapid.StringMatching("[a-z]{0,9}").Draw(r, "content")))
			if rapid.Bool().Draw(r, "sync") {
				_ = f.Sync()
			}
			_ = f.Close()
		case 2:
			_ = files.Rename(name.Draw(r, "old"), name.Draw(r, "new"))
		case 3:
			_ = files.Remove(name.Draw(r, "remove"))
		case 4:
			_ = files.SyncDir(rapid.SampledFrom([]string{"/", "/" + prefix + "dir"}).Draw(r, "syncdir"))
		}
	}
}

func syncTree(r *rapid.T, files env.FS, dir string) {
	names, err := files.List(dir)
	if err != nil {
		r.Fatal(err)
	}
	for _, name := range names {
		full := path.Join(dir, name)
		if info, _ := files.Stat(full); info.IsDir {
			syncTree(r, files, full)
			continue
		}
		f, err := files.OpenAppend(full)
		if err != nil {
			r.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			r.Fatal(err)
		}
		_ = f.Close()
	}
	if err := files.SyncDir(dir); err != nil {
		r.Fatal(err)
	}
}

// contents maps each file's path to its content.
func contents(files env.FS) map[string]string {
	all := make(map[string]string)
	var visit func(dir string)
	visit = func(dir string) {
		names, _ := files.List(dir)
		for _, name := range names {
			full := path.Join(dir, name)
			if info, _ := files.Stat(full); info.IsDir {
				visit(full)
				continue
			}
			f, _ := files.Open(full)
			content := make([]byte, f.Size())
			_, _ = f.ReadAt(content, 0)
			_ = f.Close()
			all[full] = string(content)
		}
	}
	visit("/")
	return all
}

// TestClonesAreApart changes a disk and its clones in turn, on the same files.
func TestClonesAreApart(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		disks := []*Disk{NewDisk(Strict)}
		models := []map[string]string{{}}
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			i := rapid.IntRange(0, len(disks)-1).Draw(r, "disk")
			if rapid.IntRange(0, 3).Draw(r, "clone") == 0 {
				disks = append(disks, disks[i].Clone())
				models = append(models, maps.Clone(models[i]))
				continue
			}
			name := rapid.SampledFrom([]string{"/a", "/b"}).Draw(r, "name")
			content := rapid.StringMatching("[a-z]{1,9}").Draw(r, "content")
			s := script{t: t, files: NewWorld(Options{Disk: disks[i]}).Files()}
			s.put(name, content, false)
			models[i][name] += content
		}
		for i, d := range disks {
			if found := contents(NewWorld(Options{Disk: d}).Files()); !maps.Equal(found, models[i]) {
				r.Fatalf("disk %d holds %v, want %v", i, found, models[i])
			}
		}
	})
}

func TestHashTellsDisksApart(t *testing.T) {
	build := func(do func(script)) uint64 {
		s := newScript(t, Strict)
		do(s)
		return s.disk.Hash()
	}
	scripts := []func(script){
		func(s script) {},
		func(s script) { s.put("a", "", false) },
		func(s script) { s.put("b", "", false) },
		func(s script) { s.put("a", "x", false) },
		func(s script) { s.put("a", "y", false) },
		func(s script) { s.must(s.files.MkdirAll("a")) },
		func(s script) { s.must(s.files.MkdirAll("a")); s.put("a/b", "", false) },
		func(s script) { s.must(s.files.MkdirAll("a")); s.put("b", "", false) },
	}
	seen := make(map[uint64]int)
	for i, do := range scripts {
		h := build(do)
		if other, known := seen[h]; known {
			t.Errorf("scripts %d and %d have one hash", i, other)
		}
		seen[h] = i
		if build(do) != h {
			t.Errorf("script %d has two hashes", i)
		}
	}
	slow := newScript(t, Strict)
	slow.world.JumpClock(time.Hour)
	slow.put("a", "", false)
	slow.put("a", "x", true)
	slow.must(slow.files.SyncDir("/"))
	if slow.disk.Hash() != build(scripts[3]) {
		t.Error("the hash depends on more than names and contents")
	}
}

func TestOutcomeText(t *testing.T) {
	for kind := range Mixed + 1 {
		for _, seed := range []uint64{0, 17} {
			o := Outcome{kind, seed}
			if parsed, err := ParseOutcome(o.String()); parsed != o || err != nil {
				t.Errorf("%v is read as %v, %v", o, parsed, err)
			}
		}
	}
	for _, text := range []string{"", "none", "lost.x", "lost.-1"} {
		if o, err := ParseOutcome(text); err == nil {
			t.Errorf("%q is read as %v", text, o)
		}
	}
	if got := fmt.Sprint(Outcome{Kind: Lost}, Outcome{Torn, 17}); got != "lost torn.17" {
		t.Error(got)
	}
}

func TestCorrupt(t *testing.T) {
	s := newScript(t, Strict)
	s.put("a", "abc", true)
	before := s.disk.Clone()
	s.must(s.disk.Corrupt("a", 1, 0x01))
	if got := show(s.disk); got != "a=acc" {
		t.Errorf("got %q", got)
	}
	if got := show(before); got != "a=abc" {
		t.Errorf("a clone holds %q", got)
	}
	if s.disk.Hash() == before.Hash() {
		t.Error("the hash has not changed")
	}
	for name, offset := range map[string]int64{"a": 3, "b": 0, "/": 0} {
		if err := s.disk.Corrupt(name, offset, 1); err == nil {
			t.Errorf("%s at %d: no error", name, offset)
		}
	}
	s.put("a", "d", false)
	if got := show(s.disk); got != "a=accd" {
		t.Errorf("after an append: %q", got)
	}
}
