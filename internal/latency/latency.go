// Package latency says where the time of a batch went, in the same parts and the same
// words for both stream APIs. As JSON the parts have the names that Apache Spark gives
// them in its progress events, in milliseconds with fractions.
//
//	watch := latency.Start(e.Mono)
//	…                        // ask the sources
//	watch.Lap(&took.Fetch)
//	…                        // compute
//	watch.Lap(&took.Compute)
//	took.Total = watch.Total()
package latency

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"time"
)

// Split is the time of one batch by part. The parts follow each other; what lies
// between them is in Total only.
type Split struct {
	Fetch   time.Duration `json:"latestOffset"`     // asking the sources what is new
	Plan    time.Duration `json:"queryPlanning"`    // dividing it, and writing the plan
	Compute time.Duration `json:"compute"`          // before the sinks: state, and rows
	Log     time.Duration `json:"walCommit"`        // waiting for the plan to be durable
	Sink    time.Duration `json:"addBatch"`         // in the sinks, and computing for them
	State   time.Duration `json:"state"`            // handing what changed to the log
	Commit  time.Duration `json:"commitOffsets"`    // waiting for the end to be durable
	Total   time.Duration `json:"triggerExecution"` // all of it
}

// Watch measures the parts of one batch.
type Watch struct {
	mono      func() time.Duration
	began, at time.Duration
}

// Start begins to measure by a clock such as Env.Mono.
func Start(mono func() time.Duration) *Watch {
	now := mono()
	return &Watch{mono, now, now}
}

// Lap adds the time since the last Lap, or since Start, to a part.
func (w *Watch) Lap(part *time.Duration) {
	now := w.mono()
	*part += now - w.at
	w.at = now
}

// Total is the time since Start.
func (w *Watch) Total() time.Duration { return w.mono() - w.began }

// JSON writes a value as one line of JSON, durations as milliseconds with fractions.
func JSON(value any) ([]byte, error) {
	return json.Marshal(value, json.WithMarshalers(json.MarshalToFunc(func(to *jsontext.Encoder, d time.Duration) error {
		return to.WriteToken(jsontext.Float(float64(d.Microseconds()) / 1000))
	})))
}
