package run

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/scheduler"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var words = types.NewSchema(types.Nullable("word", types.String))

// wordCount counts words per batch and over all batches, in mode Update.
func wordCount() physical.Node {
	key := physical.Key{Field: words.Fields[0]}
	count := []bound.Aggregate{{Function: bound.CountRows, Of: types.Bigint}}
	scan := &physical.Scan{Name: "words", Full: words, Columns: []int{0}, Streaming: true}
	partial := &physical.PartialAggregate{
		Input: scan, Keys: []physical.Key{key}, Aggregates: count,
		KeyExprs: []bound.Expr{bound.Column{Index: 0, Field: words.Fields[0]}},
	}
	exchange := &physical.Exchange{Input: partial, Keys: []int{0}, Windows: []bool{false}}
	return &physical.StatefulAggregate{
		Input: exchange, Name: "counts", Keys: []physical.Key{key}, Aggregates: count,
		Names: []string{"count"}, EventTime: -1, Mode: physical.Update,
	}
}

// text is a partition of words. before is called at each read; an error ends it
// after half of the words.
type text struct {
	words  []string
	before func() error
}

func (p text) Read(context.Context, []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		err := error(nil)
		half := len(p.words) / 2
		if p.before != nil {
			err = p.before()
		}
		if !yield(record(p.words[:half]), nil) {
			return
		}
		if err != nil {
			yield(nil, err)
			return
		}
		yield(record(p.words[half:]), nil)
	}
}

func record(list []string) arrow.RecordBatch {
	builder := array.NewStringBuilder(memory.DefaultAllocator)
	builder.AppendValues(list, nil)
	return array.NewRecordBatch(words.Arrow(), []arrow.Array{builder.NewArray()}, int64(len(list)))
}

func newScheduler(t testing.TB, o scheduler.Options) *scheduler.Scheduler {
	t.Helper()
	s, err := scheduler.New(env.Real(), o)
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

func compile(t testing.TB, root physical.Node, o Options) *Program {
	t.Helper()
	p, err := Compile(root, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(p.Close(), p.Close()); err != nil {
			t.Error(err)
		}
	})
	return p
}

// runBatch runs a batch and returns its rows, sorted.
func runBatch(t testing.TB, p *Program, epoch int64, parts ...source.Partition) ([]string, *Result) {
	t.Helper()
	result, err := p.Run(t.Context(), Batch{Epoch: epoch, Sources: [][]source.Partition{parts}})
	if err != nil {
		t.Fatal(err)
	}
	return rowsOf(result), result
}

func rowsOf(result *Result) []string {
	var rows []string
	for _, partition := range result.Partitions {
		for _, batch := range partition {
			rows = append(rows, strings.Split(strings.TrimSuffix(batch.String(), "\n"), "\n")...)
		}
	}
	slices.Sort(rows)
	return rows
}

func expect(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestStateIsKeptFromBatchToBatch(t *testing.T) {
	for _, partitions := range []int{1, 2, 7, 1024} {
		p := compile(t, wordCount(), Options{Scheduler: newScheduler(t, scheduler.Options{}), Name: "test", Partitions: partitions})
		rows, result := runBatch(t, p, 0, text{words: []string{"a", "b", "a"}}, text{words: []string{"c", "a"}})
		expect(t, rows, "a 3", "b 1", "c 1")
		if result.Rows[0] != 5 {
			t.Errorf("%d rows read, want 5", result.Rows[0])
		}
		rows, _ = runBatch(t, p, 1)
		expect(t, rows)
		rows, _ = runBatch(t, p, 2, text{words: []string{"b", "d"}})
		expect(t, rows, "b 2", "d 1")
		if n := p.Operators()[0].Counts().Rows; n != 4 {
			t.Errorf("%d rows of state, want 4", n)
		}
	}
}

// A task that fails in the middle is tried again, and its rows and counts count once.
func TestFailedTasksAreTriedAgain(t *testing.T) {
	p := compile(t, wordCount(), Options{Scheduler: newScheduler(t, scheduler.Options{}), Name: "test", Partitions: 3})
	var reads atomic.Int64
	flaky := text{words: []string{"a", "b", "a", "b"}, before: func() error {
		if reads.Add(1)%3 != 0 {
			return errors.New("flaky")
		}
		return nil
	}}
	for epoch := range int64(4) {
		rows, result := runBatch(t, p, epoch, flaky)
		expect(t, rows, fmt.Sprint("a ", 2*(epoch+1)), fmt.Sprint("b ", 2*(epoch+1)))
		if result.Rows[0] != 4 {
			t.Fatalf("%d rows read, want 4", result.Rows[0])
		}
	}
}

// A projection above the state fails, after the state has changed: each attempt starts
// from the state of the batch before.
func TestAttemptsAtStateAreRolledBack(t *testing.T) {
	one := bound.Literal{Value: int64(1), Of: types.Bigint}
	aggregate := wordCount().(*physical.StatefulAggregate)
	count := bound.Column{Index: 1, Field: types.Required("count", types.Bigint)}
	// 1 / (2 - count) fails when a count reaches 2: after the state has changed.
	difference := bound.Call{Function: bound.Subtract, Args: []bound.Expr{bound.Literal{Value: int64(2), Of: types.Bigint}, count}, Of: types.Bigint}
	root := &physical.Project{
		Input: aggregate, Names: []string{"word", "x"},
		Exprs: []bound.Expr{bound.Column{Index: 0, Field: words.Fields[0]}, bound.Call{Function: bound.Remainder, Args: []bound.Expr{one, difference}, Of: types.Bigint}},
	}
	var attempts atomic.Int64
	sched := newScheduler(t, scheduler.Options{TaskAttempts: 3, Listener: func(e scheduler.Event) {
		if strings.Contains(fmt.Sprintf("%T", e), "Task") {
			attempts.Add(1)
		}
	}})
	p := compile(t, root, Options{Scheduler: sched, Name: "test", Partitions: 1})
	runBatch(t, p, 0, text{words: []string{"a"}})
	before := attempts.Load()
	_, err := p.Run(t.Context(), Batch{Epoch: 1, Sources: [][]source.Partition{{text{words: []string{"a", "b"}}}}})
	if err == nil || !strings.Contains(err.Error(), "remainder by zero") {
		t.Fatalf("error %v", err)
	}
	if attempts.Load()-before < 4 {
		t.Fatalf("%d task events: the task was not tried again", attempts.Load()-before)
	}
	machine := p.Operators()[0].machines[0]
	machine.Rollback()
	if n := machine.Counts().Rows; n != 1 {
		t.Fatalf("%d rows of state after the rollback of the failed batch, want 1", n)
	}
}

// An executor is lost after the maps have written their blocks: these are computed
// again, and nothing counts twice.
func TestLostBlocksAreComputedAgain(t *testing.T) {
	sched := newScheduler(t, scheduler.Options{Executors: 2, Slots: 1})
	p := compile(t, wordCount(), Options{Scheduler: sched, Name: "test", Partitions: 4})
	var reads atomic.Int64
	executor := 0
	var parts []source.Partition
	for i := range 4 {
		parts = append(parts, text{words: []string{"a", fmt.Sprint("w", i)}, before: func() error {
			if reads.Add(1)%5 == 4 {
				sched.LoseExecutor(executor)
				sched.AddExecutor()
				executor++
			}
			return nil
		}})
	}
	for epoch := range int64(5) {
		rows, result := runBatch(t, p, epoch, parts...)
		n := epoch + 1
		expect(t, rows, fmt.Sprint("a ", 4*n), fmt.Sprint("w0 ", n), fmt.Sprint("w1 ", n), fmt.Sprint("w2 ", n), fmt.Sprint("w3 ", n))
		if result.Rows[0] != 8 {
			t.Fatalf("%d rows read, want 8", result.Rows[0])
		}
	}
	if reads.Load() == 20 {
		t.Fatal("nothing was computed again")
	}
}

// State goes from one number of partitions to another by changes, by a snapshot and
// from operator to operator.
func TestStateMoves(t *testing.T) {
	sched := newScheduler(t, scheduler.Options{})
	var list []string
	for i := range 300 {
		list = append(list, fmt.Sprint("w", i))
	}
	from := compile(t, wordCount(), Options{Scheduler: sched, Name: "test", Partitions: 3})
	byChanges := compile(t, wordCount(), Options{Scheduler: sched, Name: "test", Partitions: 5})
	for epoch := range int64(2) {
		runBatch(t, from, epoch, text{words: list})
		err := from.Operators()[0].Changes(func(group int, frame []byte) error {
			return byChanges.Operators()[0].Apply(group, [][]byte{frame})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	byMove := compile(t, wordCount(), Options{Scheduler: sched, Name: "test", Partitions: 1})
	if err := from.Operators()[0].MoveTo(byMove.Operators()[0]); err != nil {
		t.Fatal(err)
	}
	want, _ := runBatch(t, from, 2, text{words: list})
	for _, p := range []*Program{byChanges, byMove} {
		rows, _ := runBatch(t, p, 2, text{words: list})
		expect(t, rows, want...)
	}
}

func TestRefusals(t *testing.T) {
	sched := newScheduler(t, scheduler.Options{})
	for _, partitions := range []int{0, 1025} {
		if _, err := Compile(wordCount(), Options{Scheduler: sched, Partitions: partitions}); err == nil {
			t.Errorf("%d partitions were taken", partitions)
		}
	}
	p := compile(t, wordCount(), Options{Scheduler: sched, Name: "test", Partitions: 1})
	wrong := text{words: []string{"a"}}
	_, err := p.Run(t.Context(), Batch{Sources: [][]source.Partition{{longs{wrong}}}})
	if err == nil || !strings.Contains(err.Error(), "column word of type bigint, but its schema says string") {
		t.Errorf("a source with wrong columns: %v", err)
	}
}

// longs gives numbers instead of words.
type longs struct{ text }

func (longs) Read(context.Context, []int) iter.Seq2[arrow.RecordBatch, error] {
	schema := types.NewSchema(types.Required("word", types.Bigint))
	b := vector.NewBatch(schema)
	return func(yield func(arrow.RecordBatch, error) bool) {
		if err := b.AppendRow(int64(1)); err != nil {
			yield(nil, err)
			return
		}
		yield(b.Record(schema.Arrow()))
	}
}

// BenchmarkBatch is a batch of 100 rows with a shuffle and state, without log and
// sink.
func BenchmarkBatch(b *testing.B) {
	p := compile(b, wordCount(), Options{Scheduler: newScheduler(b, scheduler.Options{}), Name: "bench", Partitions: 2})
	var list []string
	for i := range 100 {
		list = append(list, fmt.Sprint("word", i%50))
	}
	part := records{record(list)}
	b.ReportAllocs()
	epoch := int64(0)
	for b.Loop() {
		if _, err := p.Run(b.Context(), Batch{Epoch: epoch, Sources: [][]source.Partition{{part}}}); err != nil {
			b.Fatal(err)
		}
		epoch++
	}
}

type records struct{ record arrow.RecordBatch }

func (r records) Read(context.Context, []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) { yield(r.record, nil) }
}
