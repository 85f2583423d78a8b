package sql

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

func TestQueries(t *testing.T) {
	for _, test := range []struct{ sql, want string }{
		{"SELECT 1", "select [1] from nothing"},
		{"SELECT DISTINCT a, * FROM t WHERE b", "select distinct [a, *] from t where b"},
		{"SELECT ALL a FROM t", "select [a] from t"},
		{"SELECT FROM WHERE bids", "select [FROM] from nothing where bids"},
		{"SELECT a FROM x y", "select [a] from x as y"},
		{"SELECT a FROM x AS y(b, c)", "select [a] from x as y[b c]"},
		{"SELECT a FROM s.x, y, LATERAL (SELECT 1) z", "select [a] from ((s.x inner y) lateral inner select [1] from nothing as z)"},
		{"SELECT a FROM x LEFT OUTER JOIN y ON a = b JOIN z USING (k, l)", "select [a] from ((x left outer y on (a = b)) inner z using [k l])"},
		{"SELECT a FROM x NATURAL FULL JOIN y", "select [a] from (x natural full outer y)"},
		{"SELECT a FROM x LEFT SEMI JOIN y ON p", "select [a] from (x left semi y on p)"},
		{"SELECT a FROM x ANTI JOIN y ON p CROSS JOIN z", "select [a] from ((x left anti y on p) cross z)"},
		{"SELECT a FROM l LEFT JOIN LATERAL (SELECT b FROM r) t", "select [a] from (l lateral left outer select [b] from r as t)"},
		{"SELECT a FROM (x JOIN y ON p) z", "select [a] from (x inner y on p) as z"},
		{"SELECT a FROM ((SELECT 1) x JOIN y)", "select [a] from (select [1] from nothing as x inner y)"},
		{"SELECT a FROM range(1, 6) r JOIN explode(array(1)) e ON r.id = e.col", "select [a] from (range(1, 6) as r inner explode(array(1)) as e on (r.id = e.col))"},
		{"SELECT * FROM VALUES (1, 'a'), (2, 'b') AS t(n, s)", "select [*] from values (1, 'a') (2, 'b') as t[n s]"},
		{"VALUES 1, 2", "values (1) (2)"},
		{"TABLE t", "t"},
		{"FROM t SELECT a", "select [a] from t"},
		{"SELECT t.*, * EXCEPT (a, b.c) FROM t", "select [t.*, * except (a, b.c)] from t"},
		{"SELECT a FROM t LATERAL VIEW OUTER posexplode(xs) e AS pos, x LATERAL VIEW explode(x) b AS y", "select [a] from ((t view outer posexplode(xs) e [pos x]) view explode(x) b [y])"},

		{"SELECT a FROM t GROUP BY a, b HAVING c", "select [a] from t group by a; b; having c"},
		{"SELECT a FROM t GROUP BY ALL", "select [a] from t group by all"},
		{"SELECT a FROM t GROUP BY ROLLUP (a, (b, c))", "select [a] from t group by rollup{a}{b, c};"},
		{"SELECT a FROM t GROUP BY a, b WITH CUBE", "select [a] from t group by cube{a}{b};"},
		{"SELECT a FROM t GROUP BY x, GROUPING SETS ((a), (), a, ROLLUP(b))", "select [a] from t group by x; sets(a; {}; a; rollup{b};);"},
		{"SELECT a FROM t WINDOW w AS (ORDER BY a), v AS w", "select [a] from t window w (order by a asc nulls first) window v (w)"},

		{"SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3", "((select [1] from nothing union all select [2] from nothing) except select [3] from nothing)"},
		{"SELECT 1 UNION SELECT 2 INTERSECT SELECT 3", "(select [1] from nothing union (select [2] from nothing intersect select [3] from nothing))"},
		{"(SELECT 1 LIMIT 0) UNION SELECT 2", "(select [1] from nothing limit 0 union select [2] from nothing)"},
		{"SELECT a FROM t ORDER BY a DESC, b NULLS LAST LIMIT 1 + 1 OFFSET 2", "select [a] from t order by [a desc nulls last b asc nulls last] limit (1 + 1) offset 2"},
		{"SELECT a FROM t LIMIT ALL", "select [a] from t"},
		{"WITH a AS (SELECT 1), b(x, y) AS (SELECT 2) SELECT 3", "with a [] = select [1] from nothing; b [x y] = select [2] from nothing; select [3] from nothing"},

		{"SELECT (SELECT 1), EXISTS (SELECT 2), a IN (SELECT 3), (a, b) IN (SELECT 4)", "select [scalarsubquery(), exists(), (a in (subquery)), (a, b in (subquery))] from nothing"},
		{"SELECT * FROM t PIVOT (sum(q) AS s FOR item IN ('pen', 'ink' AS bottle))", "select [*] from (t pivot [sum(q) as s] for [item] in ['pen', 'ink' as bottle])"},
		{"SELECT * FROM t UNPIVOT INCLUDE NULLS (val FOR col IN (a, b AS x)) AS u", "select [*] from (t unpivot true [val] col a, b as x) as u"},
		{"SELECT * FROM t UNPIVOT ((v, w) FOR col IN ((a, b), (c, d) AS x))", "select [*] from (t unpivot false [v w] col a b, c d as x)"},
		{"SELECT * FROM t TABLESAMPLE (10 PERCENT) REPEATABLE (7) s", "select [*] from (t sample 0.1 7) as s"},
		{"SELECT /*+ BROADCAST(t) */ a FROM t;", "select [a] from t"},
	} {
		s, err := Parse(test.sql, Given{})
		if err != nil {
			t.Errorf("%s: %v", test.sql, err)
			continue
		}
		if got := dump(s.Query); got != test.want {
			t.Errorf("%s\n got  %s\n want %s", test.sql, got, test.want)
		}
	}
}

func TestStatements(t *testing.T) {
	s, err := Parse("CREATE OR REPLACE TEMPORARY VIEW v(a, b) AS SELECT 1, 2", Given{})
	if err != nil || s.View != "v" || !s.Replace || len(s.Columns) != 2 {
		t.Errorf("got %+v, %v", s, err)
	}
	s, err = Parse("EXPLAIN EXTENDED SELECT 1", Given{})
	if err != nil || !s.Explain || s.Query == nil {
		t.Errorf("got %+v, %v", s, err)
	}
}

// dump writes a query on one line.
func dump(query syntax.Query) string {
	switch q := query.(type) {
	case nil:
		return "nothing"
	case *syntax.Table:
		return strings.Join(q.Parts, ".")
	case *syntax.Values:
		var rows []string
		for _, row := range q.Rows {
			rows = append(rows, "("+syntax.List(row)+")")
		}
		return "values " + strings.Join(rows, " ")
	case *syntax.TableFunction:
		return q.Name + "(" + syntax.List(q.Args) + ")"
	case *syntax.Aliased:
		text := dump(q.Input) + " as " + q.Name
		if q.Columns != nil {
			text += fmt.Sprint(q.Columns)
		}
		return text
	case *syntax.Select:
		return dumpSelect(q)
	case *syntax.Join:
		text := "(" + dump(q.Left) + " "
		if q.Lateral {
			text += "lateral "
		}
		if q.Natural {
			text += "natural "
		}
		text += q.Kind.String() + " " + dump(q.Right)
		if q.On != nil {
			text += " on " + q.On.String()
		}
		if q.Using != nil {
			text += " using " + fmt.Sprint(q.Using)
		}
		return text + ")"
	case *syntax.LateralView:
		outer := ""
		if q.Outer {
			outer = "outer "
		}
		return fmt.Sprintf("(%s view %s%s %s %s)", dump(q.Input), outer, q.Generator, q.Name, q.Columns)
	case *syntax.SetOperation:
		text := "(" + dump(q.Left) + " " + q.Operator.String()
		if q.All {
			text += " all"
		}
		return text + " " + dump(q.Right) + ")"
	case *syntax.Sorted:
		return dump(q.Input) + " order by " + fmt.Sprint(q.Orders)
	case *syntax.Limited:
		text := dump(q.Input)
		if q.Limit != nil {
			text += " limit " + q.Limit.String()
		}
		if q.Offset != nil {
			text += " offset " + q.Offset.String()
		}
		return text
	case *syntax.With:
		text := "with "
		for _, table := range q.Tables {
			text += fmt.Sprintf("%s %v = %s; ", table.Name, table.Columns, dump(table.Query))
		}
		return text + dump(q.Query)
	case *syntax.Pivot:
		return fmt.Sprintf("(%s pivot [%s] for [%s] in [%s])", dump(q.Input), syntax.List(q.Aggregates), syntax.List(q.For), syntax.List(q.Values))
	case *syntax.Unpivot:
		var entries []string
		for _, entry := range q.Entries {
			text := strings.ReplaceAll(syntax.List(entry.Columns), ", ", " ")
			if entry.Name != "" {
				text += " as " + entry.Name
			}
			entries = append(entries, text)
		}
		return fmt.Sprintf("(%s unpivot %t %v %s %s)", dump(q.Input), q.IncludeNulls, q.Values, q.Name, strings.Join(entries, ", "))
	case *syntax.Sample:
		return fmt.Sprintf("(%s sample %v %d)", dump(q.Input), q.Fraction, q.Seed)
	}
	return fmt.Sprintf("%T", query)
}

func dumpSelect(s *syntax.Select) string {
	text := "select "
	if s.Distinct {
		text += "distinct "
	}
	text += "[" + syntax.List(s.Items) + "] from " + dump(s.From)
	if s.Where != nil {
		text += " where " + s.Where.String()
	}
	if s.GroupBy != nil {
		text += " group by " + strings.TrimSuffix(dumpGrouping(s.GroupBy), " ")
	}
	if s.Having != nil {
		text += " having " + s.Having.String()
	}
	for _, w := range s.Windows {
		text += " window " + w.Name + " " + w.Over.String()
	}
	return text
}

func dumpGrouping(g *syntax.Grouping) string {
	if g.All {
		return "all"
	}
	return dumpElements(g.Elements)
}

func dumpElements(elements []syntax.GroupingElement) string {
	var parts []string
	for _, element := range elements {
		text := [...]string{"", "rollup", "cube", "sets"}[element.Kind]
		if element.Kind == syntax.GroupingSets {
			text += "(" + dumpElements(element.Of) + ")"
		}
		for _, set := range element.Sets {
			if element.Kind == syntax.Plain && len(set) == 1 {
				text += set[0].String()
			} else {
				text += "{" + syntax.List(set) + "}"
			}
		}
		parts = append(parts, text+";")
	}
	return strings.Join(parts, " ")
}
