package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/env"
)

func TestFaultText(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := Fault{
			Kind:        Kind(rapid.IntRange(0, int(kinds-1)).Draw(r, "kind")),
			Incarnation: rapid.IntRange(1, 5).Draw(r, "incarnation"),
			Site:        rapid.SampledFrom([]string{"", "sync(log/*.log)", "sink.write(words)", "a:b#c/d"}).Draw(r, "site"),
			Occurrence:  rapid.IntRange(1, 99).Draw(r, "occurrence"),
		}
		switch f.Kind {
		case Crash:
			f.Outcome = Outcome{OutcomeKind(rapid.IntRange(0, int(Mixed)).Draw(r, "outcome")), rapid.Uint64().Draw(r, "seed")}
		case Delay, Slow, Stuck:
			f.Delay = time.Duration(rapid.Int64Range(0, 1e12).Draw(r, "delay"))
		case Jump:
			f.Delay = time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(r, "jump"))
		case Full:
			f.Delay = time.Duration(rapid.Int64Range(0, 1e12).Draw(r, "until"))
			f.Space = rapid.Int64Range(0, 1<<40).Draw(r, "space")
		case Flip, Misdirect:
			f.Seed = rapid.Uint64().Draw(r, "place")
		}
		if parsed, err := ParseFault(f.String()); parsed != f || err != nil {
			r.Fatalf("%v is read as %v, %v", f, parsed, err)
		}
	})
	for text, want := range map[string]Fault{
		"crash@sync(log/)#1/lost":     {Kind: Crash, Incarnation: 1, Site: "sync(log/)", Occurrence: 1, Outcome: Outcome{Kind: Lost}},
		"crash@sync(log/)#1":          {Kind: Crash, Incarnation: 1, Site: "sync(log/)", Occurrence: 1},
		"error-after@3:rename(a)#12":  {Kind: FailAfter, Incarnation: 3, Site: "rename(a)", Occurrence: 12},
		"delay@2:park(main)#1/1m0.5s": {Kind: Delay, Incarnation: 2, Site: "park(main)", Occurrence: 1, Delay: 60500 * time.Millisecond},
		"full@append(a)#1/64,10s":     {Kind: Full, Incarnation: 1, Site: "append(a)", Occurrence: 1, Space: 64, Delay: 10 * time.Second},
		"full@append(a)#1/0":          {Kind: Full, Incarnation: 1, Site: "append(a)", Occurrence: 1},
		"stuck@sync(a)#2":             {Kind: Stuck, Incarnation: 1, Site: "sync(a)", Occurrence: 2},
		"slow@sync(a)#2/5ms":          {Kind: Slow, Incarnation: 1, Site: "sync(a)", Occurrence: 2, Delay: 5 * time.Millisecond},
		"jump@#3/-1h0m0s":             {Kind: Jump, Incarnation: 1, Occurrence: 3, Delay: -time.Hour},
		"flip@append(a)#1/7":          {Kind: Flip, Incarnation: 1, Site: "append(a)", Occurrence: 1, Seed: 7},
		"lost-write@append(a)#1":      {Kind: LoseWrite, Incarnation: 1, Site: "append(a)", Occurrence: 1},
		"kill@#40":                    {Kind: Kill, Incarnation: 1, Occurrence: 40},
	} {
		if f, err := ParseFault(text); f != want || err != nil {
			t.Errorf("%s is read as %+v, %v", text, f, err)
		}
	}
	for _, text := range []string{"", "crash", "crash@a", "crash@a#x", "crash@a#0", "boom@a#1", "kill@a#1/lost", "crash@a#1/none", "delay@a#1/soon", "delay@a#1", "full@a#1", "full@a#1/x", "full@a#1/1,x", "flip@a#1/x", "stuck@a#1/x", "lost-write@a#1/1"} {
		if f, err := ParseFault(text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q is read as %v, %v", text, f, err)
		}
	}
}

func TestClass(t *testing.T) {
	for path, want := range map[string]string{
		"":                                     "",
		"log/0000000002-000001.log":            "log/*-*.log",
		"/log/a1b":                             "log/a*b",
		"state/decade":                         "state/decade",
		"feedface":                             "feedface",
		"feed1ace":                             "*",
		"xfeed1ace":                            "xfeed*ace",
		"feed1ace.tmp":                         "*.tmp",
		"feed1acez":                            "feed*acez",
		"1b4e28ba-2fa1-11d2-883f-b9a761bde3fb": "*",
		"q/1b4e28ba-2fa1-11d2-883f-b9a761bde3fb/": "q/*/",
		"abcd-12": "abcd-*",
	} {
		if got := Class(path); got != want {
			t.Errorf("class of %q is %q, want %q", path, got, want)
		}
	}
}

// writer appends to a file and syncs it, and returns the first error.
func writer(e env.Env) error {
	f, err := e.FS().Create("a")
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write([]byte("content")); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return e.FS().SyncDir("/")
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		fault  string
		err    error
		before string // what the process leaves
		lost   string // what a crash then leaves at worst
	}{
		{"error@create(a)#1", syscall.EIO, "", ""},
		{"nospace@create(a)#1", syscall.ENOSPC, "", ""},
		{"error-after@create(a)#1", syscall.EIO, "a=", ""},
		{"error@append(a)#1", syscall.EIO, "a=", ""},
		{"nospace@append(a)#1", syscall.ENOSPC, "a=", ""},
		{"short@append(a)#1", syscall.EIO, "a=con", ""},
		{"error-after@append(a)#1", syscall.EIO, "a=content", ""},
		{"error@sync(a)#1", env.ErrPoisoned, "a=content", ""},
		{"error-after@sync(a)#1", env.ErrPoisoned, "a=content", ""},
		{"error@syncdir(/)#1", syscall.EIO, "a=content", ""},
		{"error-after@syncdir(/)#1", syscall.EIO, "a=content", "a=content"},
		{"short@sync(a)#1", nil, "a=content", "a=content"},   // no legal fault of a sync
		{"error@create(a)#2", nil, "a=content", "a=content"}, // never reached
	} {
		t.Run(c.fault, func(t *testing.T) {
			f, err := ParseFault(c.fault)
			if err != nil {
				t.Fatal(err)
			}
			w := NewWorld(Options{Faults: []Fault{f}})
			p := w.Start("writer", writer)
			if status := w.Run(Limit{}); status != Done {
				t.Fatal(status)
			}
			ended, err := p.Ended()
			if !ended || !errors.Is(err, c.err) || c.err == nil && err != nil {
				t.Errorf("the process got %v, want %v", err, c.err)
			}
			if fired := fmt.Sprint(w.Fired()); c.err != nil && fired != "["+c.fault+"]" || c.err == nil && fired != "[]" {
				t.Errorf("fired %v", fired)
			}
			if got := show(w.Disk()); got != c.before {
				t.Errorf("left %q, want %q", got, c.before)
			}
			if got := show(w.Disk().Crash(Outcome{Kind: Lost})); got != c.lost {
				t.Errorf("a crash leaves %q, want %q", got, c.lost)
			}
			if leaks := p.Leaks(); len(leaks.Files) != 0 && !strings.HasPrefix(c.fault, "error-after@create") {
				t.Errorf("open: %v", leaks.Files)
			}
		})
	}
}

// TestPoison: after a failed sync, the handle stays broken, and what was written
// does not become durable by the sync of another handle.
func TestPoison(t *testing.T) {
	w := NewWorld(Options{Faults: []Fault{{Kind: Fail, Site: "sync(a)", Occurrence: 1}}})
	p := w.Start("app", func(e env.Env) error {
		f, err := e.FS().Create("a")
		if err != nil {
			return err
		}
		defer f.Close()
		if err := e.FS().SyncDir("/"); err != nil {
			return err
		}
		if _, err := f.Write([]byte("gone")); err != nil {
			return err
		}
		first, second := f.Sync(), f.Sync()
		if !errors.Is(first, env.ErrPoisoned) || !errors.Is(second, env.ErrPoisoned) {
			return fmt.Errorf("syncs: %v, %v", first, second)
		}
		other, err := e.FS().OpenAppend("a")
		if err != nil {
			return err
		}
		defer other.Close()
		return other.Sync()
	})
	w.Run(Limit{})
	if _, err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	if got := show(w.Disk()); got != "a=gone" {
		t.Errorf("processes see %q", got)
	}
	for image := range images(w.Disk()) {
		if image != "a=" {
			t.Errorf("a crash leaves %q", image)
		}
	}
}

// TestKillUnwinds: deferred functions run, but touch nothing; recover does not
// stop the crash from reaching every activity.
func TestKillUnwinds(t *testing.T) {
	w := NewWorld(Options{Faults: []Fault{{Kind: Crash, Site: "probe(here)", Occurrence: 1}}})
	var unwound []string
	var process env.Env
	w.Start("app", func(e env.Env) error {
		process = e
		var never env.Latch
		lock, err := e.FS().Lock("lock")
		if err != nil {
			return err
		}
		defer lock.Close()
		f, err := e.FS().Create("a")
		if err != nil {
			return err
		}
		e.Spawn("waiter", func() error {
			defer func() { unwound = append(unwound, "waiter") }()
			return never.Wait(context.Background(), e)
		})
		e.Spawn("unlucky", func() error {
			defer func() { panic("in a deferred function") }()
			defer func() { unwound = append(unwound, "unlucky") }()
			return never.Wait(context.Background(), e)
		})
		e.Yield()
		e.Spawn("unborn", func() error { unwound = append(unwound, "unborn"); return nil })
		defer func() {
			unwound = append(unwound, "main")
			f.Write([]byte("too late"))
			unwound = append(unwound, "and wrote")
		}()
		return env.Protect(func() error { e.Probe("here", 0); return nil })
	})
	if status := w.Run(Limit{}); status != Crashed {
		t.Fatal(status)
	}
	slices.Sort(unwound)
	if got := fmt.Sprint(unwound); got != "[main unlucky waiter]" {
		t.Errorf("unwound %v", got)
	}
	if got := show(w.Disk()); !strings.Contains(got, "a= ") {
		t.Errorf("the disk holds %q", got)
	}
	for name, call := range map[string]func(){
		"now":    func() { process.Now() },
		"stat":   func() { process.FS().Stat("a") },
		"park":   func() { process.Park(context.Background(), 1) },
		"spawn":  func() { process.Spawn("x", func() error { return nil }) },
		"probe":  func() { process.Probe("x", 1) },
		"random": func() { process.Rand("x") },
		"rare":   func() { process.Buggify("x") },
	} {
		func() {
			defer func() {
				if value := recover(); value != (env.Crash{}) {
					t.Errorf("%s of a dead process: %v", name, value)
				}
			}()
			call()
		}()
	}
	hash := w.TraceHash()
	w.Start("app", func(e env.Env) error { // the lock is free again
		lock, err := e.FS().Lock("lock")
		if err != nil {
			return err
		}
		return lock.Close()
	})
	if status := w.Run(Limit{}); status != Done || w.TraceHash() == hash {
		t.Errorf("restart: %v", status)
	}
}

// TestEveryFault lets each fault hit each point of the saver in turn. Afterwards
// a clean process finds a whole value.
func TestEveryFault(t *testing.T) {
	var points []Point
	w := NewWorld(Options{Observe: func(p Point) { points = append(points, p) }})
	w.Start("saver", saver{}.upTo(2))
	w.Run(Limit{})
	hits := make(map[Kind]int)
	for _, p := range points {
		kinds := append([]Kind{Crash, Kill, Pause, Delay, Full, Stuck, Slow, Jump}, p.Errors()...)
		for _, kind := range kinds {
			f := p.Fault(kind)
			if kind != Full { // which ends with the process
				f.Delay = time.Second
			}
			w := NewWorld(Options{Faults: []Fault{f}})
			first := w.Start("saver", saver{}.upTo(2))
			status := w.Run(Limit{})
			switch kind {
			case Crash, Kill:
				if status != Crashed {
					t.Fatalf("%v: %v", f, status)
				}
			case Pause:
				if status != Paused {
					t.Fatalf("%v: %v", f, status)
				}
				if status := w.Run(Limit{}); status != Quiescent {
					t.Fatalf("%v: ran on: %v", f, status)
				}
				first.Resume()
				if status := w.Run(Limit{}); status != Done {
					t.Fatalf("%v: resumed: %v", f, status)
				}
			case Delay:
				if w.Mono() != time.Second {
					t.Fatalf("%v: took %v", f, w.Mono())
				}
			}
			if len(w.Fired()) != 1 || w.Fired()[0] != f {
				t.Fatalf("%v: fired %v", f, w.Fired())
			}
			hits[kind]++
			p := w.Start("saver", saver{}.upTo(2))
			if status := w.Run(Limit{}); status != Done {
				t.Fatalf("%v: %v", f, status)
			}
			if _, err := p.Ended(); err != nil {
				t.Fatalf("%v: %v", f, err)
			}
			if value, err := load(w.Files()); value != 2 || err != nil {
				t.Fatalf("%v: value %d, %v", f, value, err)
			}
		}
	}
	for kind := range Flip {
		if hits[kind] == 0 {
			t.Errorf("%v never hit", kind)
		}
	}
	t.Log(len(points), "points,", hits)
}

// TestZombie: a paused process keeps its lock on its own machine; on a shared disk
// the lock keeps nobody out, and the process may write once it goes on.
func TestZombie(t *testing.T) {
	for _, shared := range []bool{false, true} {
		w := NewWorld(Options{SharedDisk: shared, Faults: []Fault{{Kind: Pause, Site: "probe(before writing)", Occurrence: 1}}})
		app := func(e env.Env) error {
			lock, err := e.FS().Lock("lock")
			if err != nil {
				return err
			}
			e.Probe("before writing", 0)
			f, err := e.FS().Create("claim")
			if err != nil {
				return err
			}
			return errors.Join(f.Close(), lock.Close())
		}
		old := w.Start("old", app)
		if status := w.Run(Limit{}); status != Paused {
			t.Fatal(status)
		}
		successor := w.Start("new", app)
		w.Run(Limit{})
		_, err := successor.Ended()
		var locked *env.LockedError
		if errors.As(err, &locked) == shared || !shared && locked.Owner != "process old.1" {
			t.Errorf("shared %v: successor got %v", shared, err)
		}
		old.Resume()
		if status := w.Run(Limit{}); status != Done {
			t.Fatal(status)
		}
		if _, err := old.Ended(); errors.Is(err, fs.ErrExist) != shared {
			t.Errorf("shared %v: the zombie got %v", shared, err)
		}
	}
}

// TestPausedWakesLater: what wakes the activities of a paused process, a latch or
// a timer, is seen when it goes on.
func TestPausedWakesLater(t *testing.T) {
	var latch env.Latch
	var woken []string
	w := NewWorld(Options{})
	p := w.Start("paused", func(e env.Env) error {
		child := e.Spawn("sleeper", func() error {
			err := env.Sleep(context.Background(), e, time.Second)
			woken = append(woken, fmt.Sprint("timer ", e.Mono()))
			return err
		})
		err := latch.Wait(context.Background(), e)
		woken = append(woken, fmt.Sprint("latch ", e.Mono()))
		return errors.Join(err, child.Wait(context.Background(), e))
	})
	w.Run(Limit{Points: 2})
	p.Pause()
	w.Start("other", func(e env.Env) error {
		latch.Set()
		return env.Sleep(context.Background(), e, 5*time.Second)
	})
	if status := w.Run(Limit{}); status != Quiescent || len(woken) > 0 || w.Mono() != 5*time.Second {
		t.Fatal(status, woken, w.Mono())
	}
	p.Resume()
	if status := w.Run(Limit{}); status != Done || fmt.Sprint(woken) != "[latch 5s timer 5s]" {
		t.Fatal(status, woken)
	}
}

func TestCall(t *testing.T) {
	for text, want := range map[string]struct {
		applied bool
		err     error
	}{
		"error@sink.write(words)#2":       {false, syscall.EIO},
		"error-after@sink.write(words)#2": {true, syscall.EIO},
		"delay@sink.write(words)#2/1s":    {true, nil},
	} {
		f, err := ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		w := NewWorld(Options{Faults: []Fault{f}})
		applied := 0
		p := w.Start("app", func(e env.Env) error {
			if err := w.Point("sink.write(words)"); err != nil {
				return err
			}
			return w.Call("sink.write(words)", func() error { applied++; return nil })
		})
		w.Run(Limit{})
		if _, err := p.Ended(); !errors.Is(err, want.err) || (applied == 1) != want.applied {
			t.Errorf("%s: %v, applied %d times", text, err, applied)
		}
	}
	w := NewWorld(Options{})
	p := w.Start("app", func(env.Env) error { return w.Call("x", func() error { return io.ErrNoProgress }) })
	w.Run(Limit{})
	if _, err := p.Ended(); err != io.ErrNoProgress {
		t.Errorf("an error of the call itself: %v", err)
	}
}

func TestBuggify(t *testing.T) {
	run := func(activate func(string) bool) (map[string]int, []string) {
		w := NewWorld(Options{Seed: 7, Buggify: activate})
		fired := make(map[string]int)
		w.Start("app", func(e env.Env) error {
			for range 400 {
				for _, site := range []string{"a", "b"} {
					if e.Buggify(site) {
						fired[site]++
					}
				}
			}
			return nil
		})
		w.Run(Limit{})
		return fired, w.Buggified()
	}
	if fired, _ := run(nil); len(fired) > 0 {
		t.Error("fired without being asked to", fired)
	}
	fired, sites := run(TheseSites("b"))
	if fired["a"] > 0 || fired["b"] < 50 || fired["b"] > 150 || !slices.Equal(sites, []string{"b"}) {
		t.Error("of 400 calls fired", fired, sites)
	}
	if again, _ := run(TheseSites("b")); !maps.Equal(fired, again) {
		t.Error("one seed, two runs", fired, again)
	}
	active := 0
	for seed := range uint64(400) {
		if RandomSites(seed)("a") {
			active++
		}
	}
	if active < 50 || active > 150 {
		t.Errorf("active in %d of 400 runs", active)
	}
}
