package structured

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
)

// counted counts the rows of the window of each 10 seconds in two united streams, of
// which rows may be 10 and 5 seconds late.
func counted(a, b *input) func(*Session) DataFrame {
	return func(session *Session) DataFrame {
		return session.Stream(a).WithWatermark("t", 10*time.Second).
			Union(session.Stream(b).WithWatermark("t", 5*time.Second)).
			GroupBy(expr.Window("t", 10*time.Second)).Agg(expr.Count().As("n"))
	}
}

func TestTrap13MinPolicy(t *testing.T) {
	a, b := timed("a"), timed("b")
	s := newScript(t, Append, counted(a, b))
	a.add(at(100, ""))
	s.want("b0 wm 0 dropped 0 state 1: ")
	b.add(at(50, ""))
	s.want("b1 wm 0 dropped 0 state 2: ", "b2 wm 45 dropped 0 state 2: ")
	b.add(at(200, ""))
	s.want("b3 wm 45 dropped 0 state 3: ", "b4 wm 90 dropped 0 state 2: [50 60] 1")
	// The watermark of each input is not kept by a restart, that of the query is.
	s.stop()
	s.options.Watermarks = MaxWatermark // of no effect: the query keeps its policy
	a.add(at(80, ""), at(95, ""))
	s.want("b5 wm 90 dropped 1 state 3: ")
	a.add(at(300, ""))
	s.want("b6 wm 90 dropped 0 state 4: ")
	b.add(at(300, ""))
	s.want("b7 wm 90 dropped 0 state 4: ", "b8 wm 290 dropped 0 state 1: [100 110] 1; [200 210] 1; [90 100] 1")
}

func TestTrap14MaxPolicy(t *testing.T) {
	a, b := timed("a"), timed("b")
	s := newScript(t, Append, counted(a, b))
	s.options.Watermarks = MaxWatermark
	a.add(at(100, ""))
	s.want("b0 wm 0 dropped 0 state 1: ", "b1 wm 90 dropped 0 state 1: ")
	b.add(at(50, ""))
	s.want("b2 wm 90 dropped 1 state 1: ")
	s.stop()
	s.options.Watermarks = MinWatermark // of no effect
	b.add(at(200, ""))
	s.want("b3 wm 90 dropped 0 state 2: ", "b4 wm 195 dropped 0 state 1: [100 110] 1")
}

// fives counts by windows of 5 seconds without a delay.
func fives(in *input) func(*Session) DataFrame {
	return func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", 0).GroupBy(expr.Window("t", 5*time.Second)).Agg(expr.Count().As("n"))
	}
}

func TestTrap15Trap16Trap30WithoutEmptyBatches(t *testing.T) {
	in := timed("in")
	s := newScript(t, Append, fives(in))
	s.options.SkipEmptyBatches = true
	in.add(at(10, ""))
	s.want("b0 wm 0 dropped 0 state 1: ")
	in.add(at(20, ""))
	s.want("b1 wm 10 dropped 0 state 2: ")
	in.add(at(21, ""))
	s.want("b2 wm 20 dropped 0 state 1: [10 15] 1")
	in.add(at(100, ""))
	s.want("b3 wm 21 dropped 0 state 2: ")
	// Trap 30: nothing runs until there is data.
	s.stop()
	s.options.SkipEmptyBatches = false
	s.want("")
	in.add(at(1, ""))
	s.want("b4 wm 100 dropped 1 state 1: [20 25] 2")

	late := timed("late")
	s = newScript(t, Append, fives(late))
	s.options.SkipEmptyBatches = true
	late.add(at(100, ""))
	s.want("b0 wm 0 dropped 0 state 1: ")
	late.add(at(1, ""))
	s.want("b1 wm 100 dropped 0 state 1: [0 5] 1")
	late.add(at(2, ""))
	s.want("b2 wm 100 dropped 1 state 1: ")
}

func TestTrap27DelayMayChange(t *testing.T) {
	in := timed("in")
	delay := 10 * time.Second
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", delay).GroupBy(expr.Window("t", 5*time.Second)).Agg(expr.Count().As("n"))
	})
	in.add(at(100, ""))
	s.want("b0 wm 0 dropped 0 state 1: ", "b1 wm 90 dropped 0 state 1: ")
	s.stop()
	delay = 50 * time.Second
	in.add(at(80, ""), at(86, ""), at(91, ""))
	s.want("b2 wm 90 dropped 2 state 2: ")
}

func TestTrap28ChainedWindows(t *testing.T) {
	in := timed("in")
	s := newScript(t, Append, func(session *Session) DataFrame {
		return fives(in)(session).GroupBy(expr.Window("window", 10*time.Second)).Agg(expr.Sum("n").As("n"))
	})
	in.add(at(1, ""), at(2, ""), at(6, ""), at(11, ""))
	s.want("b0 wm 0 dropped 0 state 3: ", "b1 wm 11 dropped 0 state 1: [0 10] 3")
	s.stop()
	in.add(at(20, ""))
	s.want("b2 wm 11 dropped 0 state 2: ", "b3 wm 20 dropped 0 state 1: [10 20] 1")
}

// TestBatchesWithoutDataOfUpdates: a watermark below an operator with state is enough
// for a batch without data, as in Spark.
func TestBatchesWithoutDataOfUpdates(t *testing.T) {
	in := timed("in")
	s := newScript(t, Update, func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", 0).GroupBy("k").Count()
	})
	in.add(at(10, "a"))
	s.want("b0 wm 0 dropped 0 state 1: a 1", "b1 wm 10 dropped 0 state 1: ")
}
