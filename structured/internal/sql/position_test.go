package sql

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// In these texts the mark stands before the place at which Spark 4.0.1 finds the mistake, too.
func TestPositions(t *testing.T) {
	const mark = "¦"
	for _, marked := range []string{
		// the parts of a statement
		"SELECT id FROM t WHERE AND ¦id = 1",
		"SELECT id FROM t WHERE id = 1 ¦id = 2",
		"SELECT id FROM t GROUP ¦id",
		"SELECT id FROM t GROUP BY¦",
		"SELECT id FROM t LIMIT 1 ¦2",
		"SELECT id FROM t ORDER BY id ASC ¦DESC",
		"SELECT id FROM t JOIN¦",
		"SELECT id FROM t JOIN u ON¦",
		"SELECT id FROM t JOIN u USING¦",
		"SELECT id FROM t JOIN u USING (¦)",
		"SELECT id FROM t JOIN u USING ¦id",
		"SELECT (id ¦FROM t",
		"SELECT id¦) FROM t",
		"SELECT f(id ¦FROM t",
		"SELECT id FROM (SELECT 1¦",
		"SELECT CASE id ¦ELSE 1 END FROM t",
		"SELECT CAST(id AS¦) FROM t",
		"SELECT 1 +¦",
		"SELECT * ¦1",
		"SELECT a b ¦c",
		"SELECT 1 = ¦= 2",
		"SELECT sum(id) OVER (ORDER BY¦) FROM t",
		"VALUES¦",
		"¦UNION SELECT 1",
		"SELECT * FROM t PIVOT (sum(v)¦)",
		"SELECT * FROM t PIVOT (sum(v) FOR id IN (¦))",
		"SELECT * FROM t LATERAL VIEW¦",
		"SELECT a[1¦",
		"SELECT a[¦]",
		"SELECT /*+ ¦*/ id FROM t",
		"SELECT 1 ¦/*+ HINT */",
		"¦SELEC id FROM t",
		"¦",
		// lines
		"SELECT 1\nFROM t WHERE\n  ¦)",
		"SELECT\n\n  a b ¦c",
		"SELECT 1\r\nFROM t\r\nWHERE (¦",
		"SELECT\t1 a ¦b",
		"SELECT *\nFROM t\nJOIN u\nON\nWHERE (¦",
		"SELECT 1 FROM (\nSELECT 2¦",
		"VALUES (1),\n(2¦",
		// comments and characters of several bytes
		"-- ñ\nSELECT 1 ¦1 1",
		"SELECT /* é\n ö */ a b ¦c",
		"SELECT 'é', 'ü' x ¦y",
		"SELECT '😀' a ¦b",
		"SELECT `ñ` a ¦b",
	} {
		before, after, _ := strings.Cut(marked, mark)
		text := before + after
		want := syntax.Position{Line: 1 + strings.Count(before, "\n"), Column: 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])}
		_, err := Parse(text, Given{})
		failed, ok := errors.AsType[*fault.Error](err)
		if !ok || failed.Stage != fault.Parse || !strings.HasPrefix(failed.Message, want.String()+": ") {
			t.Errorf("%q: got %v, want a mistake at %s", marked, err, want)
		}
	}
}
