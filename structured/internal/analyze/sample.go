package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// Sample keeps about a fraction of the rows.
func (a Analyzer) Sample(input plan.Node, fraction float64, seed int64) (plan.Node, error) {
	if !(fraction >= 0 && fraction <= 1) {
		return nil, fault.Analysisf("_LEGACY_ERROR_TEMP_0064", "the fraction of a sample is %v; it must lie between 0 and 1", fraction)
	}
	return &plan.Sample{Input: input, Fraction: fraction, Seed: seed}, nil
}

// sample is TABLESAMPLE. So many rows are the first ones.
func (r *resolver) sample(q *syntax.Sample) (plan.Node, error) {
	input, err := r.relation(q.Input)
	if err != nil {
		return nil, err
	}
	if q.Rows == nil {
		return r.Analyzer.Sample(input, q.Fraction, q.Seed)
	}
	n, err := r.constantCount(input, q.Rows, "number of rows")
	if err != nil {
		return nil, err
	}
	return r.Analyzer.Limit(input, n)
}
