package structured

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/source"
)

// A query over a socket is woken by what comes, goes on from its checkpoint, and has each
// line once.
func TestSocketSource(t *testing.T) {
	ctx := t.Context()
	sender, err := receiver.Listen(ctx, "localhost:0", receiver.SenderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	checkpoint := t.TempDir()
	var got []string
	var mu sync.Mutex
	collect := func(ctx context.Context, batch DataFrame, _ int64) error {
		type row struct{ Value string }
		rows, err := Collect[row](ctx, batch.Select("value"))
		mu.Lock()
		defer mu.Unlock()
		for _, r := range rows {
			got = append(got, r.Value)
		}
		return err
	}
	var want []string
	for run := range 2 {
		s := newSession(t, 2)
		lines := s.Stream(source.Socket(sender.Address(), receiver.Options{BlockInterval: time.Millisecond}))
		q := start(t, lines.Write(ForEachBatch(collect)).Checkpoint(checkpoint))
		for i := range 500 {
			line := fmt.Sprint("run ", run, " line ", i)
			want = append(want, line)
			if err := sender.Send(ctx, line); err != nil {
				t.Fatal(err)
			}
		}
		if err := sender.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		process(t, q)
		stop(t, q)
		progress := q.Progress()
		if len(progress) == 0 || string(progress[len(progress)-1].Sources[0].EndOffset) == `{"block":0}` {
			t.Errorf("progress %+v", progress)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d lines, want %d", len(got), len(want))
	}
}

// A receiver's rows have the time of their block, and it is the same when a batch runs
// again; columns that nobody asks for are not made.
func TestReceivedRows(t *testing.T) {
	e := env.Real()
	query := source.Query{State: t.TempDir(), Epoch: 1, Env: e}
	open := func(f receiver.Func[string]) source.Reader {
		r, err := source.Receive(f).Open(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		query.Epoch++
		return r
	}
	read := func(r source.Reader, partitions int, columns []int) (text string) {
		plan, err := r.Plan(t.Context(), `{"block":0}`, `{"block":3}`, partitions)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range plan {
			for batch, err := range part.Read(t.Context(), columns) {
				if err != nil {
					t.Fatal(err)
				}
				text += fmt.Sprint(i, " ", batch.NumRows(), " ", batch.Columns(), "; ")
			}
		}
		return text
	}
	first := open(func(ctx context.Context, store *receiver.Store[string]) error {
		return errors.Join(store.AddBlock(ctx, []string{"a", ""}, ""), store.AddBlock(ctx, []string{"b"}, ""), store.AddBlock(ctx, []string{"c"}, ""))
	})
	for end := source.Offset(""); end != `{"block":3}`; {
		if err := e.Park(t.Context(), env.Forever, first.(source.Waking).Arrival()); err != nil {
			t.Fatal(err)
		}
		var err error
		if end, err = first.Latest(t.Context(), `{"block":0}`, source.Limit{}); err != nil {
			t.Fatal(err)
		}
	}
	all := read(first, 2, nil)
	if got := read(first, 2, []int{0}); got != `0 2 [["a" ""]]; 1 2 [["b" "c"]]; ` {
		t.Error(got)
	}
	if got := read(first, 1, []int{}); got != `0 4 []; ` {
		t.Error(got)
	}
	if counts := first.(source.Counted).Counts(); counts != (source.Counts{Rows: 12, Values: 12}) {
		t.Errorf("%+v", counts)
	}
	if err := errors.Join(first.Close(), first.Close()); err != nil {
		t.Error(err)
	}
	second := open(func(context.Context, *receiver.Store[string]) error { return nil })
	if again := read(second, 2, nil); again != all {
		t.Errorf("after a restart\n%s\ninstead of\n%s", again, all)
	}
	if _, err := second.Latest(t.Context(), `{"block":4}`, source.Limit{}); err == nil {
		t.Error("an offset is believed that never was")
	}
	if _, err := second.Latest(t.Context(), `{"logOffset":4}`, source.Limit{}); err == nil {
		t.Error("the offset of another source is taken")
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// Windows over the time of arrival: the columns are there for the analyzer.
func TestSocketSchema(t *testing.T) {
	s := newSession(t, 1)
	counts := s.Stream(source.Socket("localhost:1")).
		WithWatermark("timestamp", time.Second).
		GroupBy(expr.Window("timestamp", time.Minute), expr.Col("value")).Count()
	if err := counts.Err(); err != nil {
		t.Error(err)
	}
	if err := s.Stream(source.Receive(nil)).Select("value").Err(); err == nil {
		t.Error("nil is taken for a receiver")
	}
}
