package rdd

import (
	"context"
	"errors"
	"iter"
	"math"
	"slices"
	"testing"
)

func TestTrap3Zip(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	a := s.Parallelize(numbers(2000), Partitions(3))
	filtered := a.FlatMap(func(n int) []int { return []int{n, -n} }).Filter(func(n int) bool { return n > 0 }) // in other chunks
	for _, n := range get[[]int](t)(a.Zip(filtered, func(x, y int) int { return x - y }).Collect(ctx)) {
		if n != 0 {
			t.Fatal(n)
		}
	}
	_, err := a.Zip(s.Parallelize(numbers(2000), Partitions(2)), add).Count(ctx)
	wantError(t, err, "3 and 2 partitions")
	for _, lengths := range [][2]int{{4, 5}, {5, 4}, {0, 1}, {1, 0}, {512, 513}, {1024, 1023}} {
		one := func(n int) RDD[int] { return s.Parallelize(numbers(n), Partitions(1)) }
		_, err = one(lengths[0]).Zip(one(lengths[1]), add).Count(ctx)
		wantError(t, err, "different numbers of elements")
		equal(t, get[int64](t)(one(lengths[0]).Zip(one(lengths[0]), add).Count(ctx)), int64(lengths[0]))
	}
	lengths := a.ZipPartitions(s.Parallelize(numbers(5), Partitions(3)), func(_ Task, left, right iter.Seq[int], yield func(int) bool) error {
		yield(len(slices.Collect(left)) + len(slices.Collect(right)))
		return nil
	})
	equal(t, get[[]int](t)(lengths.Collect(ctx)), []int{667, 669, 669})
	broken := s.Parallelize(numbers(3), Partitions(3)).MapErr(func(int) (int, error) { return 0, errors.New("broken") })
	_, err = a.ZipPartitions(broken, func(_ Task, _, right iter.Seq[int], _ func(int) bool) error {
		_ = slices.Collect(right)
		return nil
	}).Count(ctx)
	wantError(t, err, "broken")
	_, err = a.Zip(broken, add).Count(ctx)
	wantError(t, err, "broken")
}

func TestTrap4And31ZipWithNumbers(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	letters := s.Parallelize([]string{"a", "b", "c", "d", "e"}, Partitions(2))
	equal(t, get[[]int64](t)(letters.ZipWithUniqueID().Keys().Collect(ctx)), []int64{0, 2, 1, 3, 5})
	equal(t, get[map[int64]string](t)(letters.ZipWithIndex().CollectMap(ctx)), map[int64]string{0: "a", 1: "b", 2: "c", 3: "d", 4: "e"})
	many := get[[]int64](t)(s.Parallelize(numbers(5000), Partitions(7)).ZipWithIndex().Keys().Collect(ctx))
	for i, n := range many {
		if int64(i) != n {
			t.Fatalf("element %d is number %d", i, n)
		}
	}
	equal(t, len(many), 5000)
}

func TestTrap21Cartesian(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	all := s.Parallelize([]int{1, 2}, Partitions(2)).Cartesian(s.Parallelize([]string{"a", "b"}, Partitions(2)), func(n int, c string) string {
		return string(rune('0'+n)) + c
	})
	equal(t, get[[]string](t)(all.Collect(ctx)), []string{"1a", "1b", "2a", "2b"})
	equal(t, get[int](t)(all.Partitions(ctx)), 4)
	equal(t, get[int64](t)(s.Parallelize(numbers(300)).Cartesian(s.Parallelize(numbers(70)), add).Count(ctx)), int64(21000))
}

func TestTrap25Sample(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	all := s.Parallelize(numbers(1000), Partitions(4))
	first := get[[]int](t)(all.Sample(0.1, 7).Collect(ctx))
	equal(t, get[[]int](t)(all.Sample(0.1, 7).Collect(ctx)), first)
	if len(first) < 60 || len(first) > 140 {
		t.Errorf("%d elements", len(first))
	}
	if slices.Equal(get[[]int](t)(s.Parallelize(numbers(1000), Partitions(3)).Sample(0.1, 7).Collect(ctx)), first) {
		t.Error("other partitions give the same sample")
	}
	equal(t, get[int64](t)(all.Sample(0, 1).Count(ctx)), int64(0))
	equal(t, get[int64](t)(all.Sample(1, 1).Count(ctx)), int64(1000))
	wantError(t, all.Sample(1.5, 1).Err(), "the fraction is 1.5")
	wantError(t, all.Sample(math.NaN(), 1).Err(), "the fraction is NaN")
	wantError(t, all.SampleWithReplacement(-1, 1).Err(), "the fraction is -1")
	if n := get[int64](t)(all.SampleWithReplacement(2, 1).Count(ctx)); n < 1800 || n > 2200 {
		t.Errorf("%d copies of 1000, want about 2000", n)
	}
	if n := get[int64](t)(s.Parallelize(numbers(10)).SampleWithReplacement(1200, 1).Count(ctx)); n < 11500 || n > 12500 {
		t.Errorf("%d copies of 10, want about 12000", n)
	}

	parts := all.RandomSplit(3, 1, 3)
	less, more := get[[]int](t)(parts[0].Collect(ctx)), get[[]int](t)(parts[1].Collect(ctx))
	together := slices.Sorted(slices.Values(append(slices.Clone(less), more...)))
	equal(t, together, numbers(1000))
	if len(less) < 200 || len(less) > 300 {
		t.Errorf("%d and %d", len(less), len(more))
	}
	wantError(t, all.RandomSplit(3, 1, -1)[0].Err(), "none may be negative")
	wantError(t, all.RandomSplit(3, 0, 0)[1].Err(), "nor all 0")
}

func TestTrap26TakeSample(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	five := s.Parallelize(numbers(5), Partitions(3))
	equal(t, slices.Sorted(slices.Values(get[[]int](t)(five.TakeSample(ctx, 10, 1)))), numbers(5))
	equal(t, len(get[[]int](t)(five.TakeSampleWithReplacement(ctx, 10, 1))), 10)
	_, err := five.TakeSample(ctx, -1, 1)
	wantError(t, err, "-1 elements")
	_, err = five.TakeSampleWithReplacement(ctx, -1, 1)
	wantError(t, err, "-1 elements")
	equal(t, get[[]int](t)(s.Empty[int]().TakeSample(ctx, 2, 1)), []int{})
	equal(t, get[[]int](t)(s.Empty[int]().TakeSampleWithReplacement(ctx, 2, 1)), []int{})
	counts := map[int]int{}
	for seed := range uint64(400) {
		for _, n := range get[[]int](t)(five.TakeSample(ctx, 2, seed)) {
			counts[n]++
		}
	}
	for n, count := range counts {
		if count < 110 || count > 210 {
			t.Errorf("%d was drawn %d times, want about 160", n, count)
		}
	}
}

func TestTrap36SampleByKey(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	pairs := s.Parallelize(numbers(2000), Partitions(3)).KeyBy(func(n int) int { return n % 2 })
	counts := get[map[int]int64](t)(pairs.SampleByKey(map[int]float64{0: 0.1, 1: 1}, 5).CountByKey(ctx))
	if counts[1] != 1000 || counts[0] < 60 || counts[0] > 140 {
		t.Errorf("%v", counts)
	}
	_, err := pairs.SampleByKey(map[int]float64{0: 0.1}, 5).Count(ctx)
	wantError(t, err, "no fraction for the key 1")
	wantError(t, pairs.SampleByKey(map[int]float64{0: 2}, 5).Err(), "from 0 to 1")
}

func TestTrap14And15Stats(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	none := get[Summary](t)(Stats(ctx, s.Parallelize([]float64{}, Partitions(2))))
	if none.Count != 0 || none.Mean != 0 || none.Sum != 0 || !math.IsNaN(none.Variance()) || !math.IsInf(none.Min, 1) || !math.IsInf(none.Max, -1) {
		t.Errorf("%+v", none)
	}
	_, err := Stats(ctx, s.Empty[int]())
	equal(t, errors.Is(err, ErrEmpty), true)
	for _, nothing := range []RDD[float64]{s.Empty[float64](), s.Parallelize([]float64{}, Partitions(2)), s.Parallelize([]float64{1, math.NaN()}), s.Parallelize([]float64{1, math.Inf(1)})} {
		if _, _, err := HistogramOf(ctx, nothing, 2); err == nil {
			t.Error("a histogram of nothing")
		}
	}
	one := get[Summary](t)(Stats(ctx, s.Parallelize([]int{7})))
	equal(t, one.StdDev(), 0.0)
	equal(t, math.IsNaN(one.SampleStdDev()), true)
	all := get[Summary](t)(Stats(ctx, s.Parallelize([]int{2, 4, 4, 4, 5, 5, 7, 9}, Partitions(3))))
	equal(t, []float64{all.Mean, all.Sum, all.Min, all.Max}, []float64{5, 40, 2, 9})
	if math.Abs(all.StdDev()-2) > 1e-12 || math.Abs(all.SampleVariance()-32.0/7) > 1e-12 {
		t.Errorf("%v, %v", all.StdDev(), all.SampleVariance())
	}

	equal(t, get[[]int64](t)(Histogram(ctx, s.Parallelize([]float64{-1, 1, 2, 4, 5}), []float64{1, 2, 4})), []int64{1, 2})
	equal(t, get[[]int64](t)(Histogram(ctx, s.Parallelize([]float64{1, 2, 3, 4, math.NaN()}), []float64{1, 2, 4})), []int64{1, 3})
	for _, edges := range [][]float64{{1}, {2, 1}, nil} {
		_, err := Histogram(ctx, s.Parallelize(numbers(3)), edges)
		wantError(t, err, "ascending order")
	}
	edges, counts, err := HistogramOf(ctx, s.Parallelize([]int{1, 1, 1}), 3)
	equal(t, err, nil)
	equal(t, edges, []float64{1, 1})
	equal(t, counts, []int64{3})
	_, counts, err = HistogramOf(ctx, s.Parallelize(numbers(50)), 3)
	equal(t, err, nil)
	equal(t, counts, []int64{17, 16, 17})
}

func TestTrap6And35Trees(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	ten := func() int { return 10 }
	equal(t, get[int](t)(s.Parallelize([]int{1, 2, 3}, Partitions(3)).TreeAggregate(ctx, 2, ten, add, add)), 76)
	equal(t, get[int](t)(s.Parallelize(numbers(8), Partitions(8)).TreeAggregate(ctx, 2, ten, add, add)), 226)
	equal(t, get[int](t)(s.Empty[int]().TreeAggregate(ctx, 2, ten, add, add)), 10)
	for _, depth := range []int{1, 2, 3, 9} {
		for _, partitions := range []Partitions{1, 5, 40} {
			equal(t, get[int](t)(s.Parallelize(numbers(100), partitions).TreeReduce(ctx, depth, add)), 5050)
		}
	}
	_, err := s.Parallelize(numbers(3)).TreeReduce(ctx, 0, add)
	wantError(t, err, "the depth is 0")
	_, err = s.Parallelize([]int{}, Partitions(30)).TreeReduce(ctx, 2, add)
	equal(t, errors.Is(err, ErrEmpty), true)
}
