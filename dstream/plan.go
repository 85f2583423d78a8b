package dstream

import (
	"context"
	"encoding/json/v2"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// span is the range of a source in one batch.
type span struct{ from, to Offset }

// planRecord is what a plan in the log holds for this package.
type planRecord struct {
	Interval int64         `json:"interval"` // of batches, in milliseconds
	Sources  []rangeRecord `json:"sources"`  // in the order of the graph
}

// rangeRecord is the range of one source.
type rangeRecord struct {
	Source string `json:"source"`
	From   Offset `json:"from"`
	To     Offset `json:"to"`
}

// plan fixes what the batch of a tick reads. A batch that the log holds keeps its
// ranges; again says that an earlier run of the stream may have run it.
func (s *Session) plan(ctx context.Context, tick int64) (again bool, err error) {
	again = s.recovered != nil && s.recovered.Pending != nil && s.recovered.Pending.Batch == tick-1
	if again && !mutate.On(10) {
		spans, err := s.decodePlan(*s.recovered.Pending)
		s.take(spans)
		return true, err
	}
	if s.ahead != nil {
		s.take(s.ahead)
		s.ahead = nil
		return false, nil
	}
	spans, err := s.ranges(ctx)
	if err != nil {
		return again, err
	}
	s.take(spans)
	if s.journal == nil || again {
		return again, nil
	}
	return false, s.journal.Plan(ctx, s.planOf(tick, spans))
}

// planAhead plans the batch of a tick if its time has come already, so that its plan
// is logged with the commit of the batch before. What goes wrong here, that batch
// will meet again.
func (s *Session) planAhead(ctx context.Context, tick int64) *journal.Plan {
	if s.drain.IsSet() || s.generator.time(tick).After(s.now()) {
		return nil
	}
	s.want(tick)
	spans, err := s.ranges(ctx)
	if err != nil {
		return nil
	}
	s.ahead = spans
	plan := s.planOf(tick, spans)
	return &plan
}

// ranges asks each source for what came since the batch before.
func (s *Session) ranges(ctx context.Context) ([]span, error) {
	began := s.env.Mono()
	defer func() { s.fetched += s.env.Mono() - began }()
	spans := make([]span, len(s.inputs))
	for i, in := range s.inputs {
		spans[i] = span{in.to, in.to}
		if s.options.SparkCompatible && !in.node.wanted {
			continue
		}
		var err error
		if spans[i].to, err = s.latest(ctx, in); err != nil {
			return nil, fmt.Errorf("source %s: %w", in.label, err)
		}
	}
	return spans, nil
}

// take makes the ranges those of the current batch.
func (s *Session) take(spans []span) {
	for i, r := range spans {
		s.inputs[i].from, s.inputs[i].to = r.from, r.to
	}
}

func (s *Session) planOf(tick int64, spans []span) journal.Plan {
	record := planRecord{Interval: s.options.Interval.Milliseconds(), Sources: make([]rangeRecord, len(s.inputs))}
	for i, in := range s.inputs {
		record.Sources[i] = rangeRecord{in.label, spans[i].from, spans[i].to}
	}
	data, err := json.Marshal(record)
	if err != nil {
		panic(err) // strings and numbers always have a form
	}
	return journal.Plan{Batch: tick - 1, Time: s.generator.time(tick), Partitions: s.partitions(), Ranges: data}
}

// decodePlan refuses what was planned with another interval: state and windows
// count in intervals.
func (s *Session) decodePlan(plan journal.Plan) ([]span, error) {
	var record planRecord
	if err := json.Unmarshal(plan.Ranges, &record); err != nil {
		return nil, fmt.Errorf("plan of batch %d in the log: %w", plan.Batch, err)
	}
	if record.Interval != s.options.Interval.Milliseconds() {
		return nil, fmt.Errorf("the checkpoint was made with batches of %s, Options.Interval is %s: keep the interval, or start a new checkpoint",
			time.Duration(record.Interval)*time.Millisecond, s.options.Interval)
	}
	if len(record.Sources) != len(s.inputs) {
		return nil, fmt.Errorf("the log has ranges of %d sources, the graph has %d", len(record.Sources), len(s.inputs))
	}
	spans := make([]span, len(record.Sources))
	for i, r := range record.Sources {
		spans[i] = span{r.From, r.To}
	}
	return spans, nil
}
