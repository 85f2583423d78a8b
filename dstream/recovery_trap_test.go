package dstream

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/rdd"
)

// putFile makes a whole file at once, as a program that renames does.
func putFile(e env.Env, name, text string) error {
	if err := e.FS().MkdirAll(path.Dir(name)); err != nil {
		return err
	}
	f, err := e.FS().Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(text))
	return errors.Join(err, f.Close())
}

// TestTrap31And33And43Files: a file is read once, in the first batch after it appeared,
// however old it says it is; hidden names and directories are not read.
func TestTrap31And33And43Files(t *testing.T) {
	var got []string
	simulate(t, nil, func(e env.Env) error {
		if err := putFile(e, "in/early", "early\n"); err != nil {
			return err
		}
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		record(s.From(TextFiles("in")), &got)
		if err := s.Start(context.Background()); err != nil {
			return err
		}
		sleep := func(d time.Duration) error { return env.Sleep(context.Background(), e, d) }
		steps := []func() error{
			func() error { return sleep(1200 * time.Millisecond) }, // batch 1
			func() error { return putFile(e, "in/a", "a\n") },
			func() error { return putFile(e, "in/.hidden", "hidden\n") },
			func() error { return putFile(e, "in/_hidden", "hidden\n") },
			func() error { return putFile(e, "in/sub/x", "x\n") },
			func() error { return putFile(e, "in/empty", "") },
			func() error { return sleep(time.Second) }, // batch 2
			func() error { return e.FS().Remove("in/a") },
			func() error { return putFile(e, "in/a", "again\n") },
			func() error { return putFile(e, "in/b", "b\n") },
			func() error { return sleep(time.Second) }, // batch 3
			func() error { return s.Stop(context.Background()) },
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	expect(t, "files", got, "early", "a", "b")
}

// resumable starts a stream whose output notes which batches it gets; hold has its
// batches wait.
func resumable(e env.Env, began time.Time, got *[]string, hold func(tick int64) time.Duration) (*Session, error) {
	o := options(e)
	o.Checkpoint = "checkpoint"
	s, err := Recover(o, func(s *Session) error {
		s.From(Constant(1)).ForEachRDD(func(ctx context.Context, _ rdd.RDD[int], batch time.Time) error {
			tick := int64(batch.Sub(began) / time.Second)
			*got = append(*got, fmt.Sprint("t", tick))
			return env.Sleep(ctx, e, hold(tick))
		})
		return nil
	})
	if err == nil {
		err = s.Start(context.Background())
	}
	return s, err
}

// TestTrap34DownTime: a batch that was done does not run again after a clean stop; those
// of the time that the stream was down run, in order, before new ones.
func TestTrap34DownTime(t *testing.T) {
	for down, want := range map[time.Duration]string{
		0:               "t1 t2 t3 t4 | t5 t6",
		3 * time.Second: "t1 t2 t3 t4 | t5 t6 t7 t8 t9",
	} {
		var got []string
		simulate(t, nil, func(e env.Env) error {
			began := e.Now().Truncate(time.Second)
			run := func(d time.Duration) error {
				s, err := resumable(e, began, &got, func(int64) time.Duration { return 0 })
				if err != nil {
					return err
				}
				return errors.Join(env.Sleep(context.Background(), e, d), s.Stop(context.Background()))
			}
			if err := run(4*time.Second + 300*time.Millisecond); err != nil {
				return err
			}
			got = append(got, "|")
			if err := env.Sleep(context.Background(), e, down); err != nil {
				return err
			}
			return run(2 * time.Second)
		})
		if strings.Join(got, " ") != want {
			t.Errorf("down for %v: %v, want %s", down, got, want)
		}
	}
}

// TestTrap35BatchesThatWaited: of a stream that stops in a batch with others due behind
// it, the next start runs all of them, in order.
func TestTrap35BatchesThatWaited(t *testing.T) {
	var got []string
	simulate(t, sim.NewDisk(sim.Strict), func(e env.Env) error {
		began := e.Now().Truncate(time.Second)
		s, err := resumable(e, began, &got, func(tick int64) time.Duration {
			if tick == 2 {
				return time.Minute
			}
			return 0
		})
		if err != nil {
			return err
		}
		if err := errors.Join(env.Sleep(context.Background(), e, 4*time.Second+300*time.Millisecond), s.Stop(context.Background())); err != nil {
			return err
		}
		got = append(got, "|")
		s, err = resumable(e, began, &got, func(int64) time.Duration { return 0 })
		if err != nil {
			return err
		}
		return errors.Join(env.Sleep(context.Background(), e, time.Second), s.Stop(context.Background()))
	})
	expect(t, "a stop within t2", got, "t1", "t2", "|", "t2", "t3", "t4", "t5")
}

// TestTrap45QueueWithACheckpoint: a queue starts with a checkpoint, and cannot go on from
// one.
func TestTrap45QueueWithACheckpoint(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		run := func() error {
			o := options(e)
			o.Checkpoint = "checkpoint"
			s, err := Recover(o, func(s *Session) error {
				s.From(Source[int](NewQueue([]int{1}))).ForEachRDD(count[rdd.RDD[int]])
				return nil
			})
			if err != nil {
				return err
			}
			return runFor(s, 2)
		}
		if err := run(); err != nil {
			return err
		}
		if err := run(); err == nil || !strings.Contains(err.Error(), "a queue can't go on from a checkpoint") {
			t.Errorf("the second start: %v", err)
		}
		return nil
	})
}
