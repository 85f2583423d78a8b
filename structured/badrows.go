package structured

import (
	"errors"

	"github.com/tidewheel/tidewheel/structured/internal/microbatch"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// BadRows says what becomes of a row of which an expression can't be computed: a
// division by zero, text that is no number, an overflow. The zero value fails the
// query. An aggregate that overflows is of no single row, and always fails it.
type BadRows struct {
	policy  microbatch.BadRows
	letters sink.Sink
	err     error
}

// SkipBadRows leaves bad rows out, and counts them in Progress.NumBadRows.
func SkipBadRows() BadRows { return BadRows{policy: microbatch.SkipBadRows} }

// DeadLetters leaves bad rows out and writes them to a sink of their own, each as one
// row, in mode append:
//
//	source     string   the source, null if the row was made of rows of several tasks
//	start, end string   the range of the batch that it comes from, as offsets
//	condition  string   the name of the error, such as DIVIDE_BY_ZERO
//	error      string   what is wrong
//	row        string   the row before the operation that failed, as JSON
//
// The sink has each batch once, as the other sinks of the query have.
func DeadLetters(s sink.Sink) BadRows {
	if s == nil {
		return BadRows{err: errors.New("structured: the sink of DeadLetters is nil")}
	}
	return BadRows{policy: microbatch.DeadLetters, letters: s, err: sink.CheckMode(s, sink.Append)}
}

// BadRows says what becomes of rows of which an expression can't be computed. It is
// logged with the plan of each batch: one that runs again decides as it did before.
// Default: the query fails.
func (w Writer) BadRows(policy BadRows) Writer {
	w.bad = policy
	return w
}
