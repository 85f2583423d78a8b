package analyze

import (
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// Deduplicate keeps the first of the rows that are equal in the columns of these
// names, all columns if there are none. If within is set, a stream forgets a row when
// the watermark has passed its event time by the watermark's delay.
func (a Analyzer) Deduplicate(input plan.Node, columns []string, within bool) (plan.Node, error) {
	output := input.Output()
	var keys []int
	for i := range output {
		if len(columns) == 0 {
			keys = append(keys, i)
		}
	}
	for _, name := range columns {
		at, err := a.binder(input).name(strings.Split(name, "."))
		if err != nil {
			return nil, err
		}
		column, ok := at.(bound.Column)
		if !ok {
			return nil, fault.Analysisf("", "%s is not a column; make it one by WithColumn", at)
		}
		keys = append(keys, column.Index)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	for _, key := range keys {
		if err := distinguishable(output[key]); err != nil {
			return nil, err
		}
	}
	if within && !plan.Streaming(input) {
		return nil, fault.Analysisf("_LEGACY_ERROR_TEMP_3102", "duplicates within a watermark can be dropped from a stream only")
	}
	return &plan.Deduplicate{Input: input, Keys: keys, Within: within}, nil
}
