package structured

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/expr"
)

// TestMethodsAnswerAsSQL asks each question twice, by methods and as text.
func TestMethodsAnswerAsSQL(t *testing.T) {
	session := open(t)
	sale := session.SQL("SELECT * FROM VALUES (2023, 1, 'ink', 10), (2023, 1, 'pen', 5), (2023, 2, 'ink', 20), (2024, 1, 'pen', 7), (2024, 2, NULL, 3), (2024, NULL, 'ink', 2) AS t(y, q, p, amt)")
	other := session.SQL("SELECT * FROM VALUES (2023, 1), (2023, 1), (2024, NULL), (2025, 3) AS t(y, q)")
	for name, table := range map[string]DataFrame{"sale": sale, "other": other} { //det:unordered views have names
		if err := session.CreateView(name, table); err != nil {
			t.Fatal(err)
		}
	}
	col, sum := expr.Col, expr.Sum("amt").As("s")
	byYear := expr.PartitionBy("y").OrderBy(col("amt").Desc())
	for _, c := range []struct {
		name  string
		table DataFrame
		sql   string
	}{
		{"rollup", sale.Rollup("y", "q").Agg(sum), "SELECT y, q, sum(amt) AS s FROM sale GROUP BY ROLLUP (y, q)"},
		{"cube", sale.Cube(col("y"), expr.Upper("p").As("u")).Agg(sum), "SELECT y, upper(p) AS u, sum(amt) AS s FROM sale GROUP BY CUBE (y, upper(p))"},
		{"grouping sets", sale.GroupingSets([]string{"y"}, []string{"q", "p"}, nil).Count(), "SELECT y, q, p, count(*) AS count FROM sale GROUP BY GROUPING SETS ((y), (q, p), ())"},
		{"pivot", sale.GroupBy("y").Pivot("q", 1, 2).Agg(sum), "SELECT * FROM (SELECT y, q, amt FROM sale) PIVOT (sum(amt) FOR q IN (1, 2))"},
		{"pivot of two", sale.GroupBy("y").Pivot("p", "ink").Agg(sum, expr.Count().As("n")), "SELECT * FROM (SELECT y, p, amt FROM sale) PIVOT (sum(amt) AS s, count(*) AS n FOR p IN ('ink'))"},
		{"intersect", sale.Select("y", "q").Intersect(other), "SELECT y, q FROM sale INTERSECT SELECT * FROM other"},
		{"intersect all", sale.Select("y", "q").IntersectAll(other), "SELECT y, q FROM sale INTERSECT ALL SELECT * FROM other"},
		{"except", sale.Select("y", "q").Except(other), "SELECT y, q FROM sale EXCEPT SELECT * FROM other"},
		{"except all", other.ExceptAll(sale.Select("y", "q")), "SELECT * FROM other EXCEPT ALL SELECT y, q FROM sale"},
		{"offset", sale.OrderBy("amt").Offset(2).Limit(2), "SELECT * FROM sale ORDER BY amt LIMIT 2 OFFSET 2"},
		{"with columns", sale.WithColumns(col("amt").Plus(1).As("amt"), col("amt").Times(2).As("twice")), "SELECT y, q, p, amt + 1 AS amt, amt * 2 AS twice FROM sale"},
		{"text", sale.SelectExpr("y + 1 AS z", "coalesce(p, 'none') AS p"), "SELECT y + 1 AS z, coalesce(p, 'none') AS p FROM sale"},
		{"case", sale.Select(expr.When(col("amt").Gt(9), "much").When(col("q").IsNull(), "when?").Else("little").As("c")), "SELECT CASE WHEN amt > 9 THEN 'much' WHEN q IS NULL THEN 'when?' ELSE 'little' END AS c FROM sale"},
		{"ranks", sale.Select(col("amt"), expr.RowNumber().Over(byYear).As("n"), expr.Lag("amt", 1).Over(byYear).As("l")), "SELECT amt, row_number() OVER (PARTITION BY y ORDER BY amt DESC) AS n, lag(amt, 1) OVER (PARTITION BY y ORDER BY amt DESC) AS l FROM sale"},
		{"a frame of rows", sale.WithColumn("m", expr.Sum("amt").Over(expr.OrderBy("amt").Rows(expr.Preceding(1), expr.CurrentRow))), "SELECT *, sum(amt) OVER (ORDER BY amt ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS m FROM sale"},
		{"a frame of values", sale.Select(col("amt"), expr.Count().Over(expr.OrderBy("amt").Range(expr.Preceding(3), expr.Following(3))).As("near")), "SELECT amt, count(*) OVER (ORDER BY amt RANGE BETWEEN 3 PRECEDING AND 3 FOLLOWING) AS near FROM sale"},
		{"semi join", sale.JoinUsing(other, LeftSemi, "y", "q"), "SELECT y, q, p, amt FROM sale SEMI JOIN other USING (y, q)"},
		{"anti join", sale.Select("y", "q", "p").JoinUsing(other, LeftAnti, "y"), "SELECT y, q, p FROM sale ANTI JOIN other USING (y)"},
		{"cross join", other.Select("y").CrossJoin(other.Select("q")), "SELECT a.y, b.q FROM other a CROSS JOIN other b"},
		{"nulls last", sale.OrderBy(col("q").Asc().NullsLast(), col("amt").Asc()).Limit(3), "SELECT * FROM sale ORDER BY q NULLS LAST, amt LIMIT 3"},
	} {
		got, want := textOf(t, c.table), textOf(t, session.SQL(c.sql))
		if got != want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

// textOf is a table's columns and rows, these in no order.
func textOf(t *testing.T, table DataFrame) string {
	t.Helper()
	schema, err := table.Schema(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for row, err := range table.Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row.String())
	}
	slices.Sort(rows)
	return strings.Join(schema.Names(), " ") + "\n" + strings.Join(rows, "\n")
}

func TestMistakesOfGroupings(t *testing.T) {
	session := open(t)
	table := session.SQL("SELECT 1 AS a, 2 AS b")
	if err := table.Rollup("a").Pivot("b", 2).Count().Err(); !errors.Is(err, errPivotOfSets) {
		t.Errorf("Pivot after Rollup: %v", err)
	}
	for name, err := range map[string]error{ //det:unordered each is looked at alone
		"no values":         table.GroupBy("a").Pivot("b").Count().Err(),
		"no function":       table.GroupBy("a").Pivot("b", 2).Agg(expr.Col("a")).Err(),
		"no such column":    table.Cube("c").Count().Err(),
		"a wrong text":      table.SelectExpr("a +").Err(),
		"over no function":  table.Select(expr.Col("a").Over(expr.OrderBy("a"))).Err(),
		"differing columns": table.Intersect(table.Select("a")).Err(),
	} {
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
