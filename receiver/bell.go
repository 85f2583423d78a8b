package receiver

import "github.com/tidewheel/tidewheel/internal/env"

// bell is a condition for any number of activities. Its owner's mutex guards it: who
// waits takes the latch while it looks at what it waits for, then parks on it.
type bell struct{ latch *env.Latch }

func (b *bell) wait() *env.Latch {
	if b.latch == nil {
		b.latch = new(env.Latch)
	}
	return b.latch
}

// ring wakes all that wait.
func (b *bell) ring() {
	if b.latch != nil {
		b.latch.Set()
		b.latch = nil
	}
}
