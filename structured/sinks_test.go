package structured

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// misbehaving is a sink whose writer does in Commit what it is told.
type misbehaving struct {
	commit func(ctx context.Context) error
}

func (misbehaving) String() string     { return "misbehaving" }
func (misbehaving) Ephemeral()         {}
func (misbehaving) Modes() []sink.Mode { return []sink.Mode{Append} }
func (s misbehaving) Open(context.Context, sink.Query) (sink.Writer, error) {
	return s, nil
}
func (misbehaving) LastCommitted(context.Context) (int64, bool, error) { return 0, false, nil }
func (misbehaving) Prepare(context.Context, sink.Batch) (sink.Token, error) {
	return nil, nil
}
func (s misbehaving) Commit(ctx context.Context, _ sink.Token) error { return s.commit(ctx) }
func (misbehaving) Abort(context.Context, sink.Token) error          { return nil }
func (misbehaving) Close() error                                     { return nil }

func TestAPanicInASinkEndsTheQuery(t *testing.T) {
	dir, checkpoint := t.TempDir(), t.TempDir()
	put(t, dir, "1", "a\n")
	s := newSession(t, 1)
	lines := s.Stream(source.TextFiles(dir))
	broken := misbehaving{func(context.Context) error { panic("oh") }}
	err := start(t, lines.Write(broken).Checkpoint(checkpoint)).Wait(t.Context())
	if err == nil || !strings.Contains(err.Error(), "panic: oh") {
		t.Fatalf("error %v", err)
	}
	table := sink.Memory("m")
	q := start(t, lines.Write(table).Checkpoint(checkpoint)) // the checkpoint is free again
	process(t, q)
	stop(t, q)
	same(t, table.Rows(), [][]any{{"a"}})
}

// A sink that waits is interrupted by Stop, which is no failure; a sink that does not
// listen makes Stop give up at its deadline.
func TestStopInterrupts(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "1", "a\n")
	s := newSession(t, 1)
	committing, release := make(chan bool, 1), make(chan bool)
	waiting := misbehaving{func(ctx context.Context) error {
		committing <- true
		<-ctx.Done()
		return ctx.Err()
	}}
	q := start(t, s.Stream(source.TextFiles(dir)).Write(waiting))
	<-committing
	stop(t, q)

	deaf := misbehaving{func(context.Context) error {
		committing <- true
		<-release
		return nil
	}}
	q = start(t, s.Stream(source.TextFiles(dir)).Write(deaf))
	<-committing
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := q.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) || !q.Active() {
		t.Fatalf("Stop with a deadline: %v, active %v", err, q.Active())
	}
	close(release)
	stop(t, q)
}

func TestRunEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "1", "a\n")
	s := newSession(t, 1)
	for bounded, lines := range map[bool]DataFrame{true: s.Read(source.TextFiles(dir)), false: s.Stream(source.TextFiles(dir))} {
		ctx, cancel := context.WithCancel(t.Context())
		err := lines.Write(misbehaving{func(ctx context.Context) error {
			cancel()
			<-ctx.Done()
			return ctx.Err()
		}}).Run(ctx)
		if bounded != errors.Is(err, context.Canceled) || !bounded && err != nil {
			t.Errorf("bounded %v: %v", bounded, err)
		}
	}
}

// Each of several sinks has each batch once, though one of them failed after another
// had it.
func TestSeveralSinks(t *testing.T) {
	dir, checkpoint, table := t.TempDir(), t.TempDir(), sink.Memory("m")
	put(t, dir, "1", "a\n")
	s := newSession(t, 1)
	failures, calls := 2, 0
	second := misbehaving{func(context.Context) error {
		if calls++; calls <= failures {
			return errors.New("no luck")
		}
		return nil
	}}
	w := s.Stream(source.TextFiles(dir)).Write(table, second).Checkpoint(checkpoint).Trigger(AvailableNow())
	for i := range failures + 2 {
		if err := w.Run(t.Context()); (err != nil) != (i < failures) {
			t.Fatalf("run %d: %v", i, err)
		}
	}
	same(t, table.Rows(), [][]any{{"a"}})
	same(t, calls, failures+1)
}

// A filter that is pushed into the scan has the source hand out fewer rows, and a
// column that nobody needs is not handed out.
func TestSourcesHandOutLess(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "1", clicksAt("x", 1, 2, 3)+clicksAt("y", 4))
	s := newSession(t, 1)
	for name, test := range map[string]struct {
		table func(DataFrame) DataFrame
		want  source.Counts
	}{
		"all":    {func(d DataFrame) DataFrame { return d }, source.Counts{Rows: 4, Values: 8}},
		"column": {func(d DataFrame) DataFrame { return d.Select("page") }, source.Counts{Rows: 4, Values: 4}},
		"filter": {func(d DataFrame) DataFrame { return d.Where(expr.Col("page").Eq("y")) }, source.Counts{Rows: 1, Values: 2, Skipped: 3}},
	} {
		q := start(t, test.table(s.Stream(source.JSONFiles(dir, clicks))).Write(sink.Memory("m")).Trigger(AvailableNow()))
		if err := q.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := q.Progress()[0].Sources[0].Metrics; got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}
