package scheduler

import (
	"fmt"
	"strings"
)

// Explain draws the lineage of a node, cut into the stages that a job over it
// would have if nothing was computed yet. Equal graphs give equal text.
//
// Stages are numbered in an order in which they can run. Within a stage each node
// stands above its parent; where it has several, each parent's branch begins with
// a dash. A stage that is read over a shuffle is indented below the node that
// reads it. What was drawn before is only named.
func Explain(final Node) string {
	p := printer{stages: make(map[int]int), numbered: make(map[int]bool), nodes: make(map[int]bool), shuffles: make(map[int]bool)}
	p.number(final)
	fmt.Fprintf(&p.text, "stage %d: %s\n", len(p.stages), count(final.Partitions(), "task"))
	p.node(final, "  ", "  ")
	return p.text.String()
}

type printer struct {
	stages   map[int]int  // by shuffle: the number of its map stage
	numbered map[int]bool // nodes behind which all stages have numbers
	nodes    map[int]bool // those drawn
	shuffles map[int]bool // those drawn
	text     strings.Builder
}

// number numbers the map stages behind a node, parents first.
func (p *printer) number(node Node) {
	if p.numbered[node.ID()] {
		return
	}
	p.numbered[node.ID()] = true
	for _, dependency := range node.Dependencies() {
		p.number(dependency.parent())
		if shuffle, ok := dependency.(*Shuffle); ok {
			if _, numbered := p.stages[shuffle.ID]; !numbered {
				p.stages[shuffle.ID] = len(p.stages)
			}
		}
	}
}

// node draws a node and what is behind it. Its own line begins with first, the
// lines below it with indent.
func (p *printer) node(node Node, first, indent string) {
	fmt.Fprintf(&p.text, "%s%s #%d: %s", first, node.Name(), node.ID(), count(node.Partitions(), "partition"))
	if node.Persisted() {
		p.text.WriteString(", persisted")
	}
	if p.nodes[node.ID()] {
		p.text.WriteString(", see above\n")
		return
	}
	p.nodes[node.ID()] = true
	p.text.WriteByte('\n')
	dependencies := node.Dependencies()
	for _, dependency := range dependencies {
		switch d := dependency.(type) {
		case *Shuffle:
			p.shuffle(d, indent+"  ")
		case Narrow:
			if len(dependencies) == 1 {
				p.node(d.Parent, indent, indent)
			} else {
				p.node(d.Parent, indent+"- ", indent+"  ")
			}
		}
	}
}

func (p *printer) shuffle(d *Shuffle, indent string) {
	fmt.Fprintf(&p.text, "%sstage %d: %s, %s each", indent, p.stages[d.ID],
		count(d.Parent.Partitions(), "task"), count(d.Reducers, "block"))
	if p.shuffles[d.ID] {
		p.text.WriteString(", see above\n")
		return
	}
	p.shuffles[d.ID] = true
	p.text.WriteByte('\n')
	p.node(d.Parent, indent+"  ", indent+"  ")
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
