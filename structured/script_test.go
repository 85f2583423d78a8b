package structured

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// input is a source whose rows a test adds. It outlives queries, as a directory does.
type input struct {
	name   string
	schema types.Schema

	mu   sync.Mutex
	adds [][][]any
}

func newInput(name string, fields ...types.Field) *input {
	return &input{name: name, schema: types.NewSchema(fields...)}
}

// add makes rows visible as one partition.
func (in *input) add(rows ...[]any) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.adds = append(in.adds, rows)
}

func (in *input) String() string                               { return in.name }
func (in *input) Schema(context.Context) (types.Schema, error) { return in.schema, nil }
func (in *input) Open(context.Context, source.Query) (source.Reader, error) {
	return inputReader{in}, nil
}

type inputReader struct{ *input }

func (r inputReader) Initial(context.Context) (source.Offset, error) { return "0", nil }

func (r inputReader) Latest(context.Context, source.Offset, source.Limit) (source.Offset, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return source.Offset(strconv.Itoa(len(r.adds))), nil
}

func (r inputReader) Plan(_ context.Context, start, end source.Offset, _ int) ([]source.Partition, error) {
	from, err := strconv.Atoi(string(start))
	to, err2 := strconv.Atoi(string(end))
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var parts []source.Partition
	for _, rows := range r.adds[from:to] {
		parts = append(parts, inputPart{r.schema, rows})
	}
	return parts, nil
}

func (r inputReader) Commit(context.Context, source.Offset) error { return nil }
func (r inputReader) Close() error                                { return nil }

type inputPart struct {
	schema types.Schema
	rows   [][]any
}

func (p inputPart) Read(_ context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		if columns == nil {
			for i := range p.schema.Fields {
				columns = append(columns, i)
			}
		}
		schema := p.schema.Select(columns)
		batch := vector.NewBatch(schema)
		for _, row := range p.rows {
			var values []any
			for _, column := range columns {
				values = append(values, row[column])
			}
			if err := batch.AppendRow(values...); err != nil {
				yield(nil, err)
				return
			}
		}
		yield(batch.Record(schema.Arrow()))
	}
}

// script runs a query step by step and says what each batch did. Times are whole
// seconds, before and after.
type script struct {
	t          testing.TB
	build      func(*Session) DataFrame
	mode       sink.Mode
	writer     func(Writer) Writer // further settings; may be nil
	options    Options
	checkpoint string

	session *Session
	query   *Query
	out     *sink.MemoryTable
	seen    int // batches of this run that were told of
}

func newScript(t testing.TB, mode sink.Mode, build func(*Session) DataFrame) *script {
	s := &script{t: t, build: build, mode: mode, checkpoint: t.TempDir(), options: Options{Partitions: 2}}
	t.Cleanup(s.stop)
	return s
}

func (s *script) start() {
	s.t.Helper()
	session, err := Open(s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	s.session, s.out, s.seen = session, sink.Memory("out"), 0
	w := s.build(session).Write(lasting{s.out}).Mode(s.mode).Checkpoint(s.checkpoint)
	if s.writer != nil {
		w = s.writer(w)
	}
	if s.query, err = w.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// lasting makes a table in memory pass for one that survives a restart.
type lasting struct{ *sink.MemoryTable }

func (l lasting) Open(ctx context.Context, q sink.Query) (sink.Writer, error) {
	q.Next = 0
	return l.MemoryTable.Open(ctx, q)
}

// stop ends the run, as if the process did.
func (s *script) stop() {
	if s.session == nil {
		return
	}
	if err := errors.Join(s.query.Stop(context.Background()), s.session.Close()); err != nil {
		s.t.Error(err)
	}
	s.session = nil
}

// run processes all that is there and returns what each new batch did, one a line:
//
//	id watermark dropped state: rows
//
// with the rows sorted.
func (s *script) run() string {
	s.t.Helper()
	if s.session == nil {
		s.start()
	}
	process(s.t, s.query)
	rows := map[int64][]string{}
	for _, batch := range s.out.Batches() {
		for _, records := range batch.Records {
			for i := range int(records.NumRows()) {
				var row []string
				for _, column := range records.Columns() {
					row = append(row, inSeconds(column.DataType(), sink.Value(column, i)))
				}
				rows[batch.ID] = append(rows[batch.ID], strings.Join(row, " "))
			}
		}
	}
	var text strings.Builder
	for _, p := range s.query.Progress()[s.seen:] {
		s.seen++
		var state, dropped int64
		for _, operator := range p.Operators {
			state += operator.NumRowsTotal
			dropped += operator.NumRowsDroppedByWatermark
		}
		mark := int64(0)
		if !p.EventTime.Watermark.IsZero() {
			mark = p.EventTime.Watermark.Unix()
		}
		slices.Sort(rows[p.BatchID])
		fmt.Fprintf(&text, "b%d wm %d dropped %d state %d: %s\n", p.BatchID, mark, dropped, state, strings.Join(rows[p.BatchID], "; "))
	}
	return text.String()
}

// inSeconds prints a value, times as seconds.
func inSeconds(t arrow.DataType, value any) string {
	switch value := value.(type) {
	case int64:
		if t.ID() == arrow.TIMESTAMP {
			if value%second != 0 {
				return fmt.Sprintf("%d.%06d", value/second, value%second)
			}
			return fmt.Sprint(value / second)
		}
	case []any:
		if nested, ok := t.(*arrow.StructType); ok {
			var list []string
			for i, field := range value {
				list = append(list, inSeconds(nested.Field(i).Type, field))
			}
			return "[" + strings.Join(list, " ") + "]"
		}
	}
	return fmt.Sprint(value)
}

const second = 1_000_000

// want runs and compares; each line is one batch.
func (s *script) want(lines ...string) {
	s.t.Helper()
	got := strings.TrimSuffix(s.run(), "\n")
	if want := strings.Join(lines, "\n"); got != want {
		s.t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}

// refusesIn wants a stream to be refused when it is started.
func refusesIn(t testing.TB, mode sink.Mode, d DataFrame, condition string) {
	t.Helper()
	_, err := d.Write(sink.Memory("out")).Mode(mode).Start(t.Context())
	if refused, ok := errors.AsType[*Error](err); !ok || refused.Condition != condition {
		t.Errorf("got %v, want condition %q", err, condition)
	}
}

// at is a row of an input: a time in seconds, nil for none, and more values.
func at(seconds any, more ...any) []any {
	if whole, ok := seconds.(int); ok {
		seconds = int64(whole) * second
	}
	return append([]any{seconds}, more...)
}
