package rdd

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

func TestMistakesStickWithTheirLine(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	var none func(int) int
	wrong := s.Parallelize(numbers(3)).Map(none) // line 19
	r := wrong.Filter(func(int) bool { return true }).KeyBy(Self).ReduceByKey(add).Values().SortBy(Self)
	for _, err := range []error{wrong.Err(), r.Err(), ends(ctx, r)} {
		wantError(t, err, "session_test.go:19: Map: the function is nil")
	}
	wantError(t, s.Parallelize([]*int{nil}).KeyBy(Self).GroupByKey(Slice).Err(), "cannot be a key")
}

// ends returns the error of all ends, which must be the same.
func ends(ctx context.Context, r RDD[int]) error {
	_, first := r.Collect(ctx)
	_, count := r.Count(ctx)
	_, reduce := r.Reduce(ctx, add)
	_, take := r.Take(ctx, 0)
	_, top := r.Top(ctx, 1, Ascending)
	_, explain := r.Explain(ctx)
	each := r.ForEach(ctx, func(int) error { return nil })
	save := r.SaveAsTextFile(ctx, "")
	for _, err := range []error{count, reduce, take, top, explain, each, save} {
		if err == nil || err.Error() != first.Error() {
			return errors.Join(errors.New("ends differ"), first, err)
		}
	}
	for _, err := range r.All(ctx) {
		return errors.Join(first, err)
	}
	return errors.New("All ends without an error")
}

func TestZeroValues(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	var r RDD[int]
	var p Pairs[int, int]
	_, err := r.Collect(ctx)
	wantError(t, err, "zero value")
	_, err = p.CollectMap(ctx)
	wantError(t, err, "zero value")
	for _, err := range []error{
		r.Map(Self).Err(), r.Persist(Memory).Checkpoint().Named("x").Err(), r.Union(r).Err(), r.SortBy(Self).Err(),
		p.Keys().Err(), p.Join(p, Inner).Err(), s.Parallelize(numbers(2)).Union(r).Err(), p.SortBy(Key).Err(),
	} {
		wantError(t, err, "zero value")
	}
	var none *Session
	wantError(t, none.Parallelize(numbers(2)).Err(), "nil")
	other := open(t, Options{})
	wantError(t, s.Parallelize(numbers(2)).Union(other.Parallelize(numbers(2))).Err(), "two sessions")
}

func TestCloseIsIdempotentAndFinal(t *testing.T) {
	s, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := s.Parallelize(numbers(3))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	_, err = r.Count(context.Background())
	equal(t, errors.Is(err, ErrClosed), true)
	_, err = Open(Options{Parallelism: -1})
	wantError(t, err, "Parallelism")
}

func TestPanicIsTheTasksError(t *testing.T) {
	s, ctx := open(t, Options{TaskAttempts: 1}), context.Background()
	_, err := s.Parallelize(numbers(3)).Map(func(int) int { panic("no such day") }).Count(ctx)
	var panicked *env.PanicError
	equal(t, errors.As(err, &panicked), true)
	wantError(t, err, "no such day")
	_, err = s.Parallelize(numbers(3), Partitions(3)).Reduce(ctx, func(int, int) int { panic("in the merge") })
	wantError(t, err, "in the merge")
}

func TestScopeForgetsWhatItMade(t *testing.T) {
	var j journal
	s, ctx := open(t, Options{Listener: j.note}), context.Background()
	var computed atomic.Int32
	base := s.Parallelize(numbers(9), Partitions(2)).Map(func(n int) int { computed.Add(1); return n }).Persist(Memory)
	scope := s.Scope()
	pairs := base.KeyBy(Self).Union(scope.Parallelize(numbers(9), Partitions(2)).KeyBy(Self))
	sums := pairs.ReduceByKey(add)
	equal(t, sums.collection.session == scope, true)
	get[int64](t)(sums.Count(ctx))
	if err := scope.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := sums.Count(ctx)
	equal(t, errors.Is(err, ErrClosed), true)
	equal(t, get[int64](t)(base.Count(ctx)), int64(9))
	equal(t, computed.Load(), int32(9))
}

func TestLostExecutorIsComputedAgain(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2, Executors: 2}), context.Background()
	var computed atomic.Int32
	r := s.Parallelize(numbers(100), Partitions(4)).MapPartitions(func(_ Task, in iter.Seq[int], yield func(int) bool) error {
		computed.Add(1)
		in(yield)
		return nil
	}).Persist(Memory)
	sums := r.KeyBy(func(n int) int { return n % 10 }).ReduceByKey(add, Hash(3))
	want := get[map[int]int](t)(sums.CollectMap(ctx))
	before := computed.Load()
	equal(t, before, int32(4))
	s.Scheduler().LoseExecutor(0)
	equal(t, get[map[int]int](t)(sums.CollectMap(ctx)), want)
	if again := computed.Load() - before; again > 4 {
		t.Errorf("%d partitions were computed again, of 4 at most", again)
	}
}

func TestCheckpointOutlivesItsSource(t *testing.T) {
	s, ctx := open(t, Options{Directory: t.TempDir()}), context.Background()
	name := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(name, []byte(strings.Repeat("to be or not to be\n", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	counts := s.TextFile(name, Partitions(3)).FlatMapSeq(strings.FieldsSeq).ToPairs(one).ReduceByKey(add).Checkpoint()
	longer := counts.Filter(func(word string, _ int) bool { return len(word) > 2 })
	want := map[string]int{"to": 2000, "be": 2000, "or": 1000, "not": 1000}
	equal(t, get[map[string]int](t)(counts.CollectMap(ctx)), want)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	equal(t, get[map[string]int](t)(counts.CollectMap(ctx)), want)
	equal(t, get[map[string]int](t)(longer.CollectMap(ctx)), map[string]int{"not": 1000})
	text := get[string](t)(longer.Explain(ctx))
	equal(t, strings.Contains(text, "TextFile"), false)
	wantError(t, s.Parallelize([]func(){nil}).Checkpoint().Err(), "cannot be encoded")
}

func TestCheckpointBehindAMarkedAncestor(t *testing.T) {
	s, ctx := open(t, Options{Directory: t.TempDir()}), context.Background()
	var computed atomic.Int32
	first := s.Parallelize(numbers(10), Partitions(2)).Map(func(n int) int { computed.Add(1); return n })
	second := first.Map(func(n int) int { return n * 2 })
	get[int64](t)(second.Count(ctx))
	first.Checkpoint()
	second.Checkpoint()
	computed.Store(0)
	for range 2 {
		equal(t, get[int](t)(Sum(ctx, second)), 110)
	}
	equal(t, computed.Load(), int32(10))
}

type squares struct{ failing bool }

func (squares) Partitions(context.Context) (int, error) { return 2, nil }

func (s squares) Read(task Task, partition int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range 700 {
			if s.failing && i == 600 {
				yield(0, errors.New("the source broke"))
				return
			}
			if !yield((partition*700+i)*(partition*700+i), nil) {
				return
			}
		}
	}
}

func TestFromSource(t *testing.T) {
	s, ctx := open(t, Options{TaskAttempts: 1}), context.Background()
	got := get[[]int](t)(s.From(squares{}).Collect(ctx))
	equal(t, len(got) == 1400 && got[1399] == 1399*1399, true)
	_, err := s.From(squares{failing: true}).Count(ctx)
	wantError(t, err, "the source broke")
	gen := s.Generate(func(p int) iter.Seq[int] { return func(yield func(int) bool) { yield(p) } }, Partitions(3))
	equal(t, get[[]int](t)(gen.Collect(ctx)), []int{0, 1, 2})
}

func TestChunkOperators(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	source := FromKeyedChunks(s, "numbers", 0, Hash(3), func(task Task, partition int) KeyedChunks[int, int] {
		return func(yield func(Columns[int, int], error) bool) {
			yield(Columns[int, int]{[]int{partition}, []int{1}}, nil)
		}
	})
	doubled := TransformKeyedChunks(source, "double", func(_ Task, in KeyedChunks[int, int]) KeyedChunks[int, int] {
		return func(yield func(Columns[int, int], error) bool) {
			for chunk, err := range in {
				yield(Columns[int, int]{chunk.Keys, []int{2 * chunk.Values[0]}}, err)
			}
		}
	})
	sums := get[[]int](t)(RunKeyedPartitions(ctx, doubled, "sum", func(task Task, in KeyedChunks[int, int]) (sum int, _ error) {
		for chunk, err := range in {
			if err != nil {
				return 0, err
			}
			sum += chunk.Values[0]*10 + task.Partition()
		}
		return sum, nil
	}))
	equal(t, sums, []int{20, 21, 22})
	equal(t, doubled.collection.partitioner.equal(Hash(3)), true)
}

func TestRandIsTheSameInEveryJob(t *testing.T) {
	s, ctx := open(t, Options{Seed: 7}), context.Background()
	draws := s.Parallelize(numbers(4), Partitions(2)).MapPartitions(func(task Task, in iter.Seq[int], yield func(uint64) bool) error {
		random := task.Rand()
		for range in {
			yield(random.Uint64())
		}
		return nil
	})
	first := get[[]uint64](t)(draws.Collect(ctx))
	equal(t, get[[]uint64](t)(draws.SortBy(func(uint64) int { return 0 }).Collect(ctx)), first)
	equal(t, first[0] != first[1] && first[0] != first[2], true)
}

func TestEndsOfPairs(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	p := s.Parallelize([]string{"b", "a", "b", "c"}, Partitions(2)).ToPairs(one)
	equal(t, get[map[string]int64](t)(p.CountByKey(ctx)), map[string]int64{"a": 1, "b": 2, "c": 1})
	equal(t, get[map[string]int64](t)(CountByValue(ctx, p.Keys())), map[string]int64{"a": 1, "b": 2, "c": 1})
	equal(t, get[[]int](t)(p.Lookup(ctx, "b")), []int{1, 1})
	var j journal
	counted := open(t, Options{Listener: j.note})
	q := counted.Parallelize([]string{"b", "a", "b"}).ToPairs(one).PartitionBy(Hash(8))
	get[int64](t)(q.Count(ctx))
	_, _, tasks := j.since(func() { equal(t, get[[]int](t)(q.Lookup(ctx, "b")), []int{1, 1}) })
	equal(t, tasks, int32(1))
	equal(t, get[[]Pair[string, int]](t)(p.ReduceByKey(add).TopBy(ctx, 1, Value)), []Pair[string, int]{{"b", 2}})
	var words []string
	for pair, err := range p.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		words = append(words, pair.Key)
	}
	equal(t, words, []string{"b", "a", "b", "c"})
	equal(t, get[[]string](t)(p.Keys().DistinctBy(Self, Hash(1)).Collect(ctx)), []string{"b", "a", "c"})
}
