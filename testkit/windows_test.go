package testkit

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// visit is a row with a time of its own.
type visit struct {
	At   time.Time
	Page string
}

// visits draws visits in the order of their times, seconds apart, from a moment on.
func visits(from time.Duration) *rapid.Generator[[]visit] {
	return rapid.Custom(func(t *rapid.T) []visit {
		all := make([]visit, 6)
		at := worldStart.Add(from)
		for i := range all {
			at = at.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second)
			all[i] = visit{at, rapid.SampledFrom([]string{"x", "y"}).Draw(t, "page")}
		}
		return all
	})
}

const (
	windowLength = 10 * time.Second
	lateness     = 5 * time.Second
)

// tableWindows counts the visits of a topic by window of their own times. A window is
// handed on when no visit can add to it any more. None comes out of order, so none is
// late.
func tableWindows(s *Sim) {
	countsOfClosed(s, expr.Window("at", windowLength), "window", closedWindows, Input(s, "visits", 2, visits(0)))
}

// tableSlower does the same with two topics, of which one is minutes behind the other.
func tableSlower(s *Sim) {
	countsOfClosed(s, expr.Window("at", windowLength), "window", closedWindows,
		Input(s, "ahead", 2, visits(2*time.Minute)), Input(s, "behind", 1, visits(0)))
}

// countsOfClosed counts visits by windows of some kind, in a column of that name. closed
// says what comes out: the counts of those that the watermark of the inputs closes, by
// start, in microseconds, and page.
func countsOfClosed(s *Sim, window expr.Column, name string, closed func(inputs ...[]visit) map[string]any, topics ...*Topic[visit]) {
	out := TableSink(s, "counts", IdempotentBatch)
	s.App(func(p *Process) error {
		in := p.Session().Stream(topics[0].Table()).WithWatermark("at", lateness)
		for _, topic := range topics[1:] {
			in = in.Union(p.Session().Stream(topic.Table()).WithWatermark("at", lateness))
		}
		return in.GroupBy(window, expr.Col("page")).Agg(expr.Count().As("count")).
			Select(expr.Col(name).Field("start").As("start"), expr.Col("page"), expr.Col("count")).
			Write(out).Mode(sink.Append).Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
	})
	var inputs [][]visit
	for _, topic := range topics {
		inputs = append(inputs, topic.All())
		checkOrder(s, topic)
	}
	s.Eventually("each window that is over is counted once", func() error {
		batches, err := out.committed()
		if err != nil {
			return err
		}
		want := closed(inputs...)
		for _, b := range batches {
			for _, row := range b.rows {
				name := fmt.Sprint(row[0], " ", row[1])
				if want[name] != row[2] {
					return Final(fmt.Errorf("batch %d has %v, want the count %v", b.id, row, want[name]))
				}
				delete(want, name)
			}
		}
		// After a restart the watermark stays where it was until every input has delivered
		// again, which it does only if all have rows in the last wave.
		if len(want) > 0 && len(inputs[0]) == len(inputs[len(inputs)-1]) {
			return fmt.Errorf("there are no counts of %v", want)
		}
		return nil
	})
	s.outputs = append(s.outputs, holds(out))
}

// closedWindows counts by window, as the microseconds of its start, and page what lies
// before the watermark.
func closedWindows(inputs ...[]visit) map[string]any {
	counts, ends := map[string]int64{}, map[string]time.Time{}
	var watermark time.Time
	for i, rows := range inputs {
		mark := time.Time{}
		for _, v := range rows {
			start := v.At.Truncate(windowLength)
			name := fmt.Sprint(start.UnixMicro(), " ", v.Page)
			counts[name]++
			ends[name], mark = start.Add(windowLength), v.At.Add(-lateness)
		}
		if i == 0 || mark.Before(watermark) {
			watermark = mark
		}
	}
	closed := map[string]any{}
	for name, n := range counts {
		if !ends[name].After(watermark) {
			closed[name] = n
		}
	}
	return closed
}

func TestTableWindows(t *testing.T) {
	t.Run("one input", func(t *testing.T) { Check(t, tableWindows) })
	t.Run("the slower of two", func(t *testing.T) { Check(t, tableSlower) })
}

func TestClosedWindows(t *testing.T) {
	at := func(seconds int) visit { return visit{worldStart.Add(time.Duration(seconds) * time.Second), "x"} }
	got := closedWindows([]visit{at(1), at(2), at(15), at(26)}, []visit{at(3), at(25)})
	start := worldStart.UnixMicro()
	want := map[string]any{fmt.Sprint(start, " x"): int64(3), fmt.Sprint(start+10_000_000, " x"): int64(1)}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
