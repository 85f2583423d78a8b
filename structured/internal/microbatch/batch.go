package microbatch

import (
	"context"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/latency"
	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/structured/internal/run"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// batch runs a batch whose plan is logged, to its commit. If the next one should
// follow at once and there is something for it to do, its plan is logged with the
// commit and returned.
func (e *engine) batch(ctx context.Context, plan Plan, started time.Time, took latency.Split, pending bool) (next *Plan, err error) {
	began := e.Env.Mono() - took.Fetch
	e.Observer.Status("Processing new data", true)
	report := Report{Plan: plan, Started: started, Replayed: pending}
	e.Moment.Set(plan.Time)

	result, err := e.compute(ctx, &plan, &took, pending)
	if err != nil {
		return nil, err
	}
	at := e.Env.Mono()
	if err := e.Log.PlanDurable(ctx); err != nil {
		return nil, err
	}
	for i, reader := range e.readers {
		if err := reader.Commit(ctx, plan.Ranges[i].Start); err != nil {
			return nil, fmt.Errorf("%s: release what was read: %w", e.Sources[i], err)
		}
	}
	took.Log = e.Env.Mono() - at

	answer := e.core.Done(plan, result.Seen)
	deliver := func() error { return e.deliver(ctx, plan, result, &answer, &report, &took) }
	if mutate.On(1) {
		if next, err = e.commit(ctx, plan, started, answer, &report, &took); err == nil {
			err = deliver()
		}
	} else {
		if err = deliver(); err == nil {
			next, err = e.commit(ctx, plan, started, answer, &report, &took)
		}
	}
	if err != nil {
		return nil, err
	}

	took.Total = e.Env.Mono() - began
	for _, reader := range e.readers {
		if paced, ok := reader.(source.Paced); ok {
			paced.Completed(e.Env.Now(), took.Total)
		}
	}
	e.report(&report, result, took)
	if e.snapshots != nil {
		err = e.snapshots.Between(e.operators, plan.Batch)
	}
	return next, err
}

// compute reads the ranges of a batch and pushes them through the program.
func (e *engine) compute(ctx context.Context, plan *Plan, took *latency.Split, pending bool) (*run.Result, error) {
	at := e.Env.Mono()
	if pending && mutate.On(10) {
		for i, reader := range e.readers {
			end, err := reader.Latest(ctx, plan.Ranges[i].End, source.Limit{})
			if err != nil {
				return nil, err
			}
			plan.Ranges[i].End = end
		}
	}
	parts := make([][]source.Partition, len(e.readers), len(e.readers)+len(e.static.parts))
	for i, reader := range e.readers {
		r := plan.Ranges[i]
		if r.Start == r.End {
			continue
		}
		list, err := reader.Plan(ctx, r.Start, r.End, plan.Partitions)
		if err != nil {
			return nil, fmt.Errorf("plan %s: %w", e.Sources[i], err)
		}
		parts[i] = list
	}
	parts = append(parts, e.static.parts...)
	took.Plan = e.Env.Mono() - at
	at = e.Env.Mono()
	result, err := e.program.Run(ctx, run.Batch{Epoch: plan.Batch, Watermark: plan.Watermark, Late: plan.Late, End: e.Bounded, Lenient: plan.BadRows != FailOnBadRows, Sources: parts})
	took.Compute = e.Env.Mono() - at
	return result, err
}

// deliver hands a batch to each sink that does not have it.
func (e *engine) deliver(ctx context.Context, plan Plan, result *run.Result, answer *Answer, report *Report, took *latency.Split) error {
	at := e.Env.Mono()
	batch := sink.Batch{ID: plan.Batch, Time: plan.Time, Partitions: make([]sink.Partition, len(result.Partitions))}
	schema := e.Root.Schema().Arrow()
	for i, batches := range result.Partitions {
		records := make([]arrow.RecordBatch, len(batches))
		for j, b := range batches {
			var err error
			if records[j], err = b.Record(schema); err != nil {
				return err
			}
			report.Output += int64(b.Len())
		}
		batch.Partitions[i] = records
	}
	dead, err := e.lettersOf(plan, result.Bad)
	if err != nil {
		return err
	}
	report.Bad = int64(len(result.Bad))
	if report.Replayed && mutate.On(16) {
		batch.ID++
	}
	err = e.handAll(ctx, batch, dead, plan.Batch, answer)
	took.Sink = e.Env.Mono() - at
	return err
}

// commit logs what the batch changed and that it is done. It looks for the next one
// first if that should follow at once; if that fails, the batch is done all the
// same.
func (e *engine) commit(ctx context.Context, plan Plan, started time.Time, answer Answer, report *Report, took *latency.Split) (next *Plan, err error) {
	at := e.Env.Mono()
	for _, operator := range e.program.Operators() {
		began := e.Env.Mono()
		o := OperatorReport{Name: operator.Name, Counts: operator.Counts(), Partitions: operator.Partitions()}
		if e.Dir != "" {
			err := operator.Changes(func(group int, frame []byte) error {
				o.Bytes += int64(len(frame))
				return e.Log.AppendState(ctx, journal.Change{Batch: plan.Batch, Operator: operator.Name, Group: group, Data: frame})
			})
			if err != nil {
				return nil, fmt.Errorf("log the state of %s: %w", operator.Name, err)
			}
		}
		o.Commit = e.Env.Mono() - began
		report.Operators = append(report.Operators, o)
	}
	took.State = e.Env.Mono() - at
	if err := e.commitPrepared(ctx, plan.Batch, answer, took); err != nil {
		return nil, err
	}

	var lookErr error
	var logged *journal.Plan
	looping := e.frozen != nil // not while a pending batch is run: the number of partitions may change after it
	if looping && !e.control.drain.IsSet() && e.core.AtOnce(started, e.Env.Now()) {
		var p Plan
		var ok bool
		var look latency.Split
		if p, ok, lookErr = e.look(ctx, &look); ok {
			next = &p
			plan := encodePlan(p)
			logged = &plan
		}
	}
	for mutate.On(28) && looping && logged == nil && e.Trigger.kind == backToBack && lookErr == nil {
		if lookErr = env.Sleep(ctx, e.Env, pollInterval); lookErr != nil {
			return nil, lookErr
		}
		var p Plan
		var ok bool
		if p, ok, lookErr = e.look(ctx, &latency.Split{}); ok {
			plan := encodePlan(p)
			next, logged = &p, &plan
		}
	}
	at = e.Env.Mono()
	err = e.Log.Commit(ctx, journal.Done{Batch: plan.Batch, Answers: encodeAnswer(answer)}, logged)
	took.Commit = e.Env.Mono() - at
	if err == nil {
		err = lookErr
	}
	if err != nil {
		return nil, err
	}
	return next, nil
}

func (e *engine) report(report *Report, result *run.Result, took latency.Split) {
	report.Took, report.Rows, report.Watermark = took, result.Rows, e.core.Watermark()
	report.HasWatermark = e.program.Watermarks() > 0
	for _, seen := range result.Seen {
		report.Seen.Merge(seen)
	}
	for i, reader := range e.readers {
		var counts source.Counts
		if counted, ok := reader.(source.Counted); ok {
			counts = counted.Counts()
		}
		var newest source.Offset
		var backlog int64
		if measured, ok := reader.(source.Measured); ok {
			newest, backlog = measured.Backlog(report.Plan.Ranges[i].End)
		}
		report.Counts, report.Newest, report.Backlog = append(report.Counts, counts), append(report.Newest, newest), append(report.Backlog, backlog)
	}
	e.Observer.Ran(*report)
}
