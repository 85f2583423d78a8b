package dstream

import (
	"bytes"
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
)

// events has a session's listener note what it is told.
func events(s *Session, into *[]string) {
	note := func(format string, values ...any) { *into = append(*into, fmt.Sprintf(format, values...)) }
	s.Listen(Listener{
		Started:         func(Identity) { note("start") },
		BatchSubmitted:  func(b BatchInfo) { note("sub%d", b.Batch+1) },
		BatchStarted:    func(b BatchInfo) { note("st%d", b.Batch+1) },
		OutputStarted:   func(b BatchInfo, o OutputProgress) { note("out%d", o.ID) },
		OutputCompleted: func(b BatchInfo, o OutputProgress) { note("done%d %v", o.ID, o.Err) },
		BatchCompleted:  func(p Progress) { note("co%d", p.Batch+1) },
		Receiver:        func(e receiver.Event) { note("receiver %s %s", e.Receiver, e.Kind) },
		Stopped:         func(_ Identity, err error) { note("stop %v", err) },
	})
}

func TestTrap29EventsOfLateBatches(t *testing.T) {
	var got []string
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		events(s, &got)
		first := true
		in := s.From(Constant(1))
		in.ForEachRDD(func(ctx context.Context, _ rdd.RDD[int], _ time.Time) error {
			if first {
				first = false
				return env.Sleep(ctx, e, 2300*time.Millisecond) // two more fall due
			}
			return nil
		})
		in.Window(Window{Length: time.Second, Slide: 2 * time.Second}).Print() // no batch at odd ticks
		return runFor(s, 3)
	})
	want := "start sub1 st1 out0 done0 <nil> co1 sub2 sub3 st2 out0 done0 <nil> out1 done1 <nil> co2 st3 out0 done0 <nil> co3 stop <nil>"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestTrap25States(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		ctx := context.Background()
		var states []string
		look := func(s *Session) { states = append(states, s.Status().State.String()) }
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		if err := s.Start(ctx); err == nil || !strings.Contains(err.Error(), "no output operation") {
			t.Errorf("Start without outputs: %v", err)
		}
		look(s)
		numbers(s).ForEachRDD(func(ctx context.Context, _ rdd.RDD[int], _ time.Time) error {
			return env.Sleep(ctx, e, 100*time.Millisecond)
		})
		if err := s.Start(ctx); err != nil {
			return err
		}
		look(s)
		if err := s.Start(ctx); err != nil {
			t.Errorf("a second Start: %v", err)
		}
		if err := env.Sleep(ctx, e, 1050*time.Millisecond); err != nil {
			return err
		}
		if status := s.Status(); !status.IsTriggerActive || status.Batch != 0 || status.Message != "Processing batch 0" {
			t.Errorf("while a batch runs: %+v", status)
		}
		draining := e.Spawn("drain", func() error { return s.Drain(ctx) })
		e.Yield()
		look(s)
		if err := draining.Wait(ctx, e); err != nil {
			return err
		}
		look(s)
		if err := s.Start(ctx); err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Errorf("Start after the end: %v", err)
		}
		if err := errors.Join(s.Stop(ctx), s.Drain(ctx), s.Close()); err != nil {
			t.Errorf("ending it again: %v", err)
		}
		expect(t, "states", states, "being built", "active", "draining", "stopped")
		return nil
	})
}

// TestTrap26StopFromWithin: whoever the stream waits for can't wait for the stream.
func TestTrap26StopFromWithin(t *testing.T) {
	refused := map[string]error{}
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		ctx := context.Background()
		s.Listen(Listener{BatchStarted: func(BatchInfo) {
			refused["Stop in a listener"] = s.Stop(ctx)
			refused["Close in a listener"] = s.Close()
		}})
		in := s.From(Constant(1))
		in.Map(func(n int) int { refused["Stop in a task"] = s.Stop(ctx); return n }).
			Transform(func(r rdd.RDD[int], _ time.Time) rdd.RDD[int] { refused["Wait in Transform"] = s.Wait(ctx); return r }).
			ForEachRDD(func(ctx context.Context, r rdd.RDD[int], _ time.Time) error {
				refused["Drain in an output"] = s.Drain(ctx)
				refused["Settle in an output"] = s.Settle(ctx)
				_, err := r.Collect(ctx)
				return err
			})
		return runFor(s, 1)
	})
	if len(refused) != 6 {
		t.Errorf("only %d calls were made", len(refused))
	}
	for what, err := range refused {
		if !errors.Is(err, ErrWithin) {
			t.Errorf("%s = %v", what, err)
		}
	}
}

// TestOtherSessionsListenerMayStop: only its own functions can't.
func TestOtherSessionsListenerMayStop(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		ctx := context.Background()
		a, err := Open(options(e))
		if err != nil {
			return err
		}
		b, err := Open(options(e))
		if err != nil {
			return err
		}
		numbers(a).Print()
		numbers(b).Print()
		var stopped error = errors.New("not called")
		a.Listen(Listener{BatchCompleted: func(p Progress) {
			if p.Batch == 0 {
				stopped = b.Stop(ctx)
			}
		}})
		if err := b.Start(ctx); err != nil {
			return err
		}
		if err := runFor(a, 2); err != nil {
			return err
		}
		if stopped != nil || b.Status().State != Stopped {
			t.Errorf("Stop = %v, the session is %s", stopped, b.Status().State)
		}
		return nil
	})
}

func TestTrap30DrainWhenTheLastTickHasNoOutput(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		numbers(s).Window(Window{Length: 2 * time.Second, Slide: 2 * time.Second}).Print()
		ctx := context.Background()
		if err := s.Start(ctx); err != nil {
			return err
		}
		if err := env.Sleep(ctx, e, 2500*time.Millisecond); err != nil { // the last tick is the third
			return err
		}
		began := e.Mono()
		err = s.Drain(ctx)
		if took := e.Mono() - began; took > time.Second {
			t.Errorf("draining took %v", took)
		}
		return err
	})
}

// TestDrainInTime: when the time for it has passed, the stream ends, says so, and the
// next start goes on with what was not done.
func TestDrainInTime(t *testing.T) {
	disk := sim.NewDisk(sim.Strict)
	slow, batches := true, []string{}
	open := func(e env.Env) (*Session, error) {
		o := options(e)
		o.Checkpoint = "checkpoint"
		return Recover(o, func(s *Session) error {
			s.From(Constant(1)).ForEachRDD(func(ctx context.Context, _ rdd.RDD[int], batch time.Time) error {
				if slow {
					return env.Sleep(ctx, e, time.Minute)
				}
				batches = append(batches, fmt.Sprint(batch.Unix()))
				return nil
			})
			return nil
		})
	}
	late := errors.New("too late")
	var first string
	simulate(t, disk, func(e env.Env) error {
		s, err := open(e)
		if err != nil {
			return err
		}
		if err := s.Start(context.Background()); err != nil {
			return err
		}
		first = fmt.Sprint(s.generator.time(1).Unix())
		if err := env.Sleep(context.Background(), e, 1500*time.Millisecond); err != nil {
			return err
		}
		ctx, cancel := context.WithCancelCause(context.Background())
		alarm := e.Spawn("alarm", func() error {
			err := env.Sleep(context.Background(), e, 5*time.Second)
			cancel(late)
			return err
		})
		err = s.Drain(ctx)
		var drain *DrainError
		if !errors.As(err, &drain) || drain.Batch != 0 || !drain.Kept || !errors.Is(err, late) || !strings.Contains(err.Error(), "next Recover") {
			t.Errorf("Drain = %v", err)
		}
		return errors.Join(s.Close(), alarm.Wait(context.Background(), e))
	})
	slow = false
	simulate(t, disk, func(e env.Env) error {
		s, err := open(e)
		if err != nil {
			return err
		}
		return runFor(s, 1)
	})
	if len(batches) == 0 || batches[0] != first {
		t.Errorf("the next start ran %v, want to begin with %s", batches, first)
	}
}

func TestProgress(t *testing.T) {
	var log bytes.Buffer
	simulate(t, sim.NewDisk(sim.Strict), func(e env.Env) error {
		o := options(e)
		o.Checkpoint = "checkpoint"
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		s, err := Recover(o, func(s *Session) error {
			in := pairsOf(s, []kv{{"a", 1}, {"b", 1}, {"a", 1}}, []kv{{"c", 1}}).Named("words")
			counts := in.UpdateStateByKey(sum)
			counts.ForEachRDD(func(ctx context.Context, r rdd.Pairs[string, int], _ time.Time) error {
				_, err := r.Count(ctx)
				return errors.Join(err, env.Sleep(ctx, e, 100*time.Millisecond))
			})
			in.Keys().ForEachRDD(func(ctx context.Context, r rdd.RDD[string], _ time.Time) error { // reads the source again
				_, err := r.Count(ctx)
				return err
			})
			return nil
		})
		if err != nil {
			return err
		}
		panicking := s.Listen(Listener{BatchStarted: func(BatchInfo) { panic("oops") }})
		if err := runFor(s, 2); err != nil {
			return err
		}
		panicking()
		recent := s.Progress()
		if len(recent) != 2 {
			t.Fatalf("%d batches", len(recent))
		}
		p := recent[0]
		if p.Rows != 3 || len(p.Inputs) != 1 || p.Inputs[0].Rows != 3 || p.State != 2 || recent[1].State != 3 {
			t.Errorf("rows %d, inputs %+v, state %d", p.Rows, p.Inputs, p.State)
		}
		if p.Latency.Sink < 100*time.Millisecond || p.Latency.Total < p.Latency.Sink || p.Duration != p.Latency.Total || p.Total != p.Delay+p.Duration {
			t.Errorf("latency %+v", p.Latency)
		}
		if len(p.Outputs) != 2 || p.Outputs[0].Duration < 100*time.Millisecond || p.ID == "" {
			t.Errorf("outputs %+v, id %q", p.Outputs, p.ID)
		}
		var fields map[string]any
		if err := json.Unmarshal([]byte(p.JSON()), &fields); err != nil {
			return err
		}
		for _, name := range []string{"batchId", "batchTime", "schedulingDelay", "processingDelay", "numInputRows", "durationMs", "sources", "outputOperations"} {
			if _, ok := fields[name]; !ok {
				t.Errorf("the JSON has no %s: %s", name, p.JSON())
			}
		}
		return nil
	})
	for _, want := range []string{"level=INFO msg=\"stream started\"", "level=DEBUG msg=\"batch done\"", "a stream listener panicked", "msg=\"stream stopped\""} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %s:\n%s", want, log.String())
		}
	}
}

func TestRecentProgressIsBounded(t *testing.T) {
	s := &Session{}
	for i := range int64(250) {
		s.remember(Progress{Batch: i})
	}
	if recent := s.Progress(); len(recent) != recentProgress || recent[0].Batch != 150 || recent[99].Batch != 249 {
		t.Errorf("%d batches, from %d", len(recent), recent[0].Batch)
	}
}

// TestReceiverEvents: what a source's receiver tells comes to the listeners in the
// stream's loop.
func TestReceiverEvents(t *testing.T) {
	var got []string
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		events(s, &got)
		s.From(Source[int](telling{})).Print()
		return runFor(s, 1)
	})
	if !slices.Contains(got, "receiver r started") || slices.Index(got, "receiver r started") > slices.Index(got, "sub1") {
		t.Errorf("got %q", got)
	}
	if last := got[len(got)-2]; last != "receiver r stopped" {
		t.Errorf("got %q, want the receiver's end before the session's", got)
	}
}

// telling is a constant source with a receiver.
type telling struct{ constant[int] }

type tellingReader struct {
	constant[int]
	stream Stream
}

func (telling) Open(_ context.Context, stream Stream) (Reader[int], error) {
	stream.Tell(receiver.Event{Receiver: "r", Kind: receiver.Started})
	return tellingReader{stream: stream}, nil
}

func (r tellingReader) Close() error {
	r.stream.Tell(receiver.Event{Receiver: "r", Kind: receiver.Stopped})
	return nil
}

// TestReceiversTellTheSession: what becomes of a real receiver comes to the listeners,
// in their order.
func TestReceiversTellTheSession(t *testing.T) {
	var got []string
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		events(s, &got)
		runs := 0
		s.Receive(receiver.Receiver[int](receiver.Func[int](func(ctx context.Context, store *receiver.Store[int]) error {
			if runs++; runs == 1 {
				return receiver.Restart(10*time.Millisecond, errors.New("lost"))
			}
			return errors.Join(store.Add(ctx, 1), env.Sleep(ctx, e, time.Hour))
		}))).Print()
		return runFor(s, 2)
	})
	told := slices.DeleteFunc(got, func(event string) bool { return !strings.HasPrefix(event, "receiver ") })
	if len(told) < 4 || !strings.HasSuffix(told[0], "started") || !strings.HasSuffix(told[2], "started") || !strings.HasSuffix(told[len(told)-1], "stopped") {
		t.Errorf("got %q", told)
	}
}

// TestLive: a line for each stream, written by what its listener is told.
func TestLive(t *testing.T) {
	var out strings.Builder
	show := Live(&out)
	simulate(t, nil, func(e env.Env) error {
		for _, name := range []string{"words", "sums"} {
			s, err := Open(options(e))
			if err != nil {
				return err
			}
			s.Listen(show(name))
			s.From(Source[int](NewQueue([]int{1, 2}))).Print()
			if err := runFor(s, 12); err != nil {
				return err
			}
		}
		return nil
	})
	for _, want := range []string{"words ", "batch 0 ", "batch 10 ", "sums ", "stopped"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, &out)
		}
	}
	if n := strings.Count(out.String(), "\n"); n != 6 {
		t.Errorf("%d lines:\n%s", n, &out)
	}
}
