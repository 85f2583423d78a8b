package microbatch

import (
	"math"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/exec"
)

// TestAdvanceFromExtremes has times from which the delay cannot be taken away.
func TestAdvanceFromExtremes(t *testing.T) {
	c := &Core{shape: Shape{Delays: []time.Duration{time.Minute}}, marks: []int64{unseen}}
	for _, step := range []struct{ seen, watermark int64 }{
		{math.MinInt64, 0},
		{math.MinInt64 + 1_000_000, 0},
		{100_000_000, 40_000_000},
		{math.MinInt64, 40_000_000},
		{math.MaxInt64, math.MaxInt64 - 807 - 60_000_000},
	} {
		c.advance([]exec.Seen{{Rows: 1, Max: step.seen}})
		if c.watermark != step.watermark {
			t.Errorf("after a row at %d the watermark is %d, want %d", step.seen, c.watermark, step.watermark)
		}
	}
}
