package structured

import (
	"context"

	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/optimize"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/planner"
)

// Explain returns how the table is computed: the plan as it was written with every
// name and type found, the plan after optimisation, and the operators that run. The
// text is the same whenever the query is. The operators of a stream depend on the
// output mode; shown is the first of append, update and complete that is possible.
func (d DataFrame) Explain(ctx context.Context) (string, error) {
	node, _, err := d.analysed(ctx)
	if err != nil {
		return "", err
	}
	mode, err := possibleMode(node)
	if err != nil {
		return "", err
	}
	optimised := optimize.Optimize(node)
	root, _, err := planner.Plan(optimised, mode)
	if err != nil {
		return "", err
	}
	return "== Analysed ==\n" + plan.Tree(node) +
		"== Optimised ==\n" + plan.Tree(optimised) +
		"== Physical ==\n" + physical.Tree(root), nil
}

// possibleMode returns the first output mode in which the query can be written, or
// the reason why append, the default, cannot.
func possibleMode(node plan.Node) (physical.Mode, error) {
	reason := analyze.Legal(node, physical.Append)
	for _, mode := range []physical.Mode{physical.Append, physical.Update, physical.Complete} {
		if analyze.Legal(node, mode) == nil {
			return mode, nil
		}
	}
	return 0, reason
}
