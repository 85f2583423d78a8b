package rdd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/scheduler"
)

// The traps are the numbered ones of the reference of Spark's behaviour: inputs
// with the answers that Spark gives, and where ours differ on purpose, why.

func get[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(got T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func wantError(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("the error is %v, want one with %q", err, text)
	}
}

// sizes are the numbers of elements by partition.
func sizes[T any](t *testing.T, r RDD[T]) []int {
	t.Helper()
	return get[[]int](t)(r.Glom(func(all []T) int { return len(all) }).Collect(context.Background()))
}

func numbers(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i + 1
	}
	return all
}

func TestTrap1ParallelizeSlices(t *testing.T) {
	s := open(t, Options{Parallelism: 2})
	equal(t, sizes(t, s.Parallelize(numbers(10), Partitions(3))), []int{3, 3, 4})
	parts := s.Parallelize([]int{1, 2, 3}, Partitions(5)).Glom(Self)
	equal(t, get[[][]int](t)(parts.Collect(context.Background())), [][]int{{}, {1}, {}, {2}, {3}})
	equal(t, sizes(t, s.Parallelize([]int{}, Partitions(4))), []int{0, 0, 0, 0})
	wantError(t, s.Parallelize([]int{1}, Partitions(0)).Err(), "0 partitions")
	equal(t, get[[]int64](t)(s.Range(0, 10, 3, Partitions(2)).Collect(context.Background())), []int64{0, 3, 6, 9})
	wantError(t, s.Range(0, 10, 0).Err(), "the step is 0")
}

func TestTrap2Coalesce(t *testing.T) {
	s := open(t, Options{Parallelism: 2})
	equal(t, sizes(t, s.Parallelize(numbers(6), Partitions(3)).Coalesce(5)), []int{2, 2, 2})
	equal(t, sizes(t, s.Parallelize(numbers(10), Partitions(10)).Coalesce(3)), []int{3, 3, 4})
	wantError(t, s.Parallelize(numbers(6)).Coalesce(0).Err(), "0 partitions")
	// Spark starts to deal at random: 2, 3, 3, 2. Here partition i starts with i.
	equal(t, sizes(t, s.Parallelize(numbers(10), Partitions(1)).Repartition(4)), []int{3, 3, 2, 2})
}

func TestTrap5Fold(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	equal(t, get[int](t)(s.Parallelize([]int{1, 2, 3}, Partitions(3)).Fold(ctx, 10, add)), 46)
	equal(t, get[int](t)(s.Empty[int]().Fold(ctx, 10, add)), 10)
	equal(t, get[int](t)(s.Parallelize([]int{}, Partitions(4)).Fold(ctx, 10, add)), 50)
	equal(t, get[int](t)(s.Parallelize([]int{1, 2, 3}, Partitions(3)).Aggregate(ctx, func() int { return 10 }, add, add)), 46)
}

func TestTrap7FoldByKey(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	for partitions, want := range map[Partitions]int{1: 13, 2: 23} {
		pairs := s.Parallelize([]int{1, 2}, partitions).KeyBy(func(int) string { return "a" })
		equal(t, get[map[string]int](t)(pairs.FoldByKey(10, add).CollectMap(ctx)), map[string]int{"a": want})
	}
}

func TestTrap8EndsOfNothing(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	for _, none := range []RDD[int]{s.Empty[int](), s.Parallelize([]int{}, Partitions(3))} {
		_, err := none.Reduce(ctx, add)
		equal(t, errors.Is(err, ErrEmpty), true)
		_, err = none.First(ctx)
		equal(t, errors.Is(err, ErrEmpty), true)
		_, err = Max(ctx, none)
		equal(t, errors.Is(err, ErrEmpty), true)
		equal(t, get[int](t)(Sum(ctx, none)), 0)
		equal(t, get[bool](t)(none.IsEmpty(ctx)), true)
	}
	some := s.Parallelize(numbers(3))
	equal(t, get[[]int](t)(some.Take(ctx, -1)), []int{})
	equal(t, get[[]int](t)(some.Top(ctx, 0, Ascending)), []int{})
	equal(t, get[[]int](t)(some.TakeOrdered(ctx, -3, Ascending)), []int{})
}

func TestTrap9NaNIsOneKey(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	got := get[[]float64](t)(Distinct(s.Parallelize([]float64{math.NaN(), math.NaN()}, Partitions(2))).Collect(ctx))
	equal(t, len(got) == 1 && got[0] != got[0], true)
}

// Spark makes one key of 0.0 and -0.0 only where they meet in a map partition.
func TestTrap10ZerosAreOneKey(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	for _, partitions := range []Partitions{1, 2} {
		zeros := s.Parallelize([]float64{0, math.Copysign(0, -1)}, partitions).ToPairs(func(f float64) (float64, int) { return f, 1 })
		equal(t, get[map[float64]int](t)(zeros.ReduceByKey(add).CollectMap(ctx)), map[float64]int{0: 2})
		equal(t, get[int64](t)(zeros.GroupByKey(Slice).Count(ctx)), int64(1))
	}
}

func TestTrap11NilKeys(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	pairs := s.Parallelize([]any{nil, "a", nil}, Partitions(2)).ToPairs(func(key any) (any, int) { return key, 1 })
	equal(t, get[map[any]int](t)(pairs.ReduceByKey(add).CollectMap(ctx)), map[any]int{nil: 2, "a": 1})
	equal(t, get[int64](t)(pairs.Join(pairs, Inner).Count(ctx)), int64(5))
	equal(t, keyed.Partition(keyed.HasherOf[any]()(nil), 7), 0)
}

func TestTrap12OrderOfFloats(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	minus := math.Copysign(0, -1)
	floats := []float64{math.NaN(), 1, -1, math.Inf(1), 0, minus}
	for _, partitions := range []Partitions{1, 3} {
		got := get[[]float64](t)(s.Parallelize(floats, Partitions(2)).SortBy(Self, partitions).Collect(ctx))
		equal(t, fmt.Sprint(got), fmt.Sprint([]float64{-1, minus, 0, 1, math.Inf(1), math.NaN()}))
		got = get[[]float64](t)(s.Parallelize(floats, Partitions(2)).SortBy(Self, partitions, Descending).Collect(ctx))
		equal(t, fmt.Sprint(got), fmt.Sprint([]float64{math.NaN(), math.Inf(1), 1, 0, minus, -1}))
	}
}

// Spark makes fewer partitions if there are few keys. Here a sort has as many as it
// was asked for, known before any job, and some are empty.
func TestTrap13FewKeysToSort(t *testing.T) {
	s := open(t, Options{Parallelism: 2})
	hundred := make([]int, 100)
	equal(t, sizes(t, s.Parallelize(hundred).SortBy(Self, Partitions(5))), []int{100, 0, 0, 0, 0})
	equal(t, sizes(t, s.Parallelize([]int{3, 1, 2}).SortBy(Self, Partitions(3))), []int{1, 1, 1})
	equal(t, sizes(t, s.Empty[int]().SortBy(Self)), []int{0})
}

func TestTrap16SubtractAndIntersection(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	left := Subtract(s.Parallelize([]int{1, 1, 2, 3}), s.Parallelize([]int{3, 3}))
	equal(t, get[[]int](t)(left.TakeOrdered(ctx, 9, Ascending)), []int{1, 1, 2})
	both := Intersection(s.Parallelize([]int{1, 1, 2}), s.Parallelize([]int{1, 1, 1}))
	equal(t, get[[]int](t)(both.Collect(ctx)), []int{1})
}

func TestTrap17Joins(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	type P = Pair[int, string]
	left := s.Parallelize([]P{{1, "a"}, {1, "b"}}).ToPairs(SplitPair)
	right := s.Parallelize([]P{{1, "x"}, {1, "y"}, {2, "z"}}).ToPairs(SplitPair)
	joined := get[[]string](t)(left.Join(right, func(a, b string) string { return a + b }).Values().Collect(ctx))
	equal(t, joined, []string{"ax", "ay", "bx", "by"})

	one := s.Parallelize([]P{{1, "a"}}).ToPairs(SplitPair)
	two := s.Parallelize([]P{{2, "x"}}).ToPairs(SplitPair)
	type J = Joined[string, string]
	equal(t, get[map[int]J](t)(one.FullOuterJoin(two, FullOuter).CollectMap(ctx)),
		map[int]J{1: {Left: "a", HasLeft: true}, 2: {Right: "x", HasRight: true}})
	equal(t, get[map[int]J](t)(one.LeftOuterJoin(two, LeftOuter).CollectMap(ctx)), map[int]J{1: {Left: "a", HasLeft: true}})
	equal(t, get[map[int]J](t)(one.RightOuterJoin(two, RightOuter).CollectMap(ctx)), map[int]J{2: {Right: "x", HasRight: true}})
	equal(t, get[map[int]string](t)(right.SubtractByKey(left).CollectMap(ctx)), map[int]string{2: "z"})
}

func TestTrap18DefaultPartitioner(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	five := s.Parallelize(numbers(9), Partitions(3)).KeyBy(Self).PartitionBy(Hash(5))
	for partitions, want := range map[Partitions]int{7: 5, 49: 5, 70: 70} {
		other := s.Parallelize(numbers(9), partitions).KeyBy(Self)
		equal(t, get[int](t)(five.Join(other, Inner).Partitions(ctx)), want)
		equal(t, get[int](t)(other.Join(five, Inner).Partitions(ctx)), want)
	}
	// At 10 times, where Spark's logarithms round to 5.
	equal(t, get[int](t)(five.Join(s.Parallelize(numbers(9), Partitions(50)).KeyBy(Self), Inner).Partitions(ctx)), 50)
}

func TestTrap19PartitionerKeptAndDropped(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	p := s.Parallelize(numbers(9), Partitions(3)).KeyBy(Self).PartitionBy(Hash(5))
	for name, c := range map[string]struct {
		pairs Pairs[int, int]
		kept  bool
	}{
		"Filter":        {p.Filter(func(k, _ int) bool { return k > 1 }), true},
		"MapValues":     {p.MapValues(Self), true},
		"FlatMapValues": {p.FlatMapValues(func(v int) []int { return []int{v, v} }), true},
		"ReduceByKey":   {p.ReduceByKey(add), true},
		"Union":         {p.Union(p.MapValues(Self)), true},
		"Map":           {p.Map(MakePair).ToPairs(SplitPair), false},
		"Keys":          {p.Keys().KeyBy(Self), false},
		"Union of two":  {p.Union(p.PartitionBy(Hash(4))), false},
		"SortBy":        {p.SortBy(Key), false},
	} {
		get[int](t)(c.pairs.Partitions(ctx))
		if got := c.pairs.collection.partitioner.equal(Hash(5)); got != c.kept {
			t.Errorf("%s: the partitioner is kept: %v, want %v", name, got, c.kept)
		}
	}
}

func TestTrap20Union(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	five := func() Pairs[int, int] { return s.Parallelize(numbers(9)).KeyBy(Self).PartitionBy(Hash(5)) }
	together := five().Union(five(), s.Empty[int]().KeyBy(Self))
	equal(t, get[int](t)(together.Partitions(ctx)), 5)
	equal(t, get[int64](t)(together.Count(ctx)), int64(18))
	r := s.Parallelize([]int{1, 2}, Partitions(2)).Union(s.Parallelize([]int{3, 4, 5}, Partitions(3)), s.Parallelize([]int{1}, Partitions(1)))
	equal(t, get[[]int](t)(r.Collect(ctx)), []int{1, 2, 3, 4, 5, 1})
	equal(t, sizes(t, r), []int{1, 1, 1, 1, 1, 1})
}

func TestTrap22CollectMapLastWins(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	p := s.Parallelize([]string{"a", "b"}, Partitions(2)).KeyBy(func(string) int { return 1 })
	equal(t, get[map[int]string](t)(p.CollectMap(ctx)), map[int]string{1: "b"})
}

func TestTrap23EmptyPartitionsAreCalled(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	var calls atomic.Int32
	one := s.Parallelize([]int{1}, Partitions(4))
	get[int64](t)(one.MapPartitions(func(_ Task, in iter.Seq[int], yield func(int) bool) error {
		calls.Add(1)
		in(yield)
		return nil
	}).Count(ctx))
	equal(t, calls.Load(), int32(4))
	calls.Store(0)
	if err := one.ForEachPartition(ctx, func(Task, iter.Seq[int]) error { calls.Add(1); return nil }); err != nil {
		t.Error(err)
	}
	equal(t, calls.Load(), int32(4))
}

// Spark computes 6 times, once for the job and once for the files, and never writes
// a checkpoint that was asked for after a job.
func TestTrap27Checkpoint(t *testing.T) {
	s, ctx := open(t, Options{Directory: t.TempDir()}), context.Background()
	var calls atomic.Int32
	r := s.Parallelize(numbers(3)).Map(func(n int) int { calls.Add(1); return n }).Checkpoint()
	equal(t, get[int64](t)(r.Count(ctx)), int64(3))
	equal(t, get[[]int](t)(r.Collect(ctx)), numbers(3))
	equal(t, calls.Load(), int32(3))

	late := s.Parallelize(numbers(3)).Map(func(n int) int { calls.Add(1); return n })
	get[int64](t)(late.Count(ctx))
	late.Checkpoint()
	get[int64](t)(late.Count(ctx))
	calls.Store(0)
	equal(t, get[int64](t)(late.Count(ctx)), int64(3))
	equal(t, calls.Load(), int32(0))

	without := open(t, Options{})
	wantError(t, without.Parallelize(numbers(3)).Checkpoint().Err(), "Options.Directory")
}

func TestTrap29Persist(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	wantError(t, s.Parallelize(numbers(3)).Persist(Storage(9)).Err(), "storage 9")
	r := s.Parallelize(numbers(3)).Persist(Memory).Unpersist().Persist(Memory)
	equal(t, get[[]int](t)(r.Collect(ctx)), numbers(3))
}

func TestTrap30SaveAsTextFile(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	base := t.TempDir()
	var calls atomic.Int32
	counted := s.Parallelize([]string{"a\nb", "c"}, Partitions(3)).Map(func(line string) string { calls.Add(1); return line })
	err := counted.SaveAsTextFile(ctx, base)
	equal(t, errors.Is(err, fs.ErrExist) && calls.Load() == 0, true)

	dir := filepath.Join(base, "lines")
	if err := counted.SaveAsTextFile(ctx, dir); err != nil {
		t.Fatal(err)
	}
	equal(t, names(t, dir), []string{"_SUCCESS", "part-00000", "part-00001", "part-00002"})
	equal(t, get[[]string](t)(s.TextFile(dir).Collect(ctx)), []string{"a", "b", "c"})

	dir = filepath.Join(base, "none")
	if err := s.Empty[int]().SaveAsTextFile(ctx, dir); err != nil {
		t.Fatal(err)
	}
	equal(t, names(t, dir), []string{"_SUCCESS"})

	dir = filepath.Join(base, "nil")
	wantError(t, s.Parallelize([]*int{nil}).SaveAsTextFile(ctx, dir), "an element is nil")
	_, err = os.Stat(dir)
	equal(t, errors.Is(err, fs.ErrNotExist), true)
}

func names(t *testing.T, dir string) (all []string) {
	for _, entry := range get[[]os.DirEntry](t)(os.ReadDir(dir)) {
		all = append(all, entry.Name())
	}
	return all
}

// journal counts what the scheduler tells.
type journal struct{ jobs, stages, tasks atomic.Int32 }

func (j *journal) note(event scheduler.Event) {
	switch event.(type) {
	case scheduler.JobStart:
		j.jobs.Add(1)
	case scheduler.StageStart:
		j.stages.Add(1)
	case scheduler.TaskStart:
		j.tasks.Add(1)
	}
}

func (j *journal) since(f func()) (jobs, stages, tasks int32) {
	before := []int32{j.jobs.Load(), j.stages.Load(), j.tasks.Load()}
	f()
	return j.jobs.Load() - before[0], j.stages.Load() - before[1], j.tasks.Load() - before[2]
}

// Spark runs the sampling job when the sort is defined. Here a definition never
// runs a job; the first end does.
// TestOverwrite replaces a directory that is whole and one that a crash has left.
func TestOverwrite(t *testing.T) {
	s := open(t, Options{})
	dir := filepath.Join(t.TempDir(), "out")
	for _, elements := range [][]int{{1, 2, 3}, {4}} {
		if err := os.MkdirAll(filepath.Join(dir, "_temporary"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "part-00007"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := s.Parallelize(elements, Partitions(len(elements))).SaveAsTextFile(t.Context(), dir, Overwrite); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != len(elements)+1 || entries[0].Name() != "_SUCCESS" {
			t.Errorf("%v: the directory holds %v, %v", elements, entries, err)
		}
	}
}

func TestTrap31DefinitionsRunNoJob(t *testing.T) {
	var j journal
	s, ctx := open(t, Options{Listener: j.note}), context.Background()
	var two, one RDD[int]
	jobs, _, _ := j.since(func() {
		two = s.Parallelize(numbers(9), Partitions(2)).SortBy(Self)
		one = s.Parallelize(numbers(9), Partitions(2)).SortBy(Self, Partitions(1))
	})
	equal(t, jobs, int32(0))
	for _, c := range []struct {
		sorted RDD[int]
		jobs   int32
	}{{two, 2}, {two, 1}, {one, 1}} {
		jobs, _, _ = j.since(func() { equal(t, get[[]int](t)(c.sorted.Collect(ctx)), numbers(9)) })
		equal(t, jobs, c.jobs)
	}
}

func TestTrap32TakeGrows(t *testing.T) {
	var j journal
	s, ctx := open(t, Options{Listener: j.note}), context.Background()
	jobs, _, _ := j.since(func() {
		equal(t, get[[]int](t)(s.Parallelize(numbers(100), Partitions(20)).Take(ctx, 60)), numbers(60))
	})
	equal(t, jobs, int32(3))
	last := s.Parallelize(numbers(100), Partitions(100)).Filter(func(n int) bool { return n == 100 })
	jobs, _, tasks := j.since(func() { equal(t, get[[]int](t)(last.Take(ctx, 1)), []int{100}) })
	equal(t, jobs, int32(4))
	equal(t, tasks, int32(1+4+20+75))
}

func TestTrap33Retries(t *testing.T) {
	s, ctx := open(t, Options{TaskAttempts: 3}), context.Background()
	var runs atomic.Int32
	flaky := s.Parallelize(numbers(2), Partitions(1)).MapPartitions(func(task Task, in iter.Seq[int], yield func(int) bool) error {
		runs.Add(1)
		if task.Attempt() < 2 {
			return errors.New("not yet")
		}
		in(yield)
		return nil
	})
	equal(t, get[int64](t)(flaky.Count(ctx)), int64(2))
	equal(t, runs.Load(), int32(3))
	runs.Store(0)
	_, err := s.Parallelize(numbers(1), Partitions(1)).MapErr(func(int) (int, error) { runs.Add(1); return 0, errors.New("never") }).Count(ctx)
	wantError(t, err, "never")
	equal(t, runs.Load(), int32(3))
}

func TestTrap34StagesAreReused(t *testing.T) {
	var j journal
	s, ctx := open(t, Options{Listener: j.note}), context.Background()
	shuffled := s.Parallelize(numbers(9), Partitions(3)).KeyBy(Self).ReduceByKey(add, Hash(4))
	count := func() { get[int64](t)(shuffled.Count(ctx)) }
	_, stages, tasks := j.since(count)
	equal(t, []int32{stages, tasks}, []int32{2, 7})
	_, stages, tasks = j.since(count)
	equal(t, []int32{stages, tasks}, []int32{1, 4})

	p := s.Parallelize(numbers(9), Partitions(3)).KeyBy(Self).PartitionBy(Hash(4))
	_, stages, _ = j.since(func() { get[int64](t)(p.GroupByKey(Slice).Count(ctx)) })
	equal(t, stages, int32(2))

	a, b := p.Persist(Memory), p.MapValues(Self).Persist(Memory)
	get[int64](t)(a.Count(ctx))
	get[int64](t)(b.Count(ctx))
	_, stages, _ = j.since(func() { get[int64](t)(a.Join(b, Inner).Count(ctx)) })
	equal(t, stages, int32(1))
	_, stages, tasks = j.since(func() { get[[]int](t)(s.Parallelize(numbers(9), Partitions(3)).SortBy(Self).Collect(ctx)) })
	equal(t, []int32{stages, tasks}, []int32{3, 9})
}

func TestTrap35Top(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	r := s.Parallelize([]int{3, 1, 3, 2})
	equal(t, get[[]int](t)(r.Top(ctx, 10, Ascending)), []int{3, 3, 2, 1})
	equal(t, get[[]int](t)(r.TakeOrdered(ctx, 10, Ascending)), []int{1, 2, 3, 3})
}

// Spark accepts 0 partitions and loses the data.
func TestTrap37Partitioners(t *testing.T) {
	s, ctx := open(t, Options{TaskAttempts: 1}), context.Background()
	p := s.Parallelize(numbers(1)).KeyBy(Self)
	wantError(t, p.PartitionBy(Hash(0)).Err(), "0 partitions")
	wantError(t, p.ReduceByKey(add, Hash(-1)).Err(), "-1 partitions")
	_, err := p.PartitionBy(Custom("five", 2, func(int) int { return 5 })).Count(ctx)
	wantError(t, err, "puts the key 1 into partition 5")
	wantError(t, p.PartitionBy(Custom("text", 2, func(string) int { return 0 })).Err(), "not keys of type int")
}

func TestTrap38CollectionInTask(t *testing.T) {
	s, ctx := open(t, Options{TaskAttempts: 1}), context.Background()
	r := s.Parallelize(numbers(2))
	err := r.ForEachPartition(ctx, func(task Task, _ iter.Seq[int]) error {
		_, err := r.Count(task.Context())
		return err
	})
	equal(t, errors.Is(err, scheduler.ErrNested), true)
}

func TestTrap40PersistAndCancel(t *testing.T) {
	s, ctx := open(t, Options{}), context.Background()
	var computed atomic.Int32
	r := s.Parallelize(numbers(4)).Map(func(n int) int { computed.Add(1); return n }).Persist(Memory)
	get[int64](t)(r.Count(ctx))
	get[int64](t)(r.Count(ctx))
	equal(t, computed.Load(), int32(4))
	r.Unpersist()
	get[int64](t)(r.Count(ctx))
	equal(t, computed.Load(), int32(8))

	why := errors.New("the group was cancelled")
	cancelled, cancel := context.WithCancelCause(ctx)
	_, err := s.Range(0, math.MaxInt64, 1).Map(func(n int64) int64 {
		if n == 1000 {
			cancel(why)
		}
		return n
	}).Count(cancelled)
	equal(t, errors.Is(err, why), true)
	wantError(t, err, "Count")
}
