package optimize

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// TestRulesKeepTheResult computes random queries by a slow interpreter of logical
// plans, with and without the rules.
func TestRulesKeepTheResult(t *testing.T) {
	rewritten := 0
	check := func(t *rapid.T) {
		relation := &plan.Relation{Name: "t", Schema: types.NewSchema(
			types.Nullable("a", types.Bigint),
			types.Required("b", types.Bigint),
			types.Nullable("s", types.String),
			types.Nullable("at", types.Timestamp),
			types.Nullable("list", types.Array(types.String)),
		)}
		rows := rapid.SliceOfN(rapid.Custom(drawRow), 0, 12).Draw(t, "rows")
		var node plan.Node = plan.NewScan(relation)
		for range rapid.IntRange(1, 6).Draw(t, "operations") {
			node = drawOperation(t, node)
		}
		optimised := Optimize(node, nil)
		if optimised != node {
			rewritten++
		}
		if got, want := plan.Schema(optimised.Output()), plan.Schema(node.Output()); got.String() != want.String() {
			t.Fatalf("columns: got %s, want %s\n%s", got, want, plan.Tree(node))
		}
		got, want := interpret(t, optimised, rows), interpret(t, node, rows)
		if !slices.EqualFunc(got, want, func(a, b []any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
			t.Fatalf("got %v\nwant %v\nof\n%s\noptimised\n%s", got, want, plan.Tree(node), plan.Tree(optimised))
		}
		if again := Optimize(optimised, nil); again != optimised {
			t.Fatalf("not a fixed point:\n%s\n%s", plan.Tree(optimised), plan.Tree(again))
		}
	}
	for range 10 { // of rapid's default of 100 queries: few of them have any two given operations in a row
		rapid.Check(t, check)
	}
	if rewritten == 0 {
		t.Error("no query was rewritten")
	}
}

func drawRow(t *rapid.T) []any {
	null := func(value any) any {
		if rapid.IntRange(0, 4).Draw(t, "null") == 0 {
			return nil
		}
		return value
	}
	var list []any
	for range rapid.IntRange(0, 3).Draw(t, "length") {
		list = append(list, null(drawWord(t)))
	}
	return []any{
		null(rapid.Int64Range(-3, 3).Draw(t, "a")), rapid.Int64Range(-3, 3).Draw(t, "b"), null(drawWord(t)),
		null(rapid.Int64Range(-5_000_000, 5_000_000).Draw(t, "at")), null(list),
	}
}

func drawWord(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "x", "y", "xy"}).Draw(t, "word")
}

// drawOperation puts an operation upon a plan whose columns may be any.
func drawOperation(t *rapid.T, in plan.Node) plan.Node {
	columns := in.Output()
	must := func(node plan.Node, err error) plan.Node {
		if err != nil {
			t.Fatal(err)
		}
		return node
	}
	name := fmt.Sprintf("c%d", len(columns)+rapid.IntRange(0, 1_000_000).Draw(t, "name"))
	first := func(want types.Type) (string, bool) {
		for _, column := range columns {
			if column.Type == want {
				return column.Name, true
			}
		}
		return "", false
	}
	switch rapid.SampledFrom([]string{"where", "where", "add", "drop", "group", "sort", "limit", "explode", "window", "alias"}).Draw(t, "operation") {
	case "where":
		return must(analyzer.Where(in, drawCondition(t, columns).Syntax()))
	case "add":
		return must(analyzer.WithColumn(in, name, drawNumber(t, columns).Syntax()))
	case "drop":
		if len(columns) > 1 {
			return must(analyzer.Drop(in, []string{rapid.SampledFrom(columns).Draw(t, "dropped").Name}))
		}
	case "group":
		if key, ok := first(types.String); ok {
			return must(analyzer.Aggregate(in, syntaxOf(expr.Cols(key)), syntaxOf([]expr.Column{
				expr.Count().As(name), expr.Sum(drawNumber(t, columns)).As(name + "s"),
			})))
		}
	case "sort":
		return must(analyzer.OrderBy(in, syntaxOf([]expr.Column{drawNumber(t, columns)})))
	case "limit":
		return must(analyzer.Limit(in, rapid.Int64Range(0, 8).Draw(t, "n")))
	case "explode":
		if list, ok := first(types.Array(types.String)); ok {
			return must(analyzer.WithColumn(in, name, expr.Explode(list).Syntax()))
		}
	case "window":
		if at, ok := first(types.Timestamp); ok {
			slide := time.Duration(rapid.IntRange(1, 2).Draw(t, "slide")) * time.Second
			return must(analyzer.WithColumn(in, name, expr.Window(at, 2*time.Second, slide).Syntax()))
		}
	case "alias":
		return must(analyzer.Alias(in, name))
	}
	return in
}

// drawNumber is a whole number, small enough not to overflow.
func drawNumber(t *rapid.T, columns []plan.Column) expr.Column {
	choices := []expr.Column{expr.Lit(rapid.IntRange(-2, 2).Draw(t, "literal")), expr.Lit(nil)}
	for _, column := range columns {
		switch column.Type {
		case types.Bigint:
			choices = append(choices, expr.Col(column.Name), expr.Col(column.Name).Plus(1).Minus(expr.Lit(1).Plus(1)))
		case types.String:
			choices = append(choices, expr.Length(expr.Concat(expr.Col(column.Name), expr.Lit("z"))))
		}
	}
	return rapid.SampledFrom(choices).Draw(t, "number").Cast(types.Bigint)
}

func drawCondition(t *rapid.T, columns []plan.Column) expr.Column {
	condition := drawNumber(t, columns).Lt(drawNumber(t, columns))
	switch rapid.IntRange(0, 6).Draw(t, "condition") {
	case 0:
		return condition.And(drawCondition(t, columns))
	case 1:
		return condition.Or(drawCondition(t, columns))
	case 2:
		return drawCondition(t, columns).Not()
	case 3:
		return expr.Col(rapid.SampledFrom(columns).Draw(t, "tested").Name).IsNotNull()
	case 4:
		return drawNumber(t, columns).In(1, drawNumber(t, columns), 2)
	case 5:
		return expr.Lit(rapid.SampledFrom([]any{true, false, nil}).Draw(t, "constant")).Cast(types.Boolean).And(condition)
	}
	return condition
}

// interpret computes a plan row by row.
func interpret(t *rapid.T, node plan.Node, relation [][]any) [][]any {
	scan, ok := node.(*plan.Scan)
	if ok {
		var rows [][]any
		for _, row := range relation {
			var read []any
			for _, column := range scan.Columns {
				read = append(read, row[column])
			}
			if scan.Predicate == nil || value(t, scan.Predicate, scan, read) == true {
				rows = append(rows, read)
			}
		}
		return rows
	}
	input := node.Children()[0]
	var out [][]any
	rows := interpret(t, input, relation)
	switch n := node.(type) {
	case *plan.Alias:
		return rows
	case *plan.Limit:
		return rows[:min(int64(len(rows)), n.N)]
	case *plan.Filter:
		for _, row := range rows {
			if value(t, n.Condition, input, row) == true {
				out = append(out, row)
			}
		}
	case *plan.Project:
		for _, row := range rows {
			out = append(out, values(t, n.Exprs, input, row))
		}
	case *plan.Explode:
		for _, row := range rows {
			list, _ := value(t, n.List, input, row).([]any)
			for _, element := range list {
				var kept []any
				for _, column := range n.Keep {
					kept = append(kept, row[column])
				}
				out = append(out, append(kept, element))
			}
		}
	case *plan.Window:
		for _, row := range rows {
			if at, ok := value(t, n.Time, input, row).(int64); ok {
				for start := n.Grid.Last(at); at < start+n.Grid.Size; start -= n.Grid.Slide {
					out = append(out, append(slices.Clone(row), []any{start, start + n.Grid.Size}))
				}
			}
		}
	case *plan.Sort:
		slices.SortStableFunc(rows, func(a, b []any) int {
			x, _ := value(t, n.Orders[0].Expr, input, a).(int64)
			y, _ := value(t, n.Orders[0].Expr, input, b).(int64)
			return int(x - y) // nulls count as 0: any order will do that is always the same
		})
		return rows
	case *plan.Aggregate:
		return group(t, n, input, rows)
	default:
		t.Fatalf("the interpreter knows no %T", node)
	}
	return out
}

// group knows count(*) and sum, and gives the groups in the order of their first row.
func group(t *rapid.T, n *plan.Aggregate, input plan.Node, rows [][]any) [][]any {
	var groups [][]any
	for _, row := range rows {
		keys := values(t, n.Keys, input, row)
		at := slices.IndexFunc(groups, func(group []any) bool { return fmt.Sprint(group[:len(keys)]) == fmt.Sprint(keys) })
		if at < 0 {
			at = len(groups)
			groups = append(groups, append(keys, int64(0), nil))
		}
		group := groups[at]
		group[len(keys)] = group[len(keys)].(int64) + 1
		if x, ok := value(t, n.Functions[1].Arg, input, row).(int64); ok {
			sum, _ := group[len(keys)+1].(int64)
			group[len(keys)+1] = sum + x
		}
	}
	return groups
}

func values(t *rapid.T, exprs []bound.Expr, input plan.Node, row []any) []any {
	var list []any
	for _, e := range exprs {
		list = append(list, value(t, e, input, row))
	}
	return list
}

func value(t *rapid.T, e bound.Expr, input plan.Node, row []any) any {
	batch := vector.NewBatch(plan.Schema(input.Output()))
	for i := range row {
		if err := batch.Columns[i].AppendValue(row[i]); err != nil {
			t.Fatal(err)
		}
	}
	batch.Rows = 1
	program, err := eval.Compile(e)
	if err != nil {
		t.Fatal(err)
	}
	column, err := program.Run(batch)
	if err != nil {
		t.Fatal(err)
	}
	return column.Value(0)
}
