package receiver_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/codec"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/wal"
)

var background = context.Background()

// simulate runs a process to its end in a world with a disk, which may be nil, and
// returns the disk.
func simulate(t *testing.T, disk *sim.Disk, main func(e env.Env) error, faults ...sim.Fault) *sim.Disk {
	t.Helper()
	w := sim.NewWorld(sim.Options{Disk: disk, Faults: faults})
	defer w.Close()
	p := w.Start("process", main)
	if status := w.Run(sim.Limit{Time: time.Hour}); status != sim.Done {
		t.Fatalf("%v: %v", status, w.Parked())
	}
	if _, err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	if len(w.Fired()) < len(faults) {
		t.Fatalf("of the faults %v only %v have happened", faults, w.Fired())
	}
	if leaks := p.Leaks(); len(leaks.Activities)+len(leaks.Files) > 0 {
		t.Fatalf("left: %+v", leaks)
	}
	return w.Disk()
}

func stream(e env.Env, epoch uint64) receiver.Stream {
	return receiver.Stream{State: "state", Epoch: epoch, Env: e}
}

func in[T any](f func(ctx context.Context, store *receiver.Store[T]) error) receiver.Receiver[T] {
	return receiver.Func[T](f)
}

// untilStopped is the rest of a receiver that has no more to add.
func untilStopped[T any](ctx context.Context, store *receiver.Store[T]) error {
	return store.Env().Park(ctx, env.Forever)
}

// elements are those of the blocks that are there, block by block.
func elements[T any](b *receiver.Blocks[T], from int64) (string, error) {
	end, err := b.End(from)
	if err != nil {
		return "", err
	}
	blocks, err := b.Range(from, end)
	if err != nil {
		return "", err
	}
	var text []string
	for _, block := range blocks {
		text = append(text, fmt.Sprint(block.Number, block.Elements))
	}
	return strings.Join(text, " "), nil
}

func same(what, got, want string) error {
	if got != want {
		return fmt.Errorf("%s: %s, want %s", what, got, want)
	}
	return nil
}

func sleep(e env.Env, d time.Duration) { _ = env.Sleep(background, e, d) }

// Trap 39: each AddBlock is a block, and without data there is none.
func TestTrap39BlocksOfAReliableReceiver(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
			for _, block := range [][]int{{1, 2, 3}, {4, 5}} {
				if err := store.AddBlock(ctx, block, ""); err != nil {
					return err
				}
			}
			return untilStopped(ctx, store)
		}), stream(e, 1))
		if err != nil {
			return err
		}
		sleep(e, time.Second)
		got, err := elements(b, 0)
		if err == nil {
			err = same("first batch", got, "0 [1 2 3] 1 [4 5]")
		}
		sleep(e, time.Second)
		if end, endErr := b.End(2); endErr != nil || end != 2 {
			err = errors.Join(err, fmt.Errorf("second batch: end %d, %v", end, endErr))
		}
		return errors.Join(err, b.Close(), b.Close())
	})
}

// A block ends an interval after its first element, or when it is full; what is added in
// one call is not cut.
func TestBlockInterval(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
			for i := range 9 {
				if err := store.Add(ctx, i); err != nil {
					return err
				}
				sleep(e, 30*time.Millisecond)
			}
			if err := store.AddAll(ctx, []int{9, 10, 11, 12, 13}, ""); err != nil {
				return err
			}
			return untilStopped(ctx, store)
		}), stream(e, 1), receiver.Options{BlockInterval: 70 * time.Millisecond, BlockSize: 4})
		if err != nil {
			return err
		}
		var at []time.Duration
		for end := int64(0); end < 4; {
			if err := e.Park(background, env.Forever, b.Arrived(end)); err != nil {
				return err
			}
			if end, err = b.End(0); err != nil {
				return err
			}
			at = append(at, e.Mono())
		}
		got, err := elements(b, 0)
		return errors.Join(err, b.Close(),
			same("blocks", got, "0 [0 1 2] 1 [3 4 5] 2 [6 7 8] 3 [9 10 11 12 13]"),
			same("at", fmt.Sprint(at), "[70ms 160ms 250ms 270ms]"))
	})
}

// run opens a receiver in a world of its own, lets it work for some time and returns its
// events.
func run(t *testing.T, o receiver.Options, during time.Duration, f func(ctx context.Context, store *receiver.Store[int]) error) (events []string, got string) {
	t.Helper()
	simulate(t, nil, func(e env.Env) error {
		o.Listener = func(event receiver.Event) {
			text := fmt.Sprintf("%v %v", e.Mono(), event.Kind)
			if event.Err != nil {
				text += " " + strings.SplitN(event.Err.Error(), "\n", 2)[0]
			}
			if event.Again {
				text += fmt.Sprint(" again after ", event.Delay)
			}
			events = append(events, text)
		}
		b, err := receiver.Open(background, in(f), stream(e, 1), o)
		if err != nil {
			return err
		}
		sleep(e, during)
		got, err = elements(b, 0)
		if err != nil {
			got, err = "error "+err.Error(), nil
		}
		return errors.Join(err, b.Close())
	})
	return events, got
}

func compare(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// Trap 24: a receiver that has ended is not run again.
func TestTrap24StopIsFinal(t *testing.T) {
	events, got := run(t, receiver.Options{}, time.Hour, func(ctx context.Context, store *receiver.Store[int]) error {
		return store.Add(ctx, 1)
	})
	compare(t, "events", fmt.Sprint(events), "[0s started 0s stopped]")
	compare(t, "blocks", got, "0 [1]")
}

// Trap 40: Restart asks for a certain delay. What an error reports comes in between.
func TestTrap40Restart(t *testing.T) {
	runs := 0
	events, got := run(t, receiver.Options{}, time.Hour, func(ctx context.Context, store *receiver.Store[int]) error {
		runs++
		if runs <= 2 {
			return receiver.Restart(100*time.Millisecond, errors.New("reason "+strconv.Itoa(runs)))
		}
		store.Report(errors.New("a trifle"))
		if err := store.Add(ctx, runs); err != nil {
			return err
		}
		return untilStopped(ctx, store)
	})
	compare(t, "events", strings.Join(events, "\n"), strings.Join([]string{
		"0s started",
		"0s stopped restarting the receiver with delay 100ms: reason 1 again after 100ms",
		"100ms started",
		"100ms stopped restarting the receiver with delay 100ms: reason 2 again after 100ms",
		"200ms started",
		"200ms reported a trifle",
		"1h0m0s stopped",
	}, "\n"))
	compare(t, "blocks", got, "0 [3]")
}

// Trap 46: a receiver that fails is run again, here after waits that grow; so is one that
// panics.
func TestTrap46RunAgain(t *testing.T) {
	runs := 0
	events, got := run(t, receiver.Options{}, time.Minute, func(ctx context.Context, store *receiver.Store[int]) error {
		switch runs++; runs {
		case 1:
			return errors.New("connection refused")
		case 2:
			panic("a bug")
		}
		if err := store.Add(ctx, runs); err != nil {
			return err
		}
		return untilStopped(ctx, store)
	})
	compare(t, "events", strings.Join(events, "\n"), strings.Join([]string{
		"0s started",
		"0s stopped connection refused again after 100ms",
		"100ms started",
		"100ms stopped panic: a bug again after 200ms",
		"300ms started",
		"1m0s stopped",
	}, "\n"))
	compare(t, "blocks", got, "0 [3]")
}

func TestPermanentErrorFailsTheStream(t *testing.T) {
	events, got := run(t, receiver.Options{}, time.Second, func(ctx context.Context, store *receiver.Store[int]) error {
		return receiver.Permanent(errors.New("no such topic"))
	})
	compare(t, "events", fmt.Sprint(events), "[0s started 0s stopped no such topic]")
	compare(t, "blocks", got, "error receiver: no such topic")
}

// Trap 41: at 10 a second, 21 of 30 single elements have come after a bit more than two
// seconds.
func TestTrap41MaxRate(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		added := 0
		b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
			for ; added < 30; added++ {
				if err := store.Add(ctx, added); err != nil {
					return err
				}
			}
			return nil
		}), stream(e, 1), receiver.Options{MaxRate: 10})
		if err != nil {
			return err
		}
		sleep(e, 2050*time.Millisecond)
		return errors.Join(same("added", fmt.Sprint(added), "21"), b.Close())
	})
}

// The PID controller's rate holds the receiver back, and nothing is dropped.
func TestBackPressure(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		added := 0
		b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
			for ; added < 5000; added++ {
				if err := store.Add(ctx, added); err != nil {
					return err
				}
			}
			return nil
		}), stream(e, 1), receiver.Options{BackPressure: true, InitialRate: 1000, MaxRate: 1500})
		if err != nil {
			return err
		}
		sleep(e, time.Second)
		first := added
		s := receiver.Sample{Ended: e.Now(), Elements: 1000, Processing: time.Second, Interval: time.Second}
		b.Completed(s) // sets the controller up
		s.Ended = s.Ended.Add(time.Second)
		s.Processing = 4 * time.Second
		b.Completed(s)
		rate := b.Rate()
		sleep(e, time.Second)
		second := added - first
		s.Ended = s.Ended.Add(time.Second)
		s.Processing = time.Millisecond
		b.Completed(s)
		limited := b.Rate()
		sleep(e, time.Minute)
		if first < 1000 || first > 1020 || rate != 250 || second < 230 || second > 270 || limited != 1500 || added != 5000 {
			return fmt.Errorf("%d in the first second, then %d at %v, then %v; in the end %d", first, second, rate, limited, added)
		}
		got, err := elements(b, 0)
		all := strings.Count(got, " ") + 1 - int(must(b.End(0)))
		return errors.Join(err, same("elements", fmt.Sprint(all), "5000"), b.Close())
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// Options.Backlog bounds what waits for batches: the receiver waits, nothing is dropped.
func TestBacklog(t *testing.T) {
	for _, state := range []string{"", "state"} {
		simulate(t, nil, func(e env.Env) error {
			added := 0
			b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
				for ; added < 10; added++ {
					if err := store.Add(ctx, added); err != nil {
						return err
					}
				}
				return store.AddAll(ctx, []int{10, 11, 12, 13, 14, 15}, "") // more than there is room for
			}), receiver.Stream{State: state, Epoch: 1, Env: e}, receiver.Options{Backlog: 4})
			if err != nil {
				return err
			}
			var all []string
			for end, to := int64(0), int64(0); len(all) < 4; end = to {
				sleep(e, time.Minute)
				got, err := elements(b, end)
				if err != nil {
					return err
				}
				if got != "" {
					all = append(all, got)
				}
				to = must(b.End(end))
				if err := b.Forget(background, end); err != nil {
					return err
				}
			}
			return errors.Join(b.Close(),
				same("batches", fmt.Sprintf("%q", all), `["0 [0 1 2 3]" "1 [4 5 6 7]" "2 [8 9]" "3 [10 11 12 13 14 15]"]`))
		})
	}
}

// Trap 42: what was durable comes again after a restart, what was in no batch included;
// without a directory it is gone. The receiver finds its mark.
func TestTrap42Restart(t *testing.T) {
	var disk *sim.Disk
	start := func(epoch uint64, state string, marks string, add ...int) (got string) {
		disk = simulate(t, disk, func(e env.Env) error {
			found := ""
			b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
				found = string(store.Added())
				for _, n := range add {
					if err := store.AddBlock(ctx, []int{n, n + 1}, receiver.Mark(strconv.Itoa(n+1))); err != nil {
						return err
					}
				}
				return untilStopped(ctx, store)
			}), receiver.Stream{State: state, Epoch: epoch, Env: e})
			if err != nil {
				return err
			}
			sleep(e, time.Second)
			got, err = elements(b, 0)
			return errors.Join(err, same("mark", found, marks), b.Close())
		})
		return got
	}
	compare(t, "first start", start(1, "state", "", 1, 3), "0 [1 2] 1 [3 4]")
	compare(t, "second start", start(2, "state", "4", 5), "0 [1 2] 1 [3 4] 2 [5 6]")
	compare(t, "without a directory", start(3, "", "", 7), "0 [7 8]")
	compare(t, "and again", start(4, "", ""), "")
}

// Drain takes in what is in no block yet.
func TestDrain(t *testing.T) {
	disk := simulate(t, nil, func(e env.Env) error {
		b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
			for i := 0; ; i++ {
				if err := store.Add(ctx, i); err != nil {
					return err
				}
				sleep(e, time.Second)
			}
		}), stream(e, 1), receiver.Options{BlockInterval: time.Hour})
		if err != nil {
			return err
		}
		sleep(e, 2500*time.Millisecond)
		if err := b.Drain(background); err != nil {
			return err
		}
		got, err := elements(b, 0)
		return errors.Join(err, same("drained", got, "0 [0 1 2]"), b.Close())
	})
	simulate(t, disk, func(e env.Env) error {
		var store *receiver.Store[int]
		b, err := receiver.Open(background, in(func(ctx context.Context, s *receiver.Store[int]) error {
			store = s
			return untilStopped(ctx, s)
		}), stream(e, 2))
		if err != nil {
			return err
		}
		sleep(e, time.Second)
		got, err := elements(b, 0)
		err = errors.Join(err, same("after", got, "0 [0 1 2]"), b.Close())
		if addErr := store.Add(background, 1); !errors.Is(addErr, receiver.ErrClosed) {
			err = errors.Join(err, fmt.Errorf("adding after the end: %v", addErr))
		}
		return err
	})
}

// Segments of the log go when batches have had their blocks; numbers and mark stay known
// although no block may be left.
func TestForget(t *testing.T) {
	big := strings.Repeat("x", 3<<20)
	var disk *sim.Disk
	for epoch := range uint64(3) {
		disk = simulate(t, disk, func(e env.Env) error {
			var found receiver.Mark
			b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[string]) error {
				found = store.Added()
				for i := range 6 {
					if err := store.AddBlock(ctx, []string{big}, receiver.Mark(fmt.Sprint(epoch, "-", i))); err != nil {
						return err
					}
				}
				return untilStopped(ctx, store)
			}), stream(e, epoch+1))
			if err != nil {
				return err
			}
			sleep(e, time.Second)
			end := must(b.End(int64(6 * epoch)))
			err = errors.Join(b.Forget(background, end), b.Forget(background, end))
			if _, rangeErr := b.Range(end-1, end); rangeErr == nil {
				err = errors.Join(err, errors.New("a forgotten block is handed out"))
			}
			names, listErr := e.FS().List("state")
			want := ""
			if epoch > 0 {
				want = fmt.Sprint(epoch-1, "-", 5)
			}
			return errors.Join(err, listErr, b.Close(),
				same("end", fmt.Sprint(end), fmt.Sprint(6*(epoch+1))),
				same("mark", string(found), want),
				same("segments", fmt.Sprint(len(names)), "1"))
		})
	}
}

// A process that was thought dead acknowledges nothing any more.
func TestFence(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		fenced := errors.New("a later run has begun")
		var added error
		s := stream(e, 1)
		s.Fence = func(context.Context) error {
			if e.Mono() > time.Second {
				return fenced
			}
			return nil
		}
		b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
			if err := store.AddBlock(ctx, []int{1}, "1"); err != nil {
				return err
			}
			sleep(e, 2*time.Second)
			added = store.AddBlock(ctx, []int{2}, "2")
			_, durable := store.Durable(ctx, "1")
			return errors.Join(added, durable)
		}), s)
		if err != nil {
			return err
		}
		sleep(e, time.Minute)
		if !errors.Is(added, fenced) {
			return fmt.Errorf("added: %v", added)
		}
		if _, err := b.End(0); !errors.Is(err, fenced) {
			return fmt.Errorf("end: %v", err)
		}
		_ = b.Close()
		return nil
	})
}

// A sync that fails fails the stream: nobody knows what the log holds.
func TestFailedSync(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
			return store.AddBlock(ctx, []int{1}, "1")
		}), stream(e, 1))
		if err != nil {
			return err
		}
		if err := e.Park(background, env.Forever, b.Arrived(0)); err != nil {
			return err
		}
		if _, err := b.End(0); !errors.Is(err, wal.ErrPoisoned) {
			return fmt.Errorf("end: %v", err)
		}
		_ = b.Close()
		return nil
	}, sim.Fault{Site: "sync(state/*-*.log)", Occurrence: 2, Kind: sim.Fail})
}

func TestOpenRefuses(t *testing.T) {
	type unencodable struct{ C any }
	disk := simulate(t, nil, func(e env.Env) error {
		open := func(o ...receiver.Options) error {
			_, err := receiver.Open(background, in(untilStopped[int]), stream(e, 1), o...)
			return err
		}
		for _, o := range [][]receiver.Options{
			{{BlockInterval: time.Microsecond}}, {{BlockSize: -1}}, {{Backlog: -1}}, {{MaxRate: -1}}, {{InitialRate: -1}}, {{RestartDelay: -1}}, {{}, {}},
		} {
			if open(o...) == nil {
				return fmt.Errorf("%+v are taken", o)
			}
		}
		if _, err := receiver.Open[int](background, nil, stream(e, 1)); err == nil {
			return errors.New("nil is taken for a receiver")
		}
		if _, err := receiver.Open(background, in(untilStopped[unencodable]), stream(e, 1)); !errors.As(err, new(*codec.TypeError)) {
			return fmt.Errorf("elements that can't be stored: %v", err)
		}
		b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
			return store.AddBlock(ctx, []int{1}, "")
		}), stream(e, 1))
		if err != nil {
			return err
		}
		sleep(e, time.Second)
		if _, err := b.End(2); err == nil {
			return errors.New("a block is believed that never was")
		}
		if _, err := b.Range(1, 2); err == nil {
			return errors.New("a block is handed out that never was")
		}
		return b.Close()
	})
	simulate(t, disk, func(e env.Env) error {
		if _, err := receiver.Open(background, in(untilStopped[string]), stream(e, 2)); !errors.As(err, new(*codec.MismatchError)) {
			return fmt.Errorf("stored integers as strings: %v", err)
		}
		return nil
	})
}
