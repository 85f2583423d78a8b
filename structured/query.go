package structured

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tidewheel/tidewheel/internal/clocked"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured/internal/microbatch"
)

// Query is a query that was started. Its methods may be called by several goroutines
// at once, also after it has ended.
type Query struct {
	session  *Session
	env      env.Env
	id       string
	runID    string
	name     string
	dir      string // of the checkpoint; empty if there is none
	detached func()
	bounded  bool // whether it writes a table that does not grow

	control microbatch.Control
	ctx     context.Context // of the run; cancel ends it
	cancel  context.CancelCauseFunc
	ended   env.Latch // set when all is over

	mu       sync.Mutex //det:lock guards what follows
	err      error      // why it has failed
	status   Status
	progress []Progress // the last recentProgress, oldest first
	started  time.Time  // of the trigger before
}

// recentProgress is how many batches a query remembers.
const recentProgress = 100

// Status is what a query is doing.
type Status struct {
	Message         string `json:"message"`
	IsDataAvailable bool   `json:"isDataAvailable"`
	IsTriggerActive bool   `json:"isTriggerActive"`
}

// QueryError is why a query has failed. Other queries go on.
type QueryError struct {
	ID, RunID, Name string
	Err             error // names the batch and its offsets, if one was running
}

func (e *QueryError) Error() string {
	name := ""
	if e.Name != "" {
		name = e.Name + ", "
	}
	return fmt.Sprintf("structured: query %sid %s, run %s: %v", name, e.ID, e.RunID, e.Err)
}

// Unwrap returns the cause.
func (e *QueryError) Unwrap() error { return e.Err }

// PanicError is a panic of a user's function, source or sink as the cause of a
// QueryError: its value, and the stack of the goroutine that panicked.
type PanicError = env.PanicError

// ErrQueryEnded is returned by ProcessAllAvailable if the query has ended.
var ErrQueryEnded = microbatch.ErrEnded

// errStopped is the cause with which a query is cancelled.
var errStopped = errors.New("the query was stopped")

// newQuery registers a query with its session, so that its name is taken.
func (s *Session) newQuery(ctx context.Context, name, dir string) (*Query, error) {
	q := &Query{session: s, env: s.options.Env, name: name, dir: dir}
	q.ctx, q.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	for _, other := range s.Queries() {
		if name != "" && other.name == name {
			return nil, fmt.Errorf("structured: cannot start a query named %q: query %s has that name and is active", name, other.id)
		}
	}
	detach, err := s.attach(q)
	if err != nil {
		return nil, err
	}
	q.detached = detach
	q.runID = s.newRunID()
	return q, nil
}

// newRunID draws an id that no other run has: it depends on the session's seed, on
// the moment and on how many things were attached before.
func (s *Session) newRunID() string {
	s.mu.Lock()
	stream := fmt.Sprintf("structured: run %d", s.next)
	s.mu.Unlock()
	random := s.options.Env.Rand(stream)
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(s.options.Env.Now().UnixNano()))
	binary.BigEndian.PutUint64(id[8:], random.Uint64())
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // a UUID of version 8
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// Queries returns the queries of the session that run, in the order in which they
// were started.
func (s *Session) Queries() []*Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	var queries []*Query
	for _, a := range s.attached {
		if q, ok := a.closer.(*Query); ok {
			queries = append(queries, q)
		}
	}
	return queries
}

// errNoQuery is what AwaitAny returns if there is nothing to wait for.
var errNoQuery = errors.New("structured: no query of the session is active")

// AwaitAny waits until one of the queries that run at the call has ended, or ctx is
// done. It returns the query, and the error of Query.Err. If several have ended, it is
// the one that was started first. The first query that has failed since the last call
// returned one is returned at once: its failure is not missed between two calls.
func (s *Session) AwaitAny(ctx context.Context) (*Query, error) {
	queries := s.Queries()
	s.mu.Lock()
	if s.failed != nil {
		queries = []*Query{s.failed}
	}
	s.mu.Unlock()
	if len(queries) == 0 {
		return nil, errNoQuery
	}
	ended := make([]env.Waitable, len(queries))
	for i, q := range queries {
		ended[i] = &q.ended
	}
	for {
		for _, q := range queries {
			if q.ended.IsSet() {
				s.mu.Lock()
				if s.failed == q {
					s.failed = nil
				}
				s.mu.Unlock()
				return q, q.Err()
			}
		}
		if err := s.options.Env.Park(ctx, env.Forever, ended...); err != nil {
			return nil, err
		}
	}
}

// stopQueryIn stops the query that runs with a checkpoint.
func (s *Session) stopQueryIn(ctx context.Context, dir string) error {
	for _, q := range s.Queries() {
		if q.dir == dir {
			if err := q.Stop(ctx); err != nil {
				return fmt.Errorf("structured: stop the query that runs with checkpoint %s: %w", dir, err)
			}
		}
	}
	return nil
}

// abandon ends a query that could not be started.
func (q *Query) abandon() {
	q.cancel(nil)
	q.detached()
	q.ended.Set()
}

// start runs the query as an activity of its own, which sets ended when it is over.
func (q *Query) start(config microbatch.Config) {
	q.id, q.bounded = config.Recovered.ID, config.Bounded
	config.Observer, config.Idle = &observer{query: q, config: config}, clocked.NewLoop(q.env)
	q.session.tell(func(l Listener) {
		if l.Started != nil {
			l.Started(q.identity())
		}
	})
	q.session.options.Logger.Info("query started", "query", q.String(), "run", q.runID, "checkpoint", q.dir)
	q.env.Spawn("query "+q.String(), func() error {
		defer config.Idle.End()
		err := microbatch.Run(q.ctx, config, &q.control)
		if err != nil {
			err = &QueryError{ID: q.id, RunID: q.runID, Name: q.name, Err: err}
		}
		q.end(err)
		return err
	})
}

func (q *Query) end(err error) {
	status := Status{Message: "Stopped"}
	if err != nil {
		status.Message = "Terminated with exception: " + err.Error()
	}
	q.mu.Lock()
	q.status, q.err = status, err
	q.mu.Unlock()
	q.cancel(nil)
	if s := q.session; err != nil {
		s.mu.Lock()
		s.failed = cmp.Or(s.failed, q)
		s.mu.Unlock()
	}
	q.detached()
	if err != nil {
		q.session.options.Logger.Error("query failed", "query", q.String(), "run", q.runID, "error", err)
	} else {
		q.session.options.Logger.Info("query ended", "query", q.String(), "run", q.runID)
	}
	q.session.tell(func(l Listener) {
		if l.Terminated != nil {
			l.Terminated(q.identity(), err)
		}
	})
	q.ended.Set()
}

// ID is constant over restarts from one checkpoint.
func (q *Query) ID() string { return q.id }

// RunID is new at each start.
func (q *Query) RunID() string { return q.runID }

// Name is that of Writer.Named, or empty.
func (q *Query) Name() string { return q.name }

func (q *Query) identity() Identity { return Identity{ID: q.id, RunID: q.runID, Name: q.name} }

// String returns the name, or the id if there is none.
func (q *Query) String() string {
	if q.name != "" {
		return q.name
	}
	return q.id
}

// Active reports whether the query has not ended.
func (q *Query) Active() bool { return !q.ended.IsSet() }

// Wait waits until the query has ended, or ctx is done. The error is a *QueryError
// if the query has failed; a query that was stopped has not.
func (q *Query) Wait(ctx context.Context) error {
	if err := q.ended.Wait(ctx, q.env); err != nil {
		return err
	}
	return q.Err()
}

// Err returns why the query has failed, and nil as long as it runs.
func (q *Query) Err() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

// Stop ends the query and waits until it has ended, or ctx is done. A batch that was
// running is not committed: the next start with the checkpoint runs it again. Later
// calls wait too. That the query has failed is no error of Stop.
func (q *Query) Stop(ctx context.Context) error {
	q.cancel(errStopped)
	if err := q.ended.Wait(ctx, q.env); err != nil {
		return fmt.Errorf("structured: query %s was told to stop and has not ended yet: %w", q, err)
	}
	return nil
}

// Drain ends the query after the batch that is running, and waits until it has ended,
// or ctx is done. No batch is left to be run again: what the sources have by then is
// for the next start. That the query has failed is no error of Drain; see Err.
func (q *Query) Drain(ctx context.Context) error {
	q.control.Drain()
	if err := q.ended.Wait(ctx, q.env); err != nil {
		return fmt.Errorf("structured: query %s is to end after its batch and has not ended yet: %w", q, err)
	}
	return nil
}

// Close is Stop without a limit. It serves Session.Close.
func (q *Query) Close() error { return q.Stop(context.Background()) }

// ProcessAllAvailable waits until all data is processed, and committed, that was
// there at the call, and no further batch is due. Batches run for it at once, whatever
// the trigger says. It is for tests: if data keeps coming it may wait for ever. Once the query has ended it returns the query's error,
// or ErrQueryEnded.
func (q *Query) ProcessAllAvailable(ctx context.Context) error {
	err := q.control.ProcessAllAvailable(ctx, q.env)
	if err == nil && !q.ending() {
		return nil
	}
	if err != nil && !errors.Is(err, ErrQueryEnded) {
		return err
	}
	if failed := q.Wait(ctx); failed != nil {
		return failed
	}
	return err
}

// ending says whether the query has ended, or is about to.
func (q *Query) ending() bool { return q.control.Ended() }

// Status returns what the query is doing.
func (q *Query) Status() Status {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.status
}

func (q *Query) setStatus(s Status) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.status = s
}

// Progress returns what the last batches did, up to 100, oldest first.
func (q *Query) Progress() []Progress {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]Progress(nil), q.progress...)
}
