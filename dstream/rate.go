package dstream

import (
	"context"
	"math"
	"time"
)

// Limited is a Reader that can take less than there is.
type Limited interface {
	// LatestWithin is Latest that takes so many elements at most, or the fewest that
	// it can take, if there are any and that is more.
	LatestWithin(ctx context.Context, start Offset, elements int64) (Offset, error)
}

// SourceOption changes how a stream reads its source.
type SourceOption func(*input)

// MaxRate bounds how many elements a second a stream takes from its source, whose
// Reader must be Limited, as those of [Log] and [Queue] are: a batch takes what one
// interval allows, and the rest comes with later batches. What a log takes may be more,
// by one record for each partition: none is left to starve. It holds also while a stream makes up for batches that it has
// missed: all of them are run, one after the other, each within the limit.
// Receivers have limits and back-pressure of their own: see receiver.Options.
func MaxRate(elements float64) SourceOption {
	return func(in *input) {
		if !(elements > 0) || math.IsInf(elements, 0) {
			in.node.session.mistake("MaxRate", "%v elements a second; it must be more than 0", elements)
		}
		in.rate = elements
	}
}

// limit is how many elements of a source a batch may take, at least one.
func (in *input) limit(interval time.Duration) int64 {
	return int64(max(1, in.rate*interval.Seconds()))
}

// latest asks the source for the end of the next range.
func (s *Session) latest(ctx context.Context, in *input) (Offset, error) {
	if in.rate == 0 {
		return in.use.Latest(ctx, in.to)
	}
	return in.use.(Limited).LatestWithin(ctx, in.to, in.limit(s.options.Interval))
}
