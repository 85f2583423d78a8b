package dstream

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/tidewheel/tidewheel/internal/clocked"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/scheduler"
)

// Options says how a stream runs. Interval is required.
type Options struct {
	// Interval is the time between two batches, at least a millisecond. Batch times
	// are multiples of it since 1970.
	Interval time.Duration

	// Checkpoint is a directory in which the stream keeps its progress and state, so
	// that Recover goes on where a process stopped or crashed. Empty: nothing is
	// kept, and a failed batch does not stop the stream.
	Checkpoint string

	// Parallelism is the number of partitions of shuffles and of state, and of tasks
	// that run at once, at most 1,024; default: what the machine runs at once. While a
	// batch is pending from an earlier run, the number of that run holds.
	Parallelism int

	// TaskAttempts is how often a task is tried; default 4.
	TaskAttempts int

	// Accept lets Recover re-run a batch that a different graph has planned.
	Accept bool

	// SparkCompatible takes the side of Apache Spark where this package deviates on
	// purpose: state asks for a checkpoint; a source is not asked for a batch that no
	// output reaches, so that its elements come with the next; an inverse window fails
	// when values leave a key that its filter had dropped; and mapWithState looks for
	// timed-out keys each tenth batch only.
	SparkCompatible bool

	// Listener is told of the jobs, stages and tasks of the batches. What batches do is
	// told by Session.Listen.
	Listener func(scheduler.Event)

	// Output is where Print writes; default: standard output.
	Output io.Writer

	// Logger takes what happens: each batch at level Debug, starts and ends at Info,
	// batches that are late at Warn, failures at Error. Default: none.
	Logger *slog.Logger

	// Clock is the time of the stream: when batches are due and what they are named.
	// With a *clock.Mock, a test moves it and waits by Session.Settle:
	//
	//	mock.Add(interval)
	//	err := stream.Settle(ctx)
	//
	// That is for simple tests of what batches give; package testkit tests a stream's
	// behaviour over crashes. Default: the clock of Env.
	Clock clock.Clock

	// Env is the outside world. Only the testkit sets it.
	Env env.Env

	// logging has tests keep little of the log, in small segments.
	logging journal.Options
}

func (o Options) validate() (Options, error) {
	if o.Interval < time.Millisecond || o.Interval%time.Millisecond != 0 {
		return o, fmt.Errorf("dstream: Options.Interval is %s; it must be a whole number of milliseconds, 1 or more", o.Interval)
	}
	if o.Output == nil {
		o.Output = env.Stdout()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Env == nil {
		o.Env = env.Real()
	}
	if o.Clock != nil {
		o.Env = clocked.New(o.Env, o.Clock)
	}
	if o.Parallelism < 0 || o.Parallelism > keyed.Groups {
		return o, fmt.Errorf("dstream: Options.Parallelism is %d; it must be from 1 to %d, or 0 for the default", o.Parallelism, keyed.Groups)
	}
	if o.Parallelism == 0 {
		o.Parallelism = min(env.Processors(o.Env), keyed.Groups)
	}
	return o, nil
}
