package microbatch

import (
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/internal/latency"
	"github.com/tidewheel/tidewheel/structured/internal/exec"
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
	Took    latency.Split

	Rows      []int64         // read, by source
	Counts    []source.Counts // since the start, by source; zero for sources that do not count
	Newest    []source.Offset // how far the sources went at the last look, by source; empty if that is not known
	Backlog   []int64         // rows, at most, from the end of the batch to Newest
	Watermark int64           // µs: of the next batch

	HasWatermark bool      // whether the query has any
	Seen         exec.Seen // event times
	Operators    []OperatorReport
	Output       int64 // rows handed to the sinks
	Bad          int64 // rows left out since an expression of theirs can't be computed
	Replayed     bool  // whether the batch was pending when the query started
}

// OperatorReport is about one stateful operator.
type OperatorReport struct {
	Name string
	state.Counts
	Bytes      int64         // of changes logged
	Commit     time.Duration // of logging them
	Partitions int
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
