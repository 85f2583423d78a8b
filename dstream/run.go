package dstream

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
)

// The life of a batch. Its plan (time, ranges, partitions) is logged; while that is
// made durable, streams with state are brought forward; when it is durable the
// outputs run, in the order of their registration; when every output has the
// batch, the changes of state and the outputs' answers are logged in one append.
// What a crash leaves of this is put right by the next start: see prepare.

// doneBatch is what the log knows of the last batch that is done.
type doneBatch struct {
	batch int64 // -1: none
	ends  []Offset
}

// prepare opens sources and sinks, restores state and sets the clock's grid.
func (s *Session) prepare(ctx context.Context) error {
	stream := Stream{Env: s.env, Tell: func(e receiver.Event) { s.events.Put(e) }}
	if s.recovered != nil {
		stream.ID, stream.Epoch = s.recovered.ID, s.recovered.Epoch
		stream.Resumed = !s.recovered.Fresh && (s.recovered.Last != nil || s.recovered.Pending != nil)
	}
	for i, in := range s.inputs {
		stream.Name = in.node.String()
		if s.journal != nil {
			stream.Fence = s.journal.CheckFence
			stream.State = path.Join(s.options.Checkpoint, "source", strconv.Itoa(i))
		}
		if err := in.open(ctx, stream); err != nil {
			return fmt.Errorf("open source %s: %w", in.label, err)
		}
	}
	stream.State = ""
	for _, o := range s.outputs {
		stream.Name = o.from.String()
		if err := o.open(ctx, stream); err != nil {
			return fmt.Errorf("open output %s: %w", o.name, err)
		}
	}
	if err := s.resume(); err != nil {
		return err
	}
	if err := s.restore(ctx); err != nil {
		return err
	}
	return s.start(ctx)
}

// start gives each source its first offset and sets the grid of batch times.
func (s *Session) start(ctx context.Context) error {
	if s.done.batch >= 0 {
		for i, in := range s.inputs {
			in.to = s.done.ends[i]
		}
		return nil
	}
	for _, in := range s.inputs {
		initial, err := in.use.Initial(ctx)
		if err != nil {
			return fmt.Errorf("source %s: %w", in.label, err)
		}
		in.to = initial
	}
	return nil
}

// run runs batches until the stream is drained or ctx is done, which is no error.
func (s *Session) run(ctx context.Context) error {
	s.loopNumber.Store(goroutine())
	s.options.Logger.Info("stream started", "id", s.identity().ID, "interval", s.options.Interval, "batch", s.generator.done)
	s.tell(func(l Listener) {
		if l.Started != nil {
			l.Started(s.identity())
		}
	})
	for {
		s.passOn()
		s.submit(s.now())
		if s.drain.IsSet() {
			if err := s.stopReceivers(ctx); err != nil {
				return err
			}
			s.generator.drain(s.now())
		}
		tick, wait, end := s.generator.next(s.now())
		if end {
			return nil
		}
		s.report(tick, wait <= 0)
		if wait > 0 {
			if err := s.await(ctx, wait); err != nil {
				return nil
			}
			continue
		}
		err := s.batch(ctx, tick)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			s.fail(err)
			if s.journal != nil {
				return nil // the batch stays pending
			}
		}
		s.generator.done = tick
		s.submitted.forget(tick)
	}
}

// await waits for the next tick, or for the wish to drain.
func (s *Session) await(ctx context.Context, wait time.Duration) error {
	if s.drain.IsSet() {
		return s.idle.Park(ctx, wait, &s.events)
	}
	return s.idle.Park(ctx, wait, &s.events, &s.drain)
}

// batch runs one batch, from its plan to its commit.
func (s *Session) batch(ctx context.Context, tick int64) error {
	s.begin(tick)
	info := s.info(tick)
	s.tell(func(l Listener) {
		if l.BatchStarted != nil {
			l.BatchStarted(info)
		}
	})
	s.scope = s.rdd.Scope(rdd.Partitions(s.partitions()))
	s.want(tick)
	var err error
	s.current.replayed, err = s.plan(ctx, tick)
	s.current.watch.Lap(&s.current.took.Plan)
	if err == nil {
		err = s.compute(ctx, tick, s.current.replayed)
	}
	for _, n := range s.nodes {
		n.forget()
	}
	err = errors.Join(err, s.scope.Close())
	if ctx.Err() != nil {
		return err // the batch was given up
	}
	if err != nil {
		err = &BatchError{Batch: tick - 1, Time: s.generator.time(tick), Err: err}
	}
	done := s.progress(err)
	if err == nil {
		s.pace(done.Delay, done.Duration)
	}
	s.completed(done)
	return err
}

// completed tells of a batch that has ended.
func (s *Session) completed(p Progress) {
	s.remember(p)
	log := s.options.Logger
	switch {
	case p.Err != nil:
		log.Error("batch failed", "batch", p.Batch, "error", p.Err)
	case p.Delay > lateBatches*s.options.Interval:
		log.Warn("batches are late: they take longer than their interval, or the stream catches up", "batch", p.Batch, "time", p.Time, "delay", p.Delay, "duration", p.Duration)
	default:
		log.Debug("batch done", "batch", p.Batch, "time", p.Time, "rows", p.Rows, "duration", p.Duration)
	}
	s.tell(func(l Listener) {
		if l.BatchCompleted != nil {
			l.BatchCompleted(p)
		}
	})
}

// lateBatches is the number of intervals after which a batch is late enough to say so.
const lateBatches = 10

// compute brings state forward, runs the outputs and commits.
func (s *Session) compute(ctx context.Context, tick int64, pending bool) error {
	var changes []change
	for _, n := range s.nodes {
		if n.keep == nil || !n.wanted {
			continue
		}
		changed, err := n.keep.advance(ctx, tick)
		if err != nil {
			return fmt.Errorf("%s: %w", n, err)
		}
		for _, c := range changed {
			c.node = n
			changes = append(changes, c)
		}
	}
	if mutate.On(1) && s.journal != nil {
		if err := errors.Join(s.journal.PlanDurable(ctx), s.commit(ctx, tick, changes, nil)); err != nil {
			return err
		}
		_, err := s.output(ctx, tick, pending)
		return err
	}
	s.current.watch.Lap(&s.current.took.Compute)
	if s.journal != nil {
		if err := s.journal.PlanDurable(ctx); err != nil {
			return err
		}
		s.current.watch.Lap(&s.current.took.Log)
	}
	answers, err := s.output(ctx, tick, pending)
	s.current.watch.Lap(&s.current.took.Sink)
	if err != nil {
		return err
	}
	return s.commit(ctx, tick, changes, answers)
}

// output runs the outputs in order. In the log's terms, each has the batch when it
// returns.
func (s *Session) output(ctx context.Context, tick int64, again bool) (answers [][]byte, err error) {
	var first error
	for i, o := range s.outputs {
		if err := s.checkFence(ctx); err != nil {
			return nil, err
		}
		answer, err := s.write(ctx, i, tick, again)
		if err != nil && !mutate.On(17) {
			err = fmt.Errorf("%s: %w", o.name, err)
			if s.journal != nil {
				return nil, err
			}
			first = cmpErr(first, err)
		}
		answers = append(answers, answer)
	}
	return answers, first
}

// checkFence returns an error once a later run of the stream has begun.
func (s *Session) checkFence(ctx context.Context) error {
	if s.journal == nil {
		return nil
	}
	return s.journal.CheckFence(ctx)
}

// write runs one output and tells of it.
func (s *Session) write(ctx context.Context, i int, tick int64, again bool) (answer []byte, err error) {
	o, info := s.outputs[i], s.info(tick)
	p := OutputProgress{ID: i, Name: o.name, Skipped: tick%o.from.slide != 0}
	if !p.Skipped {
		s.tell(func(l Listener) {
			if l.OutputStarted != nil {
				l.OutputStarted(info, p)
			}
		})
		began := s.env.Mono()
		answer, err = o.run(ctx, tick, again)
		p.Duration, p.Err = s.env.Mono()-began, err
		if err != nil {
			p.FailureReason = err.Error()
		}
		s.tell(func(l Listener) {
			if l.OutputCompleted != nil {
				l.OutputCompleted(info, p)
			}
		})
	}
	s.current.outputs = append(s.current.outputs, p)
	return answer, err
}

// cmpErr keeps the first of two errors.
func cmpErr(first, next error) error {
	if first != nil {
		return first
	}
	return next
}

// commit logs that the batch is done and lets the sources forget it.
func (s *Session) commit(ctx context.Context, tick int64, changes []change, answers [][]byte) error {
	if s.journal != nil {
		for _, c := range changes {
			err := s.journal.AppendState(ctx, journal.Change{Batch: tick - 1, Operator: c.node.String(), Group: c.group, Data: c.data})
			if err != nil {
				return err
			}
		}
		s.current.watch.Lap(&s.current.took.State)
		ahead := s.planAhead(ctx, tick+1)
		for mutate.On(28) && ahead == nil {
			if err := env.Sleep(ctx, s.env, s.options.Interval); err != nil {
				return err
			}
			ahead = s.planAhead(ctx, tick+1)
		}
		if err := s.journal.Commit(ctx, journal.Done{Batch: tick - 1, Answers: encodeAnswers(answers)}, ahead); err != nil {
			return err
		}
		if err := s.snapshots.Between(s.operators, tick-1); err != nil {
			return err
		}
	}
	s.current.watch.Lap(&s.current.took.Commit)
	for _, in := range s.inputs {
		if err := in.use.Commit(ctx, in.to); err != nil {
			return fmt.Errorf("source %s: %w", in.label, err)
		}
	}
	return nil
}
