package structured

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/tidewheel/tidewheel/internal/clocked"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/user"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Options says how a session works. The zero value works.
type Options struct {
	// Partitions is into how many parts rows are divided where they meet by key.
	// Default: as many as tasks run at once. A stream keeps the number that it was
	// started with while a batch is pending.
	Partitions int

	// TimeZone is the IANA name of the zone in which text is read and written as a
	// timestamp. Default "UTC". Windows of time do not depend on it.
	TimeZone string

	// LaxSQL is Spark's ANSI mode off: a sum that is too large wraps around, and a
	// division by zero, a cast of malformed text or an index that does not exist give
	// null, where they fail the query by default.
	LaxSQL bool

	// Watermarks says what the watermark of a query with several of them is. Default:
	// MinWatermark. A query keeps the policy that it was started with first.
	Watermarks WatermarkPolicy

	// SkipEmptyBatches keeps streams from running a batch without data when a new
	// watermark closes groups or forgets state: that then waits for the next data.
	SkipEmptyBatches bool

	// Checkpoints is a directory in which each named query that is given no checkpoint
	// of its own has one. Default: none.
	Checkpoints string

	// RDD is the session whose executors run the queries. It stays open when this
	// session is closed. Default: a session of its own, closed with this one.
	RDD *rdd.Session

	// Logger is told what a caller cannot learn from an error. Default: discarded.
	Logger *slog.Logger

	// Clock is the time of day for triggers, batch times and progress. With a
	// *clock.Mock, Session.Settle says when all is done that was due. Default: that of
	// the operating system.
	Clock clock.Clock

	// Env is the outside world; nil is that of RDD, or the operating system. The
	// testkit sets it.
	Env env.Env
}

func (o *Options) validate() error {
	if o.Partitions < 0 {
		return fmt.Errorf("structured: Options.Partitions is %d: it must not be negative", o.Partitions)
	}
	if _, err := time.LoadLocation(o.TimeZone); err != nil {
		return fmt.Errorf("structured: Options.TimeZone: %w", err)
	}
	if o.RDD != nil && o.Env != nil && o.RDD.Env() != o.Env {
		return errors.New("structured: Options.Env differs from that of Options.RDD: leave one of them out")
	}
	return nil
}

// Session makes tables and runs the queries over them. Its methods may be called by
// several goroutines at once. It must be closed.
type Session struct {
	options Options
	rdd     *rdd.Session
	ownsRDD bool

	mu        sync.Mutex //det:lock attached, next, closed, failed, views, functions and random
	attached  []attachment
	next      int
	closed    bool
	failed    *Query               // the first since AwaitAny returned one
	views     map[string]DataFrame // by name in lower case
	functions map[string]*user.Function
	random    *rand.Rand // of seeds
}

// attachment is something that ends with its session.
type attachment struct {
	id     int
	closer io.Closer
}

// Open makes a session. It reads nothing.
func Open(options Options) (*Session, error) {
	if err := options.validate(); err != nil {
		return nil, err
	}
	s := &Session{options: options, rdd: options.RDD}
	if s.rdd == nil {
		own, err := rdd.Open(rdd.Options{Env: options.Env})
		if err != nil {
			return nil, fmt.Errorf("structured: open a session: %w", err)
		}
		s.rdd, s.ownsRDD = own, true
	}
	s.options.Env = s.rdd.Env()
	if options.Clock != nil {
		s.options.Env = clocked.New(s.options.Env, options.Clock)
	}
	s.random = s.options.Env.Rand("structured/seeds")
	if options.Partitions == 0 {
		s.options.Partitions = s.rdd.Parallelism()
	}
	if options.TimeZone == "" {
		s.options.TimeZone = "UTC"
	}
	if options.Logger == nil {
		s.options.Logger = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

// Close stops the queries that run and then ends the session. Later calls do
// nothing.
func (s *Session) Close() error {
	s.mu.Lock()
	attached, again := s.attached, s.closed
	s.attached, s.closed = nil, true
	s.mu.Unlock()
	if again {
		return nil
	}
	var failed []error
	for i := len(attached) - 1; i >= 0; i-- {
		failed = append(failed, attached[i].closer.Close())
	}
	if s.ownsRDD {
		failed = append(failed, s.rdd.Close())
	}
	return errors.Join(failed...)
}

// Settle waits until the queries of the session have done all that is due by its
// clock, a *clock.Mock, and what their sources have told them of:
//
//	mock.Add(time.Minute)
//	err := session.Settle(ctx)
func (s *Session) Settle(ctx context.Context) error {
	if err := clocked.Settle(ctx, s.options.Env); err != nil {
		return fmt.Errorf("structured: Settle: %w", err)
	}
	return nil
}

// errClosed is what a session that was closed answers.
var errClosed = errors.New("structured: the session is closed")

// attach has c closed by Close, until detach is called.
func (s *Session) attach(c io.Closer) (detach func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	id := s.next
	s.next++
	s.attached = append(s.attached, attachment{id, c})
	return func() { s.detach(id) }, nil
}

func (s *Session) detach(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, a := range s.attached {
		if a.id == id {
			s.attached = append(s.attached[:i:i], s.attached[i+1:]...)
			return
		}
	}
}

func (s *Session) analyzer() analyze.Analyzer {
	return analyze.Analyzer{Zone: s.options.TimeZone, Lenient: s.options.LaxSQL}
}

// moment is the time for a query that is computed once.
func (s *Session) moment() bound.Expr {
	return bound.Literal{Value: s.options.Env.Now().UnixMicro(), Of: types.Timestamp}
}

// seed draws a seed for a random function.
func (s *Session) seed() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.random.Int64()
}
