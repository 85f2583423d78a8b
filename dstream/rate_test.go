package dstream

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/receiver"
)

func TestMaxRate(t *testing.T) {
	got := outputs(t, 5, func(s *Session, got *[]string) {
		queue := NewQueue([]int{1, 2}, []int{3}, []int{4}, []int{5, 6, 7, 8}, []int{9}).AllAtOnce()
		record(s.From(Source[int](queue), MaxRate(3)), got)
	})
	expect(t, "three elements a second", got, "1 2 3", "4", "5 6 7 8", "9", "") // the fewest that a queue can give is a batch of it
}

func TestMaxRateOfASourceWithoutLimits(t *testing.T) {
	for _, c := range []struct {
		rate float64
		want string
	}{{10, "can't take less"}, {0, "more than 0"}, {-1, "more than 0"}} {
		simulate(t, nil, func(e env.Env) error {
			s, err := Open(options(e))
			if err != nil {
				return err
			}
			s.From(Constant(1), MaxRate(c.rate)).Print()
			if err := runFor(s, 1); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("MaxRate(%v): %v, want %q", c.rate, err, c.want)
			}
			return s.Close()
		})
	}
}

// digits is a log of two partitions with the numbers 0 to 9 in each.
type digits struct{}

func (digits) String() string { return "digits" }

func (digits) Open(context.Context, receiver.LogUser) (receiver.LogReader[int], error) {
	return digits{}, nil
}

func (digits) Initial(context.Context) (string, error) { return "0", nil }

func (digits) Latest(_ context.Context, start string, limit int64) (string, error) {
	from, err := strconv.ParseInt(start, 10, 64)
	if limit <= 0 {
		return "10", err
	}
	return fmt.Sprint(min(from+limit/2, 10)), err
}

func (digits) Ranges(start, end string) (ranges []receiver.LogRange[int], err error) {
	from, _ := strconv.Atoi(start)
	to, err := strconv.Atoi(end)
	for range 2 {
		ranges = append(ranges, func(context.Context) iter.Seq2[[]int, error] {
			return func(yield func([]int, error) bool) {
				for n := from; n < to && yield([]int{n}, nil); n++ {
				}
			}
		})
	}
	return ranges, err
}

func (digits) Freeze(context.Context) error { return nil }
func (digits) Close() error                 { return nil }

func TestMaxRateOfALog(t *testing.T) {
	got := outputs(t, 4, func(s *Session, got *[]string) { record(s.From(Log[int](digits{}), MaxRate(6)), got) })
	expect(t, "six records a second", got, "0 0 1 1 2 2", "3 3 4 4 5 5", "6 6 7 7 8 8", "9 9")
	got = outputs(t, 2, func(s *Session, got *[]string) { record(s.From(Log[int](digits{})), got) })
	expect(t, "without a limit", got, "0 0 1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9", "")
}
