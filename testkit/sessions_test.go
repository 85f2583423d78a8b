package testkit

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// sessionGap is no whole number of seconds, so no visit comes just when a session ends.
const sessionGap = 6500 * time.Millisecond

// tableSessions counts the visits of a topic by session of their page. A session is
// handed on when no visit can prolong it any more.
func tableSessions(s *Sim) {
	countsOfClosed(s, expr.SessionWindow("at", sessionGap), "session_window", closedSessions, Input(s, "visits", 2, visits(0)))
}

// closedSessions counts by session, as the microseconds of its start, and page what lies
// before the watermark of one input.
func closedSessions(inputs ...[]visit) map[string]any {
	closed, first, last, n := map[string]any{}, map[string]time.Time{}, map[string]time.Time{}, map[string]int64{}
	rows := inputs[0]
	over := func(page string, watermark time.Time) {
		if end := last[page].Add(sessionGap); n[page] > 0 && !end.After(watermark) {
			closed[fmt.Sprint(first[page].UnixMicro(), " ", page)] = n[page]
		}
	}
	for _, v := range rows {
		if n[v.Page] == 0 || v.At.Sub(last[v.Page]) > sessionGap {
			over(v.Page, rows[len(rows)-1].At.Add(-lateness))
			first[v.Page], n[v.Page] = v.At, 0
		}
		last[v.Page] = v.At
		n[v.Page]++
	}
	for page := range n {
		over(page, rows[len(rows)-1].At.Add(-lateness))
	}
	return closed
}

// tableFirst passes on a page once in each window. What is seen is forgotten as soon as
// the window is over, so that it makes no difference.
func tableFirst(s *Sim) {
	in := Input(s, "visits", 2, visits(0))
	checkOrder(s, in)
	out := TableSink(s, "first", Transactional)
	withStart := func(d structured.DataFrame) structured.DataFrame {
		return d.WithColumn("start", expr.Window("at", windowLength).Field("start"))
	}
	s.App(func(p *Process) error {
		return withStart(p.Session().Stream(in.Table())).
			WithWatermark("at", lateness).DropDuplicatesWithinWatermark("start", "page").Select("start", "page").
			Write(out).Mode(sink.Append).Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
	})
	EqualsBatch(s, in, out, func(d structured.DataFrame) structured.DataFrame {
		return withStart(d).Select("start", "page").Distinct()
	})
}

// checkOrder says that the visits of a topic come in the order of their times, which
// shrinking may try to change.
func checkOrder(s *Sim, topic *Topic[visit]) {
	if !slices.IsSortedFunc(topic.All(), func(a, b visit) int { return a.At.Compare(b.At) }) {
		s.wrong("%s: visits come in the order of their times", topic)
	}
}

func TestTableSessions(t *testing.T) { Check(t, tableSessions) }

func TestTableFirst(t *testing.T) { Check(t, tableFirst) }
