package structured

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/types"
)

var items = newInput("items", types.Nullable("k", types.String), types.Nullable("label", types.String))

func init() {
	items.add([]any{"a", "apple"}, []any{"b", "berry"})
	items.add([]any{"b", "banana"}, []any{nil, "nothing"}, []any{"z", nil})
}

// orders is a stream of ids, keys and amounts.
func orders() *input {
	return newInput("orders", types.Nullable("id", types.Bigint), types.Nullable("k", types.String), types.Nullable("v", types.Int))
}

func addOrders(in *input) {
	in.add([]any{int64(1), "a", int32(5)}, []any{int64(2), "b", int32(6)}, []any{int64(3), "q", int32(7)}, []any{int64(4), nil, int32(8)})
}

// TestTrap62StreamWithStatic joins a stream with a table, each batch by itself.
func TestTrap62StreamWithStatic(t *testing.T) {
	equal := expr.Col("o.k").Eq(expr.Col("i.k"))
	for name, c := range map[string]struct {
		join          func(o, i DataFrame) DataFrame
		first, second string
	}{
		"inner": {
			func(o, i DataFrame) DataFrame { return o.Join(i, equal, Inner).Select("o.id", "i.label") },
			"1 apple; 2 banana; 2 berry", "5 apple; 6 <nil>",
		},
		"left outer": {
			func(o, i DataFrame) DataFrame { return o.Join(i, equal, LeftOuter).Select("o.id", "i.label") },
			"1 apple; 2 banana; 2 berry; 3 <nil>; 4 <nil>", "5 apple; 6 <nil>",
		},
		"left semi": {
			func(o, i DataFrame) DataFrame { return o.Join(i, equal, LeftSemi).Select("id", "k") },
			"1 a; 2 b", "5 a; 6 z",
		},
		"left anti": {
			func(o, i DataFrame) DataFrame { return o.Join(i, equal, LeftAnti).Select("id", "k") },
			"3 q; 4 <nil>", "",
		},
		"right outer, stream right": {
			func(o, i DataFrame) DataFrame { return i.Join(o, equal, RightOuter).Select("o.id", "i.k", "i.label") },
			"1 a apple; 2 b banana; 2 b berry; 3 <nil> <nil>; 4 <nil> <nil>", "5 a apple; 6 z <nil>",
		},
		"null-safe": {
			func(o, i DataFrame) DataFrame {
				return o.Join(i, expr.Col("o.k").EqNull(expr.Col("i.k")), Inner).Select("o.id", "i.label")
			},
			"1 apple; 2 banana; 2 berry; 4 nothing", "5 apple; 6 <nil>",
		},
		"by an inequality": {
			func(o, i DataFrame) DataFrame {
				return o.Join(i, expr.Col("o.k").Lt(expr.Col("i.k")), Inner).Select("o.id", "i.k")
			},
			"1 b; 1 b; 1 z; 2 z; 3 z", "5 b; 5 b; 5 z",
		},
		"cross": {
			func(o, i DataFrame) DataFrame { return o.CrossJoin(i).Where(expr.Col("v").Gt(7)).Select("id", "label") },
			"4 <nil>; 4 apple; 4 banana; 4 berry; 4 nothing", "5 <nil>; 5 apple; 5 banana; 5 berry; 5 nothing",
		},
		"using": {
			func(o, i DataFrame) DataFrame { return o.JoinUsing(i, Inner, "k").Select("k", "id", "label") },
			"a 1 apple; b 2 banana; b 2 berry", "a 5 apple; z 6 <nil>",
		},
		"with a condition on the pair": {
			func(o, i DataFrame) DataFrame {
				return o.Join(i, equal.And(expr.Col("i.label").Like("%rry").Or(expr.Col("o.v").Gt(8))), LeftOuter).Select("o.id", "i.label")
			},
			"1 <nil>; 2 berry; 3 <nil>; 4 <nil>", "5 apple; 6 <nil>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := orders()
			s := newScript(t, Append, func(session *Session) DataFrame {
				return c.join(session.Stream(in).Alias("o"), session.Read(items).Alias("i"))
			})
			addOrders(in)
			s.want("b0 wm 0 dropped 0 state 0: " + c.first)
			in.add([]any{int64(5), "a", int32(9)}, []any{int64(6), "z", int32(1)})
			s.want("b1 wm 0 dropped 0 state 0: " + c.second)
			if got := s.query.Progress()[1].NumInputRows; got != 2 {
				t.Errorf("%d rows read in batch 1, want the stream's 2", got)
			}
		})
	}
}

func TestTrap63StaticSideMustNotBeKept(t *testing.T) {
	session := newSession(t, 1)
	o, i := session.Stream(orders()).Alias("o"), session.Read(items).Alias("i")
	equal := expr.Col("o.k").Eq(expr.Col("i.k"))
	for _, refused := range []DataFrame{
		o.Join(i, equal, RightOuter), o.Join(i, equal, FullOuter),
		i.Join(o, equal, LeftOuter), i.Join(o, equal, LeftSemi), i.Join(o, equal, LeftAnti), i.Join(o, equal, FullOuter),
	} {
		refuses(t, refused, "_LEGACY_ERROR_TEMP_3102")
	}
}

// TestTrap64StaticSideIsReadOnce has a table get more rows while it is used.
func TestTrap64StaticSideIsReadOnce(t *testing.T) {
	in, table := orders(), newInput("table", types.Nullable("k", types.String), types.Nullable("label", types.String))
	table.add([]any{"a", "old"})
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).JoinUsing(session.Read(table), Inner, "k").Select("id", "label")
	})
	in.add([]any{int64(1), "a", int32(0)})
	s.want("b0 wm 0 dropped 0 state 0: 1 old")
	table.add([]any{"a", "new"})
	in.add([]any{int64(2), "a", int32(0)})
	s.want("b1 wm 0 dropped 0 state 0: 2 old")
	s.stop()
	in.add([]any{int64(3), "a", int32(0)})
	s.want("b2 wm 0 dropped 0 state 0: 3 new; 3 old")
}

func TestStaticSideIsAggregated(t *testing.T) {
	in := orders()
	s := newScript(t, Complete, func(session *Session) DataFrame {
		counts := session.Read(items).GroupBy("k").Agg(expr.Count().As("n")).Alias("c")
		return session.Stream(in).Alias("o").Join(counts, expr.Col("o.k").Eq(expr.Col("c.k")), LeftOuter).
			GroupBy("n").Agg(expr.Sum("v").As("s"))
	})
	addOrders(in)
	s.want("b0 wm 0 dropped 0 state 3: 1 5; 2 6; <nil> 15")
	in.add([]any{int64(5), "a", int32(9)})
	s.want("b1 wm 0 dropped 0 state 3: 1 14; 2 6; <nil> 15")
}

// TestBatchJoins compares joins of tables, of every kind and many partitions, with
// nested loops.
func TestBatchJoins(t *testing.T) {
	left := newInput("l", types.Nullable("k", types.Bigint), types.Nullable("x", types.Int))
	right := newInput("r", types.Nullable("k", types.Int), types.Nullable("y", types.String))
	type l struct{ k, x any }
	type r struct{ k, y any }
	var ls []l
	var rs []r
	for i := range 40 {
		k := any(int64(i % 7))
		if i%5 == 0 {
			k = nil
		}
		ls = append(ls, l{k, int32(i)})
		left.add([]any{k, int32(i)})
	}
	for i := range 12 {
		k := any(int32(i % 9))
		if i == 3 {
			k = nil
		}
		rs = append(rs, r{k, strings.Repeat("y", i)})
		right.add([]any{k, strings.Repeat("y", i)})
	}
	holds := func(a l, b r) bool { // k = k and x > length(y)
		return a.k != nil && b.k != nil && fmt.Sprint(a.k) == fmt.Sprint(b.k) && a.x.(int32) > int32(len(b.y.(string)))
	}
	for _, kind := range []JoinKind{Inner, LeftOuter, RightOuter, FullOuter, LeftSemi, LeftAnti} {
		var want []string
		partner := map[string]bool{} // right rows
		for _, a := range ls {
			found := false
			for _, b := range rs {
				if holds(a, b) {
					found, partner[b.y.(string)] = true, true
					if !kind.kind.LeftOnly() {
						want = append(want, fmt.Sprint(a.k, a.x, b.k, b.y))
					}
				}
			}
			switch {
			case kind == LeftSemi && found, kind == LeftAnti && !found:
				want = append(want, fmt.Sprint(a.k, a.x))
			case kind.kind.KeepsLeft() && !found:
				want = append(want, fmt.Sprint(a.k, a.x, nil, nil))
			}
		}
		for _, b := range rs {
			if kind.kind.KeepsRight() && !partner[b.y.(string)] {
				want = append(want, fmt.Sprint(nil, nil, b.k, b.y))
			}
		}
		slices.Sort(want)
		for _, partitions := range []int{1, 3, 8} {
			for _, keyless := range []bool{false, true} {
				s := newSession(t, partitions)
				condition := expr.Col("l.k").Eq(expr.Col("r.k"))
				if keyless { // nothing to partition by
					condition = expr.Col("l.k").Le(expr.Col("r.k")).And(expr.Col("l.k").Ge(expr.Col("r.k")))
				}
				joined := s.Read(left).Alias("l").Join(s.Read(right).Alias("r"), condition.And(expr.Col("x").Gt(expr.Length("y"))), kind)
				var got []string
				for row, err := range joined.Rows(t.Context()) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, fmt.Sprint(row.values...))
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s, %d partitions, keyless %t: got\n%v\nwant\n%v", kind, partitions, keyless, got, want)
				}
			}
		}
	}
}
