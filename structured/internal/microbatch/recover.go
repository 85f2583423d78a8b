package microbatch

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/run"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// open opens the sources and the sinks.
func (e *engine) open(ctx context.Context) error {
	for i, s := range e.Sources {
		q := source.Query{
			ID: e.Recovered.ID, Name: e.Name, Epoch: e.Recovered.Epoch, Bounded: e.Bounded, Env: e.Env, Logger: e.Logger,
		}
		if e.Dir != "" {
			q.State, q.Fence = path.Join(e.Dir, "source", fmt.Sprint(i)), e.Log.CheckFence
		}
		reader, err := s.Open(ctx, q)
		if err != nil {
			return fmt.Errorf("open source %s: %w", s, err)
		}
		e.readers = append(e.readers, reader)
	}
	if err := e.openStatic(ctx); err != nil {
		return err
	}
	sinks := len(e.Sinks)
	if e.DeadLetters != nil {
		e.Sinks = append(slices.Clip(e.Sinks), e.DeadLetters)
	}
	for i, s := range e.Sinks {
		schema, mode := e.Root.Schema(), e.Mode
		if i == sinks {
			schema, mode = letters, sink.Append
		}
		writer, err := s.Open(ctx, sink.Query{
			ID: e.Recovered.ID, Name: e.Name, Schema: schema, Mode: mode,
			Epoch: e.Recovered.Epoch, Next: e.Recovered.Next(), Env: e.Env,
		})
		if err != nil {
			return fmt.Errorf("open sink %s: %w", s, err)
		}
		e.writers = append(e.writers, writer)
	}
	// A sink may know what it has only after all of them have been taken over from the
	// run before.
	for i, writer := range e.writers {
		last, ok, err := writer.LastCommitted(ctx)
		if err != nil {
			return fmt.Errorf("ask %s what it has: %w", e.Sinks[i], err)
		}
		if !ok {
			last = -1
		}
		e.had = append(e.had, last)
	}
	return nil
}

// recover finds out where to go on, and restores the state of the last batch that
// is done. It returns the batch that was in flight, if there is one.
func (e *engine) recover(ctx context.Context) (pending *Plan, err error) {
	offsets := make([]source.Offset, len(e.readers))
	for i, reader := range e.readers {
		if offsets[i], err = reader.Initial(ctx); err != nil {
			return nil, fmt.Errorf("ask %s where it begins: %w", e.Sources[i], err)
		}
	}
	shape := shapeOf(e.Root, len(e.Sources))
	shape.Policy, shape.Evicts = e.Policy, shape.Evicts && !e.SkipEmpty
	e.core = NewCore(shape, e.Trigger, offsets)
	if last := e.Recovered.Last; last != nil {
		plan, err := decodePlan(last.Plan)
		if err == nil {
			err = e.checkSources(plan)
		}
		if err == nil {
			err = e.checkState(last.Plan)
		}
		if err != nil {
			return nil, err
		}
		answer, err := decodeAnswer(last.Done)
		if err != nil {
			return nil, err
		}
		if mutate.On(14) {
			plan.Watermark, answer.Watermark = 0, 0
		}
		e.core.Resume(plan, answer)
	}
	partitions := e.Partitions
	if e.Recovered.Pending != nil {
		plan, err := decodePlan(*e.Recovered.Pending)
		if err == nil {
			err = e.checkSources(plan)
		}
		if err != nil {
			return nil, err
		}
		if err := e.checkBadRows(plan); err != nil {
			return nil, err
		}
		pending = &plan
		if !mutate.On(27) {
			partitions = plan.Partitions
		}
	}
	if err := e.compile(partitions); err != nil {
		return nil, err
	}
	return pending, e.restore(ctx)
}

func (e *engine) compile(partitions int) (err error) {
	e.program, err = run.Compile(e.Root, run.Options{Scheduler: e.Scheduler, Name: e.jobName(), Partitions: partitions})
	if err == nil {
		e.operators = operatorsOf(e.program)
	}
	return err
}

func (e *engine) jobName() string {
	if e.Name != "" {
		return e.Name
	}
	return "query " + e.Recovered.ID
}

// checkSources refuses a checkpoint of a query that had other sources.
func (e *engine) checkSources(logged Plan) error {
	if len(logged.Ranges) != len(e.Sources) {
		return fmt.Errorf("there are %d sources in the checkpoint and now there are %d: a query keeps the number and order of its sources; give the changed query a new checkpoint",
			len(logged.Ranges), len(e.Sources))
	}
	return nil
}

// checkState refuses a checkpoint whose state this query would misread.
func (e *engine) checkState(last journal.Plan) error {
	if e.AcceptState || last.Fingerprint == physical.Fingerprint(e.Root) {
		return nil
	}
	return fmt.Errorf("the state in the checkpoint, of batch %d, is that of other operators: a query keeps the number of its aggregations, the types and windows of their keys, and their functions; give the changed query a new checkpoint", last.Batch)
}

// repartition goes over to the number of partitions that the options ask for, once
// no batch is pending that was planned with another one.
func (e *engine) repartition(ctx context.Context) error {
	if e.Partitions == e.Recovered.Pending.Partitions {
		return nil
	}
	old := e.program
	if err := e.compile(e.Partitions); err != nil {
		return err
	}
	for i, operator := range old.Operators() {
		if err := operator.MoveTo(e.program.Operators()[i]); err != nil {
			return fmt.Errorf("move the state of %s to %d partitions: %w", operator.Name, e.Partitions, err)
		}
	}
	return old.Close()
}

// shapeOf reads from a plan what the core has to know.
func shapeOf(root physical.Node, sources int) Shape {
	shape := Shape{Sources: sources}
	physical.Walk(root, func(node physical.Node) {
		switch n := node.(type) {
		case *physical.Watermark:
			for len(shape.Delays) <= n.ID {
				shape.Delays = append(shape.Delays, 0)
			}
			shape.Delays[n.ID] = n.Delay
		case physical.Stateful:
			shape.Evicts = shape.Evicts || n.Expires()
		}
	})
	return shape
}
