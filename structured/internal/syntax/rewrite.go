package syntax

import "slices"

// Map rebuilds an expression from the leaves up: f gets each part with the parts
// inside it already rebuilt and returns what stands in its place. It does not enter
// subqueries.
func Map(node Node, f func(Node) Node) Node {
	all := func(nodes []Node) []Node {
		if nodes == nil {
			return nil
		}
		mapped := make([]Node, len(nodes))
		for i, node := range nodes {
			mapped[i] = Map(node, f)
		}
		return mapped
	}
	optional := func(node Node) Node {
		if node == nil {
			return nil
		}
		return Map(node, f)
	}
	switch n := node.(type) {
	case Call:
		n.Args, n.WithinGroup, n.Filter = all(n.Args), all(n.WithinGroup), optional(n.Filter)
		if n.Over != nil {
			over := *n.Over
			over.PartitionBy, over.OrderBy = all(over.PartitionBy), all(over.OrderBy)
			n.Over = &over
		}
		node = n
	case Cast:
		n.Arg = Map(n.Arg, f)
		node = n
	case Field:
		n.Arg = Map(n.Arg, f)
		node = n
	case Alias:
		n.Arg = Map(n.Arg, f)
		node = n
	case Aliases:
		n.Arg = Map(n.Arg, f)
		node = n
	case Order:
		n.Arg = Map(n.Arg, f)
		node = n
	case Window:
		n.Time = Map(n.Time, f)
		node = n
	case Index:
		n.Arg, n.Key = Map(n.Arg, f), Map(n.Key, f)
		node = n
	case Lambda:
		n.Body = Map(n.Body, f)
		node = n
	case InQuery:
		n.Args = all(n.Args)
		node = n
	}
	return f(node)
}

// Walk calls visit for an expression and for each part of it, from the outermost
// inwards, until visit returns false. It does not enter subqueries.
func Walk(node Node, visit func(Node) bool) bool {
	if !visit(node) {
		return false
	}
	for _, part := range parts(node) {
		if !Walk(part, visit) {
			return false
		}
	}
	return true
}

// parts are the expressions right inside one.
func parts(node Node) []Node {
	switch n := node.(type) {
	case Call:
		list := slices.Concat(n.Args, n.WithinGroup)
		if n.Filter != nil {
			list = append(list, n.Filter)
		}
		if n.Over != nil {
			list = append(append(list, n.Over.PartitionBy...), n.Over.OrderBy...)
		}
		return list
	case Cast:
		return []Node{n.Arg}
	case Field:
		return []Node{n.Arg}
	case Alias:
		return []Node{n.Arg}
	case Aliases:
		return []Node{n.Arg}
	case Order:
		return []Node{n.Arg}
	case Window:
		return []Node{n.Time}
	case Index:
		return []Node{n.Arg, n.Key}
	case Lambda:
		return []Node{n.Body}
	case InQuery:
		return n.Args
	}
	return nil
}
