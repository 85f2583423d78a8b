package structured

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// rounds is a source that has the same rows in each of its rounds, and gives one
// round a batch.
type rounds struct {
	schema types.Schema
	rows   arrow.RecordBatch
	n      int
}

// newRounds makes rounds of so many rows with one column, value string, of keys
// distinct words.
func newRounds(b *testing.B, n, rows, keys int) rounds {
	schema := types.NewSchema(types.Nullable("value", types.String))
	batch := vector.NewBatch(schema)
	for i := range rows {
		if err := batch.AppendRow(fmt.Sprint("word", i%keys)); err != nil {
			b.Fatal(err)
		}
	}
	return rounds{schema, batch.Record(schema.Arrow()), n}
}

func (r rounds) String() string                                            { return "rounds" }
func (r rounds) Schema(context.Context) (types.Schema, error)              { return r.schema, nil }
func (r rounds) Open(context.Context, source.Query) (source.Reader, error) { return r, nil }
func (r rounds) Initial(context.Context) (source.Offset, error)            { return "0", nil }
func (r rounds) Commit(context.Context, source.Offset) error               { return nil }
func (r rounds) Close() error                                              { return nil }
func (r rounds) Freeze(context.Context) error                              { return nil }

func (r rounds) Latest(_ context.Context, start source.Offset, _ source.Limit) (source.Offset, error) {
	at, err := strconv.Atoi(string(start))
	if err != nil || at == r.n {
		return start, err
	}
	return source.Offset(strconv.Itoa(at + 1)), nil
}

func (r rounds) Plan(context.Context, source.Offset, source.Offset, int) ([]source.Partition, error) {
	return []source.Partition{r}, nil
}

func (r rounds) Read(context.Context, []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) { yield(r.rows, nil) }
}

// BenchmarkQuery is a stateful query, back to back: a count by word in mode update, of
// 50 words, into a sink in memory. One operation is one batch.
func BenchmarkQuery(b *testing.B) {
	for _, durable := range []bool{false, true} {
		for _, rows := range []int{100, 100_000} {
			b.Run(fmt.Sprintf("durable=%v/rows=%d", durable, rows), func(b *testing.B) {
				s := newSession(b, 2)
				var took []time.Duration
				if _, err := s.Listen(Listener{Progress: func(p Progress) { took = append(took, p.DurationMs.TriggerExecution) }}); err != nil {
					b.Fatal(err)
				}
				w := s.Stream(newRounds(b, b.N, rows, 50)).GroupBy("value").Count().Write(sink.Memory("counts")).Mode(Update).Trigger(AvailableNow())
				if durable {
					w = w.Checkpoint(b.TempDir())
				}
				b.ReportAllocs()
				b.ResetTimer()
				if err := w.Run(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
				b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

// BenchmarkBatchWordCount counts the words of 4 MB of text, with the plan made anew
// each time.
func BenchmarkBatchWordCount(b *testing.B) {
	dir := b.TempDir()
	var text []byte
	for i := range 100_000 {
		text = fmt.Appendf(text, "the quick brown fox %d jumps over the dog\n", i%1000)
	}
	put(b, dir, "text", string(text))
	s := newSession(b, 2)
	table := wordCount(s.Read(source.TextFiles(dir)))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if n, err := table.Count(b.Context()); err != nil || n != 1007 {
			b.Fatal(n, err)
		}
	}
}
