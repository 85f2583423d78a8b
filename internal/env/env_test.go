package env_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inBubble runs a test with virtual time on the real Env.
func inBubble(t *testing.T, test func(t *testing.T, e env.Env)) {
	synctest.Test(t, func(t *testing.T) { test(t, env.Real()) })
}

func TestParkEndsByWhatItWaitsFor(t *testing.T) {
	inBubble(t, func(t *testing.T, e env.Env) {
		var first, second env.Latch
		waiter := e.Spawn("waiter", func() error {
			return e.Park(t.Context(), env.Forever, &first, &second)
		})
		synctest.Wait()
		if waiter.Done().IsSet() {
			t.Fatal("park did not wait")
		}
		second.Set()
		if err := waiter.Wait(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if e.Mono() != 0 {
			t.Fatalf("took %v", e.Mono())
		}
	})
}

func TestParkEndsByItsLimit(t *testing.T) {
	inBubble(t, func(t *testing.T, e env.Env) {
		var never env.Latch
		if err := e.Park(t.Context(), 3*time.Second, &never); err != nil || e.Mono() != 3*time.Second {
			t.Fatalf("%v after %v", err, e.Mono())
		}
		for _, limit := range []time.Duration{0, -1} {
			if err := e.Park(t.Context(), limit, &never); err != nil || e.Mono() != 3*time.Second {
				t.Fatalf("limit %d: %v after %v", limit, err, e.Mono())
			}
		}
	})
}

func TestParkEndsByItsContext(t *testing.T) {
	inBubble(t, func(t *testing.T, e env.Env) {
		why := errors.New("why")
		ctx, cancel := context.WithCancelCause(t.Context())
		waiter := e.Spawn("waiter", func() error { return e.Park(ctx, env.Forever) })
		synctest.Wait()
		cancel(why)
		if err := waiter.Wait(t.Context(), e); err != why {
			t.Fatalf("got %v", err)
		}
		var ready env.Latch
		ready.Set()
		if err := e.Park(ctx, 0, &ready); err != why {
			t.Fatalf("park with a context that is done: %v", err)
		}
	})
}

func TestSleep(t *testing.T) {
	inBubble(t, func(t *testing.T, e env.Env) {
		start := e.Now()
		if err := env.Sleep(t.Context(), e, time.Minute); err != nil {
			t.Fatal(err)
		}
		if passed := e.Now().Sub(start); passed != time.Minute || e.Mono() != time.Minute {
			t.Fatalf("wall %v, mono %v", passed, e.Mono())
		}
	})
}

// TestParkForgetsItsWaker: a latch that outlives many waits keeps none of them.
func TestParkForgetsItsWaker(t *testing.T) {
	inBubble(t, func(t *testing.T, e env.Env) {
		var latch env.Latch
		for range 100 {
			if err := e.Park(t.Context(), time.Millisecond, &latch); err != nil {
				t.Fatal(err)
			}
		}
		if n := env.Waiting(&latch); n != 0 {
			t.Fatalf("%d wakers left", n)
		}
	})
}

func TestMailboxKeepsOrderAndLosesNothing(t *testing.T) {
	const writers, each = 4, 1000
	e := env.Real()
	var box env.Mailbox[[2]int]
	var all []*env.Proc
	for w := range writers {
		all = append(all, e.Spawn("writer", func() error {
			for i := range each {
				if !box.Put([2]int{w, i}) {
					return errors.New("refused")
				}
			}
			return nil
		}))
	}
	next := [writers]int{}
	for range writers * each {
		element, err := box.Take(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		if w, i := element[0], element[1]; i != next[w] {
			t.Fatalf("writer %d: got %d, want %d", w, i, next[w])
		}
		next[element[0]]++
	}
	for _, p := range all {
		if err := p.Wait(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := box.Poll(); ok {
		t.Fatal("an element too many")
	}
}

func TestMailboxClose(t *testing.T) {
	inBubble(t, func(t *testing.T, e env.Env) {
		var box env.Mailbox[string]
		box.Put("kept")
		box.Close()
		box.Close()
		if box.Put("late") {
			t.Error("a closed mailbox takes an element")
		}
		if element, err := box.Take(t.Context(), e); element != "kept" || err != nil {
			t.Errorf("took %q, %v", element, err)
		}
		if _, err := box.Take(t.Context(), e); err != env.ErrClosed {
			t.Errorf("empty and closed: %v", err)
		}

		var other env.Mailbox[string]
		reader := e.Spawn("reader", func() error {
			_, err := other.Take(t.Context(), e)
			return err
		})
		synctest.Wait()
		other.Close()
		if err := reader.Wait(t.Context(), e); err != env.ErrClosed {
			t.Errorf("a waiting reader got %v", err)
		}
	})
}

func TestSpawnHoldsTheError(t *testing.T) {
	e := env.Real()
	why := errors.New("why")
	for _, c := range []struct {
		name string
		f    func() error
		is   error
	}{
		{"nil", func() error { return nil }, nil},
		{"error", func() error { return why }, why},
		{"panic with an error", func() error { panic(why) }, why},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := e.Spawn(c.name, c.f)
			if err := p.Wait(t.Context(), e); !errors.Is(err, c.is) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestProtectKeepsTheStack(t *testing.T) {
	err := env.Protect(func() error { panicInTest(); return nil })
	var p *env.PanicError
	if !errors.As(err, &p) || p.Value != "broken" || !bytes.Contains(p.Stack, []byte("panicInTest")) {
		t.Fatalf("got %v", err)
	}
	if !strings.HasPrefix(err.Error(), "panic: broken\n") {
		t.Fatalf("text %q", err)
	}
}

func panicInTest() { panic("broken") }

func TestProtectLetsACrashPass(t *testing.T) {
	defer func() {
		if value := recover(); value != (env.Crash{}) {
			t.Fatalf("recovered %v", value)
		}
	}()
	_ = env.Protect(func() error { panic(env.Crash{}) })
	t.Fatal("the crash was caught")
}

func TestRandRepeatsByName(t *testing.T) {
	e := env.Real()
	a, again, other := e.Rand("a"), e.Rand("a"), e.Rand("b")
	same := 0
	for range 64 {
		x := a.Uint64()
		if x != again.Uint64() {
			t.Fatal("one name, two streams")
		}
		if x == other.Uint64() {
			same++
		}
	}
	if same > 0 {
		t.Fatal("two names, one stream")
	}
}

func TestRealIsNeverOdd(t *testing.T) {
	e := env.Real()
	e.Probe("site", 1)
	e.Yield()
	for range 1000 {
		if e.Buggify("site") {
			t.Fatal("buggified")
		}
	}
}

// TestFailedSyncPoisons: a pipe can't be synced, so it stands for a file whose
// sync fails.
func TestFailedSyncPoisons(t *testing.T) {
	f := env.UnsyncableFile(t)
	defer f.Close()
	first := f.Sync()
	if !errors.Is(first, env.ErrPoisoned) {
		t.Fatalf("sync: %v", first)
	}
	if second := f.Sync(); second != first {
		t.Fatalf("second sync: %v", second)
	}
}

// TestReadersShareAFile: ReadAt may be called by several activities.
func TestReadersShareAFile(t *testing.T) {
	e := env.Real()
	name := t.TempDir() + "/a"
	f, err := e.FS().Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		fmt.Fprintf(f, "%04d", i)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := e.FS().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []*env.Proc
	for w := range runtime.GOMAXPROCS(0) + 1 {
		all = append(all, e.Spawn("reader", func() error {
			p := make([]byte, 4)
			for i := w; i < 1000; i += 7 {
				if _, err := r.ReadAt(p, int64(4*i)); err != nil || string(p) != fmt.Sprintf("%04d", i) {
					return fmt.Errorf("at %d: %q, %w", i, p, err)
				}
			}
			return nil
		}))
	}
	for _, p := range all {
		if err := p.Wait(t.Context(), e); err != nil {
			t.Error(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestLockNamesTheProcess(t *testing.T) {
	files := env.Real().FS()
	name := t.TempDir() + "/lock"
	l, err := files.Lock(name)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = files.Lock(name)
	if err == nil || !strings.Contains(err.Error(), "is held by process ") {
		t.Fatalf("got %v", err)
	}
}

// BenchmarkMailbox is one element from an activity to another and back.
func BenchmarkMailbox(b *testing.B) {
	e := env.Real()
	var there, back env.Mailbox[int]
	echo := e.Spawn("echo", func() error {
		for {
			n, err := there.Take(b.Context(), e)
			if err != nil {
				return nil
			}
			back.Put(n)
		}
	})
	b.ReportAllocs()
	for i := range b.N {
		there.Put(i)
		if _, err := back.Take(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
	there.Close()
	if err := echo.Wait(context.Background(), e); err != nil {
		b.Fatal(err)
	}
}

// TestMailboxIsAQueue compares a mailbox with a slice, over many ratios of what
// is put to what is taken.
func TestMailboxIsAQueue(t *testing.T) {
	r := env.Stream(1, "mailbox")
	for range 50 {
		var box env.Mailbox[int]
		var model []int
		share := r.IntN(100)
		for i := range 500 {
			if r.IntN(100) < share {
				box.Put(i)
				model = append(model, i)
				continue
			}
			element, ok := box.Poll()
			if ok != (len(model) > 0) || ok && element != model[0] {
				t.Fatalf("polled %d, %v; want the first of %v", element, ok, model)
			}
			if ok {
				model = model[1:]
			}
		}
	}
}
