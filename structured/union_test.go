package structured

import (
	"errors"
	"testing"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/types"
)

// refuses wants a stream to be refused when it is started in mode append.
func refuses(t testing.TB, d DataFrame, condition string) {
	t.Helper()
	refusesIn(t, Append, d, condition)
}

func pairsOf(name string) *input {
	return newInput(name, types.Nullable("k", types.String), types.Nullable("v", types.Int))
}

func TestUnionOfStreams(t *testing.T) {
	x, y := pairsOf("x"), pairsOf("y")
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(x).WithColumn("src", expr.Lit("x")).Union(session.Stream(y).WithColumn("src", expr.Lit("y")))
	})
	x.add([]any{"a", int32(1)})
	y.add([]any{"a", int32(1)})
	s.want("b0 wm 0 dropped 0 state 0: a 1 x; a 1 y")
	y.add([]any{"b", int32(2)})
	s.want("b1 wm 0 dropped 0 state 0: b 2 y")
	x.add()
	y.add([]any{"c", int32(3)})
	s.want("b2 wm 0 dropped 0 state 0: c 3 y")
}

func TestUnionIsAggregated(t *testing.T) {
	x, y := pairsOf("x"), pairsOf("y")
	s := newScript(t, Update, func(session *Session) DataFrame {
		return session.Stream(x).Union(session.Stream(y)).GroupBy("k").Agg(expr.Sum("v").As("s"))
	})
	x.add([]any{"a", int32(1)})
	y.add([]any{"a", int32(10)}, []any{"b", int32(20)})
	s.want("b0 wm 0 dropped 0 state 2: a 11; b 20")
	s.stop()
	y.add([]any{"a", int32(5)})
	s.want("b1 wm 0 dropped 0 state 2: a 16")
}

func TestTrap49SelfUnionIsOneSource(t *testing.T) {
	x := pairsOf("x")
	s := newScript(t, Append, func(session *Session) DataFrame {
		table := session.Stream(x)
		return table.Where(expr.Col("v").Gt(1)).Union(table.Select(expr.Upper("k"), expr.Col("v").Negate()))
	})
	x.add([]any{"a", int32(1)}, []any{"b", int32(2)})
	s.want("b0 wm 0 dropped 0 state 0: A -1; B -2; b 2")
	if n := len(s.query.Progress()[0].Sources); n != 1 {
		t.Errorf("%d sources in the offsets, want 1", n)
	}
}

func TestUnionWidensAndMeetsByName(t *testing.T) {
	s := newSession(t, 2)
	ints, doubles := pairsOf("x"), newInput("y", types.Nullable("V", types.Double), types.Nullable("k", types.String))
	ints.add([]any{"a", int32(1)})
	doubles.add([]any{1.5, "b"})
	table := s.Read(ints).UnionByName(s.Read(doubles)).OrderBy("v")
	var got []string
	for row, err := range table.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row.String())
	}
	same(t, got, []string{"[a, 1.0]", "[b, 1.5]"})
	for d, condition := range map[*DataFrame]string{
		ref(s.Read(ints).Union(s.Read(doubles).Select("k"))):                             "NUM_COLUMNS_MISMATCH",
		ref(s.Read(ints).Union(s.Read(ints).Select(expr.Col("k"), expr.Split("k", "")))): "INCOMPATIBLE_COLUMN_TYPE",
		ref(s.Read(ints).UnionByName(s.Read(ints).Rename("v", "w"))):                     "UNRESOLVED_COLUMN.WITH_SUGGESTION",
	} {
		if refused, ok := errors.AsType[*Error](d.Err()); !ok || refused.Condition != condition {
			t.Errorf("got %v, want %s", d.Err(), condition)
		}
	}
	refuses(t, s.Stream(ints).Union(s.Read(ints)), "_LEGACY_ERROR_TEMP_3102")
	other := newSession(t, 1)
	if err := s.Read(ints).Union(other.Read(ints)).Err(); !errors.Is(err, errOtherSession) {
		t.Errorf("got %v", err)
	}
	if err := s.Read(ints).Union(DataFrame{}).Err(); !errors.Is(err, errNoTable) {
		t.Errorf("got %v", err)
	}
}

func ref(d DataFrame) *DataFrame { return &d }
