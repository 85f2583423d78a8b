package structured

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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
	record, err := batch.Record(schema.Arrow())
	if err != nil {
		b.Fatal(err)
	}
	return rounds{schema, record, n}
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
				if _, err := s.Listen(Listener{Progress: func(p Progress) { took = append(took, p.DurationMs.Total) }}); err != nil {
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

// BenchmarkRestart is from the start of a query to the end of its first batch, with
// state of a million words in snapshots and in the log of changes. Its report says how
// many bytes of either there were.
func BenchmarkRestart(b *testing.B) {
	const keys, tailRows, tailBatches = 1_000_000, 20_000, 100
	dir := b.TempDir()
	batches := 0
	run := func(rows, more int) {
		batches += more
		s, err := Open(Options{})
		if err != nil {
			b.Fatal(err)
		}
		err = s.Stream(newRounds(b, batches, rows, rows)).GroupBy("value").Count().
			Write(ForEachBatch(func(context.Context, DataFrame, int64) error { return nil })).
			Mode(Update).Trigger(AvailableNow()).Checkpoint(dir).Run(b.Context())
		if err = errors.Join(err, s.Close()); err != nil {
			b.Fatal(err)
		}
	}
	run(keys, 1)
	run(tailRows, tailBatches)
	var log, snapshots int64
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil && strings.HasPrefix(name, dir+"/log") {
			log += info.Size()
		} else if err == nil {
			snapshots += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		run(100, 1)
	}
	b.ReportMetric(float64(log)/1e6, "MB-log")
	b.ReportMetric(float64(snapshots)/1e6, "MB-snapshots")
}
