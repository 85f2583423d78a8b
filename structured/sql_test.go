package structured

import (
	"errors"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/expr"
)

func TestParametersOfSQL(t *testing.T) {
	session := open(t)
	for _, c := range []struct {
		text      string
		arguments []any
		want      string
	}{
		{"SELECT ? + ? AS n, ? AS s", []any{1, 2, "it's"}, "n s\n[3, it's]"},
		{"SELECT :a + :b AS n, :a AS m", []any{Named("b", 2), Named("a", int64(40))}, "n m\n[42, 40]"},
		{"SELECT :none IS NULL AS n", []any{Named("none", nil)}, "n\n[true]"},
		{"SELECT * FROM range(?) WHERE id >= ? LIMIT ?", []any{9, 3, 2}, "id\n[3]\n[4]"},
		{"SELECT count(*) AS n FROM range(5) WHERE id IN (SELECT id + ? FROM range(5))", []any{3}, "n\n[2]"},
		{"SELECT :d AS d", []any{Named("d", expr.SQL("DATE '2024-01-02'"))}, "d\n[2024-01-02]"},
	} {
		if got := textOf(t, session.SQL(c.text, c.arguments...)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
	for _, c := range []struct {
		text      string
		arguments []any
		want      string
	}{
		{"SELECT ?", nil, "no value is given for the parameter :0"},
		{"SELECT :a", []any{Named("b", 1)}, "there is no parameter :b"},
		{"SELECT ?", []any{1, 2}, "there are 2 arguments, but fewer parameters"},
		{"SELECT ?, :a", []any{1, Named("a", 1)}, "some arguments have names and some have not"},
		{"SELECT :a", []any{Named("a", 1), Named("a", 2)}, `two arguments called "a"`},
		{"SELECT :a", []any{Named("", 1)}, "an empty name"},
		{"SELECT ?", []any{make(chan int)}, "argument 1: a literal cannot be of Go type chan int"},
	} {
		if err := session.SQL(c.text, c.arguments...).Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestViewsInSQL(t *testing.T) {
	session := open(t)
	do := func(text string) {
		t.Helper()
		table := session.SQL(text)
		if got := textOf(t, table); got != "\n" {
			t.Errorf("%s: got %q", text, got)
		}
	}
	refused := func(text, condition string) {
		t.Helper()
		var failed *Error
		if err := session.SQL(text).Err(); !errors.As(err, &failed) || failed.Condition != condition {
			t.Errorf("%s: got %v, want %s", text, err, condition)
		}
	}
	do("CREATE TEMPORARY VIEW v AS SELECT 1 AS a")
	old := session.SQL("SELECT * FROM v")
	refused("CREATE TEMP VIEW V AS SELECT 2 AS a", "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS")
	do("CREATE OR REPLACE TEMP VIEW v(b, c) AS SELECT a, a + 1 FROM v")
	if got := textOf(t, session.SQL("SELECT * FROM v")); got != "b c\n[1, 2]" {
		t.Errorf("got %q", got)
	}
	if got := textOf(t, old); got != "a\n[1]" {
		t.Errorf("a query over the view as it was: got %q", got)
	}
	refused("CREATE TEMP VIEW w(b) AS SELECT 1, 2", "ASSIGNMENT_ARITY_MISMATCH")
	refused("SELECT * FROM w", "TABLE_OR_VIEW_NOT_FOUND")
	do("DROP VIEW v")
	refused("DROP VIEW v", "TABLE_OR_VIEW_NOT_FOUND")
	do("DROP VIEW IF EXISTS v;")
	refused("SELECT * FROM v", "TABLE_OR_VIEW_NOT_FOUND")
	refused("DROP TABLE v", "PARSE_SYNTAX_ERROR")
	if err := session.CreateView("v", old); err != nil || !session.DropView("V") || session.DropView("v") {
		t.Errorf("CreateView and DropView: %v", err)
	}
}

func TestHints(t *testing.T) {
	session := open(t)
	for _, name := range []string{"a", "b"} {
		if err := session.CreateView(name, session.Read(described{schema: events})); err != nil {
			t.Fatal(err)
		}
	}
	const right, left, none = "broadcast right", "broadcast left", ""
	for _, test := range []struct{ sql, side string }{
		{"SELECT a.n FROM a JOIN b ON a.word = b.word", none},
		{"SELECT /*+ BROADCAST(b) */ a.n FROM a JOIN b ON a.word = b.word", right},
		{"SELECT /*+ mapjoin(A), NOSUCH(1) */ a.n FROM a JOIN b ON a.word = b.word", left},
		{"SELECT /*+ BROADCASTJOIN(x) */ x.n FROM a AS x JOIN b USING (word)", left},
		{"SELECT /*+ BROADCAST(a) */ x.n FROM a AS x JOIN b USING (word)", none},
		{"SELECT /*+ BROADCAST(nosuch) SHUFFLE_HASH(a) */ a.n FROM a JOIN b ON a.word = b.word", none},
		{"SELECT /*+ BROADCAST(a) */ a.n FROM a LEFT JOIN b ON a.word = b.word", none},
		{"SELECT a.n FROM a JOIN (SELECT /*+ BROADCAST */ word FROM b WHERE n > 1) c ON a.word = c.word", right},
		{"SELECT /*+ BROADCAST(b) */ a.n FROM a JOIN (SELECT word FROM b) c ON a.word = c.word", none},
		{"SELECT a.n FROM a JOIN (VALUES ('x')) c(word) ON a.word = c.word", right},
		{"SELECT /*+ MERGE(c) */ a.n FROM a JOIN (VALUES ('x')) c(word) ON a.word = c.word", none},
	} {
		explained, err := session.SQL(test.sql).Explain(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		side := none
		for _, which := range []string{left, right} {
			if strings.Contains(explained, which) {
				side = which
			}
		}
		if side != test.side {
			t.Errorf("%s: %q, not %q:\n%s", test.sql, side, test.side, explained)
		}
	}
	big := session.Read(described{schema: events})
	joined := big.Alias("a").Join(big.Hint("broadcast").Alias("b"), expr.Col("a.word").Eq(expr.Col("b.word")), Inner)
	if explained, err := joined.Explain(t.Context()); err != nil || !strings.Contains(explained, right) {
		t.Errorf("a hinted table: %v\n%s", err, explained)
	}
}

func TestDescribeStatement(t *testing.T) {
	session := open(t)
	if err := session.SQL("CREATE TEMP VIEW v AS SELECT 1 AS a, array('x') AS b").Err(); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"DESCRIBE v", "desc table V", "DESCRIBE QUERY SELECT * FROM v", "DESC SELECT a, b FROM v;", "DESCRIBE WITH c AS (TABLE v) SELECT * FROM c"} {
		if got := textOf(t, session.SQL(text)); got != "col_name data_type comment\n[a, int, NULL]\n[b, array<string>, NULL]" {
			t.Errorf("%s: got %q", text, got)
		}
	}
	var failed *Error
	if err := session.SQL("DESCRIBE nosuch").Err(); !errors.As(err, &failed) || failed.Condition != "TABLE_OR_VIEW_NOT_FOUND" {
		t.Errorf("a view that there is not: %v", err)
	}
}
