package analyze

import (
	"iter"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// parts are all expressions inside one, itself first.
func parts(node syntax.Node) iter.Seq[syntax.Node] {
	return func(yield func(syntax.Node) bool) { syntax.Walk(node, yield) }
}

// hasAggregate reports whether an aggregate function is called in one of nodes. One
// with OVER is a window function, and does not count; what is inside it does.
func hasAggregate(nodes ...syntax.Node) bool {
	return hasCall(nodes, func(call syntax.Call) bool { return call.Over == nil && isAggregate(call) })
}

// hasWindowFunction reports whether a function with OVER is called in one of nodes.
func hasWindowFunction(nodes ...syntax.Node) bool {
	return hasCall(nodes, func(call syntax.Call) bool { return call.Over != nil })
}

func hasCall(nodes []syntax.Node, match func(syntax.Call) bool) bool {
	for _, node := range nodes {
		for part := range parts(node) {
			if call, ok := part.(syntax.Call); ok && match(call) {
				return true
			}
		}
	}
	return false
}
