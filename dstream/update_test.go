package dstream

import (
	"context"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/rdd"
)

// TestFirstBatchOfState: the tasks of a stream's first batch, which run at once, find the
// partitions of the state that they are to fill.
func TestFirstBatchOfState(t *testing.T) {
	for range 30 {
		s, err := Open(Options{Interval: time.Millisecond, Parallelism: 64})
		if err != nil {
			t.Fatal(err)
		}
		var keys int64
		s.From(Source[int](NewQueue([]int{1, 2, 3, 4, 5, 6, 7, 8}))).
			ToPairs(func(n int) (int, int) { return n, 1 }).
			UpdateStateByKey(func(ones []int, sum int, _ bool) (int, bool) { return sum + len(ones), true }).
			ForEachRDD(func(ctx context.Context, r rdd.Pairs[int, int], _ time.Time) (err error) {
				keys, err = r.Count(ctx)
				return err
			})
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Drain(t.Context()); err != nil || keys != 8 {
			t.Fatalf("%d keys, want 8; %v", keys, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
