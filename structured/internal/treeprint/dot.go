package treeprint

import (
	"fmt"
	"strconv"
	"strings"
)

// Dot prints a tree in the language of Graphviz: a box for each node, and an arrow from
// each child to its parent, the way that rows go. A node that is a child twice is drawn
// twice.
func Dot[N any](root N, label func(N) string, children func(N) []N) string {
	var out strings.Builder
	out.WriteString("digraph plan {\n\trankdir=BT\n\tnode [shape=box fontname=monospace]\n")
	made := 0
	var draw func(node N) int
	draw = func(node N) int {
		number := made
		made++
		fmt.Fprintf(&out, "\t%d [label=%s]\n", number, strconv.Quote(label(node)))
		for _, child := range children(node) {
			fmt.Fprintf(&out, "\t%d -> %d\n", draw(child), number)
		}
		return number
	}
	draw(root)
	out.WriteString("}\n")
	return out.String()
}
