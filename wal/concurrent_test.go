package wal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// failingFS lets the calls of a kind fail once they are armed.
type failingFS struct {
	env.FS
	failWrite, failSync bool
	syncs               int
}

var errDisk = errors.New("the disk is on fire")

func (f *failingFS) Create(name string) (env.File, error) {
	file, err := f.FS.Create(name)
	return &failingFile{file, f}, err
}

type failingFile struct {
	env.File
	fs *failingFS
}

func (f *failingFile) Write(p []byte) (int, error) {
	if f.fs.failWrite {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, errDisk
	}
	return f.File.Write(p)
}

func (f *failingFile) Sync() error {
	f.fs.syncs++
	if f.fs.failSync {
		return errDisk
	}
	return f.File.Sync()
}

type failingEnv struct {
	env.Env
	fs *failingFS
}

func (e failingEnv) FS() env.FS { return e.fs }

func newFailingEnv() failingEnv { return failingEnv{env.Real(), &failingFS{FS: env.Real().FS()}} }

func TestFailurePoisonsTheLog(t *testing.T) {
	for _, kind := range []string{"write", "sync", "roll"} {
		t.Run(kind, func(t *testing.T) {
			e := newFailingEnv()
			dir := t.TempDir()
			l, err := Create(t.Context(), e, dir, 1, Options{SegmentBytes: 100})
			if err != nil {
				t.Fatal(err)
			}
			appendAll(t, l, "a")
			syncLog(t, l)
			record := "b"
			if kind == "roll" {
				record = strings.Repeat("b", 100)
			}
			appendAll(t, l, record)
			e.fs.failWrite, e.fs.failSync = kind == "write", kind != "write"
			check := func(what string, err error) {
				t.Helper()
				poisoned, ok := errors.AsType[*PoisonedError](err)
				if !ok || !errors.Is(err, ErrPoisoned) || !errors.Is(err, errDisk) || poisoned.Cause != errDisk {
					t.Fatalf("%s: %v", what, err)
				}
			}
			check("sync", l.Sync(t.Context()))
			e.fs.failWrite, e.fs.failSync = false, false
			check("second sync", l.Sync(t.Context()))
			_, err = l.Append(nil)
			check("append", err)
			check("err", l.Err())
			check("close", l.Close())
			// A new writer goes on with what is valid.
			create(t, dir, 2, Options{})
			got, err := read(dir)
			if err != nil || len(got) == 0 || got[0] != "a" {
				t.Fatalf("records %q: %v", got, err)
			}
		})
	}
}

func TestGroupCommit(t *testing.T) {
	e := newFailingEnv()
	dir := t.TempDir()
	l, err := Create(t.Context(), e, dir, 1, Options{SegmentBytes: 4000})
	if err != nil {
		t.Fatal(err)
	}
	const activities, each = 8, 50
	var procs []*env.Proc
	for a := range activities {
		procs = append(procs, e.Spawn("writer", func() error {
			for i := range each {
				if _, err := l.Append(fmt.Appendf(nil, "%d/%d", a, i)); err != nil {
					return err
				}
				if err := l.Sync(context.Background()); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for _, p := range procs {
		if err := p.Wait(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	next := [activities]int{}
	records, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records {
		var a, i int
		if _, err := fmt.Sscanf(record, "%d/%d", &a, &i); err != nil || i != next[a] {
			t.Fatalf("record %q, want %d/%d", record, a, next[a])
		}
		next[a]++
	}
	if len(records) != activities*each {
		t.Fatalf("%d records", len(records))
	}
	t.Logf("%d syncs of the file for %d of the log", e.fs.syncs, activities*each)
}

// A buffer that nobody syncs is written out when it grows large.
func TestAppendWritesOut(t *testing.T) {
	dir := t.TempDir()
	l := create(t, dir, 1, Options{})
	record := strings.Repeat("x", 300<<10)
	for range 10 {
		appendAll(t, l, record)
	}
	info, err := os.Stat(dir + "/" + firstSegment)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() < 2<<20 {
		t.Fatalf("%d bytes were written out", info.Size())
	}
}
