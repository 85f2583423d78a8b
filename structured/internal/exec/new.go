package exec

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// New returns the machine of one operator, without those that feed it. A Scan is the
// test of its predicate, or passes rows through; an Exchange is no machine but a
// [Partitioner]. The error says which expression has no kernel.
func New(node physical.Node) (Machine, error) {
	m, err := newMachine(node)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", node, err)
	}
	return m, nil
}

func newMachine(node physical.Node) (Machine, error) {
	switch node := node.(type) {
	case *physical.Scan:
		if node.Predicate == nil {
			return Chain(), nil
		}
		return newFilter(node.Predicate)
	case *physical.Filter:
		return newFilter(node.Predicate)
	case *physical.Project:
		return newProject(node)
	case *physical.Explode:
		return newExplode(node)
	case *physical.Sample:
		return newSample(node), nil
	case *physical.Apply:
		return newApply(node)
	case *physical.Window:
		return newWindow(node)
	case *physical.Session:
		return newSession(node)
	case *physical.SessionAggregate:
		return newSessionAggregate(node)
	case *physical.StatefulSessions:
		return newStatefulSessions(node)
	case *physical.Watermark:
		return newWatermark(node), nil
	case *physical.PartialAggregate:
		return newPartialAggregate(node)
	case *physical.FinalAggregate:
		return newFinalAggregate(node)
	case *physical.StatefulAggregate:
		return newStatefulAggregate(node)
	case *physical.Deduplicate:
		return newDeduplicate(node), nil
	case *physical.StatefulDeduplicate:
		if node.Within {
			return newDeduplicateWithin(node), nil
		}
		return newStatefulDeduplicate(node)
	case *physical.StatefulLimit:
		return newStatefulLimit(node)
	case *physical.HashJoin:
		return newHashJoin(node)
	case *physical.Sort:
		return newSort(node.Input.Schema(), node.Orders, -1)
	case *physical.TopN:
		return newSort(node.Input.Schema(), node.Orders, node.N)
	case *physical.Limit:
		return newLimit(node.N), nil
	case *physical.Offset:
		return newOffset(node.N), nil
	case *physical.Values:
		return newValues(node)
	case *physical.Expand:
		return newExpand(node)
	case *physical.Single:
		return &single{row: vector.NewBatch(node.Schema())}, nil
	case *physical.Over:
		return newOver(node)
	default:
		return nil, fmt.Errorf("no machine for %T", node)
	}
}
