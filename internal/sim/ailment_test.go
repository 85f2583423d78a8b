package sim

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

func mustParse(t *testing.T, texts ...string) (faults []Fault) {
	t.Helper()
	for _, text := range texts {
		f, err := ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, f)
	}
	return faults
}

// appender appends a word a second, each synced, and goes on after errors. It returns
// what came of each.
func appender(words ...string) (main func(env.Env) error, log *[]string) {
	log = new([]string)
	return func(e env.Env) error {
		f, err := e.FS().Create("a")
		if err != nil {
			return err
		}
		defer f.Close()
		for _, word := range words {
			n, err := f.Write([]byte(word))
			result := "ok"
			switch {
			case errors.Is(err, syscall.ENOSPC):
				result = fmt.Sprint("full after ", n)
			case err != nil:
				return err
			}
			if err := f.Sync(); err != nil {
				return err
			}
			*log = append(*log, fmt.Sprint(e.Mono(), " ", result))
			if err := env.Sleep(context.Background(), e, time.Second); err != nil {
				return err
			}
		}
		return nil
	}, log
}

func TestFullDisk(t *testing.T) {
	main, log := appender("one", "two", "three", "four")
	w := NewWorld(Options{Faults: mustParse(t, "full@append(a)#2/5,2s")})
	p := w.Start("app", main)
	w.Run(Limit{})
	if _, err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(*log); got != "[0s ok 1s ok 2s full after 2 3s ok]" {
		t.Error(got)
	}
	if got := show(w.Disk()); got != "a=onetwothfour" {
		t.Error(got)
	}
}

// TestFullDiskTakesNoFiles: without a byte of space there is none for a name; what is
// removed or replaced gives its space back; the next process finds space.
func TestFullDiskTakesNoFiles(t *testing.T) {
	put := func(e env.Env, name, content string) error {
		f, err := e.FS().Create(name)
		if err != nil {
			return err
		}
		_, err = f.Write([]byte(content))
		return errors.Join(err, f.Close())
	}
	main := func(e env.Env) error {
		if err := put(e, "old", "123456789"); err != nil {
			return err
		}
		if err := put(e, "other", "123"); err != nil {
			return err
		}
		e.Probe("full", 0)
		full := []error{put(e, "x", ""), e.FS().MkdirAll("dir")}
		for _, err := range full {
			if !errors.Is(err, syscall.ENOSPC) {
				return fmt.Errorf("want ENOSPC: %w", errors.Join(full...))
			}
		}
		if err := e.FS().Remove("other"); err != nil {
			return err
		}
		if err := put(e, "new", "1234"); !errors.Is(err, syscall.ENOSPC) {
			return fmt.Errorf("four bytes on three: %w", err)
		}
		if err := e.FS().Rename("new", "old"); err != nil {
			return err
		}
		return put(e, "last", "123456789")
	}
	w := NewWorld(Options{Faults: mustParse(t, "full@probe(full)#1/0")})
	p := w.Start("app", main)
	w.Run(Limit{})
	if _, err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	if w.isFull() {
		t.Error("full for ever")
	}
}

// TestStuckDisk: no operation returns, not even one whose process wants to end; others
// wait until the disk goes on; a stuck call ends with its process.
func TestStuckDisk(t *testing.T) {
	main, log := appender("one", "two", "three")
	w := NewWorld(Options{Faults: mustParse(t, "stuck@sync(a)#2/10s")})
	p := w.Start("app", main)
	if status := w.Run(Limit{Time: 5 * time.Second}); status != Limited || len(*log) != 1 {
		t.Fatal(status, *log)
	}
	w.Run(Limit{})
	if _, err := p.Ended(); err != nil || fmt.Sprint(*log) != "[0s ok 11s ok 12s ok]" {
		t.Error(err, *log)
	}

	main, log = appender("one", "two")
	w = NewWorld(Options{Faults: mustParse(t, "stuck@append(a)#2")})
	p = w.Start("app", main)
	if status := w.Run(Limit{}); status != Quiescent || len(*log) != 1 {
		t.Fatal(status, *log)
	}
	p.Kill()
	next := w.Start("next", func(e env.Env) error { return e.FS().Remove("a") })
	if status := w.Run(Limit{}); status != Done {
		t.Fatal(status, w.Parked())
	}
	if _, err := next.Ended(); err != nil {
		t.Error(err)
	}
}

func TestSlowDisk(t *testing.T) {
	main, log := appender("one", "two")
	w := NewWorld(Options{Faults: mustParse(t, "slow@append(a)#2/100ms")})
	w.Start("app", main)
	w.Run(Limit{})
	if got := fmt.Sprint(*log); got != "[0s ok 1.2s ok]" { // an append and a sync
		t.Error(got)
	}
}

// TestJump: the wall clock moves both ways, and no timer notices.
func TestJump(t *testing.T) {
	for text, by := range map[string]time.Duration{
		"jump@probe(here)#1/-24h0m0s": -24 * time.Hour,
		"jump@probe(here)#1/1h0m0s":   time.Hour,
	} {
		w := NewWorld(Options{Faults: mustParse(t, text)})
		p := w.Start("app", func(e env.Env) error {
			before := e.Now()
			e.Probe("here", 0)
			if jumped := e.Now().Sub(before); jumped != by {
				return fmt.Errorf("jumped by %v", jumped)
			}
			return env.Sleep(context.Background(), e, time.Minute)
		})
		w.Run(Limit{})
		if _, err := p.Ended(); err != nil || w.Mono() != time.Minute {
			t.Error(err, w.Mono())
		}
	}
}

// TestTooManyFiles: what opens a file or a connection can find that no more are allowed.
func TestTooManyFiles(t *testing.T) {
	ctx := context.Background()
	for text, open := range map[string]func(env.Env) error{
		"nofiles@create(a)#1": func(e env.Env) error { _, err := e.FS().Create("a"); return err },
		"nofiles@open(a)#1":   func(e env.Env) error { _, err := e.FS().Open("a"); return err },
		"nofiles@list(/)#1":   func(e env.Env) error { _, err := e.FS().List("/"); return err },
		"nofiles@syncdir(/)#1": func(e env.Env) error {
			return e.FS().SyncDir("/")
		},
		"nofiles@dial(a)#1": func(e env.Env) error { _, err := e.Net().Dial(ctx, "unix", "a"); return err },
		"nofiles@accept(a)#1": func(e env.Env) error {
			l, err := e.Net().Listen(ctx, "unix", "a")
			if err != nil {
				return err
			}
			_, err = l.Accept(ctx)
			return errors.Join(err, l.Close())
		},
	} {
		w := NewWorld(Options{Faults: mustParse(t, text)})
		p := w.Start("app", open)
		w.Run(Limit{})
		if _, err := p.Ended(); !errors.Is(err, syscall.EMFILE) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestSyncOfFullDisk: a disk that finds only at the sync that it is full has lost the
// data, as after any failed sync.
func TestSyncOfFullDisk(t *testing.T) {
	w := NewWorld(Options{Faults: mustParse(t, "nospace@sync(a)#1")})
	p := w.Start("app", writer)
	w.Run(Limit{})
	if _, err := p.Ended(); !errors.Is(err, syscall.ENOSPC) || !errors.Is(err, env.ErrPoisoned) {
		t.Error(err)
	}
	for image := range images(w.Disk()) {
		if image != "" && image != "a=" {
			t.Errorf("a crash leaves %q", image)
		}
	}
}

// TestDiskFaultsAreDeterministic: with every kind of fault at every point, two runs in
// random order have one trace.
func TestFaultsAreDeterministic(t *testing.T) {
	var points []Point
	w := NewWorld(Options{Seed: 1, Chooser: NewRandom(3), Observe: func(p Point) { points = append(points, p) }})
	w.Start("racers", racers)
	w.Run(Limit{})
	traces := make(map[uint64]Fault)
	for i := 0; i < len(points); i += 7 {
		for kind := range kinds {
			f := points[i].Fault(kind)
			f.Delay, f.Space, f.Seed = time.Second, 10, uint64(i)
			run := func() *World {
				w := NewWorld(Options{Seed: 1, Chooser: NewRandom(3), Faults: []Fault{f}})
				w.Start("racers", racers)
				for status := w.Run(Limit{}); status == Paused; status = w.Run(Limit{}) {
					w.processes[0].Resume()
				}
				w.Close()
				return w
			}
			one, two := run(), run()
			if one.TraceHash() != two.TraceHash() || one.Disk().Hash() != two.Disk().Hash() {
				t.Fatalf("%v: two runs differ from event %d on", f, Divergence(one, two))
			}
			if len(one.Fired()) == 0 {
				continue
			}
			if other, known := traces[one.TraceHash()]; known {
				t.Errorf("%v and %v have one trace", f, other)
			}
			traces[one.TraceHash()] = f
		}
	}
	t.Log(len(points), "points,", len(traces), "traces")
}
