package sink

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var counts = types.NewSchema(types.Nullable("word", types.String), types.Required("count", types.Bigint))

func records(t *testing.T, schema types.Schema, json string) arrow.RecordBatch {
	t.Helper()
	batch, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema.Arrow(), strings.NewReader(json))
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func query(id string, epoch uint64, mode Mode) Query {
	return Query{ID: id, Schema: counts, Mode: mode, Epoch: epoch, Env: env.Real()}
}

func open(t *testing.T, s Sink, q Query) Writer {
	t.Helper()
	w, err := s.Open(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// prepare hands a batch over, one partition for each text.
func prepare(t *testing.T, w Writer, id int64, partitions ...string) Token {
	t.Helper()
	batch := Batch{ID: id}
	for _, json := range partitions {
		batch.Partitions = append(batch.Partitions, Partition{records(t, counts, json)})
	}
	token, err := w.Prepare(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func commit(t *testing.T, w Writer, token Token) {
	t.Helper()
	if err := w.Commit(t.Context(), token); err != nil {
		t.Fatal(err)
	}
}

func last(t *testing.T, w Writer) int64 {
	t.Helper()
	batch, ok, err := w.LastCommitted(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return -1
	}
	return batch
}

// TestContract holds the built-in sinks that keep batch numbers to what a query
// relies on.
func TestContract(t *testing.T) {
	for _, s := range []Sink{Memory("m"), JSONFiles(filepath.Join(t.TempDir(), "out"))} {
		t.Run(s.String()[:4], func(t *testing.T) {
			w := open(t, s, query("q", 1, Append))
			if got := last(t, w); got != -1 {
				t.Fatalf("a new sink has batch %d", got)
			}
			token := prepare(t, w, 0, `[{"word":"a","count":1}]`)
			if got := last(t, w); got != -1 {
				t.Fatal("a prepared batch counts as committed")
			}
			commit(t, w, token)
			commit(t, w, token) // may be repeated
			if got := last(t, w); got != 0 {
				t.Fatalf("last committed is %d, want 0", got)
			}
			aborted := prepare(t, w, 1, `[{"word":"b","count":1}]`)
			for range 2 {
				if err := w.Abort(t.Context(), aborted); err != nil {
					t.Fatal(err)
				}
			}
			if got := last(t, w); got != 0 {
				t.Fatalf("after Abort the last committed is %d, want 0", got)
			}

			next := query("q", 2, Append)
			next.Next = 1
			w = open(t, s, next)
			if got := last(t, w); got != 0 {
				t.Fatalf("after a restart the last committed is %d, want 0", got)
			}
			commit(t, w, prepare(t, w, 1, `[]`, `[{"word":"b","count":2},{"word":"c","count":3}]`))
			if got := last(t, w); got != 1 {
				t.Fatalf("last committed is %d, want 1", got)
			}
		})
	}
}

func TestMemoryModes(t *testing.T) {
	for mode, want := range map[Mode][][]any{
		Append:   {{"a", int64(2)}, {"a", int64(3)}},
		Update:   {{"a", int64(2)}, {"a", int64(3)}}, // trap 93
		Complete: {{"a", int64(3)}},
	} {
		table := Memory("m")
		w := open(t, table, query("q", 1, mode))
		commit(t, w, prepare(t, w, 0, `[{"word":"a","count":2}]`))
		commit(t, w, prepare(t, w, 1, `[{"word":"a","count":3}]`))
		if got := table.Rows(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: rows %v, want %v", mode, got, want)
		}
		restarted := query("q", 2, mode)
		restarted.Next = 2
		if _, err := Memory("new").Open(t.Context(), restarted); (err == nil) != (mode == Complete) {
			t.Errorf("%s: restart with a new table: %v", mode, err)
		}
		if _, err := table.Open(t.Context(), restarted); err != nil {
			t.Errorf("%s: restart with the same table: %v", mode, err)
		}
		if err := w.Commit(t.Context(), prepare(t, w, 2, `[]`)); err == nil {
			t.Errorf("%s: a run that was taken over from committed", mode)
		}
	}
}

func TestMemoryKeepsCopies(t *testing.T) {
	table := Memory("m")
	w := open(t, table, query("q", 1, Append))
	data := []byte("abc")
	words := array.NewStringData(array.NewData(arrow.BinaryTypes.String, 1,
		[]*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{0, 3})), memory.NewBufferBytes(data)}, nil, 0, 0))
	ones := records(t, counts, `[{"word":"x","count":1}]`).Column(1)
	token, err := w.Prepare(t.Context(), Batch{Partitions: []Partition{{array.NewRecordBatch(counts.Arrow(), []arrow.Array{words, ones}, 1)}}})
	if err != nil {
		t.Fatal(err)
	}
	copy(data, "xyz")
	commit(t, w, token)
	if got := table.Rows()[0][0]; got != "abc" {
		t.Fatalf("the table holds %v: it kept the query's memory", got)
	}
}

func content(t *testing.T, dir string) string {
	t.Helper()
	all, err := manifest.All(env.Real().FS(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, m := range all {
		for _, f := range m.Files {
			data, err := os.ReadFile(filepath.Join(dir, f.Name))
			if err != nil || int64(len(data)) != f.Size || int64(bytes.Count(data, []byte("\n"))) != f.Rows {
				t.Fatalf("file %+v has %d bytes, %v", f, len(data), err)
			}
			text.Write(data)
		}
	}
	return text.String()
}

func TestJSONFilesContent(t *testing.T) {
	dir := t.TempDir()
	w := open(t, JSONFiles(dir), query("q", 1, Append))
	commit(t, w, prepare(t, w, 0, `[{"word":"a\"\n","count":1},{"count":2}]`, `[]`, `[{"word":"b","count":3}]`))
	commit(t, w, prepare(t, w, 1, `[]`))
	want := "{\"word\":\"a\\\"\\n\",\"count\":1}\n{\"count\":2}\n{\"word\":\"b\",\"count\":3}\n"
	if got := content(t, dir); got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	if got := last(t, w); got != 0 {
		t.Fatalf("a batch without rows has a manifest: last committed is %d", got)
	}
}

func TestJSONOfEveryType(t *testing.T) {
	schema := types.NewSchema(types.Nullable("i", types.Int), types.Nullable("d", types.Double), types.Nullable("b", types.Boolean), types.Nullable("t", types.Timestamp),
		types.Nullable("l", types.Array(types.String)), types.Nullable("s", types.Struct(types.Nullable("x", types.Bigint), types.Nullable("y", types.String))))
	batch := records(t, schema, `[{"i":-1,"d":1e21,"b":true,"t":"2024-01-02T03:04:05.5Z","l":["a",null],"s":{"x":1,"y":null}},{"l":[],"s":{}}]`)
	row, err := jsonRow(batch)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{"i":-1,"d":1e+21,"b":true,"t":"2024-01-02T03:04:05.500000Z","l":["a",null],"s":{"x":1}}`,
		`{"l":[],"s":{}}`,
	} {
		if got, err := row(nil, i); err != nil || string(got) != want {
			t.Errorf("row %d is %s, %v; want %s", i, got, err, want)
		}
	}
}

// A run that dies between its data files and the manifest leaves files that do not
// count. They go when the batch is committed and the query starts again.
func TestJSONFilesLeftovers(t *testing.T) {
	dir := t.TempDir()
	w := open(t, JSONFiles(dir), query("q", 1, Append))
	prepare(t, w, 0, `[{"word":"a","count":1}]`) // and dies
	w = open(t, JSONFiles(dir), query("q", 2, Append))
	commit(t, w, prepare(t, w, 0, `[{"word":"a","count":1}]`))
	if got := content(t, dir); strings.Count(got, "a") != 1 {
		t.Fatalf("content %q", got)
	}
	if files, _ := filepath.Glob(dir + "/part-*"); len(files) != 2 {
		t.Fatalf("files %v: the file of the run that died should still be there", files)
	}
	open(t, JSONFiles(dir), query("q", 3, Append))
	if files, _ := filepath.Glob(dir + "/part-*"); len(files) != 1 {
		t.Fatalf("files %v: what nobody lists should be gone", files)
	}
}

func TestJSONFilesRefuses(t *testing.T) {
	dir := t.TempDir()
	open(t, JSONFiles(dir), query("q", 1, Append))
	var owner *manifest.OwnerError
	if _, err := JSONFiles(dir).Open(t.Context(), query("p", 1, Append)); !errors.As(err, &owner) {
		t.Errorf("another query: %v", err)
	}
	for _, mode := range []Mode{Update, Complete} { // trap 92
		if _, err := JSONFiles(dir).Open(t.Context(), query("q", 2, mode)); err == nil {
			t.Errorf("mode %s was taken", mode)
		}
	}
}

func TestConsole(t *testing.T) {
	var out bytes.Buffer
	w := open(t, Print(&out), query("q", 1, Complete))
	commit(t, w, prepare(t, w, 3, `[{"word":"a word that is too long","count":1},{"count":22}]`))
	want := `-------------------------------------------
Batch: 3
-------------------------------------------
+--------------------+-----+
|                word|count|
+--------------------+-----+
|a word that is to...|    1|
|                NULL|   22|
+--------------------+-----+

`
	if got := out.String(); got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
	var table bytes.Buffer
	WriteTable(&table, counts, []arrow.RecordBatch{records(t, counts, `[{"count":1},{"count":2},{"count":3}]`)}, 2, 0)
	if !strings.HasSuffix(table.String(), "only showing top 2 rows\n") {
		t.Errorf("printed\n%s", &table)
	}
}

func TestFormat(t *testing.T) {
	at := time.Date(2024, 1, 2, 3, 4, 5, 600_000, time.UTC).UnixMicro()
	if got := Format(types.Window(), []any{at, nil}); got != "{2024-01-02 03:04:05.0006, NULL}" {
		t.Error(got)
	}
	if got := Format(types.Array(types.Bigint), []any{int64(1), nil}); got != "[1, NULL]" {
		t.Error(got)
	}
}

// A Commit that failed may have made the manifest: Abort must not take its files away.
func TestAbortAfterAFailedCommitKeepsTheFiles(t *testing.T) {
	dir := t.TempDir()
	w := open(t, JSONFiles(dir), query("q", 1, Append))
	token := prepare(t, w, 0, `[{"word":"a","count":1}]`)
	blocked := dir + "/" + manifest.Folder + "/manifest/00000000000000000000"
	if err := os.Mkdir(blocked, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(t.Context(), token); err == nil {
		t.Fatal("a batch was committed though its manifest can't be made")
	}
	if err := w.Abort(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	commit(t, w, token)
	if got := content(t, dir); got != "{\"word\":\"a\",\"count\":1}\n" {
		t.Fatalf("content %q", got)
	}
}
