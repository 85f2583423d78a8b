package structured_test

import (
	"errors"
	"testing"
	"time"

	"github.com/benbjohnson/clock"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/types"
	"github.com/tidewheel/tidewheel/testkit"
)

// hit is a click on a page in a second.
type hit struct {
	Second int
	Page   string
}

var hits = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) hit {
	return hit{rapid.IntRange(0, 40).Draw(t, "second"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "page")}
}), 0, 12)

// exhausted runs a query from a topic to a table, with each fault that can happen on
// the way, and wants the result of the same query over the input as a whole.
func exhausted(t *testing.T, mode sink.Mode, query func(structured.DataFrame) structured.DataFrame, keys ...string) {
	t.Helper()
	testkit.Exhaust(t, func(s *testkit.Sim) {
		in := testkit.Input(s, "hits", 2, hits)
		out := testkit.TableSink(s, "result", testkit.IdempotentBatch, keys...)
		s.App(func(p *testkit.Process) error {
			return query(p.Session().Stream(in.Table())).Write(out).Mode(mode).
				Trigger(structured.Every(testkit.Interval)).Checkpoint("state").Run(p.Context())
		})
		testkit.EqualsBatch(s, in, out, query)
	})
}

func TestSessionsAreTheBatchsWhateverHappens(t *testing.T) {
	t.Parallel()
	exhausted(t, sink.Complete, func(table structured.DataFrame) structured.DataFrame {
		return table.WithColumn("t", expr.Col("second").Cast(types.Timestamp)).
			GroupBy(expr.SessionWindow("t", 5*time.Second).As("w"), expr.Col("page")).
			Agg(expr.Count().As("n"), expr.Sum("second").As("sum"))
	})
}

func TestDuplicatesAreTheBatchsWhateverHappens(t *testing.T) {
	t.Parallel()
	exhausted(t, sink.Update, func(table structured.DataFrame) structured.DataFrame {
		return table.WithColumn("t", expr.Col("second").Cast(types.Timestamp)).Distinct().
			GroupBy(expr.Window("t", 10*time.Second).As("w"), expr.Col("page")).Agg(expr.Count().As("n"))
	}, "w", "page")
}

// A query whose triggers go by a mock clock, which the program moves by a second and
// lets settle, over and over.
func TestAMockClockWhateverHappens(t *testing.T) {
	t.Parallel()
	query := func(table structured.DataFrame) structured.DataFrame {
		return table.GroupBy("page").Agg(expr.Count().As("n"), expr.Sum("second").As("sum"))
	}
	testkit.Exhaust(t, func(s *testkit.Sim) {
		in := testkit.Input(s, "hits", 2, hits)
		out := testkit.TableSink(s, "result", testkit.IdempotentBatch, "page")
		s.App(func(p *testkit.Process) error {
			mock := clock.NewMock()
			session, err := structured.Open(structured.Options{RDD: p.RDD(), Clock: mock})
			if err != nil {
				return err
			}
			q, err := query(session.Stream(in.Table())).Write(out).Mode(sink.Update).
				Trigger(structured.Every(time.Minute)).Checkpoint("state").Start(p.Context())
			if err != nil {
				return errors.Join(err, session.Close())
			}
			for err == nil && q.Active() {
				mock.Add(time.Minute)
				if err = session.Settle(p.Context()); err == nil {
					err = env.Sleep(p.Context(), p.RDD().Env(), testkit.Interval) // until more may have come
				}
			}
			if p.Context().Err() != nil {
				err = nil
			}
			return errors.Join(err, session.Close(), q.Err())
		})
		testkit.EqualsBatch(s, in, out, query)
	})
}
