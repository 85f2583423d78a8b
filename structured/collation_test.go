package structured

import (
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/expr"
)

// Rows that are equal by a collation are one, and the first stands for all, whichever
// operation brings them together.
func TestCollatedRowsMeet(t *testing.T) {
	s := newSession(t, 1)
	table := s.SQL("SELECT c COLLATE UTF8_LCASE AS c, array(c COLLATE UNICODE_CI) AS a, x FROM VALUES ('b', 1), ('A', 2), ('a', 3), ('B', 4), (null, 5), (null, 6) t(c, x)")
	for name, c := range map[string]struct {
		frame DataFrame
		want  string
	}{
		"distinct":        {table.Select("c").Distinct().OrderBy("c"), "[NULL] [A] [b]"},
		"distinct nested": {table.Select("a").Distinct().OrderBy("a"), "[[NULL]] [[A]] [[b]]"},
		"drop duplicates": {table.DropDuplicates("c").Select("c", "x").OrderBy("x"), "[b, 1] [A, 2] [NULL, 5]"},
		"drop by array":   {table.DropDuplicates("a").Select("a", "x").OrderBy("x"), "[[b], 1] [[A], 2] [[NULL], 5]"},
		"group":           {table.GroupBy("c").Agg(expr.Sum("x").As("n")).OrderBy("c"), "[NULL, 11] [A, 5] [b, 5]"},
		"rollup":          {table.Where(expr.SQL("c is not null")).Rollup("c").Agg(expr.Sum("x").As("n")).OrderBy("c"), "[NULL, 10] [A, 5] [b, 5]"},
		"extremes":        {table.Agg(expr.Min("c").As("l"), expr.Max("c").As("h")), "[A, b]"},
		"intersect":       {table.Select("c").Intersect(s.SQL("SELECT 'B' COLLATE UTF8_LCASE AS c")), "[b]"},
	} {
		var rows []string
		for row, err := range c.frame.Rows(t.Context()) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			rows = append(rows, row.String())
		}
		if got := strings.Join(rows, " "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
