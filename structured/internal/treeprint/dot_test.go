package treeprint

import "testing"

func TestDot(t *testing.T) {
	children := map[string][]string{"join": {"filter \"a\"", "scan"}, "filter \"a\"": {"scan"}}
	got := Dot("join", func(s string) string { return s }, func(s string) []string { return children[s] })
	const want = "digraph plan {\n\trankdir=BT\n\tnode [shape=box fontname=monospace]\n" +
		"\t0 [label=\"join\"]\n\t1 [label=\"filter \\\"a\\\"\"]\n\t2 [label=\"scan\"]\n\t2 -> 1\n\t1 -> 0\n\t3 [label=\"scan\"]\n\t3 -> 0\n}\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
