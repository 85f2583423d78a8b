package structured

import (
	"context"

	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/optimize"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/planner"
	"github.com/tidewheel/tidewheel/structured/internal/treeprint"
)

// Explain returns how the table is computed: the plan as it was written with every
// name and type found, the plan after optimisation, and the operators that run. The
// text is the same whenever the query is and its files are about as large. The operators
// of a stream depend on the output mode; shown is the first of append, update and
// complete that is possible.
func (d DataFrame) Explain(ctx context.Context) (string, error) {
	node, sources, err := d.analysed(ctx)
	if err != nil {
		return "", err
	}
	return explained(node, d.frame.sizes(sources))
}

func explained(node plan.Node, sizes optimize.Sizes) (string, error) {
	optimised, root, err := stages(node, sizes)
	if err != nil {
		return "", err
	}
	return "== Analysed ==\n" + plan.Tree(node) +
		"== Optimised ==\n" + plan.Tree(optimised) +
		"== Physical ==\n" + physical.Tree(root), nil
}

// Graph returns the operators that run as a graph in the language of Graphviz:
//
//	dot -Tsvg plan.dot > plan.svg
func (d DataFrame) Graph(ctx context.Context) (string, error) {
	node, sources, err := d.analysed(ctx)
	if err != nil {
		return "", err
	}
	_, root, err := stages(node, d.frame.sizes(sources))
	if err != nil {
		return "", err
	}
	return treeprint.Dot(root, physical.Node.String, physical.Node.Children), nil
}

// stages are what becomes of an analysed plan.
func stages(node plan.Node, sizes optimize.Sizes) (optimised plan.Node, root physical.Node, err error) {
	mode, err := possibleMode(node)
	if err != nil {
		return nil, nil, err
	}
	optimised = optimize.Optimize(node, sizes)
	root, _, err = planner.Plan(optimised, mode)
	return optimised, root, err
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
