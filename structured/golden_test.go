package structured

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

var rewriteGolden = flag.Bool("rewrite-golden", false, "make the golden checkpoint anew")

const goldenDir = "testdata/golden"

// goldenQuery counts clicks by windows and pages, from in to out, both below the
// working directory.
func goldenQuery(t *testing.T) *Query {
	return start(t, newSession(t, 2).Stream(source.JSONFiles("in", clicks, source.MaxFiles(1))).
		WithWatermark("t", 5*time.Second).
		GroupBy(expr.Window("t", 10*time.Second), expr.Col("page")).Agg(expr.Count().As("count")).
		Write(sink.JSONFiles("out")).Checkpoint("state"))
}

// TestGoldenCheckpoint opens a checkpoint that is in the repository, with input and
// output beside it: log, state, the log of seen files and the manifests are those of
// format 1. The query goes on as if it had never stopped.
func TestGoldenCheckpoint(t *testing.T) {
	golden, err := filepath.Abs(goldenDir)
	if err != nil {
		t.Fatal(err)
	}
	if *rewriteGolden {
		if err := os.RemoveAll(golden); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(golden+"/in", 0o755); err != nil {
			t.Fatal(err)
		}
		t.Chdir(golden)
		put(t, "in", "1", clicksAt("x", 1, 2, 11))
		put(t, "in", "2", clicksAt("y", 3, 21))
		q := goldenQuery(t)
		process(t, q)
		stop(t, q)
		if err := os.Remove("state/lock"); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(golden)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	q := goldenQuery(t)
	process(t, q)
	same(t, len(q.Progress()), 0) // all that is there was done before
	put(t, "in", "3", clicksAt("x", 13)+clicksAt("z", 40))
	process(t, q)
	stop(t, q)
	progress := q.Progress()
	same(t, progress[0].BatchID, int64(3))
	same(t, content(t, "out"), []string{"0 x 2", "0 y 1", "10 x 2", "20 y 1"})
}

var windowCounts = types.NewSchema(types.Nullable("window", types.Window()), types.Nullable("page", types.String), types.Nullable("count", types.Bigint))

// content is the committed rows of windows: start, page and count.
func content(t *testing.T, dir string) []string {
	t.Helper()
	type row struct {
		Start time.Time
		Page  string
		Count int64
	}
	rows, err := Collect[row](t.Context(), newSession(t, 1).Read(source.JSONFiles(dir, windowCounts)).
		Select(expr.Col("window").Field("start").As("start"), expr.Col("page"), expr.Col("count")).
		OrderBy("start", "page"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, r := range rows {
		list = append(list, fmt.Sprint(r.Start.Unix(), " ", r.Page, " ", r.Count))
	}
	return list
}
