package testkit

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/internal/env"
)

// streamOnMock is the word count of a stream that goes by a mock clock, which follows the
// time of the world.
func streamOnMock(s *Sim) {
	in := Input(s, "words", 2, words)
	out := PairSink[string, int](s, "counts", IdempotentBatch)
	s.App(func(p *Process) (err error) {
		options := p.Options("ckpt")
		options.Clock = p.FakeClock()
		stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
			stream.From(in).ToPairs(one).UpdateStateByKey(total).SaveTo(out)
			return nil
		})
		if err != nil {
			return err
		}
		ctx := context.Background()
		if err := stream.Start(ctx); err != nil {
			return err
		}
		for err == nil && p.Context().Err() == nil {
			if env.Sleep(p.Context(), p.env, Interval) == nil {
				err = stream.Settle(ctx)
			}
		}
		if stopped := stream.Stop(ctx); err == nil {
			err = stopped
		}
		return err
	})
	LastByKey(s, in, out, countWords)
}

// The clock is all that the stream has: while it is set back, no batch is due.
func TestSessionOnAMockClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { Exhaust(t, streamOnMock, Faults(AllFaults&^ClockJump)) })
}

// TestFakeClock: the clock of a program shows virtual time, and jumps when that does.
func TestFakeClock(t *testing.T) {
	p, err := parsePlan(`v1;f=jump@park(main)#2/-1h0m0s`)
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	s := declare(func(s *Sim) {
		s.App(func(p *Process) error {
			mock := p.FakeClock()
			for range 3 {
				shown = append(shown, fmt.Sprint(mock.Now().Sub(worldStart)))
				if err := env.Sleep(context.Background(), p.env, 1500*time.Millisecond); err != nil {
					return err
				}
			}
			return nil
		})
		s.Invariant("nothing", func() error { return nil })
	}, p)
	if f := s.play(s.begin(), settings{}); f.failure != nil || len(f.fired) != 1 {
		t.Fatalf("%v after %v", f.failure, f.fired)
	}
	if want := []string{"0s", "1.5s", "-59m57s"}; !slices.Equal(shown, want) {
		t.Errorf("the clock showed %v, want %v", shown, want)
	}
}
