package structured

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/types"
)

func timed(name string) *input {
	return newInput(name, types.Nullable("t", types.Timestamp), types.Nullable("k", types.String))
}

func TestTrap10NullTimesAreNeverLate(t *testing.T) {
	in := timed("in")
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).Select("t").WithWatermark("t", 10*time.Second).DropDuplicates("t")
	})
	in.add(at(nil, ""), at(nil, ""), at(-50, ""))
	s.want("b0 wm 0 dropped 1 state 1: <nil>")
	in.add(at(100, ""))
	s.want("b1 wm 0 dropped 0 state 2: 100", "b2 wm 90 dropped 0 state 2: ")
}

func TestTrap41KeysWithTheEventTimeAreForgotten(t *testing.T) {
	in := timed("in")
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", 10*time.Second).DropDuplicates("k", "t")
	})
	in.add(at(30, "a"), at(15, "b"))
	s.want("b0 wm 0 dropped 0 state 2: 15 b; 30 a", "b1 wm 20 dropped 0 state 1: ")
	in.add(at(20, "c"), at(21, "d"), at(30, "a"))
	s.want("b2 wm 20 dropped 1 state 2: 21 d")
	s.stop()
	in.add(at(21, "d"), at(22, "d"))
	s.want("b3 wm 20 dropped 0 state 3: 22 d")
}

func TestTrap42KeysWithoutTheEventTimeStay(t *testing.T) {
	in := timed("in")
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", 10*time.Second).DropDuplicates("k").Select("k")
	})
	in.add(at(100, "a"))
	s.want("b0 wm 0 dropped 0 state 1: a", "b1 wm 90 dropped 0 state 1: ")
	in.add(at(50, "n"), at(95, "a"))
	s.want("b2 wm 90 dropped 0 state 2: n")
}

func TestTrap43Trap44WithinWatermark(t *testing.T) {
	in := timed("in")
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", 10*time.Second).DropDuplicatesWithinWatermark("k")
	})
	in.add(at(10, "a"))
	s.want("b0 wm 0 dropped 0 state 1: 10 a")
	in.add(at(29, "b"))
	s.want("b1 wm 0 dropped 0 state 2: 29 b", "b2 wm 19 dropped 0 state 2: ")
	in.add(at(28, "a"))
	s.want("b3 wm 19 dropped 0 state 2: ")
	s.stop()
	in.add(at(30, "c"))
	s.want("b4 wm 19 dropped 0 state 3: 30 c", "b5 wm 20 dropped 0 state 2: ")
	in.add(at(29, "a"), at(19, "y"))
	s.want("b6 wm 20 dropped 1 state 3: 29 a")
	progress := s.query.Progress()
	same(t, []int64{progress[1].Operators[0].NumRowsRemoved, progress[2].Operators[0].NumRowsUpdated}, []int64{1, 1})
}

func TestTrap45DistinctGivesFirstOccurrences(t *testing.T) {
	in := pairsOf("in")
	s := newScript(t, Append, func(session *Session) DataFrame { return session.Stream(in).Distinct() })
	in.add([]any{"a", int32(1)}, []any{"a", int32(1)}, []any{nil, nil})
	s.want("b0 wm 0 dropped 0 state 2: <nil> <nil>; a 1")
	in.add([]any{"a", int32(1)}, []any{nil, nil}, []any{"a", int32(2)})
	s.want("b1 wm 0 dropped 0 state 3: a 2")
	refusesIn(t, Complete, newSession(t, 1).Stream(in).Distinct(), "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION")
}

func TestDuplicatesAreDroppedBeforeWindows(t *testing.T) {
	in := timed("in")
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", 10*time.Second).DropDuplicates("k", "t").
			GroupBy(expr.Window("t", 10*time.Second)).Agg(expr.Count().As("n"))
	})
	in.add(at(1, "a"), at(1, "a"), at(2, "a"))
	s.want("b0 wm 0 dropped 0 state 3: ")
	in.add(at(2, "a"), at(3, "b"))
	s.want("b1 wm 0 dropped 0 state 4: ")
	in.add(at(31, "c"))
	s.want("b2 wm 0 dropped 0 state 6: ", "b3 wm 21 dropped 0 state 2: [0 10] 3")
}

func TestDuplicatesOfATable(t *testing.T) {
	in := pairsOf("in")
	for i := range 30 {
		in.add([]any{string(rune('a' + i%4)), int32(i % 3)})
	}
	for _, partitions := range []int{1, 3} {
		s := newSession(t, partitions)
		for d, want := range map[*DataFrame]int64{
			ref(s.Read(in).Distinct()):          12,
			ref(s.Read(in).DropDuplicates("k")): 4,
			ref(s.Read(in).DropDuplicates("K")): 4,
		} {
			if n, err := d.Count(t.Context()); err != nil || n != want {
				t.Errorf("%d rows, %v, want %d", n, err, want)
			}
		}
	}
	refused := newSession(t, 1).Read(in).DropDuplicatesWithinWatermark("k").Err()
	if refused == nil {
		t.Error("duplicates within a watermark of a table: not refused")
	}
}

func TestTrap46LimitCountsOverBatches(t *testing.T) {
	in := pairsOf("in")
	s := newScript(t, Append, func(session *Session) DataFrame { return session.Stream(in).Select("k").Limit(3) })
	in.add([]any{"a", nil}, []any{"b", nil})
	s.want("b0 wm 0 dropped 0 state 1: a; b")
	s.stop()
	in.add([]any{"c", nil}, []any{"d", nil})
	s.want("b1 wm 0 dropped 0 state 1: c")
	in.add([]any{"e", nil})
	s.want("b2 wm 0 dropped 0 state 1: ")
	same(t, s.query.Progress()[1].Operators[0].NumRowsUpdated, int64(0))
}
