package analyze

import (
	"errors"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// must returns the plan that steps build, each upon the one before.
func must(t *testing.T, node plan.Node, steps ...func(plan.Node) (plan.Node, error)) plan.Node {
	t.Helper()
	for _, step := range steps {
		var err error
		if node, err = step(node); err != nil {
			t.Fatal(err)
		}
	}
	return node
}

func TestLegal(t *testing.T) {
	group := func(keys ...expr.Column) func(plan.Node) (plan.Node, error) {
		return func(in plan.Node) (plan.Node, error) {
			return analyzer.Aggregate(in, items(keys...), items(expr.Count().As("n")))
		}
	}
	marked := func(in plan.Node) (plan.Node, error) { return analyzer.Watermark(in, "at", time.Second) }
	sorted := func(in plan.Node) (plan.Node, error) { return analyzer.OrderBy(in, items(col("n"))) }
	limited := func(in plan.Node) (plan.Node, error) { return analyzer.Limit(in, 1) }
	chosen := func(in plan.Node) (plan.Node, error) { return analyzer.Select(in, items(col("i").As("n"))) }
	times := func(in plan.Node) (plan.Node, error) { return analyzer.Select(in, items(col("at"))) }
	once := func(in plan.Node) (plan.Node, error) {
		return analyzer.Deduplicate(in, []string{in.Output()[0].Name}, false)
	}
	within := func(in plan.Node) (plan.Node, error) { return analyzer.Deduplicate(in, []string{"i"}, true) }
	window := expr.Window("at", time.Minute)
	stream := table(true)

	const ok = "ok"
	for _, c := range []struct {
		name                     string
		query                    plan.Node
		append, update, complete string // condition, or ok
	}{
		{"stateless", must(t, stream, chosen), ok, ok, wrongMode},
		{"aggregation", must(t, stream, group(col("s"))), wrongMode, ok, ok},
		{"global aggregation", must(t, stream, marked, group()), wrongMode, ok, ok},
		{"watermark not in keys", must(t, stream, marked, group(col("s"))), wrongMode, ok, ok},
		{"window without watermark", must(t, stream, group(window)), wrongMode, ok, ok},
		{"window of the watermark", must(t, stream, marked, group(window, col("s"))), ok, ok, ok},
		{"event time itself", must(t, stream, marked, group(col("at"))), ok, ok, ok},
		{"window of a window", must(t, stream, marked, group(window, col("s")), group(expr.Window("window", time.Hour))), ok, unsupported, unsupported},
		{"aggregation of an aggregation", must(t, stream, group(col("s")), group(col("n").As("k"))), wrongMode, unsupported, unsupported},
		{"sort", must(t, stream, chosen, sorted), unsupported, unsupported, wrongMode},
		{"sort of groups", must(t, stream, group(col("s")), sorted), wrongMode, unsupported, ok},
		{"sort below groups", must(t, stream, chosen, sorted, group(col("n").As("k"))), wrongMode, unsupported, unsupported},
		{"limit", must(t, stream, limited), ok, unsupported, wrongMode},
		{"duplicates", must(t, stream, marked, once), ok, ok, wrongMode},
		{"duplicates of groups", must(t, stream, group(col("s")), once), wrongMode, ok, ok},
		{"duplicates of windows", must(t, stream, marked, group(window), once), ok, unsupported, unsupported},
		{"groups without duplicates", must(t, stream, once, group(col("s"))), wrongMode, ok, ok},
		{"duplicates within a watermark", must(t, stream, marked, within), ok, ok, wrongMode},
		{"duplicates within none", must(t, stream, within), unsupported, unsupported, wrongMode},
		{"first groups", must(t, stream, group(col("s")), sorted, limited), wrongMode, unsupported, ok},
		{"distinct", must(t, stream, chosen, analyzer.Distinct), wrongMode, ok, ok},
		{"distinct with the event time", must(t, stream, marked, times, analyzer.Distinct), ok, ok, ok},
		{"distinct groups", must(t, stream, group(col("s")), analyzer.Distinct), wrongMode, unsupported, unsupported},
		{"bounded", must(t, table(false), group(col("s")), group(col("n").As("k")), sorted, limited), ok, ok, ok},
	} {
		for mode, want := range []string{c.append, c.update, c.complete} {
			got := ok
			if err := Legal(c.query, physical.Mode(mode)); err != nil {
				refused, is := errors.AsType[*fault.Error](err)
				if !is || refused.Stage != fault.Analysis {
					t.Errorf("%s, %s: got %v", c.name, physical.Mode(mode), err)
					continue
				}
				got = refused.Condition
			}
			if got != want {
				t.Errorf("%s, %s: got %q, want %q", c.name, physical.Mode(mode), got, want)
			}
		}
	}
}
