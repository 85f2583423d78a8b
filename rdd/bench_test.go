package rdd

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func perSecond(b *testing.B, n int, unit string) {
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "M"+unit+"/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/"+unit)
}

const tenMillion = 10_000_000

func BenchmarkMapFilterReduce(b *testing.B) {
	s, ctx := open(b, Options{}), context.Background()
	all := make([]int, tenMillion)
	for i := range all {
		all[i] = i
	}
	for _, partitions := range []Partitions{1, 2} {
		b.Run(fmt.Sprintf("partitions=%d", partitions), func(b *testing.B) {
			r := s.Parallelize(all, partitions).Map(func(n int) int { return n*3 + 1 }).Filter(func(n int) bool { return n%2 == 0 })
			for b.Loop() {
				if _, err := r.Reduce(ctx, add); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b, tenMillion, "elements")
		})
	}
}

// BenchmarkWordCount counts the words of a generated text of 64 MiB: 20,000 distinct
// words, the frequent ones more frequent.
func BenchmarkWordCount(b *testing.B) {
	s, ctx := open(b, Options{}), context.Background()
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.1, 8, 19_999)
	var text strings.Builder
	words := 0
	for text.Len() < 64<<20 {
		for range 10 {
			fmt.Fprintf(&text, "w%dx ", zipf.Uint64())
			words++
		}
		text.WriteByte('\n')
	}
	name := filepath.Join(b.TempDir(), "text")
	if err := os.WriteFile(name, []byte(text.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		counts := s.TextFile(name).FlatMapSeq(strings.FieldsSeq).ToPairs(one).ReduceByKey(add)
		if _, err := counts.TopBy(ctx, 10, Value); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, words, "words")
}

func BenchmarkReduceByKey(b *testing.B) {
	s, ctx := open(b, Options{}), context.Background()
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]int, tenMillion)
	for i := range all {
		all[i] = random.IntN(1_000_000)
	}
	for b.Loop() {
		pairs := s.Parallelize(all).ToPairs(func(key int) (int, int) { return key, 1 })
		if _, err := pairs.ReduceByKey(add).Count(ctx); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, tenMillion, "pairs")
}

func BenchmarkSortBy(b *testing.B) {
	s, ctx := open(b, Options{}), context.Background()
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]Pair[int64, int64], tenMillion)
	for i := range all {
		all[i] = Pair[int64, int64]{random.Int64(), int64(i)}
	}
	for b.Loop() {
		if _, err := s.Parallelize(all).ToPairs(SplitPair).SortBy(Key).Count(ctx); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, tenMillion, "pairs")
}

func BenchmarkJoin(b *testing.B) {
	s, ctx := open(b, Options{}), context.Background()
	const n = 2_000_000
	random := rand.New(rand.NewPCG(1, 2))
	left, right := random.Perm(n), random.Perm(n)
	for b.Loop() {
		l := s.Parallelize(left).KeyBy(Self).MapValues(func(n int) int64 { return int64(n) })
		r := s.Parallelize(right).KeyBy(Self).MapValues(func(n int) int64 { return int64(n) })
		if _, err := l.Join(r, func(a, b int64) int64 { return a + b }).Count(ctx); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, 2*n, "pairs")
}

func BenchmarkEmptyJob(b *testing.B) {
	s, ctx := open(b, Options{Parallelism: 2}), context.Background()
	b.Run("2 tasks", func(b *testing.B) {
		r := s.Parallelize([]int{}, Partitions(2))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := r.Count(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("2+2 tasks with a shuffle", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			scope := s.Scope()
			r := scope.Parallelize([]int{}, Partitions(2)).KeyBy(Self).ReduceByKey(add, Hash(2))
			if _, err := r.Count(ctx); err != nil {
				b.Fatal(err)
			}
			if err := scope.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
