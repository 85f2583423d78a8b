package sql

import (
	"errors"
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
)

// FuzzParse holds the parser to what it promises of any text: a tree or a
// *fault.Error of the stage Parse, and no panic.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"SELECT a, b.* FROM t x JOIN (VALUES (1, 'x')) y(p) ON x.a = y.p WHERE a IN (SELECT 1) GROUP BY ROLLUP(a, (b, c)) HAVING count(*) > 1",
		"WITH c(x) AS (SELECT 1) SELECT sum(x) OVER (PARTITION BY x ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM c LIMIT 1 OFFSET 2",
		"SELECT CASE a WHEN 1 THEN INTERVAL '1-2' YEAR TO MONTH END, CAST(x AS ARRAY<ARRAY<INT>>), r'\\', 'a\\u0041', 1.5e3BD, `q``q`, f((x, y) -> x[1].z)",
		"SELECT * EXCEPT (a) FROM t LATERAL VIEW OUTER explode(x) e AS a, b UNPIVOT (v FOR n IN (a AS 'b')) PIVOT (sum(a) FOR b IN (1)) TABLESAMPLE (1 PERCENT)",
		"((((SELECT 1) UNION (TABLE t)) EXCEPT ALL VALUES 1, 2) ORDER BY 1) -- end",
		"EXPLAIN SELECT EXTRACT(DAY FROM d), TRIM(BOTH FROM x), OVERLAY(a PLACING b FROM 1), timestampadd(DAY, 1, :p), ?",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		statement, err := Parse(text, Given{})
		if err == nil {
			dump(statement.Query) // walks the tree
			return
		}
		if refused, ok := errors.AsType[*fault.Error](err); !ok || refused.Stage != fault.Parse {
			t.Errorf("%q: %v is no parse error", text, err)
		}
	})
}
