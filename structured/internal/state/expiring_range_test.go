package state

import (
	"math"
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// TestExpiryBeyondTheRange has a row whose time and delay are more than a time can be: its
// key is known for ever.
func TestExpiryBeyondTheRange(t *testing.T) {
	e := NewExpiring([]types.Type{types.String})
	b := vector.NewBatch(types.NewSchema(types.Required("k", types.String), types.Required("t", types.Timestamp)))
	fill(t, b, 0, func(int) []any { return []any{"a key", int64(math.MaxInt64 - 5)} })
	for batch, want := range []int{1, 0} {
		e.Begin(0)
		var first vector.Selection
		e.PushFirst(columns(b, 0), &b.Columns[1], 10, b.Rows, nil, &first)
		if len(first) != want {
			t.Errorf("batch %d: %d rows are the first of their key, want %d", batch, len(first), want)
		}
		e.Close(1_000_000)
	}
}
