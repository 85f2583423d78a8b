package optimize

import (
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// sized is a table with so many rows at most.
func sized(t *testing.T, name string, rows int64) query {
	q := table(t, name)
	q.node.(*plan.Scan).Relation.Rows = rows
	return q
}

func TestChooseJoins(t *testing.T) {
	x, y := sized(t, "x", 1<<40), sized(t, "y", 1000)
	joined := func(left, right query, kind physical.JoinKind) query { return left.join(right, kind, xa.Eq(ya)) }
	chosen := func(kind, side string) string {
		return "Join " + kind + " on (xa = ya), broadcast " + side + "\n├─ Scan x [xa, xb]\n└─ Scan y [ya, yb]\n"
	}
	rewrites{
		{"the right side is small", joined(x, y, physical.Inner), chosen("inner", "right")},
		{"the left side is small", joined(sized(t, "x", 10), sized(t, "y", 1<<40), physical.Inner), chosen("inner", "left")},
		{"the smaller of two", joined(sized(t, "x", 10), y, physical.Inner), chosen("inner", "left")},
		{"both are large", joined(x, sized(t, "y", 1<<30), physical.Inner), ""},
		{"nothing is known", joined(table(t, "x"), table(t, "y"), physical.Inner), ""},
		{"no equality", x.join(y, physical.Inner, xa.Lt(ya)), ""},
		{"left outer", joined(x, y, physical.LeftOuter), chosen("left outer", "right")},
		{"left outer keeps the rows of the left", joined(sized(t, "x", 10), sized(t, "y", 1<<40), physical.LeftOuter), ""},
		{"right outer keeps the rows of the right", joined(x, y, physical.RightOuter), ""},
		{"right outer", joined(sized(t, "x", 10), sized(t, "y", 1<<40), physical.RightOuter), chosen("right outer", "left")},
		{"full outer keeps both", joined(sized(t, "x", 10), y, physical.FullOuter), ""},
		{"semi", joined(x, y, physical.LeftSemi), chosen("left semi", "right")},
		{"anti", joined(x, y, physical.LeftAnti), chosen("left anti", "right")},
	}.check(t, chooseJoins(nil))
}

func TestHintsChooseJoins(t *testing.T) {
	hinted := func(q query, s plan.Strategy) query { return query{t, plan.Hinted(q.node, s)} }
	big := func(name string, s plan.Strategy) query { return hinted(sized(t, name, 1<<40), s) }
	small := func(name string, s plan.Strategy) query { return hinted(sized(t, name, 10), s) }
	for _, c := range []struct {
		name        string
		left, right query
		kind        physical.JoinKind
		side        plan.Side
	}{
		{"the right one", big("x", plan.AnyStrategy), big("y", plan.Broadcast), physical.Inner, plan.RightSide},
		{"the left one", big("x", plan.Broadcast), big("y", plan.AnyStrategy), physical.Inner, plan.LeftSide},
		{"although the other one is small", big("x", plan.Broadcast), small("y", plan.AnyStrategy), physical.Inner, plan.LeftSide},
		{"the smaller of two", small("x", plan.Broadcast), big("y", plan.Broadcast), physical.Inner, plan.LeftSide},
		{"below a filter", big("x", plan.AnyStrategy), big("y", plan.Broadcast).where(ya.Eq(1)), physical.Inner, plan.RightSide},
		{"not a side whose rows are kept", big("x", plan.Broadcast), big("y", plan.AnyStrategy), physical.LeftOuter, plan.NoSide},
		{"no broadcast", big("x", plan.AnyStrategy), small("y", plan.Shuffle), physical.Inner, plan.NoSide},
		{"broadcast before shuffle", big("x", plan.Shuffle), big("y", plan.Broadcast), physical.Inner, plan.RightSide},
	} {
		join := c.left.join(c.right, c.kind, xa.Eq(ya))
		if got := chooseJoins(nil)(join.node).(*plan.Join).Broadcast; got != c.side {
			t.Errorf("%s: side %d is broadcast, not %d", c.name, got, c.side)
		}
	}
}

func TestSizes(t *testing.T) {
	x := sized(t, "x", 1000)
	for _, c := range []struct {
		name  string
		table query
		rows  int64
	}{
		{"scan", x, 1000},
		{"filter", x.where(xa.Eq(1)), 1000},
		{"limit", x.then(analyzer.Limit(x.node, 7)), 7},
		{"limit of what is not known", table(t, "y").then(analyzer.Limit(table(t, "y").node, 7)), 7},
		{"union", x.union(x), 2000},
		{"union with what is not known", x.union(table(t, "y")), -1},
		{"semi join", x.join(table(t, "y"), physical.LeftSemi, xa.Eq(ya)), 1000},
		{"inner join", x.join(sized(t, "y", 9), physical.Inner, xa.Eq(ya)), -1},
	} {
		rows, ok := mostRows(c.table.node)
		if !ok {
			rows = -1
		}
		if rows != c.rows {
			t.Errorf("%s: %d rows, want %d", c.name, rows, c.rows)
		}
	}
}

// TestChooseJoinsByBytes has relations whose rows are not counted.
func TestChooseJoinsByBytes(t *testing.T) {
	x, y := table(t, "x"), table(t, "y")
	sizes := func(sizes map[string]int64) Sizes {
		return func(r *plan.Relation) (int64, bool) {
			bytes, ok := sizes[r.Name]
			return bytes, ok
		}
	}
	for _, c := range []struct {
		name  string
		bytes map[string]int64
		right query
		side  plan.Side
	}{
		{"right", map[string]int64{"x": 1 << 40, "y": maxBroadcast}, y, plan.RightSide},
		{"left", map[string]int64{"x": 1 << 10, "y": 1 << 40}, y, plan.LeftSide},
		{"the smaller one", map[string]int64{"x": 1 << 10, "y": 1 << 9}, y, plan.RightSide},
		{"one byte too many", map[string]int64{"x": 1 << 40, "y": maxBroadcast + 1}, y, plan.NoSide},
		{"unknown", nil, y, plan.NoSide},
		{"a filter keeps all", map[string]int64{"x": 1 << 40, "y": 20 << 20}, y.where(ya.Eq(1)), plan.NoSide},
		{"two of three times eight bytes are left", map[string]int64{"x": 1 << 40, "y": 15 << 20}, y.pick(ya), plan.RightSide},
		{"a union", map[string]int64{"x": 1 << 40, "y": 6 << 20}, y.union(y), plan.NoSide},
		{"one side is a limit", map[string]int64{"x": 1 << 40}, y.limit(3), plan.RightSide},
	} {
		join := x.join(c.right, physical.Inner, xa.Eq(ya)).node
		if got := chooseJoins(sizes(c.bytes))(join).(*plan.Join).Broadcast; got != c.side {
			t.Errorf("%s: side %d, want %d", c.name, got, c.side)
		}
	}
}
