package clocked

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/benbjohnson/clock"
	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ticker is a loop that counts the seconds that have passed, one at a time, as the
// loop of a stream does.
type ticker struct {
	env   env.Env
	loop  *Loop
	start time.Time
	ticks atomic.Int64
	work  func() // for each tick; may be nil
	news  env.Latch
	stop  context.CancelCauseFunc
	proc  *env.Proc
}

func newTicker(e env.Env) *ticker {
	return &ticker{env: e, loop: NewLoop(e), start: e.Now()}
}

var errStopped = errors.New("stopped")

func (t *ticker) run() {
	ctx, cancel := context.WithCancelCause(context.Background())
	t.stop = cancel
	t.proc = t.env.Spawn("ticker", func() error {
		defer t.loop.End()
		for ctx.Err() == nil {
			next := t.start.Add(time.Duration(t.ticks.Load()+1) * time.Second)
			if wait := next.Sub(t.env.Now()); wait > 0 {
				_ = t.loop.Park(ctx, wait, &t.news)
				continue
			}
			if t.work != nil {
				t.work()
			}
			t.ticks.Add(1)
		}
		return nil
	})
}

func (t *ticker) end(test *testing.T) {
	t.stop(errStopped)
	if err := t.proc.Wait(context.Background(), t.env); err != nil {
		test.Error(err)
	}
}

// TestSettle: all that is due is done when Settle returns, however far the clock was
// moved and however long the work takes.
func TestSettle(t *testing.T) {
	for _, bubble := range []bool{false, true} {
		t.Run(fmt.Sprintf("bubble %v", bubble), func(t *testing.T) {
			test := func(t *testing.T) {
				mock := clock.NewMock()
				e := New(env.Real(), mock)
				tick := newTicker(e)
				tick.work = func() { // a real wait, longer than the mock clock gives others
					_ = env.Sleep(t.Context(), e.Unwrap(), 3*time.Millisecond)
				}
				tick.run()
				defer tick.end(t)
				want := int64(0)
				for _, seconds := range []int64{0, 1, 1, 7, 1, 3} {
					mock.Add(time.Duration(seconds) * time.Second)
					if err := Settle(t.Context(), e); err != nil {
						t.Fatal(err)
					}
					if want += seconds; tick.ticks.Load() != want {
						t.Fatalf("%d ticks after %d s", tick.ticks.Load(), want)
					}
				}
				mock.Add(time.Second / 2)
				if err := Settle(t.Context(), e); err != nil || tick.ticks.Load() != want {
					t.Errorf("%d ticks half a second later, %v", tick.ticks.Load(), err)
				}
			}
			if bubble {
				synctest.Test(t, test)
			} else {
				test(t)
			}
		})
	}
}

// TestSettleWithoutAdd: a loop that was woken by something else is waited for.
func TestSettleAfterNews(t *testing.T) {
	e := New(env.Real(), clock.NewMock())
	loop := NewLoop(e)
	var news env.Mailbox[int]
	sum := 0
	proc := e.Spawn("adder", func() error {
		defer loop.End()
		for {
			n, ok := news.Poll()
			for ; ok; n, ok = news.Poll() {
				if n == 0 {
					return nil
				}
				sum += n
			}
			if err := loop.Park(t.Context(), env.Forever, &news); err != nil {
				return err
			}
		}
	})
	for i := range 200 {
		news.Put(1)
		if err := Settle(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if sum != i+1 {
			t.Fatalf("the sum is %d after %d", sum, i+1)
		}
	}
	news.Put(0)
	if err := proc.Wait(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if err := Settle(t.Context(), e); err != nil {
		t.Errorf("after the end of the loop: %v", err)
	}
}

// TestAddWakesWithoutSettle: the clock calls by itself, once for the earliest Park.
func TestAddWakesWithoutSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := clock.NewMock()
		e := New(env.Real(), mock)
		var order []string
		var procs []*env.Proc
		for i, limit := range []time.Duration{3 * time.Second, time.Second, 2 * time.Second} {
			procs = append(procs, e.Spawn("sleeper", func() error {
				err := env.Sleep(t.Context(), e, limit)
				order = append(order, fmt.Sprintf("%d at %v", i, e.Mono()))
				return err
			}))
			synctest.Wait()
		}
		for range 3 {
			mock.Add(time.Second)
			synctest.Wait()
		}
		if want := "[1 at 1s 2 at 2s 0 at 3s]"; fmt.Sprint(order) != want {
			t.Errorf("woken: %v, want %s", order, want)
		}
		for _, p := range procs {
			if err := p.Wait(t.Context(), e); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestParkEndsEarly: by its Waitable, or by its context; the clock keeps no timer.
func TestParkEndsEarly(t *testing.T) {
	mock := clock.NewMock()
	e := New(env.Real(), mock)
	var ready env.Latch
	ready.Set()
	if err := e.Park(t.Context(), time.Hour, &ready); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStopped)
	if err := e.Park(ctx, time.Hour); !errors.Is(err, errStopped) {
		t.Errorf("Park = %v, want the cause", err)
	}
	if err := e.Park(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if len(e.timers) != 0 || e.alarm != nil {
		t.Errorf("%d timers and alarm %v are left", len(e.timers), e.alarm)
	}
}

func TestMonoNeverGoesBack(t *testing.T) {
	mock := clock.NewMock()
	e := New(env.Real(), mock)
	mock.Add(time.Minute)
	mock.Set(mock.Now().Add(-time.Second))
	if e.Mono() != time.Minute {
		mock.Add(0)
	}
	before := e.Mono()
	mock.Set(mock.Now().Add(-time.Hour))
	if now := e.Mono(); now < before {
		t.Errorf("Mono went from %v to %v", before, now)
	}
}

func TestSettleNeedsAMock(t *testing.T) {
	for name, e := range map[string]env.Env{"no clock": env.Real(), "a running clock": New(env.Real(), clock.New())} {
		if err := Settle(t.Context(), e); !errors.Is(err, ErrNoMock) {
			t.Errorf("%s: Settle = %v", name, err)
		}
	}
}

// TestRunningClock: with the library's own clock everything goes on as without.
func TestRunningClock(t *testing.T) {
	e := New(env.Real(), clock.New())
	at := e.Mono()
	if err := env.Sleep(t.Context(), e, 5*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if took := e.Mono() - at; took < 5*time.Millisecond {
		t.Errorf("a sleep of 5 ms took %v", took)
	}
}

// TestSettleGivesUp: a loop that never gets idle is named by the context alone.
func TestSettleGivesUp(t *testing.T) {
	e := New(env.Real(), clock.NewMock())
	defer NewLoop(e).End() // never parks
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStopped)
	if err := Settle(ctx, e); !errors.Is(err, errStopped) {
		t.Errorf("Settle = %v", err)
	}
}

// TestSimulated: in a simulation the clock moves by hand and nothing is left to
// goroutines, so a run repeats.
func TestSimulated(t *testing.T) {
	run := func() (ticks int64, hash uint64) {
		w := sim.NewWorld(sim.Options{})
		defer w.Close()
		p := w.Start("app", func(outer env.Env) error {
			mock := clock.NewMock()
			e := New(outer, mock)
			if env.Processors(e) != 2 || env.Concurrent(e) {
				t.Error("a simulated Env counts as concurrent")
			}
			tick := newTicker(e)
			tick.run()
			for range 3 {
				mock.Add(2 * time.Second)
				if err := Settle(context.Background(), e); err != nil {
					return err
				}
			}
			ticks = tick.ticks.Load()
			tick.end(t)
			return nil
		})
		if status := w.Run(sim.Limit{}); status != sim.Done {
			t.Fatalf("%v; parked: %v", status, w.Parked())
		}
		if _, err := p.Ended(); err != nil {
			t.Fatal(err)
		}
		return ticks, w.TraceHash()
	}
	ticks, hash := run()
	again, hashAgain := run()
	if ticks != 6 || again != 6 || hash != hashAgain {
		t.Errorf("%d and %d ticks, hashes %x and %x", ticks, again, hash, hashAgain)
	}
}
