package scheduler

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

func TestShuffleJob(t *testing.T) {
	s := newTestScheduler(t, Options{Executors: 2})
	final, shuffle := s.shuffled(s.source(3), 2, func(_ *Task, p int) (int, error) { return p * 10, nil })
	results := make([]any, 2)
	err := s.Run(context.Background(), Job{
		Name:   "Collect",
		Final:  final,
		Run:    func(t *Task, p int) (any, error) { return fetchAll(t, shuffle, p) },
		Result: func(p int, result any) { results[p] = result },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []any{"0>0=0 1>0=10 2>0=20 ", "0>1=0 1>1=10 2>1=20 "}
	if !slices.Equal(results, want) {
		t.Errorf("results %q, want %q", results, want)
	}
}

// eventLog is a listener that keeps what it hears.
type eventLog struct{ events []Event }

func (l *eventLog) listen(e Event) { l.events = append(l.events, e) }

// counts returns how many stages started and how many tasks succeeded, and
// forgets them.
func (l *eventLog) counts() (stages, tasks int) {
	for _, e := range l.events {
		switch e := e.(type) {
		case StageStart:
			stages++
		case TaskEnd:
			if e.Outcome == Succeeded {
				tasks++
			}
		}
	}
	l.events = nil
	return stages, tasks
}

func TestCompleteShuffleIsSkipped(t *testing.T) {
	var log eventLog
	s := newTestScheduler(t, Options{Listener: log.listen})
	final, shuffle := s.shuffled(s.source(3), 4, func(_ *Task, p int) (int, error) { return p, nil })
	count := Job{Name: "Count", Final: final, Run: func(t *Task, p int) (any, error) { return fetchAll(t, shuffle, p) }}
	for _, want := range [][2]int{{2, 7}, {1, 4}} {
		if err := s.Run(context.Background(), count); err != nil {
			t.Fatal(err)
		}
		if stages, tasks := log.counts(); stages != want[0] || tasks != want[1] {
			t.Errorf("%d stages and %d tasks, want %d", stages, tasks, want)
		}
	}
}

func TestForgetShuffle(t *testing.T) {
	var log eventLog
	s := newTestScheduler(t, Options{Listener: log.listen})
	final, shuffle := s.shuffled(s.source(3), 4, func(t *Task, p int) (int, error) {
		if t.Partition() != p || t.Env() != t.scheduler.env {
			return 0, fmt.Errorf("task of partition %d computes %d", t.Partition(), p)
		}
		return t.Stage(), nil
	})
	var forgetting atomic.Bool
	count := Job{Name: "Count", Final: final, Partitions: []int{2}, Run: func(t *Task, p int) (any, error) {
		if forgetting.CompareAndSwap(true, false) {
			s.ForgetShuffle(shuffle.ID)
		}
		return fetchAll(t, shuffle, p)
	}}
	for _, test := range []struct {
		during bool // forget while the result task runs
		want   [2]int
	}{{false, [2]int{2, 4}}, {true, [2]int{4, 7}}, {false, [2]int{2, 4}}} {
		forgetting.Store(test.during)
		if err := s.Run(context.Background(), count); err != nil {
			t.Fatal(err)
		}
		if stages, tasks := log.counts(); stages != test.want[0] || tasks != test.want[1] {
			t.Errorf("%d stages and %d tasks, want %d", stages, tasks, test.want)
		}
		s.ForgetShuffle(shuffle.ID)
		for id, x := range s.executors {
			if _, ok := x.store.output(shuffle.ID, 0, 2); ok {
				t.Errorf("executor %d still has blocks", id)
			}
		}
	}
}

// TestLostOutputsAreRecomputed loses one of three executors between the stages, at
// the moment at which the first result task runs.
func TestLostOutputsAreRecomputed(t *testing.T) {
	const maps = 9
	s := newTestScheduler(t, Options{Executors: 3, Slots: 1})
	var computed [maps]atomic.Int32
	var on [maps]atomic.Int32
	final, shuffle := s.shuffled(s.source(maps), 2, func(t *Task, p int) (int, error) {
		computed[p].Add(1)
		on[p].Store(int32(t.executor))
		return p, nil
	})
	var once sync.Once
	results := make([]any, 2)
	lost := make([]bool, maps)
	err := s.Run(context.Background(), Job{
		Name:  "Collect",
		Final: final,
		Run: func(t *Task, p int) (any, error) {
			once.Do(func() {
				for p := range maps {
					lost[p] = on[p].Load() == 1
				}
				s.LoseExecutor(1)
			})
			return fetchAll(t, shuffle, p)
		},
		Result: func(p int, result any) { results[p] = result },
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(lost, true) {
		t.Fatal("executor 1 had no outputs")
	}
	for p := range maps {
		want := int32(1)
		if lost[p] {
			want = 2
		}
		if n := computed[p].Load(); n != want {
			t.Errorf("map partition %d (lost: %v) was computed %d times", p, lost[p], n)
		}
	}
	for r, result := range results {
		want := ""
		for p := range maps {
			want += fmt.Sprintf("%d>%d=%d ", p, r, p)
		}
		if result != want {
			t.Errorf("partition %d is %q, want %q", r, result, want)
		}
	}
}

// TestAttemptOnLostExecutor refuses the result of an attempt and runs the
// partition again once it has returned.
func TestAttemptOnLostExecutor(t *testing.T) {
	s := newTestScheduler(t, Options{Slots: 1})
	attempts := 0
	var result any
	err := s.Run(context.Background(), Job{
		Name:  "Collect",
		Final: s.source(1),
		Run: func(task *Task, p int) (any, error) {
			attempts++
			if task.Attempt() == 0 {
				s.LoseExecutor(0)
				<-task.Context().Done()
				if err := task.Turn(); err == nil {
					t.Error("the attempt was not told to stop")
				}
				s.AddExecutor()
			}
			return task.Attempt(), nil
		},
		Result: func(p int, r any) { result = r },
	})
	if err != nil || result != 1 || attempts != 2 {
		t.Errorf("result %v after %d attempts: %v", result, attempts, err)
	}
}

// TestTasksRunAtOnce needs all slots at a time.
func TestTasksRunAtOnce(t *testing.T) {
	s := newTestScheduler(t, Options{Executors: 2, Slots: 2})
	var all sync.WaitGroup
	all.Add(4)
	err := s.Run(context.Background(), Job{Name: "Meet", Final: s.source(4), Run: func(*Task, int) (any, error) {
		all.Done()
		all.Wait()
		return nil, nil
	}})
	if err != nil {
		t.Error(err)
	}
}

// TestJobsRunAtOnce needs two jobs at a time.
func TestJobsRunAtOnce(t *testing.T) {
	s := newTestScheduler(t, Options{Slots: 2})
	var both, jobs sync.WaitGroup
	both.Add(2)
	for range 2 {
		jobs.Go(func() {
			err := s.Run(context.Background(), Job{Name: "Meet", Final: s.source(1), Run: func(*Task, int) (any, error) {
				both.Done()
				both.Wait()
				return nil, nil
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	jobs.Wait()
}

func TestRetry(t *testing.T) {
	cause := errors.New("bad line")
	for _, test := range []struct{ failures, runs int }{{0, 1}, {2, 3}, {3, 3}, {9, 3}} {
		s := newTestScheduler(t, Options{TaskAttempts: 3})
		runs, results := 0, 0
		err := s.Run(context.Background(), Job{
			Name:  "Count",
			Final: s.source(1),
			Run: func(t *Task, p int) (any, error) {
				runs++
				if t.Attempt() < test.failures {
					return nil, fmt.Errorf("parse: %w", cause)
				}
				return nil, nil
			},
			Result: func(int, any) { results++ },
		})
		if runs != test.runs {
			t.Errorf("%d failures: %d runs, want %d", test.failures, runs, test.runs)
		}
		if test.failures < 3 {
			if err != nil || results != 1 {
				t.Errorf("%d failures: %d results, %v", test.failures, results, err)
			}
			continue
		}
		var failed *TaskError
		if !errors.As(err, &failed) || !errors.Is(err, cause) || results != 0 {
			t.Fatalf("%d failures: %d results, %v", test.failures, results, err)
		}
		if want := "job 0, stage Count of Source, partition 0, attempt 2: parse: bad line"; err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	}
}

func TestPanicOfTask(t *testing.T) {
	s := newTestScheduler(t, Options{TaskAttempts: 2})
	final, shuffle := s.shuffled(s.source(2), 1, func(_ *Task, p int) (int, error) { return 1 / (p - 1), nil })
	err := s.Run(context.Background(), Job{Name: "Count", Final: final, Run: func(t *Task, p int) (any, error) { return fetchAll(t, shuffle, p) }})
	var failed *TaskError
	var panicked *env.PanicError
	if !errors.As(err, &failed) || !errors.As(err, &panicked) {
		t.Fatalf("error %v", err)
	}
	if failed.Stage != "Source" || failed.Partition != 1 || failed.Attempt != 1 || !strings.Contains(string(panicked.Stack), "TestPanicOfTask") {
		t.Errorf("stage %q, partition %d, attempt %d, stack %s", failed.Stage, failed.Partition, failed.Attempt, panicked.Stack)
	}
}

func TestPanicOfResult(t *testing.T) {
	var log eventLog
	s := newTestScheduler(t, Options{Listener: log.listen})
	for _, partitions := range []int{1, 3} {
		calls := 0
		err := s.Run(context.Background(), Job{
			Name:   "Reduce",
			Final:  s.source(partitions),
			Run:    func(*Task, int) (any, error) { return nil, nil },
			Result: func(int, any) { calls++; panic("no merge") },
		})
		var panicked *env.PanicError
		if !errors.As(err, &panicked) || panicked.Value != "no merge" || calls != 1 {
			t.Errorf("%d calls, %v", calls, err)
		}
		if end := log.events[len(log.events)-1].(JobEnd); end.Err != err {
			t.Errorf("the listener heard %v, Run returned %v", end.Err, err)
		}
	}
}

func TestPanicOfListener(t *testing.T) {
	calls := 0
	s, err := New(env.Real(), Options{Listener: func(Event) { calls++; panic("deaf") }})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(context.Background(), Job{Name: "Count", Final: s.source(1), Run: func(*Task, int) (any, error) { return nil, nil }}); err != nil {
		t.Error(err)
	}
	var panicked *env.PanicError
	for range 2 {
		if err := s.Close(); !errors.As(err, &panicked) || calls != 1 {
			t.Errorf("%d calls, Close returned %v", calls, err)
		}
	}
}

func TestWrongNumberOfBlocks(t *testing.T) {
	s := newTestScheduler(t, Options{TaskAttempts: 1})
	final, shuffle := s.shuffled(s.source(1), 2, nil)
	shuffle.Write = func(*Task, int) ([]any, error) { return make([]any, 3), nil }
	err := s.Run(context.Background(), Job{Name: "Count", Final: final, Run: func(*Task, int) (any, error) { return nil, nil }})
	if err == nil || !strings.Contains(err.Error(), "has 2 reducers but its writer returned 3 blocks") {
		t.Errorf("error %v", err)
	}
}

func TestInvalidJobs(t *testing.T) {
	s := newTestScheduler(t, Options{})
	run := func(*Task, int) (any, error) { t.Error("a task ran"); return nil, nil }
	for want, job := range map[string]Job{
		"job A has no final node":                           {Name: "A", Run: run},
		"job B has no function to run":                      {Name: "B", Final: s.source(1)},
		"job C wants partition 2 of Source, which has 2":    {Name: "C", Final: s.source(2), Run: run, Partitions: []int{0, 2}},
		"job D wants partition 1 of Source twice":           {Name: "D", Final: s.source(2), Run: run, Partitions: []int{1, 1}},
		"job E was not started: context canceled":           {Name: "E", Final: s.source(1), Run: run},
		"a task may not run a job: collect what it needs b": {Name: "F", Final: s.source(1), Run: func(task *Task, _ int) (any, error) { return nil, s.Run(task.Context(), Job{}) }},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		if job.Name == "E" {
			cancel()
		}
		if err := s.Run(ctx, job); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		} else if job.Name == "F" && !errors.Is(err, ErrNested) {
			t.Errorf("%v is not ErrNested", err)
		}
		cancel()
	}
	if _, err := New(env.Real(), Options{Slots: -1}); err == nil {
		t.Error("negative slots were accepted")
	}
}

func TestCancel(t *testing.T) {
	var log eventLog
	s := newTestScheduler(t, Options{Listener: log.listen, Slots: 2})
	cause := errors.New("the user left")
	ctx, cancel := context.WithCancelCause(context.Background())
	var running atomic.Int32
	err := s.Run(ctx, Job{
		Name:  "Count",
		Final: s.source(5),
		Run: func(t *Task, p int) (any, error) {
			running.Add(1)
			defer running.Add(-1)
			if p == 1 {
				cancel(cause)
			}
			<-t.Context().Done()
			return nil, t.Turn()
		},
		Result: func(int, any) { t.Error("a cancelled job got a result") },
	})
	var cancelled *CancelledError
	if !errors.Is(err, cause) || !errors.As(err, &cancelled) || cancelled.Name != "Count" {
		t.Errorf("error %v", err)
	}
	if n := running.Load(); n != 0 {
		t.Errorf("%d tasks run after the end of their job", n)
	}
	if _, tasks := log.counts(); tasks != 0 {
		t.Errorf("%d tasks succeeded", tasks)
	}
}

func TestCloseWithRunningJobs(t *testing.T) {
	s, err := New(env.Real(), Options{Executors: 2, Slots: 1})
	if err != nil {
		t.Fatal(err)
	}
	var started, jobs sync.WaitGroup
	started.Add(2)
	for range 2 {
		jobs.Go(func() {
			err := s.Run(context.Background(), Job{Name: "Wait", Final: s.source(3), Run: func(t *Task, p int) (any, error) {
				if p == 0 {
					started.Done()
				}
				for {
					if err := t.Turn(); err != nil {
						return nil, err
					}
					if p != 0 {
						return nil, nil
					}
				}
			}})
			if !errors.Is(err, ErrClosed) {
				t.Errorf("error %v", err)
			}
		})
	}
	started.Wait()
	for range 2 {
		jobs.Go(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	jobs.Wait()
	if err := s.Run(context.Background(), Job{Name: "Late", Final: s.source(1), Run: func(*Task, int) (any, error) { return nil, nil }}); !errors.Is(err, ErrClosed) {
		t.Errorf("Run after Close: %v", err)
	}
	if id := s.AddExecutor(); id != -1 {
		t.Errorf("executor %d was added after Close", id)
	}
	s.LoseExecutor(0)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestPersist(t *testing.T) {
	s := newTestScheduler(t, Options{Executors: 2, Slots: 1})
	node := s.source(4)
	node.persisted = true
	computed := atomic.Int32{}
	count := func(want int32) {
		t.Helper()
		err := s.Run(context.Background(), Job{Name: "Count", Final: node, Run: func(t *Task, p int) (any, error) {
			if _, ok := t.Block(node.id, p); !ok {
				computed.Add(1)
				t.Keep(node.id, p, p)
				t.Keep(node.id, p, "a second time")
			}
			if block, _ := t.Block(node.id, p); block != p {
				return nil, fmt.Errorf("block is %v", block)
			}
			return nil, nil
		}})
		if n := computed.Load(); err != nil || n != want {
			t.Errorf("%d computations, want %d: %v", n, want, err)
		}
	}
	count(4)
	count(4)
	s.Unpersist(node.id)
	count(8)
	kept := 0
	for p := range node.partitions {
		if executor, ok := s.core.kept.find(node.id, p); ok && executor == 0 {
			kept++
		}
	}
	if kept == 0 {
		t.Fatal("executor 0 has no blocks")
	}
	s.LoseExecutor(0)
	count(8 + int32(kept))
}

func TestRandIsThatOfThePartition(t *testing.T) {
	draws := func(seed uint64) (all []uint64) {
		s := newTestScheduler(t, Options{Seed: seed})
		shuffled, shuffle := s.shuffled(s.source(2), 2, func(t *Task, p int) (int, error) { return int(t.Rand().Uint64() % 1000), nil })
		drawn := make([]uint64, 4)
		err := s.Run(context.Background(), Job{Name: "Draw", Final: shuffled, Run: func(t *Task, p int) (any, error) {
			if n := t.Rand().Uint64(); t.Attempt() == 0 {
				drawn[p] = n
				return nil, errors.New("again")
			} else if n != drawn[p] {
				return nil, fmt.Errorf("attempt %d draws %d, the first drew %d", t.Attempt(), n, drawn[p])
			}
			blocks, err := fetchAll(t, shuffle, p)
			drawn[2+p] = uint64(len(blocks))<<32 + uint64(blocks[len(blocks)-2])
			return nil, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		return drawn
	}
	one := draws(1)
	if !slices.Equal(one, draws(1)) || slices.Equal(one, draws(2)) || one[0] == one[1] {
		t.Errorf("draws %v, with the same seed %v, with another %v", one, draws(1), draws(2))
	}
}

func TestEventsComeInOrder(t *testing.T) {
	var log eventLog
	s := newTestScheduler(t, Options{Slots: 1, Listener: log.listen})
	final, shuffle := s.shuffled(s.source(1), 1, func(t *Task, p int) (int, error) {
		if t.Attempt() == 0 {
			return 0, errors.New("no luck")
		}
		return p, nil
	})
	err := s.Run(context.Background(), Job{Name: "Count", Final: final, Run: func(t *Task, p int) (any, error) { return fetchAll(t, shuffle, p) }})
	if err != nil {
		t.Fatal(err)
	}
	want := `job 0 (Count) starts: 1 partition
stage 0.0 (Source) starts for job 0: 1 task
task 0/0.0 starts on executor 0
task 0/0.0 failed on executor 0: no luck
task 0/0.1 starts on executor 0
task 0/0.1 succeeded on executor 0
stage 0.0 ends
stage 1.0 (Count of Shuffled) starts for job 0: 1 task
task 1/0.0 starts on executor 0
task 1/0.0 succeeded on executor 0
stage 1.0 ends
job 0 ends
`
	got := ""
	for _, e := range log.events {
		got += e.String() + "\n"
	}
	if got != want {
		t.Errorf("events:\n%swant:\n%s", got, want)
	}
}

// TestManyJobsUnderFailure runs jobs from several activities while tasks fail and
// executors are lost under them. It is for the race detector; the answers must be
// right.
func TestManyJobsUnderFailure(t *testing.T) {
	const submitters, rounds = 4, 40
	s := newTestScheduler(t, Options{Executors: 3, Slots: 2, TaskAttempts: 1000})
	trouble := func(t *Task) {
		switch rand.IntN(20) {
		case 0:
			s.LoseExecutor(t.executor)
			s.AddExecutor()
		case 1, 2, 3:
			panic("no luck")
		}
	}
	shared, shuffle := s.shuffled(s.source(5), 3, func(t *Task, p int) (int, error) {
		trouble(t)
		return p, t.Turn()
	})
	var jobs sync.WaitGroup
	var right atomic.Int32
	for range submitters {
		jobs.Go(func() {
			for range rounds {
				results := make([]any, shared.partitions)
				err := s.Run(context.Background(), Job{
					Name:  "Collect",
					Final: shared,
					Run: func(t *Task, p int) (any, error) {
						trouble(t)
						return fetchAll(t, shuffle, p)
					},
					Result: func(p int, result any) { results[p] = result },
				})
				var missing *FetchError
				if errors.As(err, &missing) {
					continue // executors were lost four times in a row
				}
				if err != nil {
					t.Error(err)
					return
				}
				for r, result := range results {
					if want := fmt.Sprintf("0>%d=0 1>%d=1 2>%d=2 3>%d=3 4>%d=4 ", r, r, r, r, r); result != want {
						t.Errorf("partition %d is %q", r, result)
					}
				}
				right.Add(1)
			}
		})
	}
	jobs.Wait()
	if n := right.Load(); n < submitters*rounds/2 {
		t.Errorf("%d jobs of %d succeeded", n, submitters*rounds)
	}
}
