package analyze

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

var analyzer = Analyzer{Zone: "Europe/Paris"}

func table(streaming bool) plan.Node {
	return plan.NewScan(&plan.Relation{Name: "t", Streaming: streaming, Schema: types.NewSchema(
		types.Nullable("i", types.Int),
		types.Nullable("l", types.Bigint),
		types.Required("d", types.Double),
		types.Nullable("s", types.String),
		types.Nullable("b", types.Boolean),
		types.Nullable("at", types.Timestamp),
		types.Nullable("list", types.Array(types.String)),
		types.Nullable("m", types.Map(types.String, types.Int)),
		types.Nullable("pair", types.Struct(types.Nullable("left", types.Int), types.Nullable("right", types.String))),
	)})
}

func items(columns ...expr.Column) []syntax.Node {
	nodes := make([]syntax.Node, len(columns))
	for i, column := range columns {
		nodes[i] = column.Syntax()
	}
	return nodes
}

// col is expr.Col, for short.
var col = expr.Col

func TestTypesOfExpressions(t *testing.T) {
	for _, c := range []struct {
		column expr.Column
		want   string // type, then the bound expression
	}{
		{col("i").Plus(1), "int (i + 1)"},
		{col("i").Plus(col("l")), "bigint (cast(i as bigint) + l)"},
		{col("l").Times(0.5), "double (cast(l as double) * 0.5)"},
		{col("i").Divide(col("i")), "double (cast(i as double) / cast(i as double))"},
		{col("l").Mod(2), "bigint (l % cast(2 as bigint))"},
		{col("i").Plus("1"), "bigint (cast(i as bigint) + cast('1' as bigint))"},
		{col("i").Plus(nil), "int (i + null)"},
		{col("d").Negate(), "double (- d)"},
		{col("s").Negate(), "double (- cast(s as double))"},
		{col("i").Eq(col("d")), "boolean (cast(i as double) = d)"},
		{col("s").Eq(1), "boolean (cast(s as bigint) = cast(1 as bigint))"},
		{col("s").Lt(col("at")), "boolean (cast(s as timestamp) < at)"},
		{col("b").Eq("true"), "boolean (b = cast('true' as boolean))"},
		{col("i").In(1, int64(2), nil), "boolean (cast(i as bigint) in (cast(1 as bigint), 2, null))"},
		{col("b").And(nil), "boolean (b and null)"},
		{col("list").IsNull(), "boolean (list is null)"},
		{expr.Length(col("i")), "int length(cast(i as string))"},
		{expr.Concat(col("s"), col("d")), "string concat(s, cast(d as string))"},
		{expr.Split("s", ","), "array<string> split(s, ',')"},
		{col("s").Like("a%"), "boolean (s like 'a%')"},
		{col("pair.left").Plus(1), "int (pair.left + 1)"},
		{col("pair").Field("RIGHT"), "string pair.right"},
		{col("at").Cast(types.Int), "int cast(at as int)"},
		{col("S"), "string s"},
	} {
		node, err := analyzer.Select(table(false), items(c.column.As("x")))
		if err != nil {
			t.Errorf("%s: %v", c.column, err)
			continue
		}
		project := node.(*plan.Project)
		if got := project.Exprs[0].Type().String() + " " + project.Exprs[0].String(); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.column, got, c.want)
		}
	}
}

func TestConditionsOfMistakes(t *testing.T) {
	pick := func(columns ...expr.Column) func(plan.Node) (plan.Node, error) {
		return func(in plan.Node) (plan.Node, error) { return analyzer.Select(in, items(columns...)) }
	}
	group := func(key string, columns ...expr.Column) func(plan.Node) (plan.Node, error) {
		return func(in plan.Node) (plan.Node, error) {
			return analyzer.Aggregate(in, items(col(key)), items(columns...))
		}
	}
	where := func(c expr.Column) func(plan.Node) (plan.Node, error) {
		return func(in plan.Node) (plan.Node, error) { return analyzer.Where(in, c.Syntax()) }
	}
	watermark := func(column string, delay time.Duration) func(plan.Node) (plan.Node, error) {
		return func(in plan.Node) (plan.Node, error) { return analyzer.Watermark(in, column, delay) }
	}
	for _, c := range []struct {
		name      string
		operation func(plan.Node) (plan.Node, error)
		condition string
		message   string // a part of it
	}{
		{"unknown column", pick(col("lst")), "UNRESOLVED_COLUMN.WITH_SUGGESTION", `did you mean "list"?`},
		{"nothing alike", pick(col("quantity")), "UNRESOLVED_COLUMN.WITH_SUGGESTION", "no column \"quantity\" in (i, l, d, s, b, at, list, m, pair)"},
		{"unknown field", pick(col("pair.lefd")), "FIELD_NOT_FOUND", `did you mean "left"?`},
		{"field of no struct", pick(col("i.x")), "INVALID_EXTRACT_BASE_FIELD_TYPE", "i is of type int"},
		{"star as operand", pick(expr.Star().Plus(1)), "INVALID_USAGE_OF_STAR_OR_REGEX", ""},
		{"text plus text", pick(col("s").Plus("a")), "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", "needs numbers"},
		{"boolean plus number", pick(col("b").Plus(1)), "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "boolean with int"},
		{"boolean with number", pick(col("b").Eq(1)), "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", ""},
		{"in of mixed types", pick(col("b").In(1, true)), "DATATYPE_MISMATCH.DATA_DIFF_TYPES", ""},
		{"order of maps", pick(col("m").Lt(col("m"))), "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", ""},
		{"and of numbers", pick(col("i").And(true)), "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "and takes conditions, not int with boolean"},
		{"upper of an array", pick(expr.Upper("list")), "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", ""},
		{"cast of an array", pick(col("list").Cast(types.Int)), "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", ""},
		{"explode of a string", pick(expr.Explode("s")), "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "explode needs an array"},
		{"explode inside", pick(expr.Upper(expr.Explode("list"))), "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", ""},
		{"two explodes", pick(expr.Explode("list"), expr.Explode("list")), "UNSUPPORTED_GENERATOR.MULTI_GENERATOR", ""},
		{"condition of a number", where(col("i")), "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", ""},
		{"aggregate in where", where(expr.Count().Gt(1)), "INVALID_WHERE_CONDITION", ""},
		{"column not grouped", group("s", col("i"), expr.Count()), "MISSING_AGGREGATION", `column "i"`},
		{"nested aggregates", group("s", expr.Sum(expr.Count())), "NESTED_AGGREGATE_FUNCTION", ""},
		{"sum of booleans", group("s", expr.Sum("b")), "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "sum needs a number"},
		{"max of a map", group("s", expr.Max("m")), "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", ""},
		{"two windows", pick(expr.Window("at", time.Minute), expr.Window("at", time.Hour)), "_LEGACY_ERROR_TEMP_1039", ""},
		{"window of nothing", pick(expr.Window("at", 0)), "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "the size must be positive"},
		{"window of nanoseconds", pick(expr.Window("at", 1500)), "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "whole microseconds"},
		{"slide too long", pick(expr.Window("at", time.Second, time.Minute)), "DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION", "the slide"},
		{"start too long", pick(expr.Window("at", time.Minute, time.Second, -time.Second)), "DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION", "the start"},
		{"window of a number", pick(expr.Window("i", time.Minute)), "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", ""},
		{"watermark of a number", watermark("l", time.Second), "EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE", ""},
		{"watermark of nothing", watermark("att", time.Second), "UNRESOLVED_COLUMN.WITH_SUGGESTION", `did you mean "at"?`},
		{"negative delay", watermark("at", -time.Second), "", "must not be negative"},
		{"drop of nothing", func(in plan.Node) (plan.Node, error) { return analyzer.Drop(in, []string{"i", "x"}) }, "UNRESOLVED_COLUMN.WITH_SUGGESTION", ""},
		{"negative limit", func(in plan.Node) (plan.Node, error) { return analyzer.Limit(in, -1) }, "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", ""},
		{"a literal of no type", pick(expr.Lit(struct{}{})), "", "Go type struct {}"},
	} {
		_, err := c.operation(table(false))
		refused, ok := errors.AsType[*fault.Error](err)
		if !ok || refused.Condition != c.condition || refused.Stage != fault.Analysis || !strings.Contains(refused.Message, c.message) {
			t.Errorf("%s: got %#v, want condition %q and %q", c.name, err, c.condition, c.message)
		}
	}
}

func TestColumnNames(t *testing.T) {
	node, err := analyzer.Select(table(false), items(
		col("S"), col("pair.left"), col("i").Cast(types.Bigint), col("i").Plus(1), col("l").As("L2"),
		expr.Explode("list"), expr.Window("at", time.Minute), expr.Upper("s")))
	if err != nil {
		t.Fatal(err)
	}
	const want = "S left i (i + 1) L2 col window upper(s)"
	if got := strings.Join(names(node.Output()), " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestQualifiedNames(t *testing.T) {
	orders, err := analyzer.Alias(table(false), "orders")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := analyzer.Select(orders, items(col("Orders.pair.left"), col("s"))); err != nil {
		t.Error(err)
	}
	if _, err := analyzer.Select(orders, items(col("t.s"))); err == nil {
		t.Error("another table's name is taken for this one")
	}
	twice, err := analyzer.Select(orders, items(col("i").As("x"), col("l").As("X")))
	if err != nil {
		t.Fatal(err)
	}
	_, err = analyzer.Select(twice, items(col("x")))
	if refused, ok := errors.AsType[*fault.Error](err); !ok || refused.Condition != "AMBIGUOUS_REFERENCE" {
		t.Errorf("two columns of one name: got %v", err)
	}
}

func TestAggregateOverKeysAndFunctions(t *testing.T) {
	node, err := analyzer.Aggregate(table(false),
		items(expr.Lower("s").As("word"), col("i")),
		items(expr.Count(col("l"), col("s")).As("n"), expr.Sum("i").Plus(col("i")).As("x"), expr.Concat(expr.Lower("s"), expr.Lit("!"))))
	if err != nil {
		t.Fatal(err)
	}
	const want = `Project [word, i, n, (sum(cast(i as bigint)) + cast(i as bigint)) as x, concat(word, '!') as concat(lower(s), '!')]
└─ Aggregate [lower(s) as word, i] [count((((l is not null) and (s is not null)) or null)) as n, sum(cast(i as bigint))]
   └─ Scan t [i, l, d, s, b, at, list, m, pair]
`
	if got := plan.Tree(node); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEventTimeSurvives(t *testing.T) {
	node, err := analyzer.Watermark(table(true), "at", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	steps := []func(plan.Node) (plan.Node, error){
		func(in plan.Node) (plan.Node, error) { return analyzer.Rename(in, "at", "then") },
		func(in plan.Node) (plan.Node, error) {
			return analyzer.Aggregate(in, items(expr.Window("then", time.Minute)), items(expr.Count()))
		},
		func(in plan.Node) (plan.Node, error) {
			return analyzer.Select(in, items(expr.WindowTime("window").As("t")))
		},
	}
	for i, step := range steps {
		if node, err = step(node); err != nil {
			t.Fatal(err)
		}
		marked := 0
		for _, column := range node.Output() {
			if column.EventTime != nil && column.EventTime.Delay == time.Second {
				marked++
			}
		}
		if marked != 1 {
			t.Errorf("step %d: %d columns are the event time, want 1", i, marked)
		}
	}
	if _, err := analyzer.Watermark(node, "t", time.Second); err == nil {
		t.Error("a second watermark is admitted")
	}
}

func TestWatermarkOfBoundedInputIsNothing(t *testing.T) {
	in := table(false)
	if node, err := analyzer.Watermark(in, "at", time.Second); err != nil || node != in {
		t.Errorf("got %v, %v", node, err)
	}
}
