package analyze

import (
	"iter"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// parts are all expressions inside one, itself first.
func parts(node syntax.Node) iter.Seq[syntax.Node] {
	return func(yield func(syntax.Node) bool) { walkParts(node, yield) }
}

func walkParts(node syntax.Node, yield func(syntax.Node) bool) bool {
	if !yield(node) {
		return false
	}
	switch n := node.(type) {
	case syntax.Call:
		for _, arg := range n.Args {
			if !walkParts(arg, yield) {
				return false
			}
		}
	case syntax.Cast:
		return walkParts(n.Arg, yield)
	case syntax.Field:
		return walkParts(n.Arg, yield)
	case syntax.Alias:
		return walkParts(n.Arg, yield)
	case syntax.Order:
		return walkParts(n.Arg, yield)
	case syntax.Window:
		return walkParts(n.Time, yield)
	case syntax.SessionWindow:
		return walkParts(n.Time, yield) && walkParts(n.Gap, yield)
	}
	return true
}

// hasAggregate reports whether an aggregate function is called in one of nodes.
func hasAggregate(nodes ...syntax.Node) bool {
	for _, node := range nodes {
		for part := range parts(node) {
			if call, ok := part.(syntax.Call); ok && isAggregate(call.Function) {
				return true
			}
		}
	}
	return false
}
