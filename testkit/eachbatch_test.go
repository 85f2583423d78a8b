package testkit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
)

// fewOfMany are words of which most are away for some batches.
var fewOfMany = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), 0, 16)

// streamEachBatch is a stream that saves what it reads, and then more.
func streamEachBatch(s *Sim, build func(words dstream.DStream[string])) *Results[string] {
	in := Input(s, "words", 2, fewOfMany)
	read := Sink[string](s, "read", IdempotentBatch)
	s.App(func(p *Process) error {
		stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
			words := stream.From(in)
			words.SaveTo(read)
			build(words)
			return nil
		})
		if err != nil {
			return err
		}
		return stream.Run(p.Context())
	})
	ExactlyOnce(s, in, read, func(words []string) []string { return words })
	return read
}

func plus(a, b int) int { return a + b }

// streamWindows has a window that moves on by what leaves and what comes, one that is
// reduced anew, and one whose elements are kept as they are.
func streamWindows(s *Sim) {
	moving := PairSink[string, int](s, "moving", IdempotentBatch)
	anew := PairSink[string, int](s, "anew", Transactional)
	recent := Sink[string](s, "recent", IdempotentBatch)
	read := streamEachBatch(s, func(words dstream.DStream[string]) {
		minus := dstream.Inverse(func(a, b int) int { return a - b })
		some := dstream.Keep(func(n int) bool { return n > 0 })
		ones := words.ToPairs(one)
		ones.ReduceByKeyAndWindow(plus, dstream.Window{Length: 4 * Interval, Slide: 2 * Interval}, minus, some).SaveTo(moving)
		ones.ReduceByKeyAndWindow(plus, dstream.Window{Length: 3 * Interval}).SaveTo(anew)
		words.Window(dstream.Window{Length: 2 * Interval}).SaveTo(recent)
	})
	counts := func(length int) func(batches [][]string) []rdd.Pair[string, int] {
		return func(batches [][]string) (pairs []rdd.Pair[string, int]) {
			for word, n := range countWords(slices.Concat(newest(batches, length)...)) {
				pairs = append(pairs, rdd.MakePair(word, n))
			}
			return pairs
		}
	}
	EachBatch(s, read, moving, counts(4))
	EachBatch(s, read, anew, counts(3))
	EachBatch(s, read, recent, func(batches [][]string) []string { return slices.Concat(newest(batches, 2)...) })
}

func newest[T any](batches [][]T, n int) [][]T { return batches[max(0, len(batches)-n):] }

// streamStates has states that time out and states that are dropped.
func streamStates(s *Sim) {
	const patience, enough = 2, 3
	seen := Sink[string](s, "seen", IdempotentBatch)
	open := PairSink[string, int](s, "open", IdempotentBatch)
	read := streamEachBatch(s, func(words dstream.DStream[string]) {
		ones := words.ToPairs(one)
		ones.MapWithState(dstream.StateFunc(func(word string, value int, state *dstream.State[int]) (string, bool) {
			n, had := state.Get()
			switch {
			case state.TimingOut():
				return fmt.Sprint(word, " ends with ", n), true
			case !had || word != "a": // of a, values count for the time-out alone
				n += value
				state.Update(n)
			}
			return fmt.Sprint(word, " ", n), true
		}).Timeout(patience * Interval)).SaveTo(seen)
		ones.UpdateStateByKey(func(values []int, n int, _ bool) (int, bool) { return n + len(values), n+len(values) < enough }).SaveTo(open)
	})
	EachBatch(s, read, seen, func(batches [][]string) (results []string) {
		counts, last := map[string]int{}, map[string]int{}
		for at, words := range batches {
			results = nil
			for _, word := range words {
				if last[word] = at; counts[word] == 0 || word != "a" {
					counts[word]++
				}
				results = append(results, fmt.Sprint(word, " ", counts[word]))
			}
			for word, n := range maps.Clone(counts) {
				if at-last[word] > patience {
					results = append(results, fmt.Sprint(word, " ends with ", n))
					delete(counts, word)
				}
			}
		}
		return results
	})
	EachBatch(s, read, open, func(batches [][]string) (pairs []rdd.Pair[string, int]) {
		counts := map[string]int{}
		for _, words := range batches {
			for word, n := range countWords(words) {
				counts[word] += n
			}
			maps.DeleteFunc(counts, func(_ string, n int) bool { return n >= enough })
		}
		for word, n := range counts {
			pairs = append(pairs, rdd.MakePair(word, n))
		}
		return pairs
	})
	s.Sometimes("a state times out", func() bool {
		return slices.ContainsFunc(rowsOf(seen.state.batches), func(row string) bool { return strings.Contains(row, "ends") })
	})
}

func TestStreamWindows(t *testing.T) { Check(t, streamWindows) }

func TestStreamStates(t *testing.T) { Check(t, streamStates) }

// TestEachBatch: an output that is not what the batches come to is a failure.
func TestEachBatch(t *testing.T) {
	text := run(func(t testing.TB) {
		Exhaust(t, func(s *Sim) {
			forgetful := Sink[string](s, "recent", IdempotentBatch)
			read := streamEachBatch(s, func(words dstream.DStream[string]) {
				words.Window(dstream.Window{Length: 2 * Interval}).Filter(func(word string) bool { return word != "a" }).SaveTo(forgetful)
			})
			EachBatch(s, read, forgetful, func(batches [][]string) []string { return slices.Concat(newest(batches, 2)...) })
		})
	})
	if want := `sink recent: batch 0 is [], want ["a"] after the batches [["a"]]`; !strings.Contains(text, want) {
		t.Errorf("%q lacks %q", text, want)
	}
}
