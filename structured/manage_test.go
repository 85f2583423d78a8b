package structured

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// On a mock clock a query does what is due, and no more, between Add and Settle.
func TestSettle(t *testing.T) {
	mock := clock.NewMock()
	s, err := Open(Options{Partitions: 1, Clock: mock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { same(t, s.Close(), nil) }()
	out := sink.Memory("out")
	q := start(t, s.Stream(source.Rate(10)).Write(out).Trigger(Every(5*time.Second)))
	for range 4 {
		if err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		mock.Add(time.Second)
	}
	same(t, len(out.Rows()), 0) // the next tick is at 5 s
	mock.Add(time.Second)
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, len(out.Rows()), 50)
	same(t, q.Progress()[0].Timestamp, time.Unix(5, 0).UTC())
	mock.Add(5 * time.Second)
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, len(out.Rows()), 100)
	stop(t, q)
}

// A session's queries have a line each, and their ends are shown.
func TestLive(t *testing.T) {
	var text bytes.Buffer
	s, err := Open(Options{Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Listen(Live(&text)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put(t, dir, "1", "a b a\n")
	err = wordCount(s.Stream(source.TextFiles(dir))).Write(sink.Memory("words")).Mode(Update).Trigger(AvailableNow()).Named("words").Run(t.Context())
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "words ") || !strings.HasSuffix(lines[0], "state 2") || !strings.HasSuffix(lines[1], "stopped") {
		t.Errorf("%q", lines)
	}
}

func TestSettleNeedsAMockClock(t *testing.T) {
	if err := newSession(t, 1).Settle(t.Context()); err == nil {
		t.Error("Settle returned without a mock clock")
	}
}

// A query that is drained leaves no batch to run again, whenever that is asked for.
func TestDrain(t *testing.T) {
	for points := uint64(0); points < 120; points += 7 {
		w := sim.NewWorld(sim.Options{Disk: sim.NewDisk(sim.Strict)})
		ctx := context.Background()
		var q *Query
		w.Start("query", func(e env.Env) error {
			s, err := Open(Options{Env: e, Partitions: 1})
			if err != nil {
				return err
			}
			in := source.RatePerBatch(3, time.Unix(0, 0), time.Second) // never ends
			if q, err = s.Stream(in).Write(sink.Memory("out")).Checkpoint("/state").Start(ctx); err != nil {
				return err
			}
			return errors.Join(q.Wait(ctx), s.Close())
		})
		for q == nil {
			w.Run(sim.Limit{Points: 1})
		}
		w.Run(sim.Limit{Points: 1 + points})
		var recovered *journal.Recovered
		w.Start("drain", func(e env.Env) error {
			if err := errors.Join(q.Drain(ctx), q.Err()); err != nil {
				t.Error(err)
			}
			return nil
		})
		if status := w.Run(sim.Limit{}); status != sim.Done {
			t.Fatal(status)
		}
		w.Start("look", func(e env.Env) error {
			j, r, err := journal.Open(ctx, e, "/state", journal.Options{Kind: "structured", AcceptFingerprint: true})
			if err != nil {
				return err
			}
			recovered = r
			return j.Close()
		})
		if status := w.Run(sim.Limit{}); status != sim.Done {
			t.Fatal(status)
		}
		if recovered == nil || recovered.Pending != nil {
			t.Fatalf("after %d points: %+v", points, recovered)
		}
		w.Close()
	}
}

func TestAwaitAny(t *testing.T) {
	s := newSession(t, 1)
	if _, err := s.AwaitAny(t.Context()); !errors.Is(err, errNoQuery) {
		t.Errorf("without a query: %v", err)
	}
	dir := t.TempDir()
	first := start(t, s.Stream(source.TextFiles(dir)).Write(sink.Memory("first")))
	wrong := errors.New("wrong")
	second := start(t, s.Stream(source.RatePerBatch(1, time.Unix(0, 0), 0)).
		Write(ForEachBatch(func(context.Context, DataFrame, int64) error { return wrong })))
	if err := second.Wait(t.Context()); !errors.Is(err, wrong) { // it has failed before anybody asks
		t.Fatal(err)
	}
	q, err := s.AwaitAny(t.Context())
	if q != second || !errors.Is(err, wrong) {
		t.Errorf("%v, %v", q, err)
	}
	stop(t, first)
	ctx, cancel := context.WithCancel(t.Context())
	third := start(t, s.Stream(source.TextFiles(dir)).Write(sink.Memory("third")))
	cancel()
	if _, err := s.AwaitAny(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context: %v", err)
	}
	stop(t, third)
}

// What a caller may not see goes to the log: starts, ends, and why; a panic comes with
// its stack.
func TestLogOfQueries(t *testing.T) {
	var text bytes.Buffer
	s, err := Open(Options{Partitions: 1, Logger: slog.New(slog.NewTextHandler(&text, nil))})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Stream(source.RatePerBatch(1, time.Unix(0, 0), 0)).
		Write(ForEachBatch(func(context.Context, DataFrame, int64) error { panic("boom") })).Named("boom").Run(t.Context())
	panicked, ok := errors.AsType[*PanicError](err)
	if !ok || panicked.Value != "boom" || !bytes.Contains(panicked.Stack, []byte("TestLogOfQueries")) {
		t.Errorf("%v", err)
	}
	same(t, s.Close(), nil)
	for _, want := range []string{`msg="query started" query=boom`, `msg="query failed" query=boom`} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %s in\n%s", want, text.String())
		}
	}
}
