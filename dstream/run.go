package dstream

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"time"

	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/rdd"
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
	stream := Stream{Env: s.env}
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
	if err := s.resume(ctx); err != nil {
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
	for {
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
			err = fmt.Errorf("batch %d (%s): %w", tick-1, s.generator.time(tick).Format(time.RFC3339Nano), err)
			s.fail(err)
			if s.journal != nil {
				return nil // the batch stays pending
			}
			s.options.Logger.Error("batch failed", "batch", tick-1, "error", err)
		}
		s.generator.done = tick
	}
}

// await waits for the next tick, or for the wish to drain.
func (s *Session) await(ctx context.Context, wait time.Duration) error {
	if s.drain.IsSet() {
		return s.idle.Park(ctx, wait)
	}
	return s.idle.Park(ctx, wait, &s.drain)
}

// batch runs one batch, from its plan to its commit.
func (s *Session) batch(ctx context.Context, tick int64) error {
	began, started := s.now(), s.env.Mono()
	s.scope = s.rdd.Scope(rdd.Partitions(s.partitions()))
	s.want(tick)
	pending, err := s.plan(ctx, tick)
	if err == nil {
		err = s.compute(ctx, tick, pending)
	}
	for _, n := range s.nodes {
		n.forget()
	}
	err = errors.Join(err, s.scope.Close())
	took := s.env.Mono() - started
	if err == nil {
		s.pace(began.Sub(s.generator.time(tick)), took)
	}
	if s.options.Progress != nil && ctx.Err() == nil {
		s.options.Progress(s.progress(tick, began, took, err))
	}
	return err
}

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
	if s.journal != nil {
		if err := s.journal.PlanDurable(ctx); err != nil {
			return err
		}
	}
	answers, err := s.output(ctx, tick, pending)
	if err != nil {
		return err
	}
	return s.commit(ctx, tick, changes, answers)
}

// output runs the outputs in order. In the log's terms, each has the batch when it
// returns.
func (s *Session) output(ctx context.Context, tick int64, again bool) (answers [][]byte, err error) {
	var first error
	for _, o := range s.outputs {
		if s.journal != nil {
			if err := s.journal.CheckFence(ctx); err != nil {
				return nil, err
			}
		}
		answer, err := o.run(ctx, tick, again)
		if err != nil {
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
		if err := s.journal.Commit(ctx, journal.Done{Batch: tick - 1, Answers: encodeAnswers(answers)}, s.planAhead(ctx, tick+1)); err != nil {
			return err
		}
		if tick%int64(s.options.SnapshotEvery) == 0 {
			if err := s.snapshot(ctx, tick); err != nil {
				return err
			}
		}
	}
	for _, in := range s.inputs {
		if err := in.use.Commit(ctx, in.to); err != nil {
			return fmt.Errorf("source %s: %w", in.label, err)
		}
	}
	return nil
}

func (s *Session) progress(tick int64, began time.Time, duration time.Duration, err error) Progress {
	p := Progress{Batch: tick - 1, Time: s.generator.time(tick), Duration: duration, Err: err}
	p.Delay = began.Sub(p.Time)
	for _, n := range s.nodes {
		if n.keep != nil {
			p.State += n.keep.size()
		}
	}
	for _, in := range s.inputs {
		p.Ranges = append(p.Ranges, string(in.from)+"…"+string(in.to))
	}
	return p
}
