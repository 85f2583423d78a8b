package rdd

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/scheduler"
)

// Options says how a session works. The zero value works.
type Options struct {
	// Parallelism is how many tasks run at once and how many partitions a source
	// has that is not told otherwise. If it is set, a shuffle of inputs without a
	// partitioner has as many partitions, too; if not, as many as the largest of its
	// inputs. 0 is the number of processors that Go uses, or 2 with an Env.
	Parallelism int

	// Executors is how many block stores the tasks are divided among; they share the
	// parallelism. Default 1.
	Executors int

	// TaskAttempts is how often a task is tried before its job fails. Default 4.
	TaskAttempts int

	// Directory is where Checkpoint writes. Without it, Checkpoint is a mistake.
	Directory string

	// Seed is what random numbers are drawn from: those of Task.Rand and those of
	// the samples that sorting takes.
	Seed uint64

	// Listener is told of jobs, stages and tasks, one event at a time. It must not
	// block and may not use the session.
	Listener func(scheduler.Event)

	// Env is the outside world; nil is the operating system. The testkit sets it.
	Env env.Env
}

func (o *Options) validate() error {
	for _, field := range []struct {
		name  string
		value int
	}{{"Parallelism", o.Parallelism}, {"Executors", o.Executors}, {"TaskAttempts", o.TaskAttempts}} {
		if field.value < 0 {
			return fmt.Errorf("rdd: Options.%s is %d: it must not be negative", field.name, field.value)
		}
	}
	return nil
}

// Session makes collections and runs the jobs over them. Its methods may be called
// by several goroutines at once. It must be closed.
type Session struct {
	root  *root
	order int64 // of creation: a scope has a higher one than all before it

	sources  int // default number of partitions of a source
	shuffled int // that of a shuffle; 0: as many as the largest input

	mu       sync.Mutex //det:lock shuffles, kept and isClosed
	isClosed bool
	shuffles []int   // made in this scope, to be forgotten when it closes
	kept     []*node // persisted in this scope
}

// root is what a session and its scopes share.
type root struct {
	session     *Session
	scheduler   *scheduler.Scheduler
	env         env.Env
	options     Options
	parallelism int
	scopes      atomic.Int64
	marked      atomic.Int64 // checkpoints asked for and not yet written
	sequence    atomic.Int64 // for names of temporary files
	checkpoint  checkpointStore
}

// Open makes a session. It starts the executors and reads nothing.
func Open(options Options) (*Session, error) {
	if err := options.validate(); err != nil {
		return nil, err
	}
	r := &root{env: options.Env, options: options, parallelism: options.Parallelism}
	if r.env == nil {
		r.env = env.Real()
	}
	if r.parallelism == 0 {
		r.parallelism = env.Processors(r.env)
	}
	executors := max(options.Executors, 1)
	var err error
	r.scheduler, err = scheduler.New(r.env, scheduler.Options{
		Executors:    executors,
		Slots:        (r.parallelism + executors - 1) / executors,
		TaskAttempts: options.TaskAttempts,
		Seed:         options.Seed,
		Listener:     options.Listener,
	})
	if err != nil {
		return nil, fmt.Errorf("rdd: open a session: %w", err)
	}
	r.session = &Session{root: r, sources: r.parallelism, shuffled: options.Parallelism}
	return r.session, nil
}

// Scope returns a session of the same executors for collections that are forgotten
// together: closing it drops the shuffle outputs and persisted partitions of all
// that was made in it, and nothing else. A collection made from several belongs to
// the newest scope among them. A program that makes collections for ever, such as
// one a batch of a stream, makes them in scopes.
//
// With the option Partitions, sources and shuffles of the scope have that many
// partitions where they are not told otherwise.
func (s *Session) Scope(options ...SourceOption) *Session {
	scope := &Session{root: s.root, order: s.root.scopes.Add(1), sources: s.sources, shuffled: s.shuffled}
	var o sourceOptions
	for _, option := range options {
		option.applySource(&o)
	}
	if o.given {
		scope.sources, scope.shuffled = o.partitions, o.partitions
	}
	return scope
}

// Close ends the session: jobs that run are cancelled, and all that was kept in
// memory is dropped. Of a scope it drops what was made in it. Checkpoint files
// stay. Later calls do nothing.
func (s *Session) Close() error {
	s.mu.Lock()
	shuffles, kept, again := s.shuffles, s.kept, s.isClosed
	s.shuffles, s.kept, s.isClosed = nil, nil, true
	s.mu.Unlock()
	if again {
		return nil
	}
	if s == s.root.session {
		return s.root.scheduler.Close()
	}
	for _, id := range shuffles {
		s.root.scheduler.ForgetShuffle(id)
	}
	for _, n := range kept {
		n.persisted.Store(false)
		s.root.scheduler.Unpersist(n.id)
	}
	return nil
}

func (s *Session) closed() bool {
	if s != s.root.session && s.root.session.closed() {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isClosed
}

// newShuffle numbers a shuffle and notes it for Close.
func (s *Session) newShuffle() int {
	id := s.root.scheduler.ShuffleID()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shuffles = append(s.shuffles, id)
	return id
}

// Scheduler is what runs the session's jobs, for engine packages that run jobs over
// nodes of their own, and for tests that lose executors.
func (s *Session) Scheduler() *scheduler.Scheduler { return s.root.scheduler }

// Env is the session's outside world, for engine packages.
func (s *Session) Env() env.Env { return s.root.env }

// Parallelism is how many partitions a source has that is not told otherwise; of a
// session that is not a scope, how many tasks run at once.
func (s *Session) Parallelism() int { return s.sources }

// newSource makes a node without parents.
func (s *Session) newSource(operation string, plan func(context.Context, *node) error) *node {
	if s == nil {
		return &node{operation: operation, mistake: mistakef("%s of a session that is nil: make it with Open", operation)}
	}
	return &node{session: s, operation: operation, plan: plan, id: s.root.scheduler.NodeID()}
}
