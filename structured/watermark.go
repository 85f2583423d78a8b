package structured

import "github.com/tidewheel/tidewheel/structured/internal/microbatch"

// WatermarkPolicy makes one watermark of those of a query's inputs. All operators of
// the query go by it.
type WatermarkPolicy struct{ policy microbatch.Policy }

// The policies. Neither lets the watermark fall.
var (
	// MinWatermark goes by the slowest input: none is late because of another, and one
	// that has no rows holds the watermark where it is.
	MinWatermark = WatermarkPolicy{microbatch.Slowest}

	// MaxWatermark goes by the fastest input: what the others have behind it is dropped.
	MaxWatermark = WatermarkPolicy{microbatch.Fastest}
)

func (p WatermarkPolicy) String() string { return p.policy.String() }
