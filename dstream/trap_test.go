package dstream

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/rdd"
)

// The traps of DStreams, by their number: what goes in, and what must come out.
// Others are where they belong: 4 and 44 in batch_test.go; 9, 10, 13, 16 and 22 in
// stream_test.go; 25, 29 and 30 in listen_test.go.

// outputs runs a stream for some ticks and returns what it recorded.
func outputs(t *testing.T, ticks int, build func(s *Session, got *[]string)) (got []string) {
	t.Helper()
	simulate(t, nil, func(e env.Env) error {
		o := options(e)
		s, err := Open(o)
		if err != nil {
			return err
		}
		s.Listen(Listener{BatchCompleted: func(p Progress) {
			if p.Err != nil {
				t.Error(p.Err)
			}
		}})
		build(s, &got)
		return runFor(s, ticks)
	})
	return got
}

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// numbers is a stream whose batch N is N, for six batches.
func numbers(s *Session) DStream[int] {
	return s.From(Source[int](NewQueue([]int{1}, []int{2}, []int{3}, []int{4}, []int{5}, []int{6})))
}

func seconds(length, slide int) Window {
	return Window{Length: time.Duration(length) * time.Second, Slide: time.Duration(slide) * time.Second}
}

func TestTrap1And2Windows(t *testing.T) {
	for _, c := range []struct {
		length, slide int
		want          []string
	}{
		{3, 1, []string{"1", "1 2", "1 2 3", "2 3 4", "3 4 5", "4 5 6", "5 6", "6", ""}},
		{3, 2, []string{"1 2", "2 3 4", "4 5 6", "6"}},
		{1, 3, []string{"3", "6", ""}},
	} {
		got := outputs(t, 9, func(s *Session, got *[]string) { record(numbers(s).Window(seconds(c.length, c.slide)), got) })
		expect(t, fmt.Sprintf("window(%d,%d)", c.length, c.slide), got, c.want...)
	}
	got := outputs(t, 9, func(s *Session, got *[]string) { record(numbers(s).ReduceByWindow(add, seconds(3, 1)), got) })
	expect(t, "reduceByWindow(+,3,1)", got, "1", "3", "6", "9", "12", "15", "11", "6", "")
}

func TestTrap5EmptyBatches(t *testing.T) {
	got := outputs(t, 1, func(s *Session, got *[]string) {
		in := s.From(Source[int](NewQueue[int]()))
		record(in.Count(), got)
		record(in.Reduce(add), got)
	})
	expect(t, "count and reduce of nothing", got, "0", "")
}

func TestTrap6And7CountsOfWindows(t *testing.T) {
	got := outputs(t, 6, func(s *Session, got *[]string) {
		record(s.From(Source[int](NewQueue(nil, nil, []int{1, 2}))).CountByWindow(seconds(2, 1)), got)
	})
	expect(t, "countByWindow", got, "", "", "2", "2", "0", "0")
	got = outputs(t, 4, func(s *Session, got *[]string) {
		recordPairs(CountByValueAndWindow(s.From(Source[int](NewQueue([]int{1, 1}, []int{2}))), seconds(2, 1)), got)
	})
	expect(t, "countByValueAndWindow", got, "1:2", "1:2 2:1", "2:1", "")
}

func TestTrap8KeysStayWithoutKeep(t *testing.T) {
	in := func(s *Session) Pairs[string, int] { return pairsOf(s, []kv{{"a", 1}}, []kv{{"b", 2}}) }
	got := outputs(t, 5, func(s *Session, got *[]string) {
		recordPairs(in(s).ReduceByKeyAndWindow(add, seconds(2, 1), Inverse(sub)), got)
	})
	expect(t, "with inverse", got, "a:1", "a:1 b:2", "a:0 b:2", "a:0 b:0", "a:0 b:0")
	got = outputs(t, 4, func(s *Session, got *[]string) { recordPairs(in(s).ReduceByKeyAndWindow(add, seconds(2, 1)), got) })
	expect(t, "plain", got, "a:1", "a:1 b:2", "b:2", "")
}

// dropIdle adds values and drops a key that is idle and has reached 3.
func dropIdle(values []int, state int, _ bool) (int, bool) {
	if len(values) == 0 && state >= 3 {
		return 0, false
	}
	return sum(values, state, true)
}

func TestTrap11And12UpdateStateByKey(t *testing.T) {
	got := outputs(t, 4, func(s *Session, got *[]string) {
		recordPairs(pairsOf(s, []kv{{"a", 1}}, []kv{{"a", 2}, {"b", 1}}, nil, []kv{{"a", 1}}).UpdateStateByKey(dropIdle), got)
	})
	expect(t, "a key that was dropped begins anew", got, "a:1", "a:3 b:1", "b:1", "a:1 b:1")
	got = outputs(t, 1, func(s *Session, got *[]string) {
		initial := s.RDD().Parallelize([]kv{{"a", 1}, {"a", 100}, {"z", 5}, {"y", 1}}).ToPairs(func(p kv) (string, int) { return p.key, p.value })
		recordPairs(pairsOf(s, []kv{{"a", 1}}).UpdateStateByKey(dropIdle, InitialState(initial)), got)
	})
	expect(t, "initial state: the first of a key counts, and all are called", got, "a:2 y:1")
}

// TestInitialStateIsDurable: entries that no batch has touched are there after a
// restart.
func TestInitialStateIsDurable(t *testing.T) {
	disk := sim.NewDisk(sim.Strict)
	var totals, states []string
	for i := range 2 {
		totals, states = nil, nil
		simulate(t, disk, func(e env.Env) error {
			o := options(e)
			o.Checkpoint = "checkpoint"
			s, err := Recover(o, func(s *Session) error {
				initial := s.RDD().Parallelize([]kv{{"x", 1}, {"y", 2}}).ToPairs(func(p kv) (string, int) { return p.key, p.value })
				in := s.From(Constant(kv{"y", 1})).ToPairs(func(p kv) (string, int) { return p.key, p.value })
				recordPairs(in.UpdateStateByKey(sum, InitialState(initial)), &totals)
				recordPairs(in.MapWithState(StateFunc(watchIdle).Initial(initial)).Snapshots(), &states)
				return nil
			})
			if err != nil {
				return err
			}
			return runFor(s, 1+i)
		})
	}
	expect(t, "updateStateByKey", totals[:1], "x:1 y:4")
	expect(t, "mapWithState", states[:1], "x:1 y:2")
}

func TestUpdateStateByKeyAtToldTimeAndKey(t *testing.T) {
	got := outputs(t, 2, func(s *Session, got *[]string) {
		recordPairs(pairsOf(s, []kv{{"a", 1}}, []kv{{"b", 2}}).UpdateStateByKeyAt(func(batch time.Time, key string, values []int, was string, _ bool) (string, bool) {
			return fmt.Sprintf("%s%s%d@%d", was, key, len(values), batch.Unix()%10), true
		}), got)
	})
	if len(got) != 2 || !strings.HasPrefix(got[1], "a:a1@") || !strings.Contains(got[1], "a0@") || !strings.Contains(got[1], "b:b1@") {
		t.Errorf("got %q", got)
	}
}

// watchIdle gives the keys that time out.
func watchIdle(key string, value int, state *State[int]) (string, bool) {
	if state.TimingOut() {
		last, _ := state.Get()
		return fmt.Sprintf("%s out, was %d", key, last), true
	}
	_, known := state.Get()
	if !known || value < 0 {
		state.Update(value)
	}
	return fmt.Sprintf("%s known %v", key, known), true
}

func TestTrap14Timeout(t *testing.T) {
	in := func(s *Session) Pairs[string, int] {
		return pairsOf(s, []kv{{"a", 1}}, nil, nil, nil, []kv{{"a", 2}})
	}
	got := outputs(t, 9, func(s *Session, got *[]string) {
		record(in(s).MapWithState(StateFunc(watchIdle).Timeout(2*time.Second)).DStream, got)
	})
	expect(t, "each batch looks for idle keys", got, "a known false", "", "", "a out, was 1", "a known false", "", "", "a out, was 2", "")

	var spark []string
	simulate(t, nil, func(e env.Env) error {
		o := options(e)
		o.SparkCompatible, o.Checkpoint = true, "checkpoint"
		s, err := Recover(o, func(s *Session) error {
			record(in(s).MapWithState(StateFunc(watchIdle).Timeout(2*time.Second)).DStream, &spark)
			return nil
		})
		if err != nil {
			return err
		}
		return runFor(s, 10)
	})
	expect(t, "each tenth batch does, as in Spark", spark, "a known false", "", "", "", "a known true", "", "", "", "", "a out, was 1")
}

func TestTrap15AnyValueRefreshes(t *testing.T) {
	got := outputs(t, 7, func(s *Session, got *[]string) {
		a := []kv{{"a", 1}}
		record(pairsOf(s, a, a, a, a).MapWithState(StateFunc(watchIdle).Timeout(2*time.Second)).DStream, got)
	})
	expect(t, "timeout", got, "a known false", "a known true", "a known true", "a known true", "", "", "a out, was 1")
}

func TestTrap17CallsSeeEarlierOnes(t *testing.T) {
	got := outputs(t, 1, func(s *Session, got *[]string) {
		spec := StateFunc(func(_ string, value int, state *State[int]) (string, bool) {
			_, exists := state.Get()
			if value == 2 {
				state.Remove()
			} else {
				state.Update(value)
			}
			return fmt.Sprintf("%d %v", value, exists), true
		}).Partitioned(3)
		record(pairsOf(s, []kv{{"a", 1}, {"a", 2}, {"a", 3}}).MapWithState(spec).DStream, got)
	})
	expect(t, "one call for each value", got, "1 false 2 true 3 false")
}

func TestTrap18InitialStateOfMapWithState(t *testing.T) {
	var states []string
	got := outputs(t, 5, func(s *Session, got *[]string) {
		initial := s.RDD().Parallelize([]kv{{"i", 7}}).ToPairs(func(p kv) (string, int) { return p.key, p.value })
		mapped := pairsOf(s).MapWithState(StateFunc(watchIdle).Timeout(2 * time.Second).Initial(initial))
		record(mapped.DStream, got)
		recordPairs(mapped.Snapshots(), &states)
	})
	expect(t, "outputs", got, "", "", "", "i out, was 7", "")
	expect(t, "snapshots", states, "i:7", "i:7", "i:7", "", "")
}

func TestTrap21Queue(t *testing.T) {
	queue := func() *Queue[int] { return NewQueue([]int{1}, []int{2}, []int{3}) }
	for name, c := range map[string]struct {
		queue *Queue[int]
		want  []string
	}{
		"one at a time":         {queue(), []string{"1", "2", "3", ""}},
		"all at once":           {queue().AllAtOnce(), []string{"1 2 3", "", "", ""}},
		"one, then the default": {queue().OrElse(9, 9), []string{"1", "2", "3", "9 9"}},
	} {
		got := outputs(t, 4, func(s *Session, got *[]string) { record(s.From(Source[int](c.queue)), got) })
		expect(t, name, got, c.want...)
	}
}

// TestTrap23FailedOutputStaysPending: an output that fails leaves the batch pending
// though another one of it succeeds; the next start runs both again.
func TestTrap23FailedOutputStaysPending(t *testing.T) {
	var first, second []string
	fail := errors.New("output A fails")
	runs := 0
	disk := sim.NewDisk(sim.Strict)
	run := func(e env.Env) error {
		runs++
		o := options(e)
		o.Checkpoint = "checkpoint"
		s, err := Recover(o, func(s *Session) error {
			in := s.From(Constant(1))
			in.ForEachRDD(func(_ context.Context, _ rdd.RDD[int], batch time.Time) error {
				if runs == 1 && len(first) == 1 {
					return fail
				}
				first = append(first, fmt.Sprint(batch.Unix()%100))
				return nil
			})
			in.ForEachRDD(func(_ context.Context, _ rdd.RDD[int], batch time.Time) error {
				second = append(second, fmt.Sprint(batch.Unix()%100))
				return nil
			})
			return nil
		})
		if err != nil {
			return err
		}
		err = runFor(s, 3)
		if runs == 1 && !errors.Is(s.Wait(context.Background()), fail) {
			t.Errorf("Wait = %v, want the output's error", s.Wait(context.Background()))
		}
		return err
	}
	simulate(t, disk, run)
	simulate(t, disk, run)
	if len(first) < 3 || first[1] != second[1] || first[0] == first[1] {
		t.Errorf("A got %v, B %v: the batch that failed must come again", first, second)
	}
}

func TestTrap26AfterStart(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		in := numbers(s)
		in.Print()
		ctx := context.Background()
		if err := s.Start(ctx); err != nil {
			return err
		}
		nodes := len(s.nodes)
		in.Map(func(n int) int { return n }).Print()
		if err := s.Err(); err == nil || !strings.Contains(err.Error(), "after Start") || !strings.Contains(err.Error(), "trap_test.go:") {
			t.Errorf("Err = %v, want the line that adds to a running graph", err)
		}
		if len(s.nodes) != nodes {
			t.Error("the graph of a running session has grown")
		}
		return s.Stop(ctx)
	})
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		numbers(s).Remember(time.Second).Remember(time.Second).Print()
		if err := s.Err(); err == nil || !strings.Contains(err.Error(), "already") {
			t.Errorf("Err = %v, want that Remember is called once", err)
		}
		return s.Close()
	})
}

func TestTrap27Print(t *testing.T) {
	print := func(n, elements int) string {
		var out strings.Builder
		simulate(t, nil, func(e env.Env) error {
			o := options(e)
			o.Output = &out
			s, err := Open(o)
			if err != nil {
				return err
			}
			s.From(Constant(make([]int, elements)...)).PrintFirst(n)
			return runFor(s, 1)
		})
		_, shown, _ := strings.Cut(out.String(), " ms\n"+rule)
		return shown
	}
	for _, c := range []struct {
		n, elements int
		want        string
	}{
		{10, 10, strings.Repeat("0\n", 10) + "\n"},
		{10, 12, strings.Repeat("0\n", 10) + "...\n\n"},
		{0, 1, "...\n\n"},
		{0, 0, "\n"},
	} {
		if got := print(c.n, c.elements); got != c.want {
			t.Errorf("PrintFirst(%d) of %d: %q, want %q", c.n, c.elements, got, c.want)
		}
	}
}

func TestTrap28Slice(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		in := numbers(s).Remember(10 * time.Second)
		short := in.Map(func(n int) int { return n }).Remember(2 * time.Second)
		in.Print()
		zero := floor(e.Now(), time.Second)
		after := func(seconds float64) time.Time { return zero.Add(time.Duration(seconds * float64(time.Second))) }
		if _, err := in.Slice(zero, after(3)); err == nil || !strings.Contains(err.Error(), "being built") {
			t.Errorf("Slice before Start: %v", err)
		}
		ctx := context.Background()
		if err := s.Start(ctx); err != nil {
			return err
		}
		if err := env.Sleep(ctx, e, 4500*time.Millisecond); err != nil {
			return err
		}
		for _, c := range []struct {
			stream   DStream[int]
			from, to float64
			want     []string
		}{
			{in, 0, 3, []string{"1", "2", "3"}},
			{in, 1.5, 3.7, []string{"1", "2", "3"}},
			{in, 4, 9, []string{"4"}},
			{in, -5, 0.5, nil},
			{short, 0, 9, []string{"3", "4"}}, // older ones are forgotten
		} {
			batches, err := c.stream.Slice(after(c.from), after(c.to))
			var got []string
			for _, b := range batches {
				elements, err := b.Collect(ctx)
				if err != nil {
					return err
				}
				got = append(got, strings.Trim(fmt.Sprint(elements), "[]"))
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("Slice(%v, %v) = %q, %v; want %q", c.from, c.to, got, err, c.want)
			}
		}
		if _, err := in.Map(func(n int) int { return n }).Slice(zero, zero); err == nil {
			t.Error("Slice of a stream that keeps nothing")
		}
		if _, err := in.Slice(after(3), after(2)); err == nil {
			t.Error("Slice backwards")
		}
		return s.Stop(ctx)
	})
}

// TestOperationsOfABatch runs the operations that are one line over those of rdd.
func TestOperationsOfABatch(t *testing.T) {
	identity := func(n int) int { return n }
	for name, c := range map[string]struct {
		build func(s *Session, got *[]string)
		want  string
	}{
		"flatMapErr": {func(s *Session, got *[]string) {
			record(numbers(s).FlatMapErr(func(n int) ([]int, error) { return []int{n, n}, nil }), got)
		}, "1 1"},
		"glom": {func(s *Session, got *[]string) {
			record(numbers(s).Repartition(1).Glom(func(all []int) int { return len(all) }), got)
		}, "1"},
		"distinct": {func(s *Session, got *[]string) { record(Distinct(s.From(Constant(1, 1, 2))), got) }, "1 2"},
		"union of three": {func(s *Session, got *[]string) {
			in := numbers(s).Persist(rdd.Memory)
			record(in.Union(in.Map(identity), in), got)
		}, "1 1 1"},
		"mapErr and mapValuesErr": {func(s *Session, got *[]string) {
			record(pairsOf(s, []kv{{"a", 1}}).MapValuesErr(func(n int) (int, error) { return n + 1, nil }).MapErr(func(k string, n int) (string, error) { return fmt.Sprint(k, n), nil }), got)
		}, "a2"},
		"mapPartitions of pairs": {func(s *Session, got *[]string) {
			record(pairsOf(s, []kv{{"a", 1}, {"b", 2}}).PartitionBy(rdd.Hash(1)).MapPartitions(func(_ rdd.Task, in iter.Seq2[string, int], yield func(int) bool) error {
				n := 0
				for _, v := range in {
					n += v
				}
				yield(n)
				return nil
			}), got)
		}, "3"},
		"combineByKey": {func(s *Session, got *[]string) {
			recordPairs(pairsOf(s, []kv{{"a", 1}, {"a", 2}}).CombineByKey(func(n int) []int { return []int{n} },
				func(c []int, n int) []int { return append(c, n) }, func(a, b []int) []int { return append(a, b...) }), got)
		}, "a:[1 2]"},
		"foldByKey": {func(s *Session, got *[]string) {
			recordPairs(pairsOf(s, []kv{{"a", 1}}).FoldByKey(0, add), got)
		}, "a:1"},
		"subtractByKey": {func(s *Session, got *[]string) {
			recordPairs(pairsOf(s, []kv{{"a", 1}, {"b", 2}}).SubtractByKey(pairsOf(s, []kv{{"b", 0}})), got)
		}, "a:1"},
		"transform of three": {func(s *Session, got *[]string) {
			a, b, pairs := numbers(s), numbers(s), pairsOf(s, []kv{{"x", 5}})
			record(s.Transform(func(in Inputs) rdd.RDD[int] {
				return in.Of(a).Union(in.Of(b), in.OfPairs(pairs).Values())
			}, a, b, pairs), got)
		}, "1 1 5"},
	} {
		expect(t, name, outputs(t, 1, c.build), c.want)
	}
}

func TestTransformGivesNothing(t *testing.T) {
	var failed error
	simulate(t, nil, func(e env.Env) error {
		o := options(e)
		s, err := Open(o)
		if err != nil {
			return err
		}
		s.Listen(Listener{BatchCompleted: func(p Progress) { failed = p.Err }})
		a, b := numbers(s), numbers(s)
		s.Transform(func(in Inputs) rdd.RDD[int] { return in.Of(b) }, a).Print() // b was not given
		return runFor(s, 1)
	})
	if failed == nil || !strings.Contains(failed.Error(), "zero value") {
		t.Errorf("the batch failed with %v", failed)
	}
}

func TestSaveAsTextFiles(t *testing.T) {
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		zero := floor(e.Now(), time.Second)
		numbers(s).Repartition(1).SaveAsTextFiles("out/n", "txt")
		pairsOf(s, []kv{{"a", 1}}).PartitionBy(rdd.Hash(1)).SaveAsTextFiles("out/p", "")
		if err := runFor(s, 2); err != nil {
			return err
		}
		for name, want := range map[string]string{
			batchPath("out/n", "txt", zero.Add(time.Second)) + "/part-00000":   "1\n",
			batchPath("out/n", "txt", zero.Add(2*time.Second)) + "/part-00000": "2\n",
			batchPath("out/p", "", zero.Add(time.Second)) + "/part-00000":      "(a,1)\n",
		} {
			info, err := e.FS().Stat(name)
			if err != nil {
				return err
			}
			if text, err := readText(e.FS(), name, info.Size); err != nil || text != want {
				t.Errorf("%s holds %q, %v; want %q", name, text, err, want)
			}
		}
		return nil
	})
	if got := batchPath("", "", at(1.5)); got != "1500" {
		t.Errorf("without a prefix: %q", got)
	}
}
