package microbatch

import (
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/source"
)

// Observer is told what a query does. Its methods are called by the query's
// activity and must not block.
type Observer interface {
	// Status says what the query is about to do; batch says whether a batch is being
	// run.
	Status(message string, batch bool)

	// Ran is told of each batch that is done.
	Ran(Report)

	// Idle says that a look for data found nothing to do.
	Idle()
}

// Report is what there is to say about a batch.
type Report struct {
	Plan    Plan
	Started time.Time // of the trigger
	Took    Durations

	Rows      []int64         // read, by source
	Counts    []source.Counts // since the start, by source; zero for sources that do not count
	Watermark int64           // µs: of the next batch

	HasWatermark bool  // whether the query has any
	Seen         int64 // rows with an event time
	Max          int64 // µs: the greatest event time, if Seen is not 0
	Operators    []OperatorReport
	Output       int64 // rows handed to the sinks
	Bad          int64 // rows left out since an expression of theirs can't be computed
	Replayed     bool  // whether the batch was pending when the query started
}

// OperatorReport is about one stateful operator.
type OperatorReport struct {
	Name string
	state.Counts
	Bytes      int64 // of changes logged
	Partitions int
}

// Durations say where the time of a batch went. Parts may overlap with nothing else;
// what is missing from the total is the query's own.
type Durations struct {
	Latest  time.Duration // asking the sources what is new
	Plan    time.Duration // asking them for partitions
	Compute time.Duration
	Log     time.Duration // waiting for the plan to be durable
	Sink    time.Duration
	State   time.Duration // encoding changes of state
	Commit  time.Duration // waiting for the commit to be durable
	Total   time.Duration
}

// BatchError says which batch failed, and what it was to read.
type BatchError struct {
	Plan Plan
	Err  error
}

func (e *BatchError) Error() string {
	text := fmt.Sprintf("batch %d", e.Plan.Batch)
	for i, r := range e.Plan.Ranges {
		text += fmt.Sprintf(", source %d from %s to %s", i, orNone(r.Start), orNone(r.End))
	}
	return text + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *BatchError) Unwrap() error { return e.Err }

func orNone(o source.Offset) string {
	if o == "" {
		return "none"
	}
	return string(o)
}
