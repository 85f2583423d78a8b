package source

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// put writes a file whose modification time is some minutes after start.
func put(t *testing.T, dir, name, content string, minutes int) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	at := start.Add(time.Duration(minutes) * time.Minute)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// open opens a source with a state directory, or without if epoch is 0.
func open(t *testing.T, s Source, state string, epoch uint64) Reader {
	t.Helper()
	query := Query{ID: "q", Env: env.Real()}
	if epoch > 0 {
		query.State, query.Epoch = state, epoch
	}
	r, err := s.Open(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func latest(t *testing.T, r Reader, from Offset, limit Limit) Offset {
	t.Helper()
	end, err := r.Latest(t.Context(), from, limit)
	if err != nil {
		t.Fatal(err)
	}
	return end
}

// rows reads a range and prints each row, columns joined by commas.
func rows(t *testing.T, r Reader, from, to Offset, partitions int, columns []int) []string {
	t.Helper()
	list, err := readAll(t.Context(), r, from, to, partitions, columns)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func readAll(ctx context.Context, r Reader, from, to Offset, partitions int, columns []int) ([]string, error) {
	plan, err := r.Plan(ctx, from, to, partitions)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, partition := range plan {
		for batch, err := range partition.Read(ctx, columns) {
			if err != nil {
				return nil, err
			}
			list = append(list, printRows(batch)...)
		}
	}
	return list, nil
}

func printRows(batch arrow.RecordBatch) []string {
	var list []string
	for row := range int(batch.NumRows()) {
		var values []string
		for _, column := range batch.Columns() {
			values = append(values, column.ValueStr(row))
		}
		// The text is in the batch's memory, which is used again.
		list = append(list, strings.Clone(strings.Join(values, ",")))
	}
	return list
}

func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("%d rows, want %d; they differ from row %d on: %.200q, want %.200q", len(got), len(want), i, got[min(i, len(got)):min(i+5, len(got))], want[min(i, len(want)):min(i+5, len(want))])
		}
	}
}

// Traps 76, 78 and 80: rewritten files are not read again, hidden ones never, and
// the order is that of the modification times.
func TestStreamTakesEachFileOnce(t *testing.T) {
	dir := t.TempDir()
	for name, minutes := range map[string]int{"c": 1, "a": 2, "b": 3, "_x": 0, ".x": 0, "x._COPYING_": 0} {
		put(t, dir, name, name+"\n", minutes)
	}
	r := open(t, TextFiles(dir, MaxFiles(1)), t.TempDir(), 1)
	at, err := r.Initial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"c", "a", "b"} {
		end := latest(t, r, at, Limit{})
		check(t, rows(t, r, at, end, 4, nil), want)
		at = end
	}
	put(t, dir, "a", "again\n", 9)
	if end := latest(t, r, at, Limit{}); end != at {
		t.Fatalf("a rewritten file moved the offset from %s to %s", at, end)
	}
	put(t, dir, "d", "d\n", 10)
	put(t, dir, "e", "e\n", 11)
	end := latest(t, r, at, Limit{All: true})
	check(t, rows(t, r, at, end, 1, nil), "d", "e")
}

// Trap 98.
func TestMaxBytesTakesAtLeastOneFile(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", strings.Repeat("x", 20)+"\n", 1)
	put(t, dir, "b", "b\n", 2)
	put(t, dir, "c", "c\n", 3)
	r := open(t, TextFiles(dir, MaxBytes(5)), t.TempDir(), 1)
	first := latest(t, r, "", Limit{})
	check(t, rows(t, r, "", first, 1, nil), strings.Repeat("x", 20))
	second := latest(t, r, first, Limit{})
	check(t, rows(t, r, first, second, 1, nil), "b", "c")
}

// Trap 77.
func TestOldFilesAreIgnoredExceptAtFirst(t *testing.T) {
	dir := t.TempDir()
	const day = 24 * 60
	put(t, dir, "new", "new\n", 30*day)
	put(t, dir, "old", "old\n", 0)
	r := open(t, TextFiles(dir), t.TempDir(), 1)
	first := latest(t, r, "", Limit{})
	check(t, rows(t, r, "", first, 1, nil), "old", "new")
	put(t, dir, "late", "late\n", 30*day-7*day-1)
	if end := latest(t, r, first, Limit{}); end != first {
		t.Fatal("a file older than MaxAge was taken")
	}
	put(t, dir, "late enough", "late enough\n", 30*day-7*day)
	end := latest(t, r, first, Limit{})
	check(t, rows(t, r, first, end, 1, nil), "late enough")
}

// After a restart the logged ranges hold the same files, though more have appeared
// before and between; an entry that no batch used is the next range.
func TestRangesSurviveARestart(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	put(t, dir, "b", "b\n", 5)
	r := open(t, TextFiles(dir), state, 1)
	first := latest(t, r, "", Limit{})
	put(t, dir, "c", "c\n", 6)
	second := latest(t, r, first, Limit{})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "a", "a\n", 1)
	put(t, dir, "d", "d\n", 7)

	r = open(t, TextFiles(dir), state, 2)
	check(t, rows(t, r, "", first, 1, nil), "b")
	check(t, rows(t, r, first, second, 1, nil), "c")
	if end := latest(t, r, first, Limit{}); end != second {
		t.Fatalf("the entry without a batch is %s, the next range ends at %s", second, end)
	}
	third := latest(t, r, second, Limit{})
	check(t, rows(t, r, second, third, 1, nil), "a", "d")

	if err := r.Commit(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	check(t, rows(t, r, second, third, 1, nil), "a", "d")
	if _, err := r.Plan(t.Context(), first, second, 1); err == nil {
		t.Fatal("a range that was committed was planned again")
	}
}

func TestFreezeEndsTheData(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "a\n", 1)
	put(t, dir, "b", "b\n", 2)
	r := open(t, TextFiles(dir, MaxFiles(1)), t.TempDir(), 1)
	if err := r.(Bounded).Freeze(t.Context()); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "c", "c\n", 0)
	var at Offset
	for _, want := range []string{"a", "b"} {
		end := latest(t, r, at, Limit{})
		check(t, rows(t, r, at, end, 1, nil), want)
		at = end
	}
	if end := latest(t, r, at, Limit{}); end != at {
		t.Fatal("a file that came after Freeze was taken")
	}
}

// Files may be cut anywhere: each line is read once, in order, whatever the number
// of partitions.
func TestSplitKeepsLines(t *testing.T) {
	dir := t.TempDir()
	var want []string
	var text strings.Builder
	for i := range 50_000 {
		line := strings.Repeat("w", i%17) + fmt.Sprint(i)
		want = append(want, line)
		text.WriteString(line + "\r\n")
	}
	put(t, dir, "a", text.String(), 1)
	put(t, dir, "b", "no end", 2)
	put(t, dir, "empty", "", 3)
	want = append(want, "no end")
	for _, partitions := range []int{1, 2, 3, 7, 16} {
		r := open(t, TextFiles(dir), "", 0)
		end := latest(t, r, "", Limit{All: true})
		plan, err := r.Plan(t.Context(), "", end, partitions)
		if err != nil {
			t.Fatal(err)
		}
		if len(plan) < min(partitions, 8) || len(plan) > partitions {
			t.Errorf("%d partitions asked for, %d planned", partitions, len(plan))
		}
		check(t, rows(t, r, "", end, partitions, nil), want...)
	}
}

func TestPatternsAndSingleFiles(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "p1/a.txt", "1a\n", 1)
	put(t, dir, "p2/a.txt", "2a\n", 2)
	put(t, dir, "p2/b.log", "2b\n", 3)
	put(t, dir, "_p/a.txt", "no\n", 4)
	for path, want := range map[string][]string{
		dir + "/*/*.txt":  {"1a", "2a"},
		dir + "/p?/*":     {"1a", "2a", "2b"},
		dir + "/p2/*":     {"2a", "2b"},
		dir + "/p2/b.log": {"2b"},
		dir + "/p2":       {"2a", "2b"},
		dir + "/*/*.none": nil,
	} {
		r := open(t, TextFiles(path), "", 0)
		check(t, rows(t, r, "", latest(t, r, "", Limit{}), 1, nil), want...)
	}
	if _, err := TextFiles(dir+"/absent").Open(t.Context(), Query{Env: env.Real()}); err == nil {
		t.Error("a path that does not exist was opened")
	}
}

func TestJSON(t *testing.T) {
	schema := types.NewSchema(
		types.Required("id", types.Bigint), types.Nullable("name", types.String), types.Nullable("ok", types.Boolean),
		types.Nullable("x", types.Double), types.Nullable("at", types.Timestamp), types.Nullable("tags", types.Array(types.String)),
		types.Nullable("in", types.Struct(types.Nullable("a", types.Int), types.Nullable("b", types.String))))
	dir := t.TempDir()
	put(t, dir, "a", `{"id":1,"name":"a\n\"b\"","ok":true,"x":1.5,"at":"2024-01-02T03:04:05.5Z","tags":["p",null],"in":{"b":"q","c":1}}

{"x":"NaN","id":2,"name":{"k":[1]},"other":[{"deep":{}}]}
`, 1)
	r := open(t, JSONFiles(dir, schema), "", 0)
	end := latest(t, r, "", Limit{})
	check(t, rows(t, r, "", end, 1, nil),
		`1,a`+"\n"+`"b",true,1.5,2024-01-02T03:04:05.5Z,["p",null],{"a":null,"b":"q"}`,
		`2,{"k":[1]},(null),NaN,(null),(null),(null)`)
	check(t, rows(t, r, "", end, 1, []int{2, 0}), "true,1", "(null),2")
	check(t, rows(t, r, "", end, 1, []int{}), "", "")
	if counts := r.(Counted).Counts(); counts != (Counts{Rows: 6, Values: 2*7 + 2*2}) {
		t.Errorf("counts %+v", counts)
	}
}

func TestMalformedRecordsNameTheirPlace(t *testing.T) {
	schema := types.NewSchema(types.Nullable("n", types.Int))
	for line, want := range map[string]string{
		`{"n":"x"}`:              `:3: malformed record: column "n": "x" is not of type int`,
		`{"n":3000000000}`:       `column "n": 3000000000 is not of type int`,
		`{"n":1.5}`:              `column "n": 1.5 is not of type int`,
		`[1]`:                    `want an object, got [1]`,
		`{"n":1} {"n":2}`:        `there is something after the object`,
		`{"n":1`:                 `it ends in the middle`,
		`{"n":1,"n":2}`:          `duplicate`,
		`{n:1}`:                  `malformed record`,
		strings.Repeat("x", 100): `malformed record`,
	} {
		dir := t.TempDir()
		put(t, dir, "a", "{\"n\":1}\n\n"+line+"\n{\"n\":2}\n", 1)
		r := open(t, JSONFiles(dir, schema), "", 0)
		_, err := readAll(t.Context(), r, "", latest(t, r, "", Limit{}), 1, nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), dir+"/a:3:") {
			t.Errorf("%s: error %v, want %q at line 3", line, err, want)
		}
	}
}

func TestMissingOrShrunkFileFailsTheRead(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "a\nb\n", 1)
	r := open(t, TextFiles(dir), "", 0)
	end := latest(t, r, "", Limit{})
	put(t, dir, "a", "a", 1)
	if _, err := readAll(t.Context(), r, "", end, 1, nil); err == nil || !strings.Contains(err.Error(), "shrunk") {
		t.Errorf("a file that shrank: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(t.Context(), r, "", end, 1, nil); err == nil {
		t.Error("a file that is gone was read")
	}
}

// odd selects the rows at odd positions.
type odd struct{}

func (odd) String() string { return "odd" }
func (odd) Select(batch arrow.RecordBatch) ([]int32, error) {
	var selection []int32
	for row := int32(1); row < int32(batch.NumRows()); row += 2 {
		selection = append(selection, row)
	}
	return selection, nil
}

func TestFilteredRowsAreNotHandedOut(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "a\nb\nc\nd\ne\n", 1)
	r := open(t, TextFiles(dir), "", 0)
	plan, err := r.Plan(t.Context(), "", latest(t, r, "", Limit{}), 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for batch, err := range plan[0].(Filtering).ReadWhere(t.Context(), nil, odd{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, printRows(batch)...)
	}
	check(t, got, "b", "d")
	if counts := r.(Counted).Counts(); counts != (Counts{Rows: 2, Values: 2, Skipped: 3}) {
		t.Errorf("counts %+v", counts)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, s := range []Source{TextFiles(".", MaxFiles(-1)), TextFiles(".", MaxBytes(-1)), TextFiles(".", MaxAge(0)), TextFiles(".", MaxFiles(1), MaxBytes(1))} {
		if _, err := s.Schema(t.Context()); err == nil {
			t.Errorf("%s: wrong options were taken", s)
		}
		if _, err := s.Open(t.Context(), Query{Env: env.Real()}); err == nil {
			t.Errorf("%s: wrong options were taken", s)
		}
	}
}

func TestRecords(t *testing.T) {
	schema := types.NewSchema(types.Nullable("a", types.Bigint), types.Nullable("b", types.Bigint))
	batch, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema.Arrow(), strings.NewReader(`[{"a":1,"b":2},{"a":3,"b":4}]`))
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, Records(schema, []arrow.RecordBatch{batch}, []arrow.RecordBatch{batch}), "", 0)
	end := latest(t, r, "", Limit{})
	check(t, rows(t, r, "", end, 1, []int{1}), "2", "4", "2", "4")
	if again := latest(t, r, end, Limit{}); again != end {
		t.Fatal("a table in memory grew")
	}
}

func BenchmarkTextFiles(b *testing.B) {
	dir := b.TempDir()
	text := strings.Repeat("the quick brown fox jumps over the lazy dog\n", 100_000)
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	benchmarkRead(b, TextFiles(dir), int64(len(text)))
}

func BenchmarkJSONFiles(b *testing.B) {
	dir := b.TempDir()
	text := strings.Repeat(`{"user":"somebody","at":"2024-01-02T03:04:05Z","amount":12.5,"n":42}`+"\n", 20_000)
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	schema := types.NewSchema(types.Nullable("user", types.String), types.Nullable("at", types.Timestamp), types.Nullable("amount", types.Double), types.Nullable("n", types.Bigint))
	benchmarkRead(b, JSONFiles(dir, schema), int64(len(text)))
}

func benchmarkRead(b *testing.B, s Source, size int64) {
	r, err := s.Open(b.Context(), Query{Env: env.Real()})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	end, err := r.Latest(b.Context(), "", Limit{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		plan, err := r.Plan(b.Context(), "", end, 1)
		if err != nil {
			b.Fatal(err)
		}
		for _, partition := range plan {
			for _, err := range partition.Read(b.Context(), nil) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
