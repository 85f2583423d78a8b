package structured

import (
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/microbatch"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// The output modes, for Writer.Mode.
const (
	Append   = sink.Append   // rows that are final, each exactly once
	Update   = sink.Update   // rows that are new or were touched in the batch
	Complete = sink.Complete // all rows of the result, in every batch
)

// Trigger says when a streaming query runs batches. The zero value runs them back to
// back: the next as soon as one is done, and every 10 ms a look for data when there
// was none.
type Trigger struct {
	trigger microbatch.Trigger
	err     error
}

// Every runs a batch at each multiple of interval since 1970, UTC, and one at the
// start; nothing runs at a tick without data. If a batch takes longer than the
// interval, the next one follows at once, and the one after it is on a tick again.
// An interval of 0 is the zero Trigger.
func Every(interval time.Duration) Trigger {
	switch {
	case interval < 0:
		return Trigger{err: fmt.Errorf("Every(%s): the interval must not be negative", interval)}
	case interval == 0:
		return Trigger{}
	}
	return Trigger{trigger: microbatch.Every(interval)}
}

// Once runs one batch with all the data there is, whatever limits the sources have,
// and ends the query. A batch that was in flight when the query was last stopped
// counts as that one.
func Once() Trigger { return Trigger{trigger: microbatch.Once()} }

// AvailableNow runs batches, within the limits of the sources, until all data is
// processed that was there at the start, and ends the query.
func AvailableNow() Trigger { return Trigger{trigger: microbatch.AvailableNow()} }

func (t Trigger) String() string { return t.trigger.String() }
