package dstream

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/tidewheel/tidewheel/internal/clocked"
	"github.com/tidewheel/tidewheel/rdd"
)

// TestSettleOnAMockClock moves the clock and looks: after Settle, exactly the batches
// that are due have run.
func TestSettleOnAMockClock(t *testing.T) {
	test := func(t *testing.T) {
		mock := clock.NewMock()
		mock.Set(at(7.3))
		s, err := Open(Options{Interval: time.Second, Parallelism: 2, Clock: mock})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		queue := NewQueue([]int{1, 2}, nil, []int{3})
		var got []string
		record(s.From(Source[int](queue)).Window(Window{Length: 2 * time.Second}), &got)
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			add  time.Duration
			want []string
		}{
			{0, nil},
			{700 * time.Millisecond, []string{"1 2"}}, // trap 4: the first batch ends at 8 s
			{999 * time.Millisecond, []string{"1 2"}},
			{time.Millisecond, []string{"1 2", "1 2"}},
			{3 * time.Second, []string{"1 2", "1 2", "3", "3", ""}}, // trap 44: none is skipped
		} {
			mock.Add(step.add)
			if err := s.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, step.want) {
				t.Fatalf("at %v: %q, want %q", mock.Now().UTC(), got, step.want)
			}
		}
	}
	t.Run("goroutines", test)
	t.Run("bubble", func(t *testing.T) { synctest.Test(t, test) })
}

// TestSettleWhileABatchRuns: Settle waits for the batch and for those behind it.
func TestSettleWhileABatchRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := clock.NewMock()
		s, err := Open(Options{Interval: time.Second, Parallelism: 2, Clock: mock})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		batches := 0
		s.From(Constant(1)).ForEachRDD(func(ctx context.Context, _ rdd.RDD[int], _ time.Time) error {
			time.Sleep(time.Second) // of the bubble, not of the mock clock
			batches++
			return nil
		})
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		mock.Add(time.Second)
		synctest.Wait() // the batch runs
		mock.Add(2 * time.Second)
		if err := s.Settle(t.Context()); err != nil || batches != 3 {
			t.Errorf("%d batches, %v; want 3", batches, err)
		}
	})
}

func TestSettleSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]clock.Clock{"no clock": nil, "a clock that runs": clock.New()} {
		s, err := Open(Options{Interval: time.Hour, Clock: c})
		if err != nil {
			t.Fatal(err)
		}
		s.From(Constant(1)).Print()
		if err := s.Settle(t.Context()); err == nil || !strings.Contains(err.Error(), "not started") {
			t.Errorf("%s: Settle before Start = %v", name, err)
		}
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Settle(t.Context()); !errors.Is(err, clocked.ErrNoMock) {
			t.Errorf("%s: Settle = %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	mock := clock.NewMock()
	s, err := Open(Options{Interval: time.Second, Clock: mock})
	if err != nil {
		t.Fatal(err)
	}
	s.From(Constant(1)).ForEachRDD(func(ctx context.Context, _ rdd.RDD[int], _ time.Time) error {
		return s.env.Park(ctx, time.Hour) // waits for the clock
	})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	mock.Add(time.Second)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Settle(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "has not ended") {
		t.Errorf("Settle = %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Settle(t.Context()); err == nil || !strings.Contains(err.Error(), "the stream has ended") {
		t.Errorf("Settle after Close = %v", err)
	}
}
