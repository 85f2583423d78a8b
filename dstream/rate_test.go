package dstream

import (
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
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
