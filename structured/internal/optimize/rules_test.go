package optimize

import (
	"testing"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/types"
)

// table is a table that does not grow.
func table(t *testing.T, name string) query {
	return query{t, plan.NewScan(&plan.Relation{Name: name, Schema: types.NewSchema(
		types.Nullable(name+"a", types.Bigint), types.Nullable(name+"b", types.Bigint),
	)})}
}

func (q query) join(other query, kind physical.JoinKind, on expr.Column) query {
	return q.then(analyzer.Join(q.node, other.node, kind, on.Syntax()))
}

func (q query) union(other query) query { return q.then(analyzer.Union(q.node, other.node)) }

var xa, xb, ya = expr.Col("xa"), expr.Col("xb"), expr.Col("ya")

func TestSimplifyBooleans(t *testing.T) {
	x := table(t, "x")
	rewrites{
		{"nothing to do", x.where(xa.Lt(xb)), ""},
		{"not of a comparison", x.where(xa.Lt(xb).Not()), "Filter (xa >= xb)\n└─ Scan x [xa, xb]\n"},
		{"not of a test for null", x.where(xa.IsNull().Not()), "Filter (xa is not null)\n└─ Scan x [xa, xb]\n"},
		{"not of not", x.where(xa.Lt(xb).And(xa.Eq(1)).Not().Not()), "Filter ((xa < xb) and (xa = cast(1 as bigint)))\n└─ Scan x [xa, xb]\n"},
		{"a part twice", x.where(xa.Lt(xb).And(xa.IsNull()).And(xa.Lt(xb))), "Filter ((xa < xb) and (xa is null))\n└─ Scan x [xa, xb]\n"},
		{"a part twice, in another nesting", x.where(xa.IsNull().And(xa.Lt(xb).And(xa.IsNull()))), "Filter ((xa is null) and (xa < xb))\n└─ Scan x [xa, xb]\n"},
		{"in each part", x.where(xa.IsNull().Not().Or(xa.Lt(xb)).And(xa.IsNotNull().Or(xa.Lt(xb)))), "Filter ((xa is not null) or (xa < xb))\n└─ Scan x [xa, xb]\n"},
		{"what is random", x.where(expr.Rand(expr.Lit(1)).Lt(0.5).And(expr.Rand(expr.Lit(1)).Lt(0.5))), ""},
		{"twice the same", x.where(xa.Lt(xb).Or(xa.Lt(xb))), "Filter (xa < xb)\n└─ Scan x [xa, xb]\n"},
		{"not of null-safe equality stays", x.where(xa.EqNull(xb).Not()), ""},
	}.check(t, simplifyBooleans)
}

func TestNarrowJoins(t *testing.T) {
	x, y := table(t, "x"), table(t, "y")
	joined := func(kind physical.JoinKind) query { return x.join(y, kind, xa.Eq(ya)) }
	filter := func(condition, kind string) string {
		return "Filter " + condition + "\n└─ Join " + kind + " on (xa = ya)\n   ├─ Scan x [xa, xb]\n   └─ Scan y [ya, yb]\n"
	}
	rewrites{
		{"left to inner", joined(physical.LeftOuter).where(ya.Gt(xb)), filter("(ya > xb)", "inner")},
		{"right to inner", joined(physical.RightOuter).where(xa.IsNotNull()), filter("(xa is not null)", "inner")},
		{"full to left", joined(physical.FullOuter).where(xa.Lt(xb)), filter("(xa < xb)", "left outer")},
		{"full to inner", joined(physical.FullOuter).where(xa.Eq(ya)), filter("(xa = ya)", "inner")},
		{"the kept side says nothing", joined(physical.LeftOuter).where(xa.Lt(xb)), ""},
		{"a test for null wants the nulls", joined(physical.LeftOuter).where(ya.IsNull()), ""},
		{"or with the other side", joined(physical.LeftOuter).where(ya.Gt(xb).Or(xa.Eq(xb))), ""},
	}.check(t, narrowJoins)
}

func TestMergeProjects(t *testing.T) {
	x := table(t, "x")
	sum := xa.Plus(xb).As("s")
	rewrites{
		{"one", x.pick(sum), ""},
		{"computed once", x.pick(sum, xa).pick(expr.Col("s").Times(2).As("d")), "Project [((xa + xb) * cast(2 as bigint)) as d]\n└─ Scan x [xa, xb]\n"},
		{"a column twice", x.pick(xa.As("c")).pick(expr.Col("c"), expr.Col("c").As("e")), "Project [xa as c, xa as e]\n└─ Scan x [xa, xb]\n"},
		{"not computed twice", x.pick(sum).pick(expr.Col("s"), expr.Col("s").As("e")), ""},
	}.check(t, mergeProjects)
}

func TestPushLimits(t *testing.T) {
	x, y := table(t, "x"), table(t, "y")
	rewrites{
		{"through a projection", x.pick(xa).limit(3), "Project [xa]\n└─ Limit 3\n   └─ Scan x [xa, xb]\n"},
		{"two", x.limit(5).limit(3), "Limit 3\n└─ Scan x [xa, xb]\n"},
		{"into a union", x.union(y).limit(3), "Limit 3\n└─ Union\n   ├─ Limit 3\n   │  └─ Scan x [xa, xb]\n   └─ Limit 3\n      └─ Scan y [ya, yb]\n"},
		{"into a union once", x.limit(2).union(y.limit(3)).limit(3), ""},
		{"into the kept side of a join", x.join(y, physical.LeftOuter, xa.Eq(ya)).limit(3), "Limit 3\n└─ Join left outer on (xa = ya)\n   ├─ Limit 3\n   │  └─ Scan x [xa, xb]\n   └─ Scan y [ya, yb]\n"},
		{"not into an inner join", x.join(y, physical.Inner, xa.Eq(ya)).limit(3), ""},
		{"not through a filter", x.where(xa.Eq(xb)).limit(3), ""},
		{"not of a stream", from(t).pick(a).limit(3), ""},
	}.check(t, pushLimits)
}
