package dstream

import (
	"context"
	"sync"

	"github.com/tidewheel/tidewheel/internal/env"
)

// turns lets one activity at a time work on something while it parks and yields. An
// attempt of a lost executor may still run when the next one starts.
type turns struct {
	mu   sync.Mutex //det:lock free
	free *env.Latch // set when the one who has the turn gives it back; nil: nobody has it
}

func (t *turns) take(ctx context.Context, e env.Env) error {
	for {
		t.mu.Lock()
		taken := t.free
		if taken == nil {
			t.free = new(env.Latch)
		}
		t.mu.Unlock()
		if taken == nil {
			return nil
		}
		if err := taken.Wait(ctx, e); err != nil {
			return err
		}
	}
}

func (t *turns) give() {
	t.mu.Lock()
	free := t.free
	t.free = nil
	t.mu.Unlock()
	free.Set()
}
