package structured

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

func newSession(t testing.TB, partitions int) *Session {
	t.Helper()
	s, err := Open(Options{Partitions: partitions})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

var putCount int

// put makes a file appear in one step, younger than those before.
func put(t testing.TB, dir, name, content string) {
	t.Helper()
	temporary := filepath.Join(dir, "_"+name)
	if err := os.WriteFile(temporary, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	putCount++
	at := time.Date(2024, 1, 1, 0, 0, putCount, 0, time.UTC)
	if err := os.Chtimes(temporary, at, at); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temporary, filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func wordCount(lines DataFrame) DataFrame {
	return lines.Select(expr.Explode(expr.Split("value", " ")).As("word")).
		GroupBy("word").Agg(expr.Count().As("count"))
}

func start(t testing.TB, w Writer) *Query {
	t.Helper()
	q, err := w.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func process(t testing.TB, q *Query) {
	t.Helper()
	if err := q.ProcessAllAvailable(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func stop(t testing.TB, q *Query) {
	t.Helper()
	for range 2 {
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// counts are the last values of a table of words and counts.
func countsOf(rows [][]any) map[string]int64 {
	m := map[string]int64{}
	for _, row := range rows {
		m[row[0].(string)] = row[1].(int64)
	}
	return m
}

func same(t testing.TB, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestBatchWordCount(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "to be or not to be\n")
	put(t, dir, "b", "that is the question\nto be\n")
	for _, partitions := range []int{1, 3} {
		s := newSession(t, partitions)
		table := wordCount(s.Read(source.TextFiles(dir)))
		type row struct {
			Word  *string
			Count int64
		}
		rows, err := Collect[row](t.Context(), table)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, r := range rows {
			got[*r.Word] = r.Count
		}
		same(t, got, map[string]int64{"to": 3, "be": 3, "or": 1, "not": 1, "that": 1, "is": 1, "the": 1, "question": 1})
		n, err := table.Count(t.Context())
		if err != nil || n != 8 {
			t.Fatalf("count %d, %v", n, err)
		}
	}
}

func TestOrderLimitAndShow(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "b a c a b a\n")
	s := newSession(t, 2)
	top := wordCount(s.Read(source.TextFiles(dir))).OrderBy(expr.Col("count").Desc()).Limit(2)
	var got []string
	for row, err := range top.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row.String())
	}
	same(t, got, []string{"[a, 3]", "[b, 2]"})
	text, err := top.show(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, text.String(), "+----+-----+\n|word|count|\n+----+-----+\n|   a|    3|\n+----+-----+\nonly showing top 1 rows\n")
}

func TestStreamModes(t *testing.T) {
	dir, update, complete := t.TempDir(), sink.Memory("update"), sink.Memory("complete")
	s := newSession(t, 1)
	words := wordCount(s.Stream(source.TextFiles(dir)))
	queries := []*Query{start(t, words.Write(update).Mode(Update)), start(t, words.Write(complete).Mode(Complete))}
	for i, line := range []string{"a b a\n", "a\n"} {
		put(t, dir, fmt.Sprint(i), line)
		for _, q := range queries {
			process(t, q)
		}
	}
	for _, q := range queries {
		stop(t, q)
	}
	same(t, update.Rows(), [][]any{{"a", int64(2)}, {"b", int64(1)}, {"a", int64(3)}})
	same(t, len(complete.Rows()), 2)
	same(t, countsOf(complete.Rows()), map[string]int64{"a": 3, "b": 1})
}

// Trap 47: in complete mode, order and limit are those of the whole result so far;
// a restart keeps it.
func TestCompleteOrderLimit(t *testing.T) {
	dir, checkpoint, table := t.TempDir(), t.TempDir(), sink.Memory("top")
	for i, step := range []struct {
		line string
		want [][]any
	}{
		{"a b a c\n", [][]any{{"a", int64(2)}, {"b", int64(1)}}},
		{"c c d\n", [][]any{{"c", int64(3)}, {"a", int64(2)}}},
		{"d d d\n", [][]any{{"d", int64(4)}, {"c", int64(3)}}},
	} {
		s := newSession(t, 2)
		top := wordCount(s.Stream(source.TextFiles(dir))).OrderBy(expr.Col("count").Desc(), expr.Col("word").Asc()).Limit(2)
		q := start(t, top.Write(table).Mode(Complete).Checkpoint(checkpoint))
		put(t, dir, fmt.Sprint(i), step.line)
		process(t, q)
		stop(t, q)
		same(t, table.Rows(), step.want)
	}
}

// A query that is stopped and started again goes on with its offsets and its state,
// with other numbers of partitions too: trap 84 binds Spark, where the first number
// stays, not state in key groups.
func TestRestart(t *testing.T) {
	dir, checkpoint, table := t.TempDir(), t.TempDir(), sink.Memory("counts")
	id, runs := "", map[string]bool{}
	for i, partitions := range []int{2, 2, 5, 1} {
		s := newSession(t, partitions)
		q := start(t, wordCount(s.Stream(source.TextFiles(dir))).Write(table).Mode(Update).Checkpoint(checkpoint))
		put(t, dir, fmt.Sprint(i), fmt.Sprintf("every w%d\n", i))
		process(t, q)
		if id == "" {
			id = q.ID()
		}
		same(t, q.ID(), id)
		runs[q.RunID()] = true
		stop(t, q)
	}
	same(t, countsOf(table.Rows()), map[string]int64{"every": 4, "w0": 1, "w1": 1, "w2": 1, "w3": 1})
	same(t, len(runs), 4)
	for i, batch := range table.Batches() {
		same(t, batch.ID, int64(i))
	}
}

// Trap 82: a batch that failed comes again with the same rows, though more data has
// arrived, and only then the new data.
func TestFailedBatchComesAgainWithTheSameRows(t *testing.T) {
	dir, checkpoint := t.TempDir(), t.TempDir()
	s := newSession(t, 2)
	var got []string
	fail := true
	writer := s.Stream(source.TextFiles(dir)).Write(ForEachBatch(func(ctx context.Context, batch DataFrame, id int64) error {
		rows, err := Collect[string](ctx, batch.Select(expr.Col("value")))
		if err != nil {
			return err
		}
		got = append(got, fmt.Sprint(id, rows))
		if fail {
			return errors.New("no luck")
		}
		return nil
	})).Checkpoint(checkpoint).Named("lines")
	put(t, dir, "1", "a\nb\n")
	q := start(t, writer)
	err := q.Wait(t.Context())
	var failed *QueryError
	if !errors.As(err, &failed) || failed.Name != "lines" || !strings.Contains(err.Error(), `batch 0, source 0 from {"logOffset":-1} to {"logOffset":0}: write to for each batch: no luck`) {
		t.Fatalf("error %v", err)
	}
	if got := q.Err(); got != err {
		t.Fatalf("Err %v", got)
	}
	if err := q.ProcessAllAvailable(t.Context()); !errors.As(err, &failed) {
		t.Fatalf("ProcessAllAvailable %v", err)
	}
	put(t, dir, "2", "c\n")
	fail = false
	q = start(t, writer)
	process(t, q)
	stop(t, q)
	same(t, got, []string{"0 [a b]", "0 [a b]", "1 [c]"})
}

// windows counts events by windows of 5 s of event time.
func windows(s *Session, dir string, options ...source.FileOption) DataFrame {
	schema := types.NewSchema(types.Nullable("t", types.Timestamp))
	return s.Stream(source.JSONFiles(dir, schema, options...)).
		WithWatermark("t", 10*time.Second).
		GroupBy(expr.Window("t", 5*time.Second)).Agg(expr.Count().As("count")).
		Select(expr.Col("window").Field("start").As("start"), expr.Col("count"))
}

func eventsAt(seconds ...int) string {
	var text strings.Builder
	for _, second := range seconds {
		fmt.Fprintf(&text, "{\"t\":%q}\n", time.Unix(int64(second), 0).UTC().Format(time.RFC3339))
	}
	return text.String()
}

// secondsOf are start and count of each row of windows.
func secondsOf(table *sink.MemoryTable) []string {
	got := []string{}
	for _, row := range table.Rows() {
		got = append(got, fmt.Sprint(row[0].(int64)/1e6, " ", row[1]))
	}
	return got
}

// Traps 1, 2 and 3.
func TestWatermark(t *testing.T) {
	dir, table := t.TempDir(), sink.Memory("windows")
	s := newSession(t, 2)
	q := start(t, windows(s, dir).Write(table))
	put(t, dir, "1", eventsAt(10, 11, 12, 13, 14, 15))
	process(t, q)
	same(t, secondsOf(table), []string{})
	put(t, dir, "2", eventsAt(25))
	process(t, q)
	same(t, secondsOf(table), []string{"10 5"})
	progress := q.Progress()
	last := progress[len(progress)-1]
	same(t, last.EventTime.Watermark, time.Unix(15, 0).UTC())
	same(t, []time.Time{progress[0].EventTime.Max, progress[0].EventTime.Min, progress[0].EventTime.Avg},
		[]time.Time{time.Unix(15, 0).UTC(), time.Unix(10, 0).UTC(), time.UnixMilli(12_500).UTC()})
	put(t, dir, "3", eventsAt(10, 14, 15))
	process(t, q)
	put(t, dir, "4", eventsAt(40))
	process(t, q)
	stop(t, q)
	same(t, secondsOf(table), []string{"10 5", "15 2", "25 1"})
	dropped := int64(0)
	for _, p := range q.Progress() {
		dropped += p.Operators[0].NumRowsDroppedByWatermark
	}
	same(t, dropped, int64(1)) // both late rows are of one window, and counted after they were joined
}

// Traps 87 and 88.
func TestOnceAndAvailableNow(t *testing.T) {
	for trigger, want := range map[string]struct {
		trigger Trigger
		batches []int
		second  []string
	}{
		"once":      {Once(), []int{1, 2}, []string{"10 1"}},
		"available": {AvailableNow(), []int{3, 5}, []string{"10 1"}},
	} {
		t.Run(trigger, func(t *testing.T) {
			dir, checkpoint, table := t.TempDir(), t.TempDir(), sink.Memory("windows")
			s := newSession(t, 2)
			run := func() []string {
				q := start(t, windows(s, dir, source.MaxFiles(1)).Write(table).Trigger(want.trigger).Checkpoint(checkpoint))
				if err := q.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
				return secondsOf(table)
			}
			put(t, dir, "1", eventsAt(10))
			put(t, dir, "2", eventsAt(60))
			run()
			same(t, len(table.Batches()), want.batches[0])
			put(t, dir, "3", eventsAt(70))
			same(t, run(), want.second)
			same(t, len(table.Batches()), want.batches[1])
			if trigger == "available" {
				run()
				same(t, len(table.Batches()), want.batches[1])
			}
		})
	}
}

func TestExactlyOnceFiles(t *testing.T) {
	in, out, checkpoint := t.TempDir(), filepath.Join(t.TempDir(), "out"), t.TempDir()
	s := newSession(t, 2)
	lines := s.Stream(source.TextFiles(in)).Select(expr.Upper("value").As("line"))
	for i := range 3 {
		q := start(t, lines.Write(sink.JSONFiles(out)).Checkpoint(checkpoint))
		put(t, in, fmt.Sprint(i), fmt.Sprintf("line %d\n", i))
		process(t, q)
		stop(t, q)
	}
	schema := types.NewSchema(types.Nullable("line", types.String))
	got, err := Collect[string](t.Context(), s.Read(source.JSONFiles(out, schema)))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	same(t, got, []string{"LINE 0", "LINE 1", "LINE 2"})

	other := lines.Write(sink.JSONFiles(out)).Checkpoint(t.TempDir())
	if err := start(t, other).Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "is written by query") {
		t.Fatalf("another query wrote into the directory: %v", err)
	}
}

func TestStartRefuses(t *testing.T) {
	dir := t.TempDir()
	s := newSession(t, 1)
	lines := s.Stream(source.TextFiles(dir))
	for name, test := range map[string]struct {
		writer Writer
		want   string
	}{
		"no sink":          {lines.Write(), "no sink"},
		"no checkpoint":    {lines.Write(sink.JSONFiles(dir + "/out")), "needs a checkpoint"},
		"mode of the sink": {wordCount(lines).Write(sink.JSONFiles(dir + "/out")).Mode(Update).Checkpoint(t.TempDir()), "does not take output mode update"},
		"mode of the plan": {wordCount(lines).Write(sink.Memory("m")), "append"},
		"negative":         {lines.Write(sink.Memory("m")).Trigger(Every(-1)), "must not be negative"},
	} {
		if _, err := test.writer.Start(t.Context()); err == nil || !strings.Contains(strings.ToLower(err.Error()), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := lines.Count(t.Context()); err == nil {
		t.Error("a stream was counted")
	}
	q := start(t, lines.Write(sink.Memory("m")).Named("lines")) // trap 90
	if _, err := lines.Write(sink.Memory("m")).Named("lines").Start(t.Context()); err == nil || !strings.Contains(err.Error(), "has that name") {
		t.Errorf("two queries of one name: %v", err)
	}
	stop(t, q)
	if err := q.ProcessAllAvailable(t.Context()); !errors.Is(err, ErrQueryEnded) {
		t.Errorf("ProcessAllAvailable of a query that was stopped: %v", err)
	}
}

// Trap 89.
func TestSecondStartStopsTheFirst(t *testing.T) {
	dir, checkpoint := t.TempDir(), t.TempDir()
	s := newSession(t, 1)
	writer := s.Stream(source.TextFiles(dir)).Write(sink.Memory("m")).Checkpoint(checkpoint)
	first := start(t, writer)
	second := start(t, writer)
	if first.Active() || !second.Active() {
		t.Fatalf("first active %v, second active %v", first.Active(), second.Active())
	}
	same(t, s.Queries(), []*Query{second})
	if first.ID() != second.ID() || first.RunID() == second.RunID() {
		t.Fatal("ids")
	}
}

func TestListenersAndProgress(t *testing.T) {
	dir := t.TempDir()
	s := newSession(t, 1)
	var heard []string
	var last Progress
	remove, err := s.Listen(Listener{
		Started:    func(q Identity) { heard = append(heard, "started "+q.Name) },
		Progress:   func(p Progress) { heard, last = append(heard, fmt.Sprint("batch ", p.BatchID)), p },
		Terminated: func(q Identity, err error) { heard = append(heard, fmt.Sprint("terminated ", q.Name, " ", err)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	if _, err := s.Listen(Listener{Progress: func(Progress) { panic("oh") }}); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "1", "a b\nc\n")
	q := start(t, wordCount(s.Stream(source.TextFiles(dir))).Write(sink.Memory("m")).Mode(Update).Named("words").Trigger(Every(time.Hour)))
	process(t, q)
	stop(t, q)
	same(t, heard, []string{"started words", "batch 0", "terminated words <nil>"})
	operator := last.Operators[0]
	same(t, []int64{last.NumInputRows, operator.NumRowsTotal, last.Sink.NumOutputRows}, []int64{2, 3, 3})
	if operator.MemoryUsedBytes < 100 || operator.MemoryUsedBytes > 1e6 || operator.NumStateStoreInstances != 1 || operator.CommitTime < 0 {
		t.Errorf("%+v", operator)
	}
	for _, part := range []string{`"name":"words"`, `"batchId":0`, `"numInputRows":2`, `"batchDuration":`, `"durationMs":{"latestOffset":`, `"endOffset":{"logOffset":0}`, `"latestOffset":null`, `"commitTimeMs":`, `"stateOperators":[{"operatorName":`} {
		if !strings.Contains(last.JSON(), part) {
			t.Errorf("no %s in %s", part, last.JSON())
		}
	}
	same(t, q.Status().Message, "Stopped")
}

func TestBoundedWrite(t *testing.T) {
	in, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	put(t, in, "1", "a b a\n")
	s := newSession(t, 2)
	if err := wordCount(s.Read(source.TextFiles(in))).Write(sink.JSONFiles(out)).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	schema := types.NewSchema(types.Nullable("word", types.String), types.Nullable("count", types.Bigint))
	n, err := s.Read(source.JSONFiles(out, schema)).Count(t.Context())
	if err != nil || n != 2 {
		t.Fatalf("%d rows, %v", n, err)
	}
}

func TestCollectInto(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "1", `{"id":1,"at":"2024-01-02T03:04:05Z","tags":["x"],"in":{"a":1}}`+"\n"+`{"id":2}`+"\n")
	s := newSession(t, 1)
	schema := types.NewSchema(types.Nullable("id", types.Bigint), types.Nullable("at", types.Timestamp),
		types.Nullable("tags", types.Array(types.String)), types.Nullable("in", types.Struct(types.Nullable("a", types.Int))))
	table := s.Read(source.JSONFiles(dir, schema))
	type inner struct{ A int32 }
	type record struct {
		ID   int
		At   *time.Time
		Tags *[]string
		In   *inner
	}
	got, err := Collect[record](t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	same(t, got, []record{{1, &at, &[]string{"x"}, &inner{1}}, {ID: 2}})

	type lacking struct{ ID int }
	if _, err := Collect[lacking](t.Context(), table); err == nil || !strings.Contains(err.Error(), `no exported field for column "at"`) {
		t.Error(err)
	}
	if _, err := Collect[time.Time](t.Context(), table.Select("at")); err == nil || !strings.Contains(err.Error(), "null does not go into a time.Time") {
		t.Error(err)
	}
	if _, err := Collect[string](t.Context(), table.Select("id")); err == nil || !strings.Contains(err.Error(), "a bigint does not go into a string") {
		t.Error(err)
	}
}

// Trap 85: state that does not fit the query is refused at the start.
func TestChangedStateIsRefused(t *testing.T) {
	dir, checkpoint := t.TempDir(), t.TempDir()
	s := newSession(t, 1)
	lines := s.Stream(source.TextFiles(dir))
	put(t, dir, "1", "a b\n")
	run := func(table DataFrame) error {
		return start(t, table.Write(ForEachBatch(func(context.Context, DataFrame, int64) error { return nil })).
			Mode(Update).Trigger(AvailableNow()).Checkpoint(checkpoint)).Wait(t.Context())
	}
	if err := run(wordCount(lines)); err != nil {
		t.Fatal(err)
	}
	count := expr.Count().As("count")
	for name, changed := range map[string]DataFrame{
		"key type":  lines.Select(expr.Length("value").As("word")).GroupBy("word").Agg(count),
		"more keys": lines.Select(expr.Col("value").As("word"), expr.Length("value").As("n")).GroupBy("word", "n").Agg(count),
		"functions": lines.GroupBy("value").Agg(expr.Max("value").As("count")),
		"none":      lines,
	} {
		if err := run(changed); err == nil || !strings.Contains(err.Error(), "is that of other operators") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := run(wordCount(lines)); err != nil {
		t.Fatal(err)
	}
	// Who insists has state of the same form taken over: a sum of counts by word.
	var got []string
	put(t, dir, "2", "a c\n")
	sums := lines.Select(expr.Explode(expr.Split("value", " ")).As("word"), expr.Lit(int64(1)).As("one")).
		GroupBy("word").Agg(expr.Sum("one").As("sum"))
	w := sums.Write(ForEachBatch(func(ctx context.Context, batch DataFrame, _ int64) error {
		for row, err := range batch.OrderBy("word").Rows(ctx) {
			if err != nil {
				return err
			}
			got = append(got, row.String())
		}
		return nil
	})).Mode(Update).Trigger(AvailableNow()).Checkpoint(checkpoint)
	if err := w.AcceptState().Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, got, []string{"[a, 2]", "[c, 1]"})
}
