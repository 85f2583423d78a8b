package bound

import (
	"time"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Now is the time at which a query is computed, or a batch of a stream: the same for
// all of its rows, and for a batch that runs again.
type Now struct {
	At *Moment // nil until the query is started
}

// Moment is the time of the batch that runs. It is set between batches.
type Moment struct{ µs int64 }

// Set makes t, to the microsecond, the time.
func (m *Moment) Set(t time.Time) { m.µs = t.UnixMicro() }

// Micros is the time as microseconds since 1970.
func (m *Moment) Micros() int64 { return m.µs }

// Type returns timestamp.
func (Now) Type() types.Type { return types.Timestamp }

// Nullable is false.
func (Now) Nullable() bool { return false }

func (Now) String() string { return "current_timestamp()" }

// At puts now in the place of each Now in an expression.
func At(expr, now Expr) Expr {
	return Map(expr, func(e Expr) Expr {
		if _, ok := e.(Now); ok {
			return now
		}
		return e
	})
}
