package eval

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// sharedTexts are the calls that share found worth it, in alphabetical order.
func sharedTexts(exprs ...bound.Expr) string {
	s := share(exprs)
	if s == nil {
		return ""
	}
	var texts []string
	for _, list := range s.calls {
		for _, o := range list {
			if o.worthIt() {
				texts = append(texts, o.call.String())
			}
		}
	}
	slices.Sort(texts)
	return strings.Join(texts, "; ")
}

func TestShare(t *testing.T) {
	x, y := bound.Column{Field: types.Nullable("x", types.Bigint)}, bound.Column{Index: 1, Field: types.Nullable("y", types.Bigint)}
	condition := bound.Column{Index: 2, Field: types.Nullable("c", types.Boolean)}
	add := func(a, b bound.Expr) bound.Expr { return call(bound.Add, types.Bigint, a, b) }
	negate := func(a bound.Expr) bound.Expr { return call(bound.Negate, types.Bigint, a) }
	less := func(a, b bound.Expr) bound.Expr { return call(bound.Less, types.Boolean, a, b) }
	choose := func(args ...bound.Expr) bound.Expr { return call(bound.Case, types.Bigint, args...) }
	tried := call(bound.Add, types.Bigint, x, y)
	tried.Failure = bound.GiveNull
	random := seeded(bound.Rand, types.Double)
	for _, c := range []struct {
		name   string
		exprs  []bound.Expr
		shared string
	}{
		{"within one", []bound.Expr{negate(add(add(x, y), add(x, y)))}, "(x + y)"},
		{"in two", []bound.Expr{add(x, y), negate(add(x, y))}, "(x + y)"},
		{"the largest one, not its parts", []bound.Expr{negate(add(x, y)), negate(add(x, y))}, "(- (x + y))"},
		{"a part that stands alone, too", []bound.Expr{negate(add(x, y)), negate(add(x, y)), add(x, y)}, "(- (x + y)); (x + y)"},
		{"columns", []bound.Expr{x, x, negate(x)}, ""},
		{"other arguments", []bound.Expr{add(x, y), add(y, x)}, ""},
		{"another failure", []bound.Expr{add(x, y), tried}, ""},
		{"no expression", []bound.Expr{nil, add(x, y), nil, add(x, y)}, "(x + y)"},
		{"a guard and in any case", []bound.Expr{choose(condition, add(x, y), x), add(x, y)}, "(x + y)"},
		{"two guards", []bound.Expr{choose(condition, add(x, y), negate(add(x, y)))}, ""},
		{"the first condition is no guard", []bound.Expr{choose(less(add(x, y), x), add(x, y), y)}, "(x + y)"},
		{"the second condition is", []bound.Expr{choose(condition, x, less(add(x, y), x), add(x, y), y)}, ""},
		{"coalesce", []bound.Expr{call(bound.Coalesce, types.Bigint, x, add(x, y), negate(add(x, y)))}, ""},
		{"and", []bound.Expr{call(bound.And, types.Boolean, less(add(x, y), x), less(y, add(x, y)))}, "(x + y)"},
		{"only behind and", []bound.Expr{call(bound.And, types.Boolean, condition, less(add(x, y), add(x, y)))}, ""},
		{"what can't fail is computed anyway", []bound.Expr{call(bound.Or, types.Boolean, less(x, y), call(bound.Not, types.Boolean, less(x, y)))}, "(x < y)"},
		{"random", []bound.Expr{random, random}, ""},
	} {
		if got := sharedTexts(c.exprs...); got != c.shared {
			t.Errorf("%s: %q, want %q", c.name, got, c.shared)
		}
	}
}

// TestSharedIsComputedOnce counts evaluations, over two batches.
func TestSharedIsComputedOnce(t *testing.T) {
	sum := call(bound.Add, types.Bigint, literals(int64(1), int64(2))...)
	programs, err := CompileAll([]bound.Expr{sum, call(bound.Negate, types.Bigint, sum)})
	if err != nil {
		t.Fatal(err)
	}
	common := programs.roots[0].(*shared)
	counting := &counted{node: common.node}
	common.node = counting
	for batch := range 2 {
		columns, err := programs.Run(&vector.Batch{Rows: 3})
		if err != nil {
			t.Fatal(err)
		}
		if a, b := columns[0].Value(2), columns[1].Value(2); a != int64(3) || b != int64(-3) {
			t.Errorf("batch %d: %v and %v, want 3 and -3", batch, a, b)
		}
	}
	if counting.times != 2 {
		t.Errorf("computed %d times for two batches", counting.times)
	}
}

type counted struct {
	node
	times int
}

func (c *counted) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	c.times++
	return c.node.eval(b, selection)
}

// TestTogether compares expressions that are compiled together with each alone.
func TestTogether(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		g := &trees{T: t}
		table := g.table()
		var exprs []bound.Expr
		for range 3 {
			exprs = append(exprs, g.tree(rapid.SampledFrom(columnTypes).Draw(t, "type"), 3))
		}
		if sharedTexts(exprs...) != "" {
			found++
		}
		together, err := CompileAll(exprs)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			columns, failed := together.Run(table)
			for i, expr := range exprs {
				alone, err := Compile(expr)
				if err != nil {
					t.Fatal(err)
				}
				want, err := alone.Run(table)
				if err != nil {
					if failed == nil {
						t.Fatalf("%s fails alone: %v", expr, err)
					}
					return
				}
				for j := range table.Len() {
					row := table.Row(j)
					if failed == nil && fmt.Sprint(columns[i].Value(row)) != fmt.Sprint(want.Value(row)) {
						t.Fatalf("%s: row %d is %v, alone %v", expr, row, columns[i].Value(row), want.Value(row))
					}
				}
			}
			if failed != nil {
				t.Fatalf("%v fails only together: %v", exprs, failed)
			}
		}
	})
	if found == 0 {
		t.Error("no expressions had anything in common")
	}
}

// BenchmarkTogether computes three expressions that have the pieces of a string in common,
// compiled together and apart.
func BenchmarkTogether(b *testing.B) {
	table := vector.NewBatch(types.NewSchema(types.Required("text", types.String)))
	for i := range vector.MaxRows {
		if err := table.AppendRow(fmt.Sprintf("the %d quick brown foxes", i)); err != nil {
			b.Fatal(err)
		}
	}
	strings := types.Array(types.String)
	pieces := call(bound.Split, strings, bound.Column{Field: types.Required("text", types.String)}, bound.Literal{Value: " ", Of: types.String})
	exprs := []bound.Expr{
		call("size", types.Int, pieces),
		call("array_contains", types.Boolean, pieces, bound.Literal{Value: "7", Of: types.String}),
		call("array_join", types.String, pieces, bound.Literal{Value: "-", Of: types.String}),
	}
	measure := func(name string, lists ...[]bound.Expr) {
		b.Run(name, func(b *testing.B) {
			var all []*Programs
			for _, list := range lists {
				programs, err := CompileAll(list)
				if err != nil {
					b.Fatal(err)
				}
				all = append(all, programs)
			}
			for b.Loop() {
				for _, programs := range all {
					if _, err := programs.Run(table); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(table.Rows*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	measure("together", exprs)
	measure("apart", exprs[:1], exprs[1:2], exprs[2:])
}
