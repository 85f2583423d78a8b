package bench

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// BenchmarkDurableQuery is a running count by word, kept as state in a checkpoint, in
// both stream APIs: every batch has the same rows, of 6,000 distinct words or fewer,
// from memory, and its result goes to a function that ignores it. Batches follow each
// other without a pause. The latency is that of a batch from its plan to its commit.
//
// UpdateStateByKey visits all keys in every batch, MapWithState those that came.
func BenchmarkDurableQuery(b *testing.B) {
	for _, rows := range []int{100, 100_000} {
		list := someWords(rows, 6_000)
		for _, c := range []struct {
			name string
			run  func(b *testing.B, m *meter, list []string)
		}{
			{"structured", runStructured},
			{"dstream/UpdateStateByKey", func(b *testing.B, m *meter, list []string) {
				runDStream(b, m, list, func(words dstream.Pairs[string, int64]) { ignore(words.UpdateStateByKey(update)) })
			}},
			{"dstream/MapWithState", func(b *testing.B, m *meter, list []string) {
				runDStream(b, m, list, func(words dstream.Pairs[string, int64]) {
					ignore(words.ReduceByKey(add).MapWithState(dstream.StateFunc(advance)).KeyBy(rdd.Self))
				})
			}},
		} {
			b.Run(fmt.Sprintf("rows=%d/%s", rows, c.name), func(b *testing.B) {
				m := newMeter(rows)
				c.run(b, m, list)
				m.report(b)
			})
		}
	}
}

func someWords(n, distinct int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("word-%06d", random.IntN(distinct))
	}
	return list
}

func add(a, b int64) int64 { return a + b }

func update(counts []int64, total int64, _ bool) (int64, bool) {
	for _, count := range counts {
		total += count
	}
	return total, true
}

func advance(_ string, count int64, state *dstream.State[int64]) (int64, bool) {
	total, _ := state.Get()
	state.Update(total + count)
	return total + count, true
}

// ignore computes each batch and drops it.
func ignore[K comparable, V any](pairs dstream.Pairs[K, V]) {
	pairs.ForEachRDD(func(ctx context.Context, batch rdd.Pairs[K, V], _ time.Time) error {
		_, err := batch.Count(ctx)
		return err
	})
}

func runDStream(b *testing.B, m *meter, list []string, build func(dstream.Pairs[string, int64])) {
	ctx, enough := context.WithCancel(b.Context())
	defer enough()
	options := dstream.Options{
		Interval: time.Millisecond, Checkpoint: filepath.Join(b.TempDir(), "checkpoint"), Env: m.env, Parallelism: 2,
	}
	stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
		build(stream.From(dstream.Constant(list...)).ToPairs(func(word string) (string, int64) { return word, 1 }))
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	stream.Listen(dstream.Listener{BatchCompleted: func(done dstream.Progress) {
		if m.batch(done.Duration); len(m.took) == warm+b.N {
			enough()
		}
	}})
	if err := stream.Run(ctx); err != nil {
		b.Fatal(err)
	}
}

func runStructured(b *testing.B, m *meter, list []string) {
	session, err := structured.Open(structured.Options{Env: m.env, Partitions: 2})
	if err != nil {
		b.Fatal(err)
	}
	defer session.Close()
	if _, err := session.Listen(structured.Listener{Progress: func(done structured.Progress) { m.batch(done.DurationMs.Total) }}); err != nil {
		b.Fatal(err)
	}
	drop := structured.ForEachBatch(func(context.Context, structured.DataFrame, int64) error { return nil })
	err = session.Stream(newConstant(list, warm+b.N)).
		GroupBy("word").Count().
		Write(drop).Mode(structured.Update).Trigger(structured.AvailableNow()).
		Checkpoint(filepath.Join(b.TempDir(), "checkpoint")).
		Run(b.Context())
	if err != nil {
		b.Fatal(err)
	}
}

// constant is a source that gives the same rows in each of a number of batches.
type constant struct {
	schema  types.Schema
	records [2]arrow.RecordBatch // one a partition
	batches int
}

func newConstant(list []string, batches int) constant {
	c := constant{schema: types.NewSchema(types.Nullable("word", types.String)), batches: batches}
	for i, part := range [2][]string{list[:len(list)/2], list[len(list)/2:]} {
		builder := array.NewRecordBuilder(memory.DefaultAllocator, c.schema.Arrow())
		builder.Field(0).(*array.StringBuilder).AppendValues(part, nil)
		c.records[i] = builder.NewRecordBatch()
	}
	return c
}

func (c constant) String() string                                            { return "constant" }
func (c constant) Schema(context.Context) (types.Schema, error)              { return c.schema, nil }
func (c constant) Open(context.Context, source.Query) (source.Reader, error) { return c, nil }
func (c constant) Initial(context.Context) (source.Offset, error)            { return "0", nil }
func (c constant) Freeze(context.Context) error                              { return nil }
func (c constant) Commit(context.Context, source.Offset) error               { return nil }
func (c constant) Close() error                                              { return nil }

func (c constant) Latest(_ context.Context, start source.Offset, _ source.Limit) (source.Offset, error) {
	n, err := strconv.Atoi(string(start))
	return source.Offset(strconv.Itoa(min(n+1, c.batches))), err
}

func (c constant) Plan(context.Context, source.Offset, source.Offset, int) ([]source.Partition, error) {
	return []source.Partition{records{c.records[0]}, records{c.records[1]}}, nil
}

type records struct{ batch arrow.RecordBatch }

func (r records) Read(context.Context, []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) { yield(r.batch, nil) }
}
