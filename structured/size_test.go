package structured

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/source"
)

// TestSmallFilesAreBroadcast joins files of which nothing is known but their sizes.
func TestSmallFilesAreBroadcast(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"small", "large"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir+"/small", "a", "ann\n")
	put(t, dir+"/large", "a", strings.Repeat("someone else\n", 1<<20))
	put(t, dir+"/large", "b", "ann\n")
	s := newSession(t, 2)
	table := func(name string) DataFrame { return s.Read(source.TextFiles(dir + "/" + name)) }
	for _, c := range []struct{ left, right, want string }{
		{"large", "small", "broadcast right"},
		{"small", "large", "broadcast left"},
		{"large", "large", ""},
	} {
		joined := table(c.left).Alias("l").Join(table(c.right).Alias("r"), expr.Col("l.value").Eq(expr.Col("r.value")), Inner)
		plan, err := joined.Explain(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(plan, "broadcast") != (c.want != "") || !strings.Contains(plan, c.want) {
			t.Errorf("%s with %s: want %q in\n%s", c.left, c.right, c.want, plan)
		}
		if c.want == "" {
			continue
		}
		if rows, err := joined.Count(t.Context()); rows != 1 || err != nil {
			t.Errorf("%s with %s: %d rows, %v", c.left, c.right, rows, err)
		}
	}
	for _, name := range []string{"small", "large"} {
		if err := s.CreateView(name, table(name)); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := Collect[string](t.Context(), s.SQL("EXPLAIN SELECT * FROM large JOIN small USING (value)"))
	if err != nil || !strings.Contains(rows[0], "broadcast right") {
		t.Errorf("EXPLAIN: %v, %v", rows, err)
	}
}
