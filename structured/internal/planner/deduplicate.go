package planner

import (
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// deduplicate brings rows with equal keys to one place.
func (p *planner) deduplicate(n *plan.Deduplicate, input planned) planned {
	columns := n.Output()
	exchange := &physical.Exchange{Input: input.node, Keys: n.Keys, Single: len(n.Keys) == 0}
	node := &physical.StatefulDeduplicate{Input: exchange, Columns: n.Keys, EventTime: n.EventTime(), Within: n.Within}
	for _, key := range n.Keys {
		column := columns[key]
		node.Keys = append(node.Keys, physical.Key{Field: column.Field, Window: column.Window})
		exchange.Windows = append(exchange.Windows, column.Window != nil && !n.Within)
	}
	if !plan.Streaming(n) {
		return planned{&physical.Deduplicate{Input: exchange, Keys: n.Keys}, exchange.Single}
	}
	node.Name = p.name("deduplicate")
	if n.Within {
		node.EventTime = plan.EventTimeIn(columns)
		node.Delay = columns[node.EventTime].EventTime.Delay
	}
	return planned{node, exchange.Single}
}
