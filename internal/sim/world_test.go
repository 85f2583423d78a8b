package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cespare/xxhash/v2"
	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a process to its end in a new world and returns both.
func run(t *testing.T, o Options, main func(env.Env) error) (*World, *Process) {
	t.Helper()
	w := NewWorld(o)
	t.Cleanup(w.Close)
	p := w.Start("app", main)
	if status := w.Run(Limit{}); status != Done {
		t.Fatalf("status %v, parked %v", status, w.Parked())
	}
	if _, err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	return w, p
}

func TestActivitiesAndTime(t *testing.T) {
	var order []string
	_, p := run(t, Options{}, func(e env.Env) error {
		var box env.Mailbox[int]
		reader := e.Spawn("reader", func() error {
			for {
				n, err := box.Take(context.Background(), e)
				if err != nil {
					return err
				}
				order = append(order, fmt.Sprint(e.Mono(), " ", n))
			}
		})
		for i := range 3 {
			box.Put(i)
			if err := env.Sleep(context.Background(), e, time.Second); err != nil {
				return err
			}
		}
		box.Close()
		if err := reader.Wait(context.Background(), e); !errors.Is(err, env.ErrClosed) {
			return err
		}
		return nil
	})
	if got := fmt.Sprint(order); got != "[0s 0 1s 1 2s 2]" {
		t.Fatal(got)
	}
	if leaks := p.Leaks(); len(leaks.Activities) > 0 {
		t.Fatal(leaks)
	}
}

func TestTimersWakeInTheirOrder(t *testing.T) {
	var order []string
	run(t, Options{}, func(e env.Env) error {
		var all []*env.Proc
		for _, seconds := range []int{3, 1, 2, 1} {
			all = append(all, e.Spawn("sleeper", func() error {
				err := env.Sleep(context.Background(), e, time.Duration(seconds)*time.Second)
				order = append(order, fmt.Sprint(seconds, "@", e.Mono()))
				return err
			}))
		}
		for _, p := range all {
			if err := p.Wait(context.Background(), e); err != nil {
				return err
			}
		}
		return nil
	})
	if got := fmt.Sprint(order); got != "[1@1s 1@1s 2@2s 3@3s]" {
		t.Fatal(got)
	}
}

func TestPark(t *testing.T) {
	why := errors.New("why")
	run(t, Options{}, func(e env.Env) error {
		ctx, cancel := context.WithCancelCause(context.Background())
		var never, set env.Latch
		set.Set()
		for _, limit := range []time.Duration{0, -1} {
			if err := e.Park(ctx, limit, &never); err != nil || e.Mono() != 0 {
				t.Errorf("limit %d: %v at %v", limit, err, e.Mono())
			}
		}
		if err := e.Park(ctx, env.Forever, &never, &set); err != nil {
			t.Errorf("a latch that is set: %v", err)
		}
		if err := e.Park(ctx, time.Second, &never); err != nil || e.Mono() != time.Second {
			t.Errorf("limit: %v at %v", err, e.Mono())
		}
		e.Spawn("canceller", func() error { cancel(why); return nil })
		if err := e.Park(ctx, env.Forever, &never); err != why {
			t.Errorf("cancelled: %v", err)
		}
		if err := e.Park(ctx, 0, &set); err != why {
			t.Errorf("cancelled before: %v", err)
		}
		return nil
	})
}

// TestYieldTakesTurns: even in FIFO order an activity that only yields does not
// keep others from running.
func TestYieldTakesTurns(t *testing.T) {
	var order []int
	run(t, Options{}, func(e env.Env) error {
		var all []*env.Proc
		for i := range 3 {
			all = append(all, e.Spawn("turn", func() error {
				for range 2 {
					order = append(order, i)
					e.Yield()
				}
				return nil
			}))
		}
		for _, p := range all {
			for !p.Done().IsSet() {
				e.Yield()
			}
		}
		return nil
	})
	if got := fmt.Sprint(order); got != "[0 1 2 0 1 2]" {
		t.Fatal(got)
	}
}

func TestPanicIsTheActivitysError(t *testing.T) {
	run(t, Options{}, func(e env.Env) error {
		child := e.Spawn("child", func() error { panic("broken") })
		err := child.Wait(context.Background(), e)
		var p *env.PanicError
		if !errors.As(err, &p) || p.Value != "broken" {
			t.Errorf("got %v", err)
		}
		return nil
	})
	w := NewWorld(Options{})
	p := w.Start("app", func(env.Env) error { panic("broken") })
	if status := w.Run(Limit{}); status != Done {
		t.Fatal(status)
	}
	if ended, err := p.Ended(); !ended || err == nil {
		t.Fatalf("ended %v: %v", ended, err)
	}
}

func TestQuiescentAndGoOn(t *testing.T) {
	var box env.Mailbox[int]
	sum := 0
	w := NewWorld(Options{})
	p := w.Start("app", func(e env.Env) error {
		for {
			n, err := box.Take(context.Background(), e)
			if err != nil {
				return nil
			}
			sum += n
		}
	})
	if status := w.Run(Limit{}); status != Quiescent {
		t.Fatal(status)
	}
	if got := w.Parked(); !slices.Equal(got, []string{"app.1/main"}) {
		t.Fatal(got)
	}
	if ended, _ := p.Ended(); ended {
		t.Fatal("ended")
	}
	box.Put(1)
	box.Put(2)
	if status := w.Run(Limit{}); status != Quiescent || sum != 3 {
		t.Fatal(status, sum)
	}
	box.Close()
	if status := w.Run(Limit{}); status != Done {
		t.Fatal(status)
	}
}

func TestLimits(t *testing.T) {
	w := NewWorld(Options{})
	defer w.Close()
	ticks := 0
	w.Start("app", func(e env.Env) error {
		for {
			if err := env.Sleep(context.Background(), e, time.Second); err != nil {
				return err
			}
			ticks++
		}
	})
	if status := w.Run(Limit{Time: 2500 * time.Millisecond}); status != Limited || ticks != 2 || w.Mono() != 2500*time.Millisecond {
		t.Fatal(status, ticks, w.Mono())
	}
	if status := w.Run(Limit{Time: 500 * time.Millisecond}); status != Limited || ticks != 3 || w.Mono() != 3*time.Second {
		t.Fatal(status, ticks, w.Mono())
	}
	if status := w.Run(Limit{Points: 10}); status != Limited || ticks != 13 { // one point a tick
		t.Fatal(status, ticks)
	}
	before := w.Points()
	if status := w.Run(Limit{Points: 7}); status != Limited || w.Points() != before+7 {
		t.Fatal(status, w.Points()-before)
	}

	spin := NewWorld(Options{})
	defer spin.Close()
	spin.Start("app", func(e env.Env) error {
		for {
			e.Yield()
		}
	})
	if status := spin.Run(Limit{Points: 1000}); status != Limited || spin.Points() != 1000 {
		t.Fatal(status, spin.Points())
	}
}

func TestClocks(t *testing.T) {
	start := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	w := NewWorld(Options{Start: start})
	w.Start("app", func(e env.Env) error {
		for _, want := range []time.Duration{time.Second, -time.Hour + 2*time.Second} {
			if err := env.Sleep(context.Background(), e, time.Second); err != nil {
				return err
			}
			if got := e.Now().Sub(start); got != want {
				t.Errorf("%v passed on the wall clock, want %v", got, want)
			}
			w.JumpClock(-time.Hour)
		}
		if e.Mono() != 2*time.Second {
			t.Errorf("the monotonic clock says %v", e.Mono())
		}
		return nil
	})
	if status := w.Run(Limit{}); status != Done {
		t.Fatal(status)
	}
}

// TestBubble: in a bubble of testing/synctest, the virtual clock is the bubble's,
// and a context's deadline ends a Park.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		o := Options{Start: start, Advance: func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}}
		run(t, o, func(e env.Env) error {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			if err := env.Sleep(ctx, e, 2*time.Second); err != nil || e.Mono() != 2*time.Second {
				t.Errorf("sleep: %v at %v", err, e.Mono())
			}
			if err := e.Park(ctx, env.Forever); err != context.DeadlineExceeded || e.Mono() != 5*time.Second {
				t.Errorf("park: %v at %v", err, e.Mono())
			}
			if !e.Now().Equal(time.Now()) {
				t.Errorf("the world says %v, the bubble %v", e.Now(), time.Now())
			}
			return nil
		})
	})
}

func TestLeaks(t *testing.T) {
	_, p := run(t, Options{}, func(e env.Env) error {
		e.Spawn("left", func() error { return e.Park(context.Background(), env.Forever) })
		e.Spawn("ended", func() error { return nil })
		for range 2 {
			e.Yield()
		}
		if _, err := e.FS().Create("file"); err != nil {
			return err
		}
		if _, err := e.FS().Lock("lock"); err != nil {
			return err
		}
		if _, err := e.Net().Listen(context.Background(), "unix", "/s"); err != nil {
			return err
		}
		_, err := e.Net().Dial(context.Background(), "unix", "/s")
		return err
	})
	if got := fmt.Sprint(p.Leaks()); got != "{[left] [file] [lock] [/s /s] [/s]}" || !p.Leaks().Any() {
		t.Fatal(got)
	}
	_, p = run(t, Options{}, writer)
	if got := p.Leaks(); got.Any() {
		t.Fatal(got)
	}
}

// racers is a program whose files depend on the order of its activities.
func racers(e env.Env) error {
	var all []*env.Proc
	r := e.Rand("racers")
	for i := range 4 {
		all = append(all, e.Spawn(fmt.Sprint("racer", i), func() error {
			f, err := e.FS().Create(fmt.Sprint("part", i))
			if err != nil {
				return err
			}
			defer f.Close()
			for range 3 {
				if _, err := fmt.Fprint(f, r.IntN(1000), " "); err != nil {
					return err
				}
				if err := env.Sleep(context.Background(), e, time.Millisecond); err != nil {
					return err
				}
			}
			return f.Sync()
		}))
	}
	for _, p := range all {
		if err := p.Wait(context.Background(), e); err != nil {
			return err
		}
	}
	return nil
}

func TestSameSeedSameRun(t *testing.T) {
	hashes := make(map[uint64]bool)
	disks := make(map[uint64]bool)
	for seed := range uint64(50) {
		once := func() (*World, *Recorder) {
			r := &Recorder{Chooser: NewRandom(seed)}
			w, _ := run(t, Options{Seed: 1, Chooser: r, KeepTrace: true}, racers)
			return w, r
		}
		w, choices := once()
		again, _ := once()
		if w.TraceHash() != again.TraceHash() || w.Disk().Hash() != again.Disk().Hash() {
			t.Fatalf("seed %d: the runs differ from event %d on", seed, Divergence(w, again))
		}
		parsed, err := ParseChoices(choices.Choices.String())
		if err != nil {
			t.Fatal(err)
		}
		replayed, _ := run(t, Options{Seed: 1, Chooser: NewReplay(parsed)}, racers)
		if replayed.TraceHash() != w.TraceHash() {
			t.Fatalf("seed %d: the replay differs", seed)
		}
		hashes[w.TraceHash()] = true
		disks[w.Disk().Hash()] = true
	}
	if len(hashes) != 50 || len(disks) < 40 {
		t.Errorf("50 seeds gave %d traces and %d disks", len(hashes), len(disks))
	}
	one, _ := run(t, Options{Seed: 1}, racers)
	two, _ := run(t, Options{Seed: 2}, racers)
	if one.TraceHash() == two.TraceHash() {
		t.Error("what is written is not in the trace")
	}
}

// TestSameSeedSameRunElsewhere: another operating-system process, with one
// processor, sees the same run.
func TestSameSeedSameRunElsewhere(t *testing.T) {
	w, _ := run(t, Options{Seed: 1, Chooser: NewRandom(7)}, racers)
	hash := fmt.Sprintf("trace hash %x", w.TraceHash())
	if os.Getenv("SIM_TEST_PRINT_HASH") != "" {
		fmt.Println(hash)
		return
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSameSeedSameRunElsewhere$")
	again.Env = append(os.Environ(), "SIM_TEST_PRINT_HASH=1", "GOMAXPROCS=1")
	output, err := again.CombinedOutput()
	if err != nil || !strings.Contains(string(output), hash+"\n") {
		t.Fatalf("here: %s; there: %v\n%s", hash, err, output)
	}
}

// TestDivergence: a program with a memory that is no part of the world is caught,
// with the place where it first differs.
func TestDivergence(t *testing.T) {
	calls := uint64(0)
	leaky := func(e env.Env) error {
		for i := range uint64(10) {
			if i == 5 {
				calls++
				e.Probe("leak", calls)
			}
			e.Probe("step", i)
		}
		return nil
	}
	one, _ := run(t, Options{KeepTrace: true}, leaky)
	two, _ := run(t, Options{KeepTrace: true, StackAt: 6}, leaky)
	if at := Divergence(one, two); at != 6 || one.TraceHash() == two.TraceHash() {
		t.Errorf("the runs differ from event %d on", at)
	}
	if one.Stack() != nil || !strings.Contains(string(two.Stack()), "TestDivergence") {
		t.Errorf("stack %s", two.Stack())
	}
	if at := Divergence(one, one); at != 0 {
		t.Errorf("a run differs from itself at event %d", at)
	}
	short, _ := run(t, Options{KeepTrace: true}, func(e env.Env) error { e.Probe("step", 0); return nil })
	if at := Divergence(one, short); at != 2 {
		t.Errorf("a shorter run differs from event %d on", at)
	}
}

func TestDelays(t *testing.T) {
	traces := make(map[uint64]bool)
	for seed := range uint64(50) {
		r := &Recorder{Chooser: NewDelays(seed, 2, 30)}
		w, _ := run(t, Options{Chooser: r}, racers)
		if len(r.Choices) > 2 {
			t.Fatalf("seed %d: choices %v", seed, r.Choices)
		}
		traces[w.TraceHash()] = true
	}
	if len(traces) < 20 {
		t.Errorf("50 seeds gave %d orders", len(traces))
	}
}

func TestChoicesText(t *testing.T) {
	for _, text := range []string{"", "3:1", "17:2,40:1"} {
		c, err := ParseChoices(text)
		if err != nil || c.String() != text {
			t.Errorf("%q is read as %v, %v", text, c, err)
		}
	}
	for _, text := range []string{"x", "1", "1:", ":1", "1:2,"} {
		if c, err := ParseChoices(text); err == nil {
			t.Errorf("%q is read as %v", text, c)
		}
	}
}

func TestTrace(t *testing.T) {
	f := Fault{Kind: Fail, Site: "sync(a)", Occurrence: 1}
	w := NewWorld(Options{KeepTrace: true, Faults: []Fault{f}})
	w.Start("app", writer)
	w.Run(Limit{})
	got := strings.Join(w.Trace(), "\n")
	want := fmt.Sprintf(`0s app.1/main create(a)#1
0s app.1/main append(a)#1 %x
0s app.1/main sync(a)#1 ! error@sync(a)#1`, xxhash.Sum64String("content"))
	if got != want {
		t.Errorf("trace:\n%s", got)
	}

	forgotten := NewWorld(Options{Faults: []Fault{f}})
	forgotten.Start("app", writer)
	forgotten.Run(Limit{})
	if forgotten.TraceHash() != w.TraceHash() || len(forgotten.Trace()) > 0 {
		t.Errorf("a run that keeps no trace has %d events, and the hash %x instead of %x", len(forgotten.Trace()), forgotten.TraceHash(), w.TraceHash())
	}
}

// BenchmarkPoint is an I/O point with another activity runnable.
func BenchmarkPoint(b *testing.B) {
	b.ReportAllocs()
	w := NewWorld(Options{})
	w.Start("app", func(e env.Env) error {
		e.Spawn("other", func() error { return nil })
		for range b.N {
			e.Probe("step", 1)
		}
		return nil
	})
	w.Run(Limit{})
}

// BenchmarkSwitch is a switch from one activity to another.
func BenchmarkSwitch(b *testing.B) {
	b.ReportAllocs()
	w := NewWorld(Options{})
	spin := func(e env.Env) error {
		for range b.N / 2 {
			e.Yield()
		}
		return nil
	}
	w.Start("one", spin)
	w.Start("two", spin)
	w.Run(Limit{})
}

// savedDisk is a disk with some files, one not synced.
func savedDisk(b *testing.B) *Disk {
	disk := NewDisk(Strict)
	w := NewWorld(Options{Disk: disk})
	w.Start("saver", saver{}.upTo(3))
	w.Start("racers", racers)
	w.Run(Limit{})
	return disk
}

// BenchmarkClone is the snapshot of a disk at a point.
func BenchmarkClone(b *testing.B) {
	disk := savedDisk(b)
	b.ReportAllocs()
	for b.Loop() {
		disk.Clone()
	}
}

// BenchmarkCrash is a crash image and its hash.
func BenchmarkCrash(b *testing.B) {
	disk := savedDisk(b)
	b.ReportAllocs()
	for b.Loop() {
		disk.Crash(Outcome{Kind: Torn}).Hash()
	}
}

// BenchmarkRestart is a crash, a new world and a process that recovers and saves
// one more value: about 20 points.
func BenchmarkRestart(b *testing.B) {
	disk := savedDisk(b)
	sites := NewSites()
	b.ReportAllocs()
	for b.Loop() {
		w := NewWorld(Options{Disk: disk.Crash(Outcome{}), Sites: sites})
		w.Start("saver", saver{}.upTo(4))
		w.Run(Limit{})
	}
}
