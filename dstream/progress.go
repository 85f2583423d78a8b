package dstream

import (
	"time"

	"github.com/tidewheel/tidewheel/internal/latency"
)

// Progress tells what a batch did. As JSON it has the words of Apache Spark's batch
// infos and progress events; durations are in milliseconds, with fractions.
type Progress struct {
	ID       string    `json:"id,omitzero"`       // of the stream; empty without a checkpoint
	Batch    int64     `json:"batchId"`           // counts from 0
	Time     time.Time `json:"batchTime"`         // the end of its interval
	Replayed bool      `json:"replayed,omitzero"` // it was pending when the stream last ended

	Submitted time.Time     `json:"submissionTime"`      // when the stream saw that it was due
	Started   time.Time     `json:"processingStartTime"` // when its work began
	Delay     time.Duration `json:"schedulingDelay"`     // from Time to Started
	Duration  time.Duration `json:"processingDelay"`     // of its work
	Total     time.Duration `json:"totalDelay"`          // both

	Rows                   int64   `json:"numInputRows"`
	InputRowsPerSecond     float64 `json:"inputRowsPerSecond"`     // of the interval
	ProcessedRowsPerSecond float64 `json:"processedRowsPerSecond"` // of the batch's own time
	State                  int64   `json:"numStateRows"`           // keys and elements held after it

	Latency Durations        `json:"durationMs"`
	Inputs  []InputProgress  `json:"sources"`
	Outputs []OutputProgress `json:"outputOperations"`

	Err           error  `json:"-"` // a *BatchError if the batch failed, else nil
	FailureReason string `json:"failureReason,omitzero"`
}

// Durations say where the time of a batch went.
type Durations = latency.Split

// InputProgress is about one source.
type InputProgress struct {
	Name        string `json:"name"` // of its stream
	Description string `json:"description"`
	Start       Offset `json:"startOffset"`
	End         Offset `json:"endOffset"`

	// Rows is how many elements were read, each partition counted once. It is less
	// than the range has if the outputs did not need all.
	Rows int64 `json:"numInputRows"`
}

// OutputProgress is about one output operation.
type OutputProgress struct {
	ID       int           `json:"outputOpId"` // counts from 0, in the order of the program
	Name     string        `json:"name"`
	Skipped  bool          `json:"skipped,omitzero"` // its stream has no batch at this time
	Duration time.Duration `json:"duration"`

	Err           error  `json:"-"`
	FailureReason string `json:"failureReason,omitzero"`
}

// JSON returns the progress as JSON, in one line.
func (p Progress) JSON() string {
	text, err := latency.JSON(p)
	if err != nil { // every part of it can be written
		return `{"error":"` + err.Error() + `"}`
	}
	return string(text)
}

// recentProgress is how many batches a session remembers.
const recentProgress = 100

// running is the batch that runs, as far as its progress goes.
type running struct {
	tick     int64
	replayed bool
	started  time.Time
	watch    *latency.Watch
	took     Durations
	outputs  []OutputProgress
}

// begin starts to measure a batch.
func (s *Session) begin(tick int64) {
	s.current = running{tick: tick, started: s.now(), watch: latency.Start(s.env.Mono)}
}

// progress is what there is to say of the current batch at its end.
func (s *Session) progress(err error) Progress {
	c := &s.current
	c.took.Total = c.watch.Total()
	c.took.Fetch, s.fetched = s.fetched, 0
	at := s.generator.time(c.tick)
	p := Progress{
		Batch: c.tick - 1, Time: at, Replayed: c.replayed,
		Submitted: s.submitted.at(c.tick, c.started), Started: c.started, Delay: c.started.Sub(at), Duration: c.took.Total,
		Latency: c.took, Inputs: []InputProgress{}, Outputs: c.outputs, Err: err,
	}
	p.Total = p.Delay + p.Duration
	if s.recovered != nil {
		p.ID = s.recovered.ID
	}
	if err != nil {
		p.FailureReason = err.Error()
	}
	for _, n := range s.nodes {
		if n.keep != nil {
			p.State += n.keep.size()
		}
	}
	for _, in := range s.inputs {
		rows := in.rows.take()
		p.Rows += rows
		p.Inputs = append(p.Inputs, InputProgress{Name: in.node.String(), Description: in.label, Start: in.from, End: in.to, Rows: rows})
	}
	p.InputRowsPerSecond = perSecond(p.Rows, s.options.Interval)
	p.ProcessedRowsPerSecond = perSecond(p.Rows, p.Duration)
	return p
}

func perSecond(rows int64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(rows) / d.Seconds()
}

// Progress returns what the last batches did, up to 100, oldest first.
func (s *Session) Progress() []Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Progress(nil), s.recent...)
}

// remember adds to what Progress returns.
func (s *Session) remember(p Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.recent) == recentProgress {
		s.recent = append(s.recent[:0], s.recent[1:]...)
	}
	s.recent = append(s.recent, p)
}
