package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

const (
	defaultRetryFor = 30 * time.Second

	// Between two tries at least this much time passes, doubling up to maxPause.
	minPause = 20 * time.Millisecond
	maxPause = time.Second
)

// retrier repeats requests that may succeed later.
type retrier struct {
	env   env.Env
	limit time.Duration
}

// do calls request until it succeeds, fails for good, or the limit has passed.
func (r retrier) do(ctx context.Context, request func() error) error {
	began, pause := r.env.Mono(), minPause
	for {
		err := request()
		if err == nil || !errors.Is(err, ErrUnavailable) {
			return err
		}
		if waited := r.env.Mono() - began; waited+pause > r.limit || r.env.Buggify("kafka: a request is not repeated") {
			return fmt.Errorf("tried for %s: %w", waited, err)
		}
		if err := r.env.Park(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, maxPause)
	}
}
