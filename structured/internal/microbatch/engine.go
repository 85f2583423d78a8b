package microbatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/tidewheel/tidewheel/internal/clocked"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/latency"
	"github.com/tidewheel/tidewheel/internal/snapshots"
	"github.com/tidewheel/tidewheel/scheduler"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/run"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// Config is a query to run.
type Config struct {
	Env       env.Env
	Scheduler *scheduler.Scheduler
	Name      string // for messages and jobs; may be empty

	Root       physical.Node
	Sources    []source.Source // by their number in the plan
	Static     []source.Source // those that do not grow, by the numbers after these
	Sinks      []sink.Sink
	Mode       sink.Mode
	Partitions int
	Trigger    Trigger

	// Policy makes one watermark of several. A query goes on with the one that it was
	// started with first.
	Policy Policy

	// Moment is set to the time of each batch, for expressions that tell it.
	Moment *bound.Moment

	// SkipEmpty runs no batches without data.
	SkipEmpty bool

	// Bounded says that the plan is one of a table that ends: one batch, the trigger
	// is Once, and operators give their final results in it.
	Bounded bool

	Log       Log
	Recovered *journal.Recovered
	Dir       string // of the log; empty if the query keeps nothing

	// BadRows says what becomes of rows of which an expression can't be computed, and
	// DeadLetters where they go, if that is it.
	BadRows     BadRows
	DeadLetters sink.Sink

	// AcceptState has state taken over from a query whose stateful operators differ.
	AcceptState bool

	Observer Observer
	Logger   *slog.Logger

	// Idle is the loop of the query, as the clock of its Env sees it.
	Idle *clocked.Loop
}

// Control is how others talk to a query that runs. The zero value is ready for use.
type Control struct {
	requests env.Mailbox[*request]
	drain    env.Latch
	ended    atomic.Bool
}

// request is somebody who waits until all is processed that is there now.
type request struct{ done env.Latch }

// ErrEnded is returned by ProcessAllAvailable if the query has ended.
var ErrEnded = errors.New("the query has ended")

// ProcessAllAvailable parks until a look for data that began after the call found
// nothing to do.
func (c *Control) ProcessAllAvailable(ctx context.Context, e env.Env) error {
	r := &request{}
	if !c.requests.Put(r) {
		return ErrEnded
	}
	return r.done.Wait(ctx, e)
}

// Drain has the query end after the batch that is running, which is committed.
func (c *Control) Drain() { c.drain.Set() }

// Ended reports whether the query has ended, or has nothing left to do but to say so.
func (c *Control) Ended() bool { return c.ended.Load() }

// engine runs one query, from start to end.
type engine struct {
	Config
	control *Control

	readers  []source.Reader
	frozen   []*source.Offset // with trigger available-now: the end, for readers that cannot freeze
	writers  []sink.Writer
	had      []int64 // by sink: the last batch that it has; -1 for none
	static   static
	prepared []int // the sinks that have the running batch prepared, to be committed together
	program  *run.Program
	core     *Core

	operators []snapshots.Operator // of the program
	snapshots *snapshots.Snapshots // nil without a directory

	waiting []*request // who waits for a look that began after they came
}

// Run runs a query until ctx ends, it fails, or its trigger says that it is over. That
// ctx ends is no error; a batch that was running then is pending. Run closes the log.
func Run(ctx context.Context, config Config, control *Control) error {
	e := &engine{Config: config, control: control}
	err := env.Protect(func() error { return e.run(ctx) }) // sources and sinks are users' code
	if ctx.Err() != nil && (errors.Is(err, context.Cause(ctx)) || errors.Is(err, context.Canceled)) {
		err = nil
	}
	err = errors.Join(err, env.Protect(e.close))
	e.dismiss()
	return err
}

func (e *engine) run(ctx context.Context) error {
	e.Observer.Status("Initializing sources", false)
	if err := e.open(ctx); err != nil {
		return err
	}
	if err := e.finish(ctx); err != nil {
		return err
	}
	pending, err := e.recover(ctx)
	if err != nil {
		return err
	}
	if pending != nil {
		started := e.Env.Now()
		if _, err := e.batch(ctx, *pending, started, latency.Split{}, true); err != nil {
			return &BatchError{*pending, err}
		}
		if err := e.repartition(ctx); err != nil {
			return err
		}
		if _, stop := e.core.Wait(started, e.Env.Now(), true); stop {
			return nil
		}
	}
	return e.loop(ctx)
}

// loop looks for data and runs batches.
func (e *engine) loop(ctx context.Context) error {
	if err := e.freeze(ctx); err != nil {
		return err
	}
	var next *Plan // logged with the commit of the batch before
	for {
		e.takeRequests()
		if next == nil && e.control.drain.IsSet() {
			return nil
		}
		started, ran := e.Env.Now(), next != nil
		var took latency.Split
		if next == nil {
			plan, ok, err := e.look(ctx, &took)
			if err != nil {
				return err
			}
			if ok {
				if err := e.Log.Plan(ctx, encodePlan(plan)); err != nil {
					return &BatchError{plan, err}
				}
				next, ran = &plan, true
			}
		}
		if ran {
			plan := *next
			var err error
			if next, err = e.batch(ctx, plan, started, took, false); err != nil {
				return &BatchError{plan, err}
			}
			if next != nil {
				continue
			}
		} else {
			e.Observer.Idle()
			e.answer()
		}
		wait, stop := e.core.Wait(started, e.Env.Now(), ran)
		if stop {
			return nil
		}
		if err := e.wait(ctx, wait, ran); err != nil {
			return err
		}
	}
}

// look asks the sources what is new and decides whether there is a batch to run.
func (e *engine) look(ctx context.Context, took *latency.Split) (Plan, bool, error) {
	e.Observer.Status("Getting offsets", false)
	began := e.Env.Mono()
	ends := make([]source.Offset, len(e.readers))
	for i, reader := range e.readers {
		start := e.core.Offsets()[i]
		if e.frozen[i] != nil {
			ends[i] = *e.frozen[i]
			continue
		}
		end, err := reader.Latest(ctx, start, e.Trigger.limit())
		if err != nil {
			return Plan{}, false, fmt.Errorf("ask %s what is new: %w", e.Sources[i], err)
		}
		ends[i] = end
	}
	took.Fetch = e.Env.Mono() - began
	plan, ok := e.core.Plan(e.Env.Now(), e.Partitions, ends)
	plan.BadRows = e.BadRows
	return plan, ok, nil
}

// freeze fixes where a query ends that takes what is available now.
func (e *engine) freeze(ctx context.Context) error {
	e.frozen = make([]*source.Offset, len(e.readers))
	if e.Trigger.kind != availableNow {
		return nil
	}
	for i, reader := range e.readers {
		if bounded, ok := reader.(source.Bounded); ok {
			if err := bounded.Freeze(ctx); err != nil {
				return fmt.Errorf("%s: %w", e.Sources[i], err)
			}
			continue
		}
		end, err := reader.Latest(ctx, e.core.Offsets()[i], source.Limit{All: true})
		if err != nil {
			return fmt.Errorf("ask %s what is new: %w", e.Sources[i], err)
		}
		e.frozen[i] = &end
	}
	return nil
}

// wait parks for a time. Whoever waits for all that is available cuts it short, and so
// does data, for a query that looks for it whenever it may be there.
func (e *engine) wait(ctx context.Context, limit time.Duration, ran bool) error {
	if limit <= 0 || len(e.waiting) > 0 {
		e.Env.Yield()
		return stopped(ctx)
	}
	on := []env.Waitable{&e.control.requests, &e.control.drain}
	if ran || e.Trigger.kind == interval {
		e.Observer.Status("Waiting for next trigger", false)
	} else {
		e.Observer.Status("Waiting for data to arrive", false)
		arrivals, all := e.arrivals()
		if on = append(on, arrivals...); all {
			limit = env.Forever
		}
	}
	began := e.Env.Mono()
	for {
		left := limit
		if limit < env.Forever {
			left -= e.Env.Mono() - began
		}
		if left <= 0 {
			return stopped(ctx)
		}
		if err := e.Idle.Park(ctx, left, on...); err != nil {
			return err
		}
		if e.takeRequests() || e.control.drain.IsSet() || len(on) > 2 {
			return stopped(ctx)
		}
	}
}

// arrivals is what tells of new data, and whether all sources tell.
func (e *engine) arrivals() (arrivals []env.Waitable, all bool) {
	all = true
	for _, reader := range e.readers {
		waking, ok := reader.(source.Waking)
		if !ok {
			all = false
			continue
		}
		if arrival := waking.Arrival(); arrival != nil {
			arrivals = append(arrivals, arrival)
		} else {
			all = false
		}
	}
	return arrivals, all
}

func stopped(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (e *engine) takeRequests() (some bool) {
	for {
		r, ok := e.control.requests.Poll()
		if !ok {
			return some
		}
		e.waiting, some = append(e.waiting, r), true
	}
}

// answer tells all who came before the last look began that nothing is left.
func (e *engine) answer() {
	for _, r := range e.waiting {
		r.done.Set()
	}
	e.waiting = nil
}

// dismiss tells all who still wait that the query has ended.
func (e *engine) dismiss() {
	e.control.ended.Store(true)
	e.control.requests.Close()
	e.takeRequests()
	e.answer()
}

func (e *engine) close() error {
	var failed []error
	if e.snapshots != nil {
		failed = append(failed, e.snapshots.Close())
	}
	for _, w := range e.writers {
		failed = append(failed, w.Close())
	}
	for _, r := range e.readers {
		failed = append(failed, r.Close())
	}
	failed = append(failed, e.static.close())
	if e.program != nil {
		failed = append(failed, e.program.Close())
	}
	return errors.Join(append(failed, e.Log.Close())...)
}
