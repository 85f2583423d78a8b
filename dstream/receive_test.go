package dstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
)

// counting is a reliable receiver that goes on behind the newest number that it has: a
// block of two each 300 ms.
func counting(ctx context.Context, store *receiver.Store[int]) error {
	next := 1
	if mark := store.Added(); mark != "" {
		last, err := strconv.Atoi(string(mark))
		if err != nil {
			return err
		}
		next = last + 1
	}
	for ; ; next += 2 {
		if err := env.Sleep(ctx, store.Env(), 300*time.Millisecond); err != nil {
			return err
		}
		if err := store.AddBlock(ctx, []int{next, next + 1}, receiver.Mark(strconv.Itoa(next+1))); err != nil {
			return err
		}
	}
}

// receiving opens a stream of a receiver that keeps the partitions of its batches.
func receiving[T any](e env.Env, checkpoint string, r receiver.Receiver[T], into *[]string, o ...receiver.Options) (*Session, error) {
	build := func(s *Session) error {
		s.Receive(r, o...).ForEachRDD(func(ctx context.Context, r rdd.RDD[T], batch time.Time) error {
			partitions, err := r.Glom(func(part []T) string { return fmt.Sprint(part) }).Collect(ctx)
			*into = append(*into, fmt.Sprint(batch.Second(), partitions))
			return err
		})
		return nil
	}
	opts := options(e)
	if opts.Checkpoint = checkpoint; checkpoint != "" {
		return Recover(opts, build)
	}
	s, err := Open(opts)
	if err == nil {
		err = build(s)
	}
	return s, err
}

func compare(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// Trap 39: partitions are blocks; a batch without data has none.
func TestTrap39PartitionsAreBlocks(t *testing.T) {
	var got []string
	simulate(t, nil, func(e env.Env) error {
		s, err := receiving(e, "", receiver.Receiver[int](receiver.Func[int](func(ctx context.Context, store *receiver.Store[int]) error {
			return errors.Join(store.AddBlock(ctx, []int{1, 2, 3}, ""), store.AddBlock(ctx, []int{4, 5}, ""))
		})), &got)
		if err != nil {
			return err
		}
		return runFor(s, 2)
	})
	compare(t, "batches", got, "1 [[1 2 3] [4 5]]", "2 []")
}

// Trap 42: a process dies while a batch runs. The batch runs again with the same blocks;
// what was in no batch is in the next one, with what the restarted receiver adds.
func TestTrap42BlocksOfAPendingBatch(t *testing.T) {
	var got []string
	disk := sim.NewDisk(sim.Strict)
	died := false
	start := func(e env.Env) error {
		s, err := Recover(func() Options { o := options(e); o.Checkpoint = "checkpoint"; return o }(), func(s *Session) error {
			s.Receive(receiver.Receiver[int](receiver.Func[int](counting))).ForEachRDD(func(ctx context.Context, r rdd.RDD[int], batch time.Time) error {
				elements, err := r.Collect(ctx)
				got = append(got, fmt.Sprint(batch.Second(), elements))
				if batch.Second() == 2 && !died {
					return env.Sleep(ctx, e, time.Hour)
				}
				return err
			})
			return nil
		})
		if err != nil {
			return err
		}
		return runFor(s, 2)
	}
	w := sim.NewWorld(sim.Options{Disk: disk})
	w.Start("first", start)
	if status := w.Run(sim.Limit{Time: 2300 * time.Millisecond}); status != sim.Limited {
		t.Fatal(status)
	}
	w.Crash(sim.Outcome{})
	died = true
	w.Start("second", start)
	if status := w.Run(sim.Limit{Time: 20 * time.Second}); status != sim.Done {
		t.Fatal(status, w.Parked())
	}
	w.Close()
	compare(t, "batches", got,
		"1 [1 2 3 4 5 6]", "2 [7 8 9 10 11 12]", // the last of these runs when the process dies
		"2 [7 8 9 10 11 12]", "3 [13 14 15 16 17 18]", "4 [19 20 21 22 23 24]")
}

// Drain stops the receiver, and its last block, which was still being filled, is in the
// last batch.
func TestDrainTakesTheLastBlock(t *testing.T) {
	for _, checkpoint := range []string{"", "checkpoint"} {
		var got []string
		added := 0
		simulate(t, nil, func(e env.Env) error {
			s, err := receiving(e, checkpoint, receiver.Receiver[int](receiver.Func[int](func(ctx context.Context, store *receiver.Store[int]) error {
				for {
					if err := store.Add(ctx, added+1); err != nil {
						return err
					}
					added++
					if err := env.Sleep(ctx, e, 400*time.Millisecond); err != nil {
						return err
					}
				}
			})), &got, receiver.Options{BlockInterval: 10 * time.Second})
			if err != nil {
				return err
			}
			ctx := context.Background()
			if err := s.Start(ctx); err != nil {
				return err
			}
			return errors.Join(env.Sleep(ctx, e, 2500*time.Millisecond), s.Drain(ctx), s.Wait(ctx))
		})
		compare(t, "batches", got, "1 []", "2 []", "3 [[1 2 3 4 5 6 7]]")
		if added != 7 {
			t.Errorf("%d were added", added)
		}
	}
}

// A stream fails with a receiver that fails for good.
func TestReceiverFailsTheStream(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		var got []string
		s, err := receiving(e, "checkpoint", receiver.Receiver[int](receiver.Func[int](func(ctx context.Context, store *receiver.Store[int]) error {
			return receiver.Permanent(errors.New("no such place"))
		})), &got)
		if err != nil {
			return err
		}
		err = s.Run(context.Background())
		if err == nil || !strings.Contains(err.Error(), "no such place") {
			return fmt.Errorf("Run = %w", err)
		}
		return nil
	})
}

// Batches that take longer than their elements allow slow the receiver down.
func TestReceiverIsPaced(t *testing.T) {
	var counts []int
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		s.Receive(receiver.Receiver[int](receiver.Func[int](func(ctx context.Context, store *receiver.Store[int]) error {
			for {
				if err := store.Add(ctx, 1); err != nil {
					return err
				}
			}
		})), receiver.Options{BackPressure: true, InitialRate: 2000}).
			ForEachRDD(func(ctx context.Context, r rdd.RDD[int], batch time.Time) error {
				n, err := r.Count(ctx)
				counts = append(counts, int(n))
				return errors.Join(err, env.Sleep(ctx, e, time.Duration(n)*2*time.Millisecond)) // 500 a second
			})
		return runFor(s, 200)
	})
	if len(counts) < 8 || counts[0] < 1500 || counts[len(counts)-1] < 490 || counts[len(counts)-1] > 510 {
		t.Errorf("elements of the batches: %v", counts)
	}
}

func TestReceiveRefuses(t *testing.T) {
	s, err := Open(Options{Interval: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Receive[int](nil).Print()
	if s.Err() == nil || !strings.Contains(s.Err().Error(), "receive_test.go") {
		t.Error(s.Err())
	}
}
