package receiver

import (
	"errors"
	"time"
)

// restarts decides what comes after a Run. It is pure.
type restarts struct {
	first time.Duration // the wait after the first failure
	delay time.Duration // the wait after the last one; 0: there was none since elements came
}

// verdict is what comes after a Run.
type verdict struct {
	again bool
	delay time.Duration
	fail  error // of the stream
}

// after decides by what Run returned. worked says that it added elements.
func (r *restarts) after(err error, worked bool) verdict {
	var restart *RestartError
	var permanent *PermanentError
	switch {
	case err == nil:
		return verdict{}
	case errors.As(err, &permanent):
		return verdict{fail: err}
	case errors.As(err, &restart):
		r.delay = 0
		return verdict{again: true, delay: restart.Delay}
	}
	if worked || r.delay == 0 {
		r.delay = r.first
	} else {
		r.delay = min(2*r.delay, max(maxRestartDelay, r.first))
	}
	return verdict{again: true, delay: r.delay}
}
