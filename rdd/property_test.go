package rdd

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// One answer for one partition and many, for fused operators and operators whose
// results are kept between them, and for shuffles of any width.
func TestManyWaysOneAnswer(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.IntRange(-20, 20), 0, 2000).Draw(t, "elements")
		run := func(partitions Partitions, reducers int, keep bool) string {
			scope := s.Scope()
			defer scope.Close()
			kept := func(r RDD[int]) RDD[int] {
				if keep {
					return r.Persist(Memory)
				}
				return r
			}
			r := kept(kept(scope.Parallelize(all, partitions)).FlatMap(func(n int) []int { return []int{n, n + 1} }))
			r = kept(r.Filter(func(n int) bool { return n%3 != 0 }))
			pairs := r.ToPairs(func(n int) (int, int) { return n % 7, n })
			sums := pairs.ReduceByKey(add, Hash(reducers))
			groups := pairs.GroupByKey(func(_ int, values []int) int { slices.Sort(values); return len(fmt.Sprint(values)) }, Hash(reducers))
			joined := sums.Join(groups, func(sum, size int) [2]int { return [2]int{sum, size} })
			var b []any
			note := func(v any, err error) {
				if err != nil {
					t.Fatal(err)
				}
				b = append(b, v)
			}
			rows, err := joined.Collect(ctx)
			slices.SortFunc(rows, func(a, b Pair[int, [2]int]) int { return cmp.Compare(a.Key, b.Key) })
			note(rows, err)
			sorted, err := r.SortBy(Self, Partitions(reducers)).Collect(ctx)
			note(sorted, err)
			if !slices.IsSorted(sorted) {
				t.Fatal("not sorted")
			}
			distinct, err := Distinct(r).SortBy(Self, Descending).Collect(ctx)
			note(distinct, err)
			head, err := r.Take(ctx, 17)
			note(head, err)
			return fmt.Sprint(b)
		}
		want := run(1, 1, false)
		partitions := Partitions(rapid.IntRange(1, 9).Draw(t, "partitions"))
		reducers := rapid.IntRange(1, 9).Draw(t, "reducers")
		for _, keep := range []bool{false, true} {
			if got := run(partitions, reducers, keep); got != want {
				t.Fatalf("%d partitions, %d reducers, kept %v:\n%s\nwant\n%s", partitions, reducers, keep, got, want)
			}
		}
	})
}

// Equal keys stay in their order, ascending and descending, whether keys are sorted
// by digits or by comparing.
func TestSortsAreStable(t *testing.T) {
	s, ctx := open(t, Options{Parallelism: 2}), context.Background()
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.Int16Range(-40, 40), 0, 3000).Draw(t, "keys")
		all := make([]Pair[int16, int], len(keys))
		for i, key := range keys {
			all[i] = Pair[int16, int]{key, i}
		}
		for _, descending := range []bool{false, true} {
			var options []SortOption
			sign := 1
			if descending {
				options, sign = append(options, Descending), -1
			}
			want := slices.Clone(all)
			slices.SortStableFunc(want, func(a, b Pair[int16, int]) int { return sign * cmp.Compare(a.Key, b.Key) })
			r := s.Parallelize(all, Partitions(rapid.IntRange(1, 5).Draw(t, "partitions")))
			byDigits, err := r.SortBy(func(p Pair[int16, int]) int16 { return p.Key }, options...).Collect(ctx)
			if err != nil || !slices.Equal(byDigits, want) {
				t.Fatal("SortBy", err)
			}
			byText, err := r.SortBy(func(p Pair[int16, int]) string { return fmt.Sprintf("%03d", p.Key+100) }, options...).Collect(ctx)
			if err != nil || !slices.Equal(byText, want) {
				t.Fatal("SortBy a string", err)
			}
			byFunction, err := r.SortFunc(func(a, b Pair[int16, int]) int { return cmp.Compare(a.Key, b.Key) }, options...).Collect(ctx)
			if err != nil || !slices.Equal(byFunction, want) {
				t.Fatal("SortFunc", err)
			}
			pairs, err := r.ToPairs(SplitPair).SortBy(Key, options...).Collect(ctx)
			if err != nil || !slices.Equal(pairs, want) {
				t.Fatal("Pairs.SortBy", err)
			}
		}
	})
}
