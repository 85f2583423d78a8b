package structured

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// described is a source that is never read.
type described struct {
	source.Source
	schema types.Schema
	reads  bool // its schema is found in its data
}

func (d described) String() string { return "events" }

func (d described) Schema(ctx context.Context) (types.Schema, error) {
	if d.reads && ctx.Err() != nil {
		return types.Schema{}, context.Cause(ctx)
	}
	return d.schema, nil
}

var events = types.NewSchema(
	types.Nullable("at", types.Timestamp),
	types.Nullable("word", types.String),
	types.Nullable("n", types.Bigint),
	types.Nullable("tags", types.Array(types.String)),
)

func open(t testing.TB) *Session {
	t.Helper()
	session, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	return session
}

// here is the place of its call, as mistakes name it.
func here() string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", filepath.Base(file), line)
}

func TestMistakesStickWithTheirLine(t *testing.T) {
	table := open(t).Read(described{schema: events})
	wrong, line := table.Select("at", "wrod"), here()
	later := wrong.Where(expr.Col("nonsense").Eq(1)).Limit(-1)
	want := line + `: Select: no column "wrod" in (at, word, n, tags); did you mean "word"?`
	for name, d := range map[string]DataFrame{"at once": wrong, "after later operations": later} {
		if err := d.Err(); err == nil || err.Error() != want {
			t.Errorf("%s: got %v\nwant %s", name, err, want)
		}
	}
	if refused, ok := errors.AsType[*Error](later.Err()); !ok || refused.Condition != "UNRESOLVED_COLUMN.WITH_SUGGESTION" {
		t.Errorf("got %#v, want the condition", later.Err())
	}
}

func TestMistakesWaitForASchemaThatMustBeRead(t *testing.T) {
	table := open(t).Read(described{schema: events, reads: true})
	wrong, line := table.Select("wrod"), here()
	if err := wrong.Limit(3).Err(); err != nil {
		t.Fatalf("before the schema is known: %v", err)
	}
	_, err := wrong.Limit(3).Schema(t.Context())
	want := line + `: Select: no column "wrod" in (at, word, n, tags); did you mean "word"?`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	schema, err := table.Select("word").Schema(t.Context())
	if err != nil || schema.String() != "word string" {
		t.Errorf("got %v, %v", schema, err)
	}
}

func TestTheZeroDataFrame(t *testing.T) {
	var none DataFrame
	for name, d := range map[string]DataFrame{"itself": none, "an operation": none.Select("a")} {
		if d.Err() == nil {
			t.Errorf("%s: no mistake", name)
		}
		if _, err := d.Schema(t.Context()); err == nil {
			t.Errorf("%s: has a schema", name)
		}
	}
}

func TestGroupByPointsAtItself(t *testing.T) {
	table := open(t).Read(described{schema: events})
	grouped, line := table.GroupBy("wrod"), here()
	err := grouped.
		Agg(expr.Count()).Err()
	if err == nil || !strings.HasPrefix(err.Error(), line+": GroupBy: no column") {
		t.Errorf("got %v", err)
	}
}

func TestPhysicalPlanNumbersSources(t *testing.T) {
	src := described{schema: events}
	counts := open(t).Stream(src).
		WithWatermark("at", 10*time.Second).
		GroupBy(expr.Window("at", time.Minute), expr.Col("word")).
		Agg(expr.Count().As("n"))
	root, sources, growing, err := counts.physicalPlan(t.Context(), physical.Append, bound.Now{})
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) != 1 || growing != 1 || sources[0] == nil {
		t.Errorf("sources: %v", sources)
	}
	if got, want := root.Schema().String(), "window struct<start:timestamp,end:timestamp>, word string, n bigint"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
