package structured

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/structured/expr"
)

func TestSample(t *testing.T) {
	session := newSession(t, 2)
	numbers := make([]int64, 20_000)
	for i := range numbers {
		numbers[i] = int64(i % 3) // equal rows are told apart
	}
	table := session.FromRDD(session.rdd.Parallelize(numbers, rdd.Partitions(4))).DataFrame()
	count := func(d DataFrame) float64 {
		t.Helper()
		n, err := d.Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return float64(n)
	}
	tenth := valuesIn(t, table.Sample(0.1, 7).As[int64]())
	if n := float64(len(tenth)); math.Abs(n-2000) > 6*math.Sqrt(1800) {
		t.Errorf("a tenth of 20000 rows: %v", n)
	}
	if again := valuesIn(t, table.Sample(0.1, 7).As[int64]()); !slices.Equal(again, tenth) {
		t.Errorf("the same seed chooses other rows")
	}
	if other := valuesIn(t, table.Sample(0.1, 8).As[int64]()); slices.Equal(other, tenth) {
		t.Errorf("another seed chooses the same rows")
	}
	same(t, count(table.Sample(0, 1)), 0.0)
	same(t, count(table.Sample(1, 1)), 20_000.0)
	if err := session.CreateView("numbers", table); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]float64{ //det:unordered each is looked at alone
		"numbers TABLESAMPLE (10 PERCENT) REPEATABLE (7)":         float64(len(tenth)),
		"numbers TABLESAMPLE (BUCKET 1 OUT OF 10) REPEATABLE (7)": float64(len(tenth)),
		"numbers TABLESAMPLE (7 ROWS) AS n":                       7,
	} {
		same(t, count(session.SQL("SELECT * FROM "+text)), want)
	}
	for _, fraction := range []float64{-0.1, 1.1, math.NaN()} {
		if err := table.Sample(fraction, 0).Err(); err == nil || !strings.Contains(err.Error(), "must lie between 0 and 1") {
			t.Errorf("a fraction of %v: %v", fraction, err)
		}
	}
	filtered := table.Sample(0.5, 1).Where(expr.Col("value").Eq(1))
	if n := count(filtered); math.Abs(n-3333) > 6*math.Sqrt(1667) {
		t.Errorf("half of 6667 rows: %v", n)
	}
}

func TestSampleOfAStreamRunsAgainAlike(t *testing.T) {
	in := visits()
	s := newScript(t, Append, func(session *Session) DataFrame { return session.Stream(in).Sample(0.5, 3).Select("v") })
	rows := make([][]any, 8)
	for i := range rows {
		rows[i] = visit(1, "a", i)
	}
	in.add(rows...)
	s.want("b0 wm 0 dropped 0 state 0: 1; 3; 5; 7")
}

func TestUnionByNameWithMissingColumns(t *testing.T) {
	session := open(t)
	a, b := session.SQL("SELECT 1 AS x, 'a' AS y"), session.SQL("SELECT 2.5 AS z, 3L AS X")
	if err := a.UnionByName(b).Err(); err == nil {
		t.Error("without AllowMissing the tables are united")
	}
	if got, want := textOf(t, a.UnionByName(b, AllowMissing)), "x y z\n[1, a, NULL]\n[3, NULL, 2.5]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDescribe(t *testing.T) {
	session := open(t)
	table := session.SQL("SELECT * FROM VALUES (1, 'b', true), (2, 'a', NULL), (NULL, NULL, false), (6, 'c', true) AS t(n, s, ok)")
	rows := func(d DataFrame) string { return strings.ReplaceAll(textOf(t, d), "\n", "; ") }
	same(t, rows(table.Describe()), "summary n s; [count, 3, 3]; [max, 6, c]; [mean, 3.0, NULL]; [min, 1, a]; [stddev, 2.6457513110645907, NULL]")
	same(t, rows(table.Describe("s")), "summary s; [count, 3]; [max, c]; [mean, NULL]; [min, a]; [stddev, NULL]")
	same(t, rows(table.Summary("50%", "max")), "summary n s; [50%, 2, NULL]; [max, 6, c]")
	same(t, rows(table.Select("ok").Describe()), "summary; [count]; [max]; [mean]; [min]; [stddev]")
	for _, c := range []struct {
		err  error
		want string
	}{
		{table.Describe("ok").Err(), `column "ok" is boolean`},
		{table.Describe("none").Err(), `"none"`},
		{table.Summary("median").Err(), `no statistic "median"`},
		{table.Summary("101%").Err(), "does not lie between"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("got %v, want %s", c.err, c.want)
		}
	}
}
