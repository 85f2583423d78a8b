// Package treeprint prints trees, one node a line, children indented under their
// parent. Plans of every stage print through it, so that they look alike.
package treeprint

import "strings"

// Tree prints root and what is below it. The text of a node must be one line.
//
//	Filter (n > 1)
//	└─ Union
//	   ├─ Scan a
//	   └─ Scan b
func Tree[N any](root N, text func(N) string, children func(N) []N) string {
	var out strings.Builder
	var walk func(node N, first, rest string)
	walk = func(node N, first, rest string) {
		out.WriteString(first + text(node) + "\n")
		below := children(node)
		for i, child := range below {
			if i < len(below)-1 {
				walk(child, rest+"├─ ", rest+"│  ")
			} else {
				walk(child, rest+"└─ ", rest+"   ")
			}
		}
	}
	walk(root, "", "")
	return out.String()
}
