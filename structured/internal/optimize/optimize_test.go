package optimize

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// query builds plans with the analyzer, step by step.
type query struct {
	t    *testing.T
	node plan.Node
}

func from(t *testing.T) query {
	return query{t, plan.NewScan(&plan.Relation{Name: "t", Streaming: true, Schema: types.NewSchema(
		types.Nullable("a", types.Bigint),
		types.Required("b", types.Bigint),
		types.Nullable("s", types.String),
		types.Nullable("at", types.Timestamp),
		types.Nullable("list", types.Array(types.String)),
	)})}
}

var analyzer = analyze.Analyzer{Zone: "UTC"}

func (q query) then(node plan.Node, err error) query {
	q.t.Helper()
	if err != nil {
		q.t.Fatal(err)
	}
	return query{q.t, node}
}

func (q query) where(c expr.Column) query { return q.then(analyzer.Where(q.node, c.Syntax())) }
func (q query) pick(c ...expr.Column) query {
	return q.then(analyzer.Select(q.node, syntaxOf(c)))
}

func (q query) group(key expr.Column, c ...expr.Column) query {
	return q.then(analyzer.Aggregate(q.node, syntaxOf([]expr.Column{key}), syntaxOf(c)))
}
func (q query) sort(c ...expr.Column) query { return q.then(analyzer.OrderBy(q.node, syntaxOf(c))) }
func (q query) limit(n int64) query         { return q.then(analyzer.Limit(q.node, n)) }
func (q query) alias(name string) query     { return q.then(analyzer.Alias(q.node, name)) }
func (q query) distinct() query             { return q.then(analyzer.Distinct(q.node)) }
func (q query) watermark() query            { return q.then(analyzer.Watermark(q.node, "at", time.Second)) }

// input is the query without its last step.
func (q query) input() query { return query{q.t, q.node.Children()[0]} }

func syntaxOf(columns []expr.Column) []syntax.Node {
	nodes := make([]syntax.Node, len(columns))
	for i, column := range columns {
		nodes[i] = column.Syntax()
	}
	return nodes
}

// rewrites is a table of what a rule, applied once, makes of a plan. An empty want
// stands for the plan itself: not an equal one, the same.
type rewrites []struct {
	name string
	plan query
	want string
}

func (r rewrites) check(t *testing.T, apply rule) {
	for _, c := range r {
		t.Run(c.name, func(t *testing.T) {
			got := apply(c.plan.node)
			switch {
			case c.want == "" && got != c.plan.node:
				t.Errorf("the plan is rewritten:\n%s\nit was\n%s", plan.Tree(got), plan.Tree(c.plan.node))
			case c.want != "" && plan.Tree(got) != c.want:
				t.Errorf("got\n%s\nwant\n%s", plan.Tree(got), c.want)
			}
			if got, want := plan.Schema(got.Output()), plan.Schema(c.plan.node.Output()); got.String() != want.String() {
				t.Errorf("the columns were %s and are %s", want, got)
			}
		})
	}
}

var (
	a = expr.Col("a")
	b = expr.Col("b")
	s = expr.Col("s")
)

func TestCombineFilters(t *testing.T) {
	rewrites{
		{"one filter", from(t).where(a.Eq(b)), ""},
		{"apart", from(t).where(a.Eq(b)).limit(1).where(b.Eq(a)), ""},
		{"the lower one is tested first", from(t).where(a.Eq(b)).where(s.IsNull()), `Filter ((a = b) and (s is null))
└─ StreamScan t [a, b, s, at, list]
`},
		{"three", from(t).where(a.Eq(b)).where(s.IsNull()).where(a.Lt(b)), `Filter (((a = b) and (s is null)) and (a < b))
└─ StreamScan t [a, b, s, at, list]
`},
	}.check(t, combineFilters)
}

func TestPushFilters(t *testing.T) {
	at := expr.Col("at")
	rewrites{
		{"into the scan", from(t).where(a.Eq(b)), `StreamScan t [a, b, s, at, list] where (a = b)
`},
		{
			"through a projection", from(t).pick(s, a.Plus(b).As("c")).where(expr.Col("c").Eq(expr.Length("s"))),
			`Project [s, (a + b) as c]
└─ Filter ((a + b) = cast(length(s) as bigint))
   └─ StreamScan t [a, b, s, at, list]
`,
		},
		{"through an alias", from(t).alias("x").where(expr.Col("x.a").Eq(b)), `Alias x
└─ Filter (a = b)
   └─ StreamScan t [a, b, s, at, list]
`},
		{"through a sort", from(t).sort(a).where(a.Eq(b)), `Sort [a asc nulls first]
└─ Filter (a = b)
   └─ StreamScan t [a, b, s, at, list]
`},
		{"through distinct", from(t).pick(a, b).distinct().where(a.Eq(b)), `Distinct
└─ Filter (a = b)
   └─ Project [a, b]
      └─ StreamScan t [a, b, s, at, list]
`},
		{"through a watermark without the event time", from(t).watermark().where(a.Eq(b)), `Watermark at delay 1s
└─ Filter (a = b)
   └─ StreamScan t [a, b, s, at, list]
`},
		{"not through a watermark with the event time", from(t).watermark().where(at.IsNull()), ""},
		{"in two through a watermark", from(t).watermark().where(at.IsNull().And(a.Eq(b))), `Filter (at is null)
└─ Watermark at delay 1s
   └─ Filter (a = b)
      └─ StreamScan t [a, b, s, at, list]
`},
		{"not in two where one side may decide", from(t).watermark().where(at.IsNull().Or(a.Eq(b))), ""},
		{"in two through an explode", from(t).pick(b, expr.Explode("list").As("e")).input().where(expr.Col("e").Eq("x").And(b.Eq(a))), `Filter (e = 'x')
└─ Explode list as e [a, b, s, at, list]
   └─ Filter (b = a)
      └─ StreamScan t [a, b, s, at, list]
`},
		{"in two through a window", from(t).pick(b, expr.Window("at", time.Second)).input().where(expr.Col("window").IsNotNull().And(b.Eq(a))), `Filter (window is not null)
└─ Window at by 1s as window
   └─ Filter (b = a)
      └─ StreamScan t [a, b, s, at, list]
`},
		{"not through a limit", from(t).limit(3).where(a.Eq(b)), ""},
		{
			"in two through an aggregation", from(t).group(a, expr.Count().As("n")).where(a.Gt(1).And(expr.Col("n").Gt(a))),
			`Filter (n > a)
└─ Aggregate [a] [count(*) as n]
   └─ Filter (a > cast(1 as bigint))
      └─ StreamScan t [a, b, s, at, list]
`,
		},
	}.check(t, pushFilters)
}

func TestPushColumns(t *testing.T) {
	rewrites{
		{"all are read", from(t).where(a.Eq(b)), ""},
		{"those of a condition stay", from(t).where(a.Eq(b)).pick(s), `Project [s]
└─ Filter (a = b)
   └─ StreamScan t [a, b, s]
`},
		{"those that a scan tests stay", query{t, pushFilters(from(t).where(s.Eq("x")).node)}.pick(b, b.Plus(1).As("c")), `Project [b, (b + cast(1 as bigint)) as c]
└─ StreamScan t [b, s] where (s = 'x')
`},
		{"of a projection", from(t).pick(a, s.Like("x%").As("x")).pick(a.Negate().As("m")), `Project [(- a) as m]
└─ StreamScan t [a]
`},
		{"rows are counted without columns", from(t).group(expr.Lit(1), expr.Count()), `Aggregate [1] [count(*) as count(1)]
└─ StreamScan t []
`},
		{"of an aggregation", from(t).group(s, expr.Sum("b").As("n"), expr.Max("at").As("last")).pick(s), `Project [s]
└─ Aggregate [s] [sum(b) as n, max(at) as last]
   └─ StreamScan t [b, s, at]
`},
		{"of an exploded list", from(t).pick(b, expr.Explode("list").As("e")), `Explode list as e [b]
└─ StreamScan t [b, list]
`},
		{"an exploded list that nothing reads", from(t).pick(b, expr.Explode("list").As("e")).pick(b), `Project [b]
└─ Explode list as e [b]
   └─ StreamScan t [b, list]
`},
		{"a window that nothing reads", from(t).pick(b, expr.Window("at", time.Second)).pick(b), `Project [b]
└─ Window at by 1s as window
   └─ StreamScan t [b, at]
`},
		{"the event time of a watermark", from(t).watermark().pick(s), `Project [s]
└─ Watermark at delay 1s
   └─ StreamScan t [s, at]
`},
		{"the keys of a sort", from(t).sort(b.Desc()).limit(2).alias("x").pick(a), `Project [a]
└─ Alias x
   └─ Limit 2
      └─ Sort [b desc nulls last]
         └─ StreamScan t [a, b]
`},
		{"distinct reads all", from(t).pick(a, b).distinct().pick(a), `Project [a]
└─ Distinct
   └─ StreamScan t [a, b]
`},
	}.check(t, pushColumns)
}

func TestFoldConstants(t *testing.T) {
	yes, no, unknown := expr.Lit(true), expr.Lit(false), expr.Lit(nil).Cast(types.Boolean)
	for _, c := range []struct {
		column expr.Column
		want   string
	}{
		{expr.Lit(1).Plus(2).Times(3), "9"},
		{expr.Lit("7").Cast(types.Int).Eq(7), "true"},
		{expr.Concat(expr.Lit("a"), expr.Upper(expr.Lit("b"))), "'aB'"},
		{expr.Lit(1).Divide(0), "(1.0 / 0.0)"},              // fails when a row meets it
		{expr.Lit("x").Cast(types.Int), "cast('x' as int)"}, // and so does this
		{a.Plus(nil), "null"},
		{a.EqNull(nil), "(a <=> null)"},
		{a.In(1, nil), "(a in (1, null))"},
		{a.IsNull(), "(a is null)"},
		{b.IsNull(), "false"},
		{b.Plus(1).IsNotNull(), "true"},
		{a.Gt(1).And(yes), "(a > 1)"},
		{yes.And(a.Gt(1)), "(a > 1)"},
		{a.Gt(1).And(no), "false"},
		{no.And(a.Gt(1)), "false"},
		{a.Gt(1).And(unknown), "((a > 1) and null)"},
		{yes.And(unknown), "null"},
		{a.Gt(1).Or(yes), "true"},
		{no.Or(a.Gt(1)), "(a > 1)"},
		{unknown.Or(unknown), "null"},
		{expr.Lit(0.0).Divide(-1), "-0.0"},
		{expr.Split(expr.Lit("a b"), " "), "split('a b', ' ')"}, // there are no literals of lists
	} {
		got, ok := foldConstants(from(t).pick(c.column.As("x")).node).(*plan.Project)
		if !ok || got.Exprs[0].String() != c.want {
			t.Errorf("%s: got %v, want %s", c.column, got.Exprs[0], c.want)
		}
	}
	rewrites{
		{"nothing constant", from(t).where(a.Eq(b)).pick(a), ""},
		{"a filter that is always true", from(t).where(yes.And(b.IsNotNull())), `StreamScan t [a, b, s, at, list]
`},
		{"a filter that is never true", from(t).where(no.And(a.Eq(b))), `Filter false
└─ StreamScan t [a, b, s, at, list]
`},
		{"a test of the scan", query{t, pushFilters(from(t).where(yes.Or(a.Eq(b))).node)}, `StreamScan t [a, b, s, at, list]
`},
		{"keys and arguments", from(t).group(expr.Lit(1).Plus(1).As("k"), expr.Sum(b.Times(expr.Lit(2).Plus(3))).As("x")), `Aggregate [2 as k] [sum((b * 5)) as x]
└─ StreamScan t [a, b, s, at, list]
`},
		{"sort keys", from(t).sort(a.Plus(expr.Lit(1).Plus(1))), `Sort [(a + 2) asc nulls first]
└─ StreamScan t [a, b, s, at, list]
`},
	}.check(t, foldConstants)
}
