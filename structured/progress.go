package structured

import (
	"encoding/json/jsontext"
	"time"

	"github.com/tidewheel/tidewheel/internal/latency"
	"github.com/tidewheel/tidewheel/structured/internal/microbatch"
	"github.com/tidewheel/tidewheel/structured/source"
)

// Progress is what one batch did. As JSON it has the shape of Spark's progress
// events; durations are in milliseconds, with fractions.
type Progress struct {
	Identity  `json:",inline"`
	Timestamp time.Time `json:"timestamp"` // start of the trigger
	BatchID   int64     `json:"batchId"`
	Replayed  bool      `json:"replayed,omitzero"` // it was in flight when the query last stopped

	BatchDuration time.Duration `json:"batchDuration"`

	NumInputRows           int64   `json:"numInputRows"`
	NumBadRows             int64   `json:"numBadRows,omitzero"`    // left out, see Writer.BadRows
	InputRowsPerSecond     float64 `json:"inputRowsPerSecond"`     // since the trigger before
	ProcessedRowsPerSecond float64 `json:"processedRowsPerSecond"` // of the batch's own time

	DurationMs Durations          `json:"durationMs"`
	EventTime  EventTime          `json:"eventTime"`
	Operators  []OperatorProgress `json:"stateOperators"`
	Sources    []SourceProgress   `json:"sources"`
	Sink       SinkProgress       `json:"sink"`
}

// Durations say where the time of a batch went.
type Durations = latency.Split

// EventTime says how far event time has come; each is zero if it is not known.
type EventTime struct {
	Watermark time.Time `json:"watermark,omitzero"` // that of this batch
	Max       time.Time `json:"max,omitzero"`       // the greatest time in this batch
	Min       time.Time `json:"min,omitzero"`       // the least
	Avg       time.Time `json:"avg,omitzero"`       // the mean
}

// OperatorProgress is about one stateful operator.
type OperatorProgress struct {
	OperatorName              string `json:"operatorName"`
	NumRowsTotal              int64  `json:"numRowsTotal"`
	NumRowsUpdated            int64  `json:"numRowsUpdated"`
	NumRowsRemoved            int64  `json:"numRowsRemoved"`
	NumRowsDroppedByWatermark int64  `json:"numRowsDroppedByWatermark"`
	NumShufflePartitions      int    `json:"numShufflePartitions"`
	NumStateStoreInstances    int    `json:"numStateStoreInstances"` // one a partition
	MemoryUsedBytes           int64  `json:"memoryUsedBytes"`        // about: buffers are measured by a sample
	ChangeBytes               int64  `json:"changeBytes"`            // logged for this batch

	CommitTime time.Duration `json:"commitTimeMs"` // of logging them
}

// SourceProgress is about one source.
type SourceProgress struct {
	Description            string         `json:"description"`
	StartOffset            jsontext.Value `json:"startOffset"`
	EndOffset              jsontext.Value `json:"endOffset"`
	LatestOffset           jsontext.Value `json:"latestOffset"` // how far the source went at the last look; null if it does not say
	Backlog                int64          `json:"backlog"`      // rows, at most, from EndOffset to LatestOffset
	NumInputRows           int64          `json:"numInputRows"`
	InputRowsPerSecond     float64        `json:"inputRowsPerSecond"`
	ProcessedRowsPerSecond float64        `json:"processedRowsPerSecond"`
	Metrics                source.Counts  `json:"metrics"` // since the query was started; zero if the source does not count
}

// SinkProgress is about the sinks together.
type SinkProgress struct {
	Description   string `json:"description"`
	NumOutputRows int64  `json:"numOutputRows"`
}

// JSON returns the progress as JSON, in one line.
func (p Progress) JSON() string {
	text, err := latency.JSON(p)
	if err != nil { // every part of it can be written
		return `{"error":"` + err.Error() + `"}`
	}
	return string(text)
}

// observer tells a query what its engine does.
type observer struct {
	query  *Query
	config microbatch.Config
	idle   time.Duration // until when listeners are not told again that there is no data
}

// idleInterval is how often listeners are told that there is no data.
const idleInterval = 10 * time.Second

// Status implements microbatch.Observer.
func (o *observer) Status(message string, batch bool) {
	o.query.setStatus(Status{Message: message, IsDataAvailable: batch, IsTriggerActive: batch})
}

// Idle implements microbatch.Observer.
func (o *observer) Idle() {
	now := o.query.env.Mono()
	if now < o.idle {
		return
	}
	o.idle = now + idleInterval
	o.query.session.tell(func(l Listener) {
		if l.Idle != nil {
			l.Idle(o.query.identity())
		}
	})
}

// Ran implements microbatch.Observer.
func (o *observer) Ran(r microbatch.Report) {
	o.idle = 0
	p := o.progress(r)
	if interval := o.config.Trigger.Interval(); interval > 0 && r.Took.Total > interval {
		o.query.session.options.Logger.Warn("a batch took longer than the trigger's interval",
			"query", o.query.String(), "batch", p.BatchID, "took", r.Took.Total, "interval", interval)
	}
	q := o.query
	q.mu.Lock()
	if len(q.progress) == recentProgress {
		q.progress = append(q.progress[:0], q.progress[1:]...)
	}
	q.progress = append(q.progress, p)
	q.started = r.Started
	q.mu.Unlock()
	q.session.tell(func(l Listener) {
		if l.Progress != nil {
			l.Progress(p)
		}
	})
}

func (o *observer) progress(r microbatch.Report) Progress {
	q := o.query
	q.mu.Lock()
	before := q.started
	q.mu.Unlock()
	var since time.Duration
	if !before.IsZero() {
		since = r.Started.Sub(before)
	}
	p := Progress{
		Identity: q.identity(), Timestamp: r.Started.UTC().Truncate(time.Millisecond), BatchID: r.Plan.Batch, Replayed: r.Replayed,
		BatchDuration: r.Took.Total, DurationMs: r.Took,
		Operators: []OperatorProgress{}, Sources: []SourceProgress{},
		Sink: SinkProgress{NumOutputRows: r.Output}, NumBadRows: r.Bad,
	}
	for i, rows := range r.Rows[:len(o.config.Sources)] {
		p.NumInputRows += rows
		p.Sources = append(p.Sources, SourceProgress{
			Description: o.config.Sources[i].String(), StartOffset: offsetJSON(r.Plan.Ranges[i].Start), EndOffset: offsetJSON(r.Plan.Ranges[i].End),
			LatestOffset: offsetJSON(r.Newest[i]), Backlog: r.Backlog[i],
			NumInputRows: rows, InputRowsPerSecond: perSecond(rows, since), ProcessedRowsPerSecond: perSecond(rows, r.Took.Total), Metrics: r.Counts[i],
		})
	}
	p.InputRowsPerSecond = perSecond(p.NumInputRows, since)
	p.ProcessedRowsPerSecond = perSecond(p.NumInputRows, r.Took.Total)
	if r.HasWatermark {
		p.EventTime.Watermark = time.UnixMicro(r.Plan.Watermark).UTC()
	}
	if seen := r.Seen; seen.Rows > 0 {
		p.EventTime.Max, p.EventTime.Min = time.UnixMicro(seen.Max).UTC(), time.UnixMicro(seen.Min).UTC()
		p.EventTime.Avg = time.UnixMicro(seen.Mean()).UTC()
	}
	for _, operator := range r.Operators {
		p.Operators = append(p.Operators, OperatorProgress{
			OperatorName: operator.Name, NumRowsTotal: operator.Rows, NumRowsUpdated: operator.Updated, NumRowsRemoved: operator.Removed,
			NumRowsDroppedByWatermark: operator.Dropped,
			NumShufflePartitions:      operator.Partitions, NumStateStoreInstances: operator.Partitions,
			MemoryUsedBytes: operator.Memory, ChangeBytes: operator.Bytes, CommitTime: operator.Commit,
		})
	}
	for i, s := range o.config.Sinks {
		if i > 0 {
			p.Sink.Description += ", "
		}
		p.Sink.Description += s.String()
	}
	return p
}

func perSecond(rows int64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(rows) / d.Seconds()
}

// offsetJSON is an offset as it stands, if it is JSON as it should be.
func offsetJSON[T ~string](offset T) jsontext.Value {
	value := jsontext.Value(offset)
	if !value.IsValid() {
		return jsontext.Value("null")
	}
	return value
}
