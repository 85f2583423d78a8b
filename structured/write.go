package structured

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/microbatch"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// Writer describes a query that is to be started: a table, where its rows go and
// how. It is a value; each method returns a changed copy.
type Writer struct {
	table      DataFrame
	sinks      []sink.Sink
	mode       sink.Mode
	trigger    Trigger
	checkpoint string
	name       string
	accept     bool
	bad        BadRows
}

// Write describes a query whose rows go to all of the sinks. Each sink has every
// batch once; they do not have it at one moment.
func (d DataFrame) Write(sinks ...sink.Sink) Writer { return Writer{table: d, sinks: sinks} }

// Mode says which rows of a growing result are written. Default: Append.
func (w Writer) Mode(mode sink.Mode) Writer {
	w.mode = mode
	return w
}

// Trigger says when batches run. Default: back to back. A table that does not grow
// is written in one batch.
func (w Writer) Trigger(trigger Trigger) Writer {
	w.trigger = trigger
	return w
}

// Checkpoint names the directory in which a streaming query keeps its progress and
// its state. Started again with the same directory, it goes on where it was. It
// belongs to one query. Default: a directory of the query's name below
// Options.Checkpoints, if both are given. Sinks that outlast the process need one.
func (w Writer) Checkpoint(directory string) Writer {
	w.checkpoint = directory
	return w
}

// Named gives the query a name, unique among the queries of the session that run.
func (w Writer) Named(name string) Writer {
	w.name = name
	return w
}

// AcceptState starts the query though the program that last ran it had other stateful
// operators: other keys or functions of an aggregation, more or fewer of them. Its
// state is taken over as it stands, and a batch that was in flight runs by its old
// plan. Without it such a start is refused with an error that says so.
func (w Writer) AcceptState() Writer {
	w.accept = true
	return w
}

// Run starts the query and waits for its end. A table that does not grow is written
// whole, or ctx ends first and its cause is the error. A stream goes on until ctx
// ends, which stops it and is no error, or until its trigger says that it is over.
func (w Writer) Run(ctx context.Context) error {
	q, err := w.Start(ctx)
	if err != nil {
		return err
	}
	err = q.Wait(ctx)
	if q.ended.IsSet() {
		return err
	}
	if err := q.Stop(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	if failed := q.Err(); failed != nil || !q.bounded {
		return failed
	}
	return fmt.Errorf("structured: query %s was stopped before its end: %w", q, err)
}

// Start starts the query. It returns when the plan is made and the checkpoint is
// open; sources and sinks are opened by the query itself, so their errors come from
// Query.Wait. The query goes on when ctx ends; Query.Stop stops it.
//
// A query that runs in this session with the same checkpoint is stopped first.
func (w Writer) Start(ctx context.Context) (*Query, error) {
	if err := w.table.Err(); err != nil {
		return nil, err
	}
	session := w.table.session()
	if session == nil {
		return nil, errNoTable
	}
	config, err := w.plan(ctx, session)
	if err != nil {
		return nil, err
	}
	if config.Dir != "" {
		if err := session.stopQueryIn(ctx, config.Dir); err != nil {
			return nil, err
		}
	}
	q, err := session.newQuery(ctx, w.name, config.Dir)
	if err != nil {
		return nil, err
	}
	if err := w.open(ctx, q, &config); err != nil {
		q.abandon()
		return nil, err
	}
	q.start(config)
	return q, nil
}

// plan makes the part of the configuration that needs no I/O in the checkpoint.
func (w Writer) plan(ctx context.Context, session *Session) (config microbatch.Config, err error) {
	if w.trigger.err != nil {
		return config, w.trigger.err
	}
	if w.bad.err != nil {
		return config, w.bad.err
	}
	if len(w.sinks) == 0 {
		return config, errors.New("structured: Write has no sink to write to")
	}
	streaming, err := w.table.streaming(ctx)
	if err != nil {
		return config, err
	}
	config = microbatch.Config{
		Env: session.options.Env, Scheduler: session.rdd.Scheduler(), Name: w.name, Mode: w.mode,
		Partitions: session.options.Partitions, Trigger: w.trigger.trigger, AcceptState: w.accept,
		Logger: session.options.Logger, BadRows: w.bad.policy, DeadLetters: w.bad.letters,
		Policy: session.options.Watermarks.policy, SkipEmpty: session.options.SkipEmptyBatches,
	}
	if streaming {
		config.Dir = w.directory(session)
	} else {
		config.Bounded, config.Trigger = true, microbatch.Once()
	}
	for _, s := range w.sinks {
		if s == nil {
			return config, errors.New("structured: a sink of Write is nil")
		}
		if err := sink.CheckMode(s, w.mode); err != nil {
			return config, err
		}
		if _, ephemeral := s.(sink.Ephemeral); streaming && config.Dir == "" && !ephemeral {
			return config, fmt.Errorf("structured: %s outlasts the process, so the query needs a checkpoint: Writer.Checkpoint, or Options.Checkpoints and a name", s)
		}
		if each, ok := s.(forEachBatch); ok {
			each.session = session
			s = each
		}
		config.Sinks = append(config.Sinks, s)
	}
	config.Moment = new(bound.Moment)
	root, sources, growing, err := w.table.physicalPlan(ctx, planMode(w.mode), bound.Now{At: config.Moment})
	if err != nil {
		return config, err
	}
	if !streaming {
		growing = len(sources)
	}
	config.Root, config.Sources, config.Static = root, sources[:growing], sources[growing:]
	return config, nil
}

func (w Writer) directory(session *Session) string {
	switch {
	case w.checkpoint != "":
		return path.Clean(w.checkpoint)
	case session.options.Checkpoints != "" && w.name != "":
		return path.Join(session.options.Checkpoints, w.name)
	}
	return ""
}

func planMode(mode sink.Mode) physical.Mode {
	switch mode {
	case sink.Update:
		return physical.Update
	case sink.Complete:
		return physical.Complete
	}
	return physical.Append
}

// open opens the checkpoint, or makes up what there is without one.
func (w Writer) open(ctx context.Context, q *Query, config *microbatch.Config) error {
	if config.Dir == "" {
		config.Log = microbatch.Volatile{}
		config.Recovered = &journal.Recovered{Fresh: true, ID: q.runID, Epoch: 1}
		return nil
	}
	log, recovered, err := journal.Open(ctx, config.Env, config.Dir, journal.Options{
		Kind: "structured", Fingerprint: physical.Fingerprint(config.Root), AcceptFingerprint: w.accept,
	})
	if err != nil {
		return fmt.Errorf("structured: open checkpoint %s: %w", config.Dir, err)
	}
	config.Log, config.Recovered = log, recovered
	return nil
}
