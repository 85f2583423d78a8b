package structured

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/optimize"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/planner"
)

// TestRulesKeepTheAnswers runs random queries with the optimizer and without it.
func TestRulesKeepTheAnswers(t *testing.T) {
	session := open(t)
	for name, text := range map[string]string{ //det:unordered views have names
		"l": "SELECT * FROM VALUES (1, 2, 'a'), (1, NULL, 'b'), (2, 2, NULL), (NULL, 3, 'a'), (3, 1, 'c'), (3, 1, 'c') AS t(a, b, s)",
		"r": "SELECT * FROM VALUES (1, 5, 'x'), (2, NULL, 'a'), (NULL, 3, NULL), (4, 1, 'c'), (1, 2, 'a') AS t(a, b, s)",
	} {
		if err := session.CreateView(name, session.SQL(text)); err != nil {
			t.Fatal(err)
		}
	}
	addFunctions(t, session)
	rewritten, answered := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawQuery(t, 3)
		table := session.SQL(text)
		node, _, err := table.analysed(context.Background())
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		better := optimize.Optimize(node, nil)
		if better != node {
			rewritten++
		}
		want, wantErr := rowsOf(session, node)
		got, gotErr := rowsOf(session, better)
		if wantErr != nil || gotErr != nil {
			t.Fatalf("%s: %v and %v", text, wantErr, gotErr)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s\ngot  %v\nwant %v\nof\n%s\nof\n%s", text, got, want, plan.Tree(better), plan.Tree(node))
		}
		answered += len(got)
	})
	if rewritten == 0 || answered == 0 {
		t.Errorf("%d plans were rewritten, %d rows compared", rewritten, answered)
	}
}

// addFunctions gives a session functions of the program, and views of rows that went
// through one and of a sample.
func addFunctions(t *testing.T, session *Session) {
	t.Helper()
	type row struct {
		A, B *int32
		S    *string
	}
	swapped := session.SQL("SELECT * FROM r").As[row]().Filter(func(r row) bool { return r.A != nil || r.B != nil }).
		Map(func(r row) row { return row{r.B, r.A, r.S} })
	err := errors.Join(
		session.Register(
			expr.Func1("twice", func(n int32) int32 { return 2 * n }),
			expr.Func2("mark", func(s *string, n int32) *string {
				if s == nil || n > 2 {
					return nil
				}
				marked := *s + "!"
				return &marked
			}),
			expr.TableFunc("around", func(n int32) iter.Seq[int32] { return slices.Values([]int32{n - 1, n + 1}) }),
			expr.Aggregate("span", span{}),
		),
		session.CreateView("m", swapped.DataFrame()),
		session.CreateView("n", session.SQL("SELECT * FROM l TABLESAMPLE (60 PERCENT) REPEATABLE (3)")),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// span is the distance of the greatest number from the smallest.
type span struct{}

type bounds struct {
	Some        bool
	Least, Most int32
}

func (span) Zero() bounds { return bounds{} }

func (span) Add(b bounds, n int32) bounds { return span{}.Merge(b, bounds{true, n, n}) }

func (span) Merge(a, b bounds) bounds {
	switch {
	case !a.Some:
		return b
	case !b.Some:
		return a
	}
	return bounds{true, min(a.Least, b.Least), max(a.Most, b.Most)}
}

func (span) Result(b bounds) int32 { return b.Most - b.Least }

// drawQuery is a query with the columns a, b and s, whose rows do not depend on any
// order.
func drawQuery(t *rapid.T, depth int) string {
	if depth == 0 {
		return "SELECT a, b, s FROM " + rapid.SampledFrom([]string{"l", "r", "m", "n"}).Draw(t, "table")
	}
	in := func() string { return "(" + drawQuery(t, depth-1) + ")" }
	condition := func(qualifiers ...string) string { return drawPredicate(t, 2, qualifiers) }
	switch rapid.IntRange(0, 14).Draw(t, "kind") {
	case 0:
		kind := rapid.SampledFrom([]string{"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"}).Draw(t, "join")
		return fmt.Sprintf("SELECT p.a, q.b, coalesce(p.s, q.s) AS s FROM %s p %s %s q ON p.a = q.a AND %s WHERE %s",
			in(), kind, in(), condition("p.", "q."), condition("p.", "q."))
	case 1:
		kind := rapid.SampledFrom([]string{"SEMI JOIN", "ANTI JOIN"}).Draw(t, "join")
		return fmt.Sprintf("SELECT p.a, p.b, p.s FROM %s p %s %s q ON p.b = q.b AND %s", in(), kind, in(), condition("p.", "q."))
	case 2:
		return fmt.Sprintf("SELECT * FROM (SELECT a, sum(b) AS b, max(s) AS s FROM %s GROUP BY a) WHERE %s", in(), condition(""))
	case 3:
		operator := rapid.SampledFrom([]string{"UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"}).Draw(t, "operator")
		return fmt.Sprintf("%s %s %s", in(), operator, in())
	case 4:
		return fmt.Sprintf("SELECT a, count(*) OVER (PARTITION BY a, s) AS b, s FROM %s", in())
	case 5:
		return fmt.Sprintf("SELECT a + 1 AS a, b, upper(s) AS s FROM %s WHERE %s", in(), condition(""))
	case 6:
		return fmt.Sprintf("SELECT a, b, s FROM %s WHERE a IN (SELECT a FROM %s) AND %s", in(), in(), condition(""))
	case 7:
		return fmt.Sprintf("SELECT a, (SELECT max(q.b) FROM %s q WHERE q.a = p.a) AS b, s FROM %s p WHERE %s", in(), in(), condition("p."))
	case 8:
		return fmt.Sprintf("SELECT a, x AS b, s FROM %s LATERAL VIEW explode(array(a, b, 2)) t AS x WHERE %s AND x > 1", in(), condition(""))
	case 9:
		return fmt.Sprintf("SELECT a, sum(b) AS b, s FROM %s GROUP BY ROLLUP (a, s)", in())
	case 10:
		return fmt.Sprintf("SELECT twice(a) AS a, twice(a) + b AS b, mark(s, b) AS s FROM %s WHERE mark(s, a) IS NOT NULL OR %s", in(), condition(""))
	case 11:
		return fmt.Sprintf("SELECT a, span(b) AS b, max(mark(s, a)) AS s FROM %s GROUP BY a HAVING twice(a) > 0 AND %s", in(), "a < 4")
	case 12:
		return fmt.Sprintf("SELECT a, x AS b, s FROM %s LATERAL VIEW around(b) t AS x WHERE %s AND x > 1", in(), condition(""))
	case 13:
		return fmt.Sprintf("SELECT a, CAST(coalesce(x, y) AS INT) AS b, 'p' AS s FROM %s PIVOT (max(b) FOR s IN ('a' AS x, 'c' AS y))", in())
	case 14:
		return fmt.Sprintf("SELECT DISTINCT a, CASE WHEN a > 0 THEN 12 DIV a WHEN b > 0 THEN 12 DIV b END AS b, s FROM %s WHERE EXISTS (SELECT 1 FROM %s q WHERE q.a > 1 AND %s)", in(), in(), condition("q."))
	}
	return fmt.Sprintf("SELECT a, b, s FROM %s ORDER BY a, b, s LIMIT %d", in(), rapid.IntRange(0, 4).Draw(t, "limit"))
}

func drawPredicate(t *rapid.T, depth int, qualifiers []string) string {
	q := rapid.SampledFrom(qualifiers).Draw(t, "table")
	other := rapid.SampledFrom(qualifiers).Draw(t, "other")
	if depth > 0 {
		inner := func() string { return "(" + drawPredicate(t, depth-1, qualifiers) + ")" }
		switch rapid.IntRange(0, 5).Draw(t, "logic") {
		case 0:
			return inner() + " AND " + inner()
		case 1:
			return inner() + " OR " + inner()
		case 2:
			return "NOT " + inner()
		}
	}
	switch rapid.IntRange(0, 5).Draw(t, "test") {
	case 0:
		return q + "a > " + other + "b"
	case 1:
		return q + "s IS NULL"
	case 2:
		return q + "b IS NOT NULL"
	case 3:
		return q + "a = 1"
	case 4:
		return q + "a <=> " + other + "a"
	}
	return rapid.SampledFrom([]string{"true", "false", "1 = 1"}).Draw(t, "constant")
}

// rowsOf computes a plan that reads no source as it is.
func rowsOf(session *Session, node plan.Node) (rows []string, err error) {
	root, _, err := planner.Plan(node, physical.Append)
	if err != nil {
		return nil, err
	}
	b := &bounded{session: session, root: root}
	result, err := b.run(context.Background())
	if err = errors.Join(err, b.close()); err != nil {
		return nil, err
	}
	for batch := range (&collected{root.Schema(), result.Partitions}).all() {
		for i := range batch.Len() {
			rows = append(rows, fmt.Sprint(batch.Values(i)))
		}
	}
	slices.Sort(rows)
	return rows, nil
}
