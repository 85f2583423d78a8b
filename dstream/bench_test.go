package dstream

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/rdd"
)

// benchmark runs batches back to back, without waiting for their time.
func benchmark(b *testing.B, o Options, elements int, build func(s *Session)) {
	if o.Interval == 0 {
		o.Interval = time.Millisecond
	}
	var s *Session
	var err error
	if o.Checkpoint == "" {
		if s, err = Open(o); err == nil {
			build(s)
		}
	} else {
		s, err = Recover(o, func(s *Session) error { build(s); return nil })
	}
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if _, err := s.activate(); err != nil {
		b.Fatal(err)
	}
	if err := s.prepare(b.Context()); err != nil {
		b.Fatal(err)
	}
	if o.Interval == time.Millisecond {
		s.generator.zero = s.generator.zero.Add(-time.Hour) // all batches are due: each plans the next
	}
	tick := int64(0)
	batch := func() {
		tick++
		if err := s.batch(b.Context(), tick); err != nil {
			b.Fatal(err)
		}
		s.generator.done = tick
	}
	for range 12 { // past the first windows and the growth of tables
		batch()
	}
	var took []time.Duration
	b.ResetTimer()
	for range b.N {
		began := time.Now()
		batch()
		took = append(took, time.Since(began))
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(elements)*float64(b.N)/b.Elapsed().Seconds()/1e6, "M/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// words are elements drawn from a number of distinct ones.
func words(n, distinct int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("word-%06d", r.IntN(distinct))
	}
	return list
}

func one(word string) (string, int) { return word, 1 }

// ignore runs a job over each batch and drops what it gives.
func ignore[K comparable, V any](p Pairs[K, V]) {
	p.ForEachRDD(func(ctx context.Context, r rdd.Pairs[K, V], _ time.Time) error {
		_, err := r.Count(ctx)
		return err
	})
}

func BenchmarkBatch(b *testing.B) {
	const million = 1_000_000
	many, few := words(million, 100_000), words(100, 100)
	for _, c := range []struct {
		name     string
		elements []string
		build    func(in DStream[string])
	}{
		{"empty", nil, func(in DStream[string]) { ignore(in.ToPairs(one)) }},
		{"100 words, shuffle", few, func(in DStream[string]) { ignore(in.ToPairs(one).ReduceByKey(add)) }},
		{"100 words, state", few, func(in DStream[string]) { ignore(in.ToPairs(one).UpdateStateByKey(sum)) }},
		{"1M words, count", many, func(in DStream[string]) { ignore(in.ToPairs(one).ReduceByKey(add)) }},
		{"1M words, state", many, func(in DStream[string]) { ignore(in.ToPairs(one).UpdateStateByKey(sum)) }},
		{"1M words, window of 10 with inverse", many, func(in DStream[string]) {
			ignore(in.ToPairs(one).ReduceByKeyAndWindow(add, Window{Length: 10 * time.Millisecond}, Inverse(sub)))
		}},
		{"1M words, window of 10", many, func(in DStream[string]) {
			ignore(in.ToPairs(one).ReduceByKeyAndWindow(add, Window{Length: 10 * time.Millisecond}))
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			benchmark(b, Options{}, len(c.elements), func(s *Session) { c.build(s.From(Constant(c.elements...))) })
		})
	}
}

// BenchmarkDurableBatch is a stateful stream with a checkpoint: the time from the
// plan of a batch of 100 words to its commit, with the syncs. Back to back the plan of
// the next batch is logged with the commit; a lone batch finds nothing to do behind
// it.
func BenchmarkDurableBatch(b *testing.B) {
	few := words(100, 100)
	for name, interval := range map[string]time.Duration{"back to back": time.Millisecond, "lone": time.Hour} {
		b.Run(name, func(b *testing.B) {
			o := Options{Checkpoint: filepath.Join(b.TempDir(), "checkpoint"), Interval: interval}
			benchmark(b, o, len(few), func(s *Session) {
				ignore(s.From(Constant(few...)).ToPairs(one).UpdateStateByKey(sum))
			})
		})
	}
}

// BenchmarkRestart is a start from a checkpoint with the state of a million keys and
// a tail of changes: from Recover to the end of the first batch.
func BenchmarkRestart(b *testing.B) {
	const keys, tail = 1_000_000, 200
	all := make([]int, keys)
	for i := range all {
		all[i] = i
	}
	dir, batches := filepath.Join(b.TempDir(), "checkpoint"), 0
	open := func() *Session {
		s, err := Recover(Options{Interval: time.Millisecond, Checkpoint: dir}, func(s *Session) error {
			in := s.From(Constant(0)).Transform(func(rdd.RDD[int], time.Time) rdd.RDD[int] {
				if batches++; batches == 1 {
					return s.RDD().Parallelize(all)
				}
				from := batches * 5000 % keys
				return s.RDD().Parallelize(all[from : from+5000])
			})
			state := in.ToPairs(func(n int) (int, int64) { return n, 1 }).MapWithState(StateFunc(func(_ int, n int64, state *State[int64]) (int64, bool) {
				was, _ := state.Get()
				state.Update(was + n)
				return 0, false
			}))
			state.ForEachRDD(func(ctx context.Context, r rdd.RDD[int64], _ time.Time) error {
				_, err := r.Count(ctx)
				return err
			})
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.activate(); err != nil {
			b.Fatal(err)
		}
		if err := s.prepare(b.Context()); err != nil {
			b.Fatal(err)
		}
		return s
	}
	batch := func(s *Session) {
		tick := s.generator.done + 1
		if err := s.batch(b.Context(), tick); err != nil {
			b.Fatal(err)
		}
		s.generator.done = tick
	}
	s := open()
	for range tail {
		batch(s)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		s := open()
		batch(s)
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
