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
	keyed := withKeys(input, keys)
	return first(&plan.Deduplicate{Input: keyed, Keys: keys, Within: within}, len(output)), nil
}

// withKeys adds a column for each of keys that has a collation, by which rows are told
// apart, and puts its place into keys.
func withKeys(input plan.Node, keys []int) plan.Node {
	output := input.Output()
	project := &plan.Project{Input: input, Names: names(output)}
	for i, column := range output {
		project.Exprs = append(project.Exprs, bound.Column{Index: i, Field: column.Field})
		project.Hidden = append(project.Hidden, column.Hidden)
	}
	for i, key := range keys {
		if output[key].Type.IsCollated() {
			keys[i] = len(project.Exprs)
			project.Exprs = append(project.Exprs, collationKey(project.Exprs[key]))
			project.Names = append(project.Names, output[key].Name)
			project.Hidden = append(project.Hidden, true)
		}
	}
	if len(project.Exprs) == len(output) {
		return input
	}
	slices.Sort(keys)
	return project
}
