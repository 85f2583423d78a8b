package dstream

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/rdd"
)

// simulate runs main in virtual time on a disk that outlives the run.
func simulate(t *testing.T, disk *sim.Disk, main func(e env.Env) error) {
	t.Helper()
	simulateWith(t, sim.Options{Disk: disk}, main)
}

// eager has streams take snapshots of their state after each batch.
func eager(disk *sim.Disk) sim.Options {
	return sim.Options{Disk: disk, Buggify: func(string) bool { return true }}
}

func simulateWith(t *testing.T, o sim.Options, main func(e env.Env) error) {
	t.Helper()
	w := sim.NewWorld(o)
	defer w.Close()
	p := w.Start("test", main)
	if status := w.Run(sim.Limit{}); status != sim.Done {
		t.Fatalf("the run is %v; parked: %v", status, w.Parked())
	}
	if _, err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	if leaks := p.Leaks(); len(leaks.Activities)+len(leaks.Files)+len(leaks.Locks) > 0 {
		t.Errorf("left behind: %+v", leaks)
	}
}

// options are those of a simulated stream with batches of a second.
func options(e env.Env) Options {
	return Options{Interval: time.Second, Parallelism: 2, Env: e}
}

// runFor runs a stream for some intervals and stops it between two.
func runFor(s *Session, intervals int) error {
	ctx := context.Background()
	if err := s.Start(ctx); err != nil {
		return err
	}
	if err := env.Sleep(ctx, s.env, time.Duration(intervals)*s.options.Interval+s.options.Interval/2); err != nil {
		return err
	}
	return s.Stop(ctx)
}

// record keeps what a stream gives, by batch.
func record[T any](d DStream[T], into *[]string) {
	d.ForEachRDD(func(ctx context.Context, r rdd.RDD[T], batch time.Time) error {
		elements, err := r.Collect(ctx)
		texts := make([]string, len(elements))
		for i, element := range elements {
			texts[i] = fmt.Sprint(element)
		}
		slices.Sort(texts)
		*into = append(*into, strings.Join(texts, " "))
		return err
	})
}

func recordPairs[K comparable, V any](p Pairs[K, V], into *[]string) {
	record(p.Map(func(k K, v V) string { return fmt.Sprintf("%v:%v", k, v) }), into)
}

func add(a, b int) int { return a + b }

func sub(a, b int) int { return a - b }

func sum(values []int, state int, _ bool) (int, bool) {
	for _, v := range values {
		state += v
	}
	return state, true
}

type kv struct {
	key   string
	value int
}

func pairsOf(s *Session, batches ...[]kv) Pairs[string, int] {
	return s.From(Source[kv](NewQueue(batches...))).ToPairs(func(p kv) (string, int) { return p.key, p.value })
}

func TestInverseWindowForgetsKeysThatTheFilterDropped(t *testing.T) {
	// Trap 9: where Spark fails for ever, the key is simply absent.
	var got []string
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		in := pairsOf(s, []kv{{"a", 1}}, []kv{{"a", -1}})
		w := Window{Length: 3 * time.Second}
		recordPairs(in.ReduceByKeyAndWindow(add, w, Inverse(sub), Keep(func(v int) bool { return v != 0 })), &got)
		return runFor(s, 5)
	})
	if want := []string{"a:1", "", "", "", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSlideLongerThanWindowWithInverse(t *testing.T) {
	// Trap 10: as the plain window, which never saw what came in the gap.
	var got []string
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		in := pairsOf(s, []kv{{"g", 7}}, []kv{{"a", 1}}, nil, nil)
		recordPairs(in.ReduceByKeyAndWindow(add, Window{Length: time.Second, Slide: 2 * time.Second}, Inverse(sub)), &got)
		return runFor(s, 4)
	})
	if want := []string{"a:1", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMapWithStateTimesOut(t *testing.T) {
	// Trap 13: strictly longer idle than the timeout, so at the fourth batch.
	var got []string
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		spec := StateFunc(func(key string, value int, state *State[int]) (string, bool) {
			if state.TimingOut() {
				return key + " timed out", true
			}
			state.Update(value)
			return "", false
		}).Timeout(2 * time.Second)
		record(pairsOf(s, []kv{{"a", 1}}).MapWithState(spec).DStream, &got)
		return runFor(s, 5)
	})
	if want := []string{"", "", "", "a timed out", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMapWithStateMisuse(t *testing.T) {
	// Trap 16.
	for name, misuse := range map[string]func(state *State[int]){
		"update after remove": func(state *State[int]) { state.Remove(); state.Update(1) },
		"remove twice":        func(state *State[int]) { state.Remove(); state.Remove() },
	} {
		var failed error
		simulate(t, nil, func(e env.Env) error {
			o := options(e)
			s, err := Open(o)
			if err != nil {
				return err
			}
			s.Listen(Listener{BatchCompleted: func(p Progress) { failed = errors.Join(failed, p.Err) }})
			spec := StateFunc(func(key string, value int, state *State[int]) (int, bool) { misuse(state); return 0, true })
			pairsOf(s, []kv{{"a", 1}}).MapWithState(spec).Print()
			return runFor(s, 1)
		})
		if failed == nil || !strings.Contains(failed.Error(), "mapWithState") {
			t.Errorf("%s: %v", name, failed)
		}
	}
}

func TestFailedBatchWithoutCheckpoint(t *testing.T) {
	// Trap 22: later batches go on and Wait returns the error.
	poison := errors.New("poison")
	var got []string
	simulate(t, nil, func(e env.Env) error {
		s, err := Open(options(e))
		if err != nil {
			return err
		}
		in := s.From(Source[int](NewQueue([]int{1}, []int{2}, []int{3})))
		record(in.MapErr(func(n int) (int, error) {
			if n == 2 {
				return 0, poison
			}
			return n, nil
		}), &got)
		ctx := context.Background()
		if err := s.Start(ctx); err != nil {
			return err
		}
		if err := s.Wait(ctx); !errors.Is(err, poison) {
			return fmt.Errorf("Wait = %w, want the error of the batch", err)
		}
		if err := env.Sleep(ctx, e, 1500*time.Millisecond); err != nil {
			return err
		}
		return s.Stop(ctx)
	})
	if want := []string{"1", "", "3"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMistakesOfBuilding(t *testing.T) {
	for name, build := range map[string]func(s *Session){
		"slide: the window's slide is 1.5s": func(s *Session) {
			pairsOf(s).Window(Window{Length: 2 * time.Second, Slide: 1500 * time.Millisecond}).Print()
		},
		"length: the window's length is 0s": func(s *Session) { pairsOf(s).Window(Window{}).Print() },
		"union: the streams have different slides": func(s *Session) {
			in := pairsOf(s)
			in.Union(in.Window(Window{Length: 2 * time.Second, Slide: 2 * time.Second})).Print()
		},
		"no output operation": func(s *Session) { pairsOf(s) },
	} {
		simulate(t, nil, func(e env.Env) error {
			s, err := Open(options(e))
			if err != nil {
				return err
			}
			build(s)
			_, what, _ := strings.Cut(name, ": ")
			if what == "" {
				what = name
			}
			if err := s.Start(context.Background()); err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("Start = %v, want %q", err, what)
			}
			return s.Close()
		})
	}
}

// TestStateSurvivesARestart stops a stream between batches and goes on: totals,
// windows and batch numbers continue, and down-time is made up for.
func TestStateSurvivesARestart(t *testing.T) {
	var got []string
	start := func(e env.Env) (*Session, error) {
		o := options(e)
		o.Checkpoint = "checkpoint"
		return Recover(o, func(s *Session) error {
			words := s.From(TextFiles("in")).FlatMap(strings.Fields).ToPairs(func(w string) (string, int) { return w, 1 })
			recordPairs(words.UpdateStateByKey(sum), &got)
			recordPairs(words.ReduceByKeyAndWindow(add, Window{Length: 2 * time.Second}, Inverse(sub), Keep(func(n int) bool { return n > 0 })), &got)
			words.Map(func(w string, n int) string { return w }).SaveTo(Files("out", func(w string) string { return w }))
			return nil
		})
	}
	put := func(e env.Env, name, text string) error {
		f, err := e.FS().Create("in/" + name)
		if err != nil {
			return err
		}
		_, err = f.Write([]byte(text))
		return errors.Join(err, f.Sync(), f.Close(), e.FS().SyncDir("in"))
	}
	for name, o := range map[string]func(*sim.Disk) sim.Options{
		"changes only": func(disk *sim.Disk) sim.Options { return sim.Options{Disk: disk} }, "snapshots": eager,
	} {
		got = nil
		disk := sim.NewDisk(sim.Strict)
		simulateWith(t, o(disk), func(e env.Env) error {
			if err := env.MkdirAllSync(e.FS(), "in"); err != nil {
				return err
			}
			if err := put(e, "1", "a b a\n"); err != nil {
				return err
			}
			s, err := start(e)
			if err != nil {
				return err
			}
			return runFor(s, 1)
		})
		simulateWith(t, o(disk), func(e env.Env) error {
			if err := put(e, "2", "b c\n"); err != nil {
				return err
			}
			s, err := start(e)
			if err != nil {
				return err
			}
			if err := runFor(s, 1); err != nil { // this machine's clock is behind: time goes on from the last batch
				return err
			}
			batches, err := readFiles(e.FS(), "out")
			if err != nil {
				return err
			}
			if len(batches) != 2 || !slices.Equal(batches[0].Lines, []string{"a", "b", "a"}) || !slices.Equal(batches[1].Lines, []string{"b", "c"}) {
				t.Errorf("files hold %v", batches)
			}
			return nil
		})
		want := []string{"a:2 b:1", "a:2 b:1", "a:2 b:2 c:1", "a:2 b:2 c:1"}
		if len(got) < 4 || !slices.Equal(got[:4], want) {
			t.Errorf("%s: got %q, want to begin with %q", name, got, want)
		}
		if last := got[len(got)-2:]; last[0] != "a:2 b:2 c:1" {
			t.Errorf("%s: the last batch is %q", name, last)
		}
	}
}

// TestRealFiles runs on the operating system: goroutines, clock and files.
func TestRealFiles(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.MkdirAll(in, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(in, "a.txt"), []byte("tide wheel\ntide\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	open := func() (*Session, error) {
		return Recover(Options{Interval: 20 * time.Millisecond, Checkpoint: filepath.Join(dir, "checkpoint")}, func(s *Session) error {
			s.From(TextFiles(in)).FlatMapSeq(strings.FieldsSeq).SaveTo(Files(out, func(w string) string { return w }))
			return nil
		})
	}
	for range 2 { // the second run finds nothing new
		s, err := open()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := open(); err == nil || !strings.Contains(err.Error(), "held by") {
			t.Errorf("a second session on the checkpoint: %v, want a refusal that names the owner", err)
		}
		if err := s.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	batches, err := ReadFiles(out)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, b := range batches {
		words = append(words, b.Lines...)
	}
	if want := []string{"tide", "wheel", "tide"}; !slices.Equal(words, want) {
		t.Errorf("got %q, want %q", words, want)
	}
}

func TestRecoverReturnsTheErrorsOfBuilding(t *testing.T) {
	broken := errors.New("broken")
	simulate(t, nil, func(e env.Env) error {
		o := options(e)
		o.Checkpoint = "checkpoint"
		if _, err := Recover(o, func(*Session) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("Recover = %v, want the error of build", err)
		}
		_, err := Recover(o, func(s *Session) error {
			pairsOf(s).Window(Window{Length: time.Millisecond}).Print()
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), "stream_test.go:") {
			t.Errorf("Recover = %v, want the mistake with its place", err)
		}
		return nil
	})
}

func TestAnotherIntervalIsRefused(t *testing.T) {
	disk := sim.NewDisk(sim.Strict)
	run := func(interval time.Duration) error {
		var refused error
		simulate(t, disk, func(e env.Env) error {
			o := options(e)
			o.Interval, o.Checkpoint = interval, "checkpoint"
			s, err := Recover(o, func(s *Session) error {
				s.From(Constant(1)).ToPairs(func(n int) (int, int) { return n, 1 }).UpdateStateByKey(sum).Map(func(k, v int) int { return v }).ForEachRDD(func(context.Context, rdd.RDD[int], time.Time) error { return nil })
				return nil
			})
			if err != nil {
				return err
			}
			refused = runFor(s, 1)
			return nil
		})
		return refused
	}
	if err := run(time.Second); err != nil {
		t.Fatal(err)
	}
	if err := run(2 * time.Second); err == nil || !strings.Contains(err.Error(), "batches of 1s") {
		t.Errorf("Start = %v, want a refusal that names both intervals", err)
	}
}

func TestNamesOfState(t *testing.T) {
	for name, what := range map[string]string{"a/b": "can't be the name", "totals": "two streams"} {
		simulate(t, nil, func(e env.Env) error {
			s, err := Open(options(e))
			if err != nil {
				return err
			}
			in := pairsOf(s)
			in.UpdateStateByKey(sum).Named(name).Print()
			in.UpdateStateByKey(sum).Named(name).Print()
			if err := s.Start(context.Background()); err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("Start = %v, want %q", err, what)
			}
			return s.Close()
		})
	}
}

// TestDrainOfALateStream drains a stream whose batches take longer than its
// interval: it runs those whose time has come, and one more.
func TestDrainOfALateStream(t *testing.T) {
	batches := 0
	simulate(t, nil, func(e env.Env) error {
		o := options(e)
		o.Checkpoint = "checkpoint"
		s, err := Recover(o, func(s *Session) error {
			s.From(Constant(1)).ForEachRDD(func(ctx context.Context, _ rdd.RDD[int], _ time.Time) error {
				batches++
				return env.Sleep(ctx, e, 3*time.Second)
			})
			return nil
		})
		if err != nil {
			return err
		}
		ctx := context.Background()
		if err := s.Start(ctx); err != nil {
			return err
		}
		if err := env.Sleep(ctx, e, 5500*time.Millisecond); err != nil {
			return err
		}
		return s.Drain(ctx)
	})
	// The wish is seen when the second batch ends, at 7 s: ticks 1 to 7, and 8.
	if batches != 8 {
		t.Errorf("%d batches, want 8", batches)
	}
}
