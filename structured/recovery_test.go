package structured

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Trap 86: a checkpoint knows how many sources its query has.
func TestTrap86AnotherSourceIsRefused(t *testing.T) {
	one, two, checkpoint := t.TempDir(), t.TempDir(), t.TempDir()
	s := newSession(t, 1)
	lines := func(dir string) DataFrame { return s.Stream(source.TextFiles(dir)) }
	put(t, one, "1", "a\n")
	put(t, two, "1", "b\n")
	table := sink.Memory("out")
	q := start(t, lines(one).Write(table).Mode(Update).Checkpoint(checkpoint))
	process(t, q)
	stop(t, q)

	q, err := lines(one).Union(lines(two)).Write(table).Mode(Update).Checkpoint(checkpoint).Start(t.Context())
	if err == nil {
		err = q.Wait(t.Context())
	}
	if err == nil || !strings.Contains(err.Error(), "there are 1 sources in the checkpoint and now there are 2") {
		t.Fatalf("got %v", err)
	}

	put(t, one, "2", "c\n")
	q = start(t, lines(one).Write(table).Mode(Update).Checkpoint(checkpoint))
	process(t, q)
	stop(t, q)
	same(t, table.Rows(), [][]any{{"a"}, {"c"}})
}

// Trap 91: a directory that a query writes is read by its manifests, so that a file of
// somebody else is not seen; a pattern sees it.
func TestTrap91AForeignFileAmongCommittedOnes(t *testing.T) {
	in, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	s := newSession(t, 1)
	put(t, in, "1", "a\nb\n")
	q := start(t, s.Stream(source.TextFiles(in)).Write(sink.JSONFiles(out)).Checkpoint(t.TempDir()))
	process(t, q)
	stop(t, q)
	put(t, out, "foreign.json", `{"value":"c"}`+"\n")
	schema := types.NewSchema(types.Nullable("value", types.String))
	for path, want := range map[string][]string{out: {"a", "b"}, filepath.Join(out, "*.json"): {"a", "b", "c"}} {
		got, err := Collect[string](t.Context(), s.Read(source.JSONFiles(path, schema)))
		slices.Sort(got)
		same(t, err, nil)
		same(t, got, want)
	}
}

// Traps 94 and 99: a batch that is run again has its own time, and Once runs no other
// with it.
func TestTrap94Trap99AFailedBatchKeepsItsTime(t *testing.T) {
	mock := clock.NewMock()
	mock.Set(time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC))
	s, err := Open(Options{Partitions: 1, Clock: mock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { same(t, s.Close(), nil) }()
	dir, checkpoint := t.TempDir(), t.TempDir()
	var got []string
	var failure error
	run := func() error {
		q := start(t, s.Stream(source.TextFiles(dir)).Select(expr.Col("value"), expr.SQL("string(now())").As("at")).
			Write(ForEachBatch(func(ctx context.Context, batch DataFrame, id int64) error {
				for row, err := range batch.Rows(ctx) {
					if err != nil {
						return err
					}
					got = append(got, fmt.Sprint(id, row.Values()))
				}
				return failure
			})).Trigger(Once()).Checkpoint(checkpoint))
		return q.Wait(t.Context())
	}
	put(t, dir, "1", "a\n")
	failure = errors.New("no luck")
	if err := run(); !errors.Is(err, failure) {
		t.Fatal(err)
	}
	mock.Add(time.Hour)
	put(t, dir, "2", "b\n")
	failure = nil
	same(t, run(), nil)
	same(t, run(), nil)
	same(t, got, []string{
		"0 [a 2024-02-29 12:00:00]", "0 [a 2024-02-29 12:00:00]", "1 [b 2024-02-29 13:00:00]",
	})
}

// Trap 24: windows over timestamps without time zone have none, at hours too that a
// zone leaves out.
func TestTrap24WindowsWithoutZone(t *testing.T) {
	s, err := Open(Options{Partitions: 2, TimeZone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { same(t, s.Close(), nil) }()
	const at = "VALUES (TIMESTAMP_NTZ'2024-03-31 02:30:01'), (TIMESTAMP_NTZ'2024-03-31 02:30:08'), (TIMESTAMP_NTZ'2024-03-31 03:30:00') AS t(ts)"
	const fives = "SELECT window, count(*) AS n FROM " + at + " GROUP BY window(ts, '5 seconds')"
	const of = ", struct<start:timestamp_ntz,end:timestamp_ntz>, "
	for text, want := range map[string][]string{
		"SELECT window, typeof(window), n FROM (" + fives + ")": {
			"[{2024-03-31 02:30:00, 2024-03-31 02:30:05}" + of + "1]",
			"[{2024-03-31 02:30:05, 2024-03-31 02:30:10}" + of + "1]",
			"[{2024-03-31 03:30:00, 2024-03-31 03:30:05}" + of + "1]",
		},
		"SELECT window_time(window), typeof(window_time(window)) FROM (" + fives + ") WHERE n > 0": {
			"[2024-03-31 02:30:04.999999, timestamp_ntz]", "[2024-03-31 02:30:09.999999, timestamp_ntz]", "[2024-03-31 03:30:04.999999, timestamp_ntz]",
		},
		"SELECT window(window, '1 minute') AS w, sum(n) FROM (" + fives + ") GROUP BY window(window, '1 minute')": {
			"[{2024-03-31 02:30:00, 2024-03-31 02:31:00}, 2]", "[{2024-03-31 03:30:00, 2024-03-31 03:31:00}, 1]",
		},
		"SELECT session_window, typeof(session_window), count(*) FROM " + at + " GROUP BY session_window(ts, '10 seconds')": {
			"[{2024-03-31 02:30:01, 2024-03-31 02:30:18}" + of + "2]", "[{2024-03-31 03:30:00, 2024-03-31 03:30:10}" + of + "1]",
		},
	} {
		var got []string
		for row, err := range s.SQL(text).Rows(t.Context()) {
			same(t, err, nil)
			got = append(got, row.String())
		}
		slices.Sort(got)
		same(t, got, want)
	}
}
