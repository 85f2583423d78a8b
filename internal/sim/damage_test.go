package sim

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// liar writes two files with two writes each, and syncs all.
func liar(e env.Env) error {
	for _, name := range []string{"a", "b"} {
		f, err := e.FS().Create(name)
		if err != nil {
			return err
		}
		for _, content := range []string{"abcd", "efgh"} {
			if _, err := f.Write([]byte(content)); err != nil {
				return err
			}
		}
		if err := f.Sync(); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return e.FS().SyncDir("/")
}

func TestLies(t *testing.T) {
	const truth = "a=abcdefgh b=abcdefgh"
	for _, c := range []struct{ fault, seen string }{
		{"flip@append(a)#1/0", "a=abkdefgh b=abcdefgh"},
		{"flip@append(a)#1/1", "a=?bcdefgh b=abcdefgh"},
		{"lost-write@append(a)#1", "a=0000efgh b=abcdefgh"},
		{"lost-write@append(b)#2", "a=abcdefgh b=abcd0000"},
		{"misdirect@append(b)#1/0", "a=abcdabcd b=0000efgh"},
		{"misdirect@append(b)#2/1", "a=abefghgh b=abcd0000"},
		{"lost-write@sync(a)#1", truth}, // only an append can lie
	} {
		w := NewWorld(Options{Faults: mustParse(t, c.fault)})
		p := w.Start("liar", liar)
		w.Run(Limit{})
		if _, err := p.Ended(); err != nil {
			t.Errorf("%s: the process noticed: %v", c.fault, err)
		}
		if got := show(w.Disk()); got != c.seen {
			t.Errorf("%s: %q, want %q", c.fault, got, c.seen)
		}
		isLie := c.seen != truth
		if w.Disk().IsDamaged() != isLie || len(w.Fired()) == 1 != isLie {
			t.Errorf("%s: damaged %v, fired %v", c.fault, w.Disk().IsDamaged(), w.Fired())
		}
		for _, o := range w.Disk().Outcomes() {
			if image := w.Disk().Crash(o); show(image) != c.seen {
				t.Errorf("%s: a crash leaves %q", c.fault, show(image))
			}
		}
		healed := w.Disk().Clone()
		healed.Heal()
		if got := show(healed); got != truth || healed.IsDamaged() || isLie == (healed.Hash() == w.Disk().Hash()) {
			t.Errorf("%s: healed: %q", c.fault, got)
		}
		if got := show(w.Disk()); got != c.seen {
			t.Errorf("%s: a clone was healed, and this is now %q", c.fault, got)
		}
	}
}

// TestDamageBehindTheEnd: what a crash cuts off takes its damage with it.
func TestDamageBehindTheEnd(t *testing.T) {
	s := newScript(t, Strict)
	s.put("a", "abc", true)
	s.must(s.files.SyncDir("/"))
	s.put("a", "def", false)
	s.must(s.disk.Corrupt("a", 2, 0x08))
	s.must(s.disk.Corrupt("a", 4, 0x08))
	if got := show(s.disk); got != "a=abkdmf" {
		t.Errorf("got %q", got)
	}
	cut := script{t: t, disk: s.disk.Crash(Outcome{Kind: Lost})}
	cut.world = NewWorld(Options{Disk: cut.disk})
	cut.files = cut.world.Files()
	cut.put("a", "xyz", true)
	if got := show(cut.disk); got != "a=abkxyz" {
		t.Errorf("after a crash: %q", got)
	}
	s.must(s.disk.Corrupt("a", 4, 0x08)) // twice is not at all
	if got := show(s.disk); got != "a=abkdef" {
		t.Errorf("got %q", got)
	}
}

// TestHealTails: of what a file holds, only that is damaged for good which others were
// synced after.
func TestHealTails(t *testing.T) {
	for _, c := range []struct{ fault, seen string }{
		{"lost-write@append(log)#1", "log=0000bbbbccccdddd put=abcd"},
		{"lost-write@append(log)#2", "log=aaaa0000ccccdddd put=abcd"},
		{"lost-write@append(log)#3", "log=aaaabbbbccccdddd put=abcd"},
		{"lost-write@append(log)#4", "log=aaaabbbbccccdddd put=abcd"},
		{"lost-write@append(new)#1", "log=aaaabbbbccccdddd put=0000"}, // it is complete
	} {
		w := NewWorld(Options{Faults: mustParse(t, c.fault)})
		p := w.Start("writer", func(e env.Env) error {
			err := writeSynced(e, "log", "aaaa", "bbbb", "cccc", "dddd")
			return errors.Join(err, writeSynced(e, "new", "abcd"), e.FS().Rename("new", "put"))
		})
		w.Run(Limit{})
		if _, err := p.Ended(); err != nil || len(w.Fired()) != 1 {
			t.Fatalf("%s: %v, fired %v", c.fault, err, w.Fired())
		}
		if len(w.Disk().Damaged()) != 1 {
			t.Errorf("%s: the damaged files are %v", c.fault, w.Disk().Damaged())
		}
		clone := w.Disk().Clone()
		clone.HealTails()
		if got := show(clone); got != c.seen {
			t.Errorf("%s: %q, want %q", c.fault, got, c.seen)
		}
	}
}

// writeSynced makes a file of pieces, each synced.
func writeSynced(e env.Env, name string, pieces ...string) error {
	f, err := e.FS().Create(name)
	if err != nil {
		return err
	}
	for _, piece := range pieces {
		if _, err := f.Write([]byte(piece)); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return f.Close()
}

// TestSpare: what is to be spared is neither changed nor overwritten.
func TestSpare(t *testing.T) {
	isB := func(name string) bool { return name == "b" }
	for seed := range 20 {
		for _, fault := range []string{"flip@append(b)#1/", "misdirect@append(b)#2/", "misdirect@append(a)#2/"} {
			w := NewWorld(Options{Faults: mustParse(t, fmt.Sprint(fault, seed)), Spare: isB})
			w.Start("liar", liar)
			w.Run(Limit{})
			if damaged := w.Disk().Damaged(); slices.Contains(damaged, "b") {
				t.Errorf("%s%d: the damaged files are %v", fault, seed, damaged)
			}
		}
	}
}
