package dstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidewheel/tidewheel/internal/clocked"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/internal/snapshots"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
)

// Session holds a graph of streams and runs it, one batch after the other. Build
// the graph, then call Run or Start; it can't be changed afterwards, and a session
// that has ended is not started again. The methods that build are for one
// goroutine; the others may be called by several at once.
type Session struct {
	options Options
	env     env.Env
	rdd     *rdd.Session
	scope   *rdd.Session // of the current batch: what is made in it is forgotten with it

	// The graph.
	nodes   []*node
	inputs  []*input
	outputs []*output

	// The run; see run.go.
	generator *generator
	began     time.Time     // of the run; what now measures from
	beganMono time.Duration // that moment by the monotonic clock
	journal   *journal.Journal
	recovered *journal.Recovered
	snapshots *snapshots.Snapshots
	operators []snapshots.Operator // what keepers hold, for them
	done      doneBatch
	ahead     []span // of the next batch, if its plan was logged with the last commit
	cancel    context.CancelCauseFunc
	loop      *env.Proc
	events    env.Mailbox[receiver.Event] // of receivers, for listeners
	idle      *clocked.Loop               // by which the loop waits for the next batch
	drain     env.Latch                   // set when a graceful stop is asked
	failed    env.Latch                   // set when a batch has failed
	ended     env.Latch                   // set when the loop has ended and all is closed

	// What listeners are told; of the loop.
	current    running
	fetched    time.Duration // spent asking the sources, for the current batch
	submitted  submissions
	loopNumber atomic.Int64 // of the loop's goroutine

	mu           sync.Mutex //det:lock what follows
	state        SessionState
	err          error // first mistake made while building
	failure      error
	status       Status
	recent       []Progress
	listeners    []listening
	nextListener int
}

// Open returns a session with an empty graph. With Options.Checkpoint, use Recover.
func Open(options Options) (*Session, error) {
	if options.Checkpoint != "" {
		return nil, errors.New("dstream: Open keeps no checkpoint: use Recover, which opens a new one or goes on with an old one")
	}
	return open(options)
}

func open(options Options) (*Session, error) {
	o, err := options.validate()
	if err != nil {
		return nil, err
	}
	r, err := rdd.Open(rdd.Options{
		Parallelism: o.Parallelism, TaskAttempts: o.TaskAttempts,
		Env: o.Env, Listener: o.Listener,
	})
	if err != nil {
		return nil, err
	}
	return &Session{options: o, env: o.Env, rdd: r}, nil
}

// Recover opens the session whose progress is in Options.Checkpoint, or a new one if
// the directory is missing or empty. build declares the graph, each time anew:
// streams with state are found again by the name given with Named, or else by
// their operation and place in the graph. If the last process left a batch that
// was planned but not done, Start runs it first, with the ranges and the number of
// partitions that were logged.
//
// Errors name what is wrong: the directory is in use by another process (naming
// it), belongs to something else, is damaged, or holds a pending batch of a
// different graph.
func Recover(options Options, build func(*Session) error) (*Session, error) {
	if options.Checkpoint == "" {
		return nil, errors.New("dstream: Recover needs Options.Checkpoint")
	}
	s, err := open(options)
	if err != nil {
		return nil, err
	}
	if err = build(s); err == nil {
		err = s.Err()
	}
	if err == nil {
		err = s.openJournal(context.Background())
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Session) openJournal(ctx context.Context) error {
	var err error
	o := s.options.logging
	o.Kind, o.Fingerprint, o.AcceptFingerprint = "dstream", s.fingerprint(), s.options.Accept
	s.journal, s.recovered, err = journal.Open(ctx, s.env, s.options.Checkpoint, o)
	return err
}

// Err returns the first mistake made while building, with its place in the
// program. Start returns it too. What is added after Start is such a mistake, and has
// no other effect.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// RDD is the session in which the batches' collections live. Static data to join
// with is made here.
func (s *Session) RDD() *rdd.Session { return s.rdd }

// Start begins to run batches. The stream goes on until ctx is done, or Stop or
// Drain is called. It returns mistakes made while building and errors of opening
// sources, sinks and state. Of a session that runs already it only logs a warning.
func (s *Session) Start(ctx context.Context) error {
	again, err := s.activate()
	if again {
		s.options.Logger.Warn("the stream has been started already")
	}
	if err != nil || again {
		return err
	}
	running, cancel := context.WithCancelCause(ctx)
	s.cancel = cancel
	if err := s.prepare(running); err != nil {
		cancel(err)
		return errors.Join(err, s.end())
	}
	s.mu.Lock()
	s.state = Active
	s.mu.Unlock()
	s.idle = clocked.NewLoop(s.env)
	loop := s.env.Spawn("dstream", func() error {
		defer s.idle.End()
		err := env.Protect(func() error { return s.run(running) })
		s.fail(err)
		return errors.Join(err, s.end())
	})
	s.mu.Lock()
	s.loop = loop
	s.mu.Unlock()
	return nil
}

// started says whether the loop was begun.
func (s *Session) started() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loop != nil
}

// activate says whether the session may start, or has started already.
func (s *Session) activate() (again bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state == Starting || s.state == Active || s.state == Draining:
		return true, nil
	case s.state == Stopped:
		return false, errors.New("dstream: Start: the session is stopped; open a new one")
	case s.err != nil:
		return false, s.err
	case len(s.outputs) == 0:
		return false, errors.New("dstream: Start: no output operation is registered, so there is nothing to do")
	}
	if err := s.checkNames(); err != nil {
		return false, fmt.Errorf("dstream: Start: %w", err)
	}
	s.state = Starting
	return false, nil
}

// Wait returns when the stream has ended, or as soon as a batch has failed, with
// the error, a *BatchError. Without a checkpoint the stream then still runs: the
// caller decides. If ctx is done before, it returns the cause.
func (s *Session) Wait(ctx context.Context) error {
	if err := s.outside("Wait"); err != nil {
		return err
	}
	for !s.ended.IsSet() && !s.failed.IsSet() {
		if !s.started() {
			return errors.New("dstream: Wait: the session is not started")
		}
		if err := s.env.Park(ctx, env.Forever, &s.ended, &s.failed); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// Settle waits until every batch that is due by Options.Clock, which must be a
// *clock.Mock, has been run, and the stream waits for the clock to be moved. So what
// batches do is there to be looked at when it returns. It is exact however far the
// clock was moved at once, and while a batch runs.
//
// It returns the stream's error if the stream has ended, and an error that says so
// if ctx is done before the stream is idle, as when a batch itself waits for time to
// pass. A failed batch of a stream without a checkpoint is no error of Settle: see
// Wait.
func (s *Session) Settle(ctx context.Context) error {
	if err := s.outside("Settle"); err != nil {
		return err
	}
	if !s.started() {
		return errors.New("dstream: Settle: the session is not started")
	}
	err := clocked.Settle(ctx, s.env)
	if errors.Is(err, clocked.ErrNoMock) {
		return fmt.Errorf("dstream: Settle: %w", err)
	}
	if err != nil {
		return fmt.Errorf("dstream: Settle: a batch that is due has not ended: %w", err)
	}
	if !s.ended.IsSet() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure != nil {
		return fmt.Errorf("dstream: Settle: the stream has ended: %w", s.failure)
	}
	return errors.New("dstream: Settle: the stream has ended")
}

// Run starts the stream and waits. It ends, without error, when ctx is done or
// another goroutine calls Stop or Drain; and with the error when a batch fails.
func (s *Session) Run(ctx context.Context) error {
	err := s.Start(ctx)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return nil // it was ended while it restored its state
	}
	if err != nil {
		return err
	}
	err = s.Wait(context.WithoutCancel(ctx))
	return errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
}

// errStopped is the cause with which Stop ends the loop.
var errStopped = errors.New("the stream was stopped")

// Stop ends the stream at once: a batch that is running is given up, and with a
// checkpoint it runs again after the next Recover. It returns when everything is
// closed, or with the cause of ctx when that is done first: then a function of the
// stream does not heed its context. Later calls wait too. Called by a function of
// the stream it does nothing and returns ErrWithin.
func (s *Session) Stop(ctx context.Context) error {
	if err := s.outside("Stop"); err != nil {
		return err
	}
	if !s.started() {
		return s.Close()
	}
	s.cancel(errStopped)
	return s.ended.Wait(ctx, s.env)
}

// Drain ends the stream after the batch that takes in all that has arrived until
// now, and waits for that. The error is that of a batch which has failed, if one has.
// If ctx is done before, the stream is stopped as by Stop, without waiting, and the
// error is a *DrainError: with a checkpoint, what was not done is done after the
// next Recover. Called by a function of the stream it returns ErrWithin.
func (s *Session) Drain(ctx context.Context) error {
	if err := s.outside("Drain"); err != nil {
		return err
	}
	if !s.started() {
		return s.Close()
	}
	s.drain.Set()
	s.mu.Lock()
	if s.state == Active {
		s.state = Draining
	}
	s.mu.Unlock()
	if err := s.ended.Wait(ctx, s.env); err != nil {
		s.cancel(errStopped)
		return &DrainError{Batch: s.Status().Batch, Kept: s.journal != nil, Err: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// Close stops the stream if it runs and frees what the session holds. Calls after
// the first return nil.
func (s *Session) Close() error {
	if s.started() {
		return s.Stop(context.Background())
	}
	if s.ended.IsSet() {
		return nil
	}
	return s.end()
}

// end closes all that was opened, last first.
func (s *Session) end() error {
	var errs []error
	for _, o := range s.outputs {
		errs = append(errs, o.close())
	}
	for _, in := range s.inputs {
		if in.use != nil {
			errs = append(errs, in.use.Close())
		}
	}
	if s.snapshots != nil {
		errs = append(errs, s.snapshots.Close())
	}
	if s.journal != nil {
		errs = append(errs, s.journal.Close())
	}
	errs = append(errs, s.rdd.Close())
	err := errors.Join(errs...)
	s.fail(err)
	s.stopped()
	s.ended.Set()
	return err
}

// stopped tells of the end.
func (s *Session) stopped() {
	s.mu.Lock()
	wasActive := s.state == Active || s.state == Draining
	s.state = Stopped
	failure := s.failure
	s.status = Status{State: Stopped, Message: "Stopped", Batch: s.status.Batch}
	if failure != nil {
		s.status.Message = "Terminated with error: " + failure.Error()
	}
	s.mu.Unlock()
	if !wasActive {
		return
	}
	s.passOn()
	s.options.Logger.Info("stream stopped", "id", s.identity().ID, "error", failure)
	s.tell(func(l Listener) {
		if l.Stopped != nil {
			l.Stopped(s.identity(), failure)
		}
	})
}

// fail keeps the first failure for Wait.
func (s *Session) fail(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	if s.failure == nil {
		s.failure = err
	}
	s.mu.Unlock()
	s.failed.Set()
}

func (s *Session) addOutput(o *output) {
	if s.mayBuild(o.name) {
		s.outputs = append(s.outputs, o)
	}
}

// now is the time in UTC that batch times go by: the wall clock at the start, or the
// time of the newest batch if that is later, and from there on the monotonic clock. So
// a wall clock that is set neither holds batches back nor brings many at once.
func (s *Session) now() time.Time {
	if s.began.IsZero() || mutate.On(24) {
		return s.env.Now().UTC()
	}
	return s.began.Add(s.env.Mono() - s.beganMono)
}

// keepTime begins to measure time, at the earliest from some moment on.
func (s *Session) keepTime(from time.Time) {
	now := s.now()
	if from.After(now) {
		now = from
	}
	s.began, s.beganMono = now, s.env.Mono()
}
