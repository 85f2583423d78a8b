package structured

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/types"
)

// visits are rows of a time, a key and a number.
func visits() *input {
	return newInput("visits", types.Nullable("t", types.Timestamp), types.Nullable("k", types.String), types.Nullable("v", types.Bigint))
}

func sessionsOf(in *input, gap time.Duration) func(*Session) DataFrame {
	return func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", 10*time.Second).
			GroupBy(expr.SessionWindow("t", gap), expr.Col("k")).
			Agg(expr.Count().As("n"), expr.Sum("v").As("total"))
	}
}

func visit(seconds any, k any, v int) []any { return at(seconds, k, int64(v)) }

func TestTrap31Trap32Trap33Sessions(t *testing.T) {
	in := visits()
	s := newScript(t, Append, sessionsOf(in, 10*time.Second))
	in.add(visit(10, "a", 1), visit(20, "a", 2), visit(31, "a", 4))
	s.want("b0 wm 0 dropped 0 state 2: ", "b1 wm 21 dropped 0 state 2: ")
	in.add(visit(41, "a", 8))
	s.want("b2 wm 21 dropped 0 state 2: ", "b3 wm 31 dropped 0 state 1: [10 30] a 2 3")
	s.stop()
	in.add(visit(60, "b", 0))
	s.want("b4 wm 31 dropped 0 state 2: ", "b5 wm 50 dropped 0 state 2: ")
	in.add(visit(45, "a", 16), visit(40, "a", 0), visit(39, "a", 0))
	s.want("b6 wm 50 dropped 2 state 2: ")
	in.add(visit(200, "z", 0))
	s.want("b7 wm 50 dropped 0 state 3: ", "b8 wm 190 dropped 0 state 1: [31 55] a 3 28; [60 70] b 1 0")
}

func TestTrap34DynamicGaps(t *testing.T) {
	in := newInput("visits", types.Nullable("t", types.Timestamp), types.Nullable("k", types.String), types.Nullable("gap", types.String))
	query := func(table DataFrame) DataFrame {
		return table.WithWatermark("t", 10*time.Second).
			GroupBy(expr.SessionWindow("t", expr.Col("gap")).As("w"), expr.Col("k")).Agg(expr.Count().As("n"))
	}
	s := newScript(t, Append, func(session *Session) DataFrame { return query(session.Stream(in)) })
	in.add(at(10, "a", "20 seconds"), at(12, "a", "5 seconds"), at(28, "a", "5 seconds"))
	s.want("b0 wm 0 dropped 0 state 1: ", "b1 wm 18 dropped 0 state 1: ")
	in.add(at(100, "z", "1 second"))
	s.want("b2 wm 18 dropped 0 state 2: ", "b3 wm 90 dropped 0 state 1: [10 33] a 3")
}

func TestTrap35GapsOfNothing(t *testing.T) {
	in := newInput("visits", types.Nullable("t", types.Timestamp), types.Nullable("k", types.String), types.Nullable("gap", types.String))
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", 0).GroupBy(expr.SessionWindow("t", expr.Col("gap")), expr.Col("k")).Count()
	})
	in.add(at(10, "a", "0 seconds"), at(10, "b", "-1 seconds"), at(10, "c", "5 seconds"), at(nil, "d", "5 seconds"), at(10, "e", nil))
	s.want("b0 wm 0 dropped 0 state 1: ", "b1 wm 10 dropped 0 state 1: ")
}

func TestTrap36Trap37SessionsRefused(t *testing.T) {
	session := newSession(t, 1)
	marked := session.Stream(visits()).WithWatermark("t", 0)
	window := expr.SessionWindow("t", time.Second)
	for _, c := range []struct {
		mode      sink.Mode
		d         DataFrame
		condition string
	}{
		{Append, marked.GroupBy(window).Count(), "_LEGACY_ERROR_TEMP_3068"},
		{Append, marked.GroupBy(window, expr.Lit("all").As("x")).Count(), "_LEGACY_ERROR_TEMP_3068"},
		{Complete, marked.GroupBy(window).Count(), "_LEGACY_ERROR_TEMP_3068"},
		{Update, marked.GroupBy(window, expr.Col("k")).Count(), "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION"},
		{Append, session.Stream(visits()).GroupBy(window, expr.Col("k")).Count(), "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION"},
		{Append, marked.GroupBy(window, expr.Window("t", time.Second)).Count(), "_LEGACY_ERROR_TEMP_1039"},
		{Append, marked.GroupBy(expr.SessionWindow("t", expr.Col("v")), expr.Col("k")).Count(), "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
		{Append, marked.GroupBy(expr.SessionWindow("t", expr.Lit("soon")), expr.Col("k")).Count(), "CAST_INVALID_INPUT"},
	} {
		refusesIn(t, c.mode, c.d, c.condition)
	}
}

func TestTrap38CompleteSessions(t *testing.T) {
	in := visits()
	s := newScript(t, Complete, sessionsOf(in, 10*time.Second))
	in.add(visit(1, "a", 1), visit(100, "a", 2))
	s.want("b0 wm 0 dropped 0 state 2: [1 11] a 1 1; [100 110] a 1 2")
	s.stop()
	in.add(visit(5, "a", 4))
	s.want("b1 wm 90 dropped 0 state 2: [1 15] a 2 5; [100 110] a 1 2")
}

func TestSessionsMergeAcrossBatches(t *testing.T) {
	in := visits()
	s := newScript(t, Append, sessionsOf(in, 10*time.Second))
	in.add(visit(1, "a", 1), visit(19, "a", 2))
	s.want("b0 wm 0 dropped 0 state 2: ", "b1 wm 9 dropped 0 state 2: ")
	in.add(visit(10, "a", 4))
	s.want("b2 wm 9 dropped 0 state 1: ")
	counts := s.query.Progress()[2].Operators[0]
	same(t, []int64{counts.NumRowsUpdated, counts.NumRowsRemoved}, []int64{1, 1})
	in.add(visit(90, "z", 0))
	s.want("b3 wm 9 dropped 0 state 2: ", "b4 wm 80 dropped 0 state 1: [1 29] a 3 7")
}

func TestSessionsOfATable(t *testing.T) {
	in := visits()
	in.add(visit(60, "a", 1), visit(0, "a", 2), visit(30, "a", 4), visit(35, "a", 8))
	in.add(visit(69, "a", 16), visit(-3, nil, 1), visit(4, nil, 1), visit(nil, "a", 1))
	for _, partitions := range []int{1, 4} {
		s := newSession(t, partitions)
		for d, want := range map[*DataFrame][]string{
			ref(s.Read(in).GroupBy(expr.SessionWindow("t", 10*time.Second).As("w"), expr.Col("k")).Agg(expr.Sum("v").As("total")).
				Select(expr.Col("w.start").Cast(types.Bigint).As("from"), expr.Col("w.end").Cast(types.Bigint).As("to"), expr.Col("k"), expr.Col("total")).OrderBy("k", "from")): {
				"[-3, 14, NULL, 2]", "[0, 10, a, 2]", "[30, 45, a, 12]", "[60, 79, a, 17]",
			},
			ref(s.Read(in).GroupBy(expr.SessionWindow("t", 20*time.Second)).Count().OrderBy("count").Select("count")): {"[2]", "[2]", "[3]"},
		} {
			var got []string
			for row, err := range d.Rows(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, row.String())
			}
			same(t, got, want)
		}
	}
}

func TestSessionsThenWindows(t *testing.T) {
	in := visits()
	s := newScript(t, Append, func(session *Session) DataFrame {
		return sessionsOf(in, 10*time.Second)(session).
			GroupBy(expr.Window("session_window", time.Minute)).Agg(expr.Count().As("sessions"), expr.Sum("n").As("rows"))
	})
	in.add(visit(1, "a", 1), visit(5, "a", 1), visit(5, "b", 1))
	s.want("b0 wm 0 dropped 0 state 2: ")
	in.add(visit(55, "a", 1))
	s.want("b1 wm 0 dropped 0 state 3: ", "b2 wm 45 dropped 0 state 2: ")
	in.add(visit(130, "a", 1))
	s.want("b3 wm 45 dropped 0 state 3: ", "b4 wm 120 dropped 0 state 1: [0 60] 2 3; [60 120] 1 1")
}
