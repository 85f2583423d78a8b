package sql

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestExpressions(t *testing.T) {
	for _, test := range []struct{ sql, want string }{
		// precedence
		{"1 + 2 * 3", "(1 + (2 * 3))"},
		{"(1 + 2) * 3", "((1 + 2) * 3)"},
		{"1 - 2 - 3", "((1 - 2) - 3)"},
		{"a || b || c", "concat(concat(a, b), c)"},
		{"a OR b AND NOT c = d", "(a or (b and (not (c = d))))"},
		{"NOT NOT a", "(not (not a))"},
		{"a & b | c ^ d", "|(&(a, b), ^(c, d))"},
		{"1 << 2 + 3", "shiftleft(1, (2 + 3))"},
		{"-9 >>> 28", "shiftrightunsigned(-9, 28)"},
		{"a = b IS NULL", "((a = b) is null)"},
		{"-a.b", "(- a.b)"},
		{"- - 1", "(- -1)"},
		{"~a", "~(a)"},
		{"7 DIV 2 % 3", "((7 div 2) % 3)"},
		{"a <=> b", "(a <=> b)"},
		{"a != b", "(a <> b)"},
		{"a == b", "(a = b)"},

		// tests behind an operand
		{"a BETWEEN 1 AND 2 AND b", "(((a >= 1) and (a <= 2)) and b)"},
		{"a NOT BETWEEN 1 + 1 AND 2", "(not ((a >= (1 + 1)) and (a <= 2)))"},
		{"a IN (1, 2)", "(a in (1, 2))"},
		{"a NOT IN (1)", "(not (a in (1)))"},
		{"a LIKE 'x%' ESCAPE '/'", "like(a, 'x%', '/')"},
		{"a NOT LIKE 'x'", "(not (a like 'x'))"},
		{"a ILIKE 'x'", "ilike(a, 'x')"},
		{"a LIKE ANY ('x', 'y')", "((a like 'x') or (a like 'y'))"},
		{"a LIKE ALL ('x', 'y')", "((a like 'x') and (a like 'y'))"},
		{"a RLIKE 'x'", "rlike(a, 'x')"},
		{"a IS NOT NULL", "(a is not null)"},
		{"a IS UNKNOWN", "(a is null)"},
		{"a IS NOT TRUE", "(not (a <=> true))"},
		{"a IS DISTINCT FROM b", "(not (a <=> b))"},
		{"a IS NOT DISTINCT FROM b", "(a <=> b)"},

		// literals
		{"1", "1"},
		{"-9223372036854775808", "-9223372036854775808"},
		{"9223372036854775808", "9223372036854775808"},
		{"1L + 2S + 3Y", "((1 + 2) + 3)"},
		{"1e2", "100.0"},
		{".5", ".5"},
		{"1.", "1."},
		{"1.5E-1BD", "1.5E-1"},
		{"'it''s' 'b'", "'itsb'"},
		{`"dq"`, "'dq'"},
		{`r'\n'`, `'\n'`},
		{`'a\tb\u0041\%\\'`, "'a\tbA\\%\\'"},
		{"DATE'2024-01-01'", "date '2024-01-01'"},
		{"X'0aFF'", "x'0aFF'"},
		{"INTERVAL 1 DAY 2 HOURS", "INTERVAL '1 02' DAY TO HOUR"},
		{"INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '1-2' YEAR TO MONTH"},
		{"INTERVAL '-1 02:03:04.5' DAY TO SECOND", "INTERVAL '-1 02:03:04.5' DAY TO SECOND"},
		{"INTERVAL '1' MONTH", "INTERVAL '1' MONTH"},
		{"INTERVAL '1 day -2 hours'", "INTERVAL '0 22' DAY TO HOUR"},
		{"INTERVAL -2 WEEKS", "INTERVAL '-14' DAY"},
		{"i + INTERVAL 30 SECONDS", "(i + INTERVAL '30' SECOND)"},
		{"INTERVAL 90 MINUTES * 2", "(INTERVAL '90' MINUTE * 2)"},

		// names and what is behind them
		{"a.b.`c d`", "a.b.c d"},
		{"0x1F", "0x1F"},
		{"f(x).y", "f(x).y"},
		{"xs[1][2]", "xs[1][2]"},
		{"1::STRING || 'x'", "concat(cast(1 as string), 'x')"},
		{"'1'::ARRAY<ARRAY<INT>>", "cast('1' as array<array<int>>)"},
		{"TRY_CAST(a AS STRUCT<x: INT, y STRING>)", "try_cast(a as struct<x:int,y:string>)"},
		{"date", "date"},
		{"interval + 1", "(interval + 1)"},
		{"case", "case"},

		// calls
		{"count(*)", "count()"},
		{"COUNT(DISTINCT a, b) FILTER (WHERE c)", "count(distinct a, b) filter (where c)"},
		{"CASE x WHEN 1 THEN 'a' ELSE 'b' END", "case((x = 1), 'a', 'b')"},
		{"CASE WHEN a THEN b END", "case(a, b)"},
		{"transform(xs, x -> x + 1)", "transform(xs, lambda(x -> (x + 1)))"},
		{"aggregate(xs, 0, (s, x) -> s + x)", "aggregate(xs, 0, lambda(s, x -> (s + x)))"},
		{"(a, b)", "struct(a, b)"},
		{"EXTRACT(DAY FROM d)", "date_part('DAY', d)"},
		{"TRIM(BOTH 'x' FROM s)", "trim('x', s)"},
		{"TRIM(LEADING FROM s)", "ltrim(s)"},
		{"TRIM('x' FROM s)", "trim('x', s)"},
		{"trim(s)", "trim(s)"},
		{"SUBSTRING(s FROM 2 FOR 3)", "substring(s, 2, 3)"},
		{"substring(s, 2)", "substring(s, 2)"},
		{"POSITION('a' IN s)", "locate('a', s)"},
		{"OVERLAY(s PLACING 'x' FROM 2 FOR 0)", "overlay(s, 'x', 2, 0)"},
		{"timestampadd(MONTH, 1, t)", "timestampadd('MONTH', 1, t)"},
		{"datediff(a, b)", "datediff(a, b)"},
		{"current_date", "current_date()"},
		{"first(a, true)", "first(a, true)"},
		{"last(a IGNORE NULLS)", "last(a) ignore nulls"},
		{"lag(a) IGNORE NULLS OVER w", "lag(a) ignore nulls over (w)"},
		{
			"sum(a) OVER (PARTITION BY b ORDER BY c DESC ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)",
			"sum(a) over (partition by b order by c desc nulls last rows between 1 preceding and unbounded following)",
		},
		{"sum(a) OVER (ORDER BY b RANGE CURRENT ROW)", "sum(a) over (order by b asc nulls first range between current row and current row)"},
		{"sum(a) OVER (w)", "sum(a) over (w)"},
		{"listagg(a, ',') WITHIN GROUP (ORDER BY a)", "listagg(a, ',') within group (order by a asc nulls first)"},
		{"explode(m) AS (k, v)", "explode(m) as (k, v)"},
		{"a AS b", "a as b"},
		{"a b", "a as b"},
		{"a -- comment\n + /* one /* inside */ another */ 1", "(a + 1)"},
	} {
		node, err := ParseExpression(test.sql, Given{})
		if err != nil {
			t.Errorf("%s: %v", test.sql, err)
			continue
		}
		if got := node.String(); got != test.want {
			t.Errorf("%s\n got  %s\n want %s", test.sql, got, test.want)
		}
	}
}

func TestErrorsPointAtThePlace(t *testing.T) {
	for _, test := range []struct{ sql, condition, want string }{
		{"SELECT a FROM l WHERE GROUP BY", "PARSE_SYNTAX_ERROR", "line 1, column 29: expected end of input, got 'BY'"},
		{"SELECT k\nFROM bids\nWHERE (v > 1", "PARSE_SYNTAX_ERROR", "line 3, column 13: expected ')', got end of input"},
		{"SELECT 'a", "PARSE_SYNTAX_ERROR", "line 1, column 8: a string is not closed"},
		{"SELECT `a", "PARSE_SYNTAX_ERROR", "line 1, column 8: a back quote is not closed"},
		{"SELECT 'ä\n' + #", "PARSE_SYNTAX_ERROR", "line 2, column 5: unexpected character '#'"},
		{"SELECT /* 1", "UNCLOSED_BRACKETED_COMMENT", "line 1, column 8: a comment that begins with /* has no */ at its end"},
		{"", "PARSE_EMPTY_STATEMENT", "line 1, column 1: there is no statement"},
		{"SELECT 1 FROM a JOIN", "PARSE_SYNTAX_ERROR", "line 1, column 21: expected a table, got end of input"},
		{"SELECT CAST(1 AS NOTHING)", "UNSUPPORTED_DATATYPE", "line 1, column 18: there is no type 'NOTHING'"},
		{"VALUES (1, 2), (3)", "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "line 1, column 16: the first row has 2 columns, this one 1"},
		{"SELECT 128Y", "INVALID_NUMERIC_LITERAL_RANGE", "line 1, column 8: 128Y is out of the range of tinyint"},
		{"DROP TABLE t", "PARSE_SYNTAX_ERROR", "line 1, column 1: expected a query: 'SELECT', 'VALUES', 'TABLE', 'FROM' or '(', got 'DROP'"},
		{"SELECT " + strings.Repeat("(", 1000), "", "line 1, column 407: the query nests too deeply"},
	} {
		_, err := Parse(test.sql, Given{})
		refused, ok := errors.AsType[*fault.Error](err)
		if !ok {
			t.Errorf("%.60q: error %v", test.sql, err)
			continue
		}
		if refused.Stage != fault.Parse || refused.Condition != test.condition || refused.Message != test.want {
			t.Errorf("%.60q:\n got  %s %s at %s\n want %s %s", test.sql, refused.Condition, refused.Message, refused.Stage, test.condition, test.want)
		}
	}
}

func TestSchemas(t *testing.T) {
	schema, err := ParseSchema("id BIGINT NOT NULL, s STRUCT<a: INT, b: ARRAY<STRING>> COMMENT 'nested', `a b` TIMESTAMP")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := schema.String(), "id bigint, s struct<a:int,b:array<string>>, a b timestamp"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if schema.Fields[0].Nullable || !schema.Fields[1].Nullable {
		t.Error("NOT NULL was lost or made up")
	}
}
