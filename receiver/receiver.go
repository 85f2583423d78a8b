package receiver

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Receiver takes elements of type T from outside. A value that also has a String
// method is named by it in events, progress and errors.
type Receiver[T any] interface {
	// Run adds elements to the store until ctx is done or it can't go on. When it
	// returns, all that it has started has ended. What it returns decides what comes
	// next:
	//
	//   - nil: the source has ended for good; Run is not called again;
	//   - an error made by Permanent: as nil, and the stream fails with it;
	//   - an error made by Restart: Run is called again after exactly that delay;
	//   - any other error, or a panic: Run is called again after a delay that doubles
	//     from Options.RestartDelay to a minute, until a Run adds elements again.
	//
	// Once ctx is done, which is how a stream stops it, the result does not matter.
	Run(ctx context.Context, store *Store[T]) error
}

// Func is a Receiver that is one function.
type Func[T any] func(ctx context.Context, store *Store[T]) error

// Run implements Receiver.
func (f Func[T]) Run(ctx context.Context, store *Store[T]) error { return f(ctx, store) }

// RestartError asks for the receiver to be run again after a delay; see [Restart].
type RestartError struct {
	Delay time.Duration
	Cause error // may be nil
}

func (e *RestartError) Error() string {
	if e.Cause == nil {
		return fmt.Sprintf("restarting the receiver with delay %s", e.Delay)
	}
	return fmt.Sprintf("restarting the receiver with delay %s: %v", e.Delay, e.Cause)
}

// Unwrap returns Cause.
func (e *RestartError) Unwrap() error { return e.Cause }

// Restart is what a Run returns to be called again after a delay. A delay of 0 or less
// is none.
func Restart(delay time.Duration, cause error) error {
	return &RestartError{max(0, delay), cause}
}

// PermanentError is an error that no new start of the receiver mends; see [Permanent].
type PermanentError struct{ Cause error }

func (e *PermanentError) Error() string { return e.Cause.Error() }

// Unwrap returns Cause.
func (e *PermanentError) Unwrap() error { return e.Cause }

// Permanent is what a Run returns to end the receiver and the stream with an error.
func Permanent(cause error) error {
	if cause == nil {
		cause = errors.New("the receiver has failed")
	}
	return &PermanentError{cause}
}

// ErrClosed is what adding to a store returns after the stream has ended.
var ErrClosed = errors.New("the receiver's store is closed")
