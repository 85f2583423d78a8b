package physical

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/treeprint"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Node is one operator and, through its children, all that feeds it. Its dynamic
// type is a pointer to one of the structs of this package. Nodes are not changed
// once they are built.
type Node interface {
	// Schema is the columns of the operator's output.
	Schema() types.Schema

	// Children are the operators that feed it; port i of the operator is child i.
	Children() []Node

	// String is the operator alone, on one line.
	String() string
}

// Stateful is a node that keeps something from batch to batch.
type Stateful interface {
	Node

	// StateName is the name by which the state is found again; unique in a plan.
	StateName() string

	// Expires reports whether a new watermark may change what the operator keeps or
	// gives, so that a batch is useful though no rows came.
	Expires() bool

	// Signature is what must not change while the state is kept, on one line. Its form
	// is part of what stored plans are compared with.
	Signature() string
}

// Mode says which rows of a changing result an operator passes on.
type Mode uint8

// The modes.
const (
	Append   Mode = iota // rows that are final, each once
	Update               // rows that this batch touched
	Complete             // all rows, in every batch
)

func (m Mode) String() string {
	return [...]string{"append", "update", "complete"}[m]
}

// Key is a column by which rows are grouped.
type Key struct {
	types.Field

	// Window is the grid of a key that is a time window, and nil for others.
	Window *bound.Window
}

// Tree prints a plan, one operator a line.
func Tree(root Node) string {
	return treeprint.Tree(root, Node.String, Node.Children)
}

// Walk calls visit for root and all below it, children before their parent, from
// left to right.
func Walk(root Node, visit func(Node)) {
	for _, child := range root.Children() {
		Walk(child, visit)
	}
	visit(root)
}

// Streaming reports whether a source below root grows while the query runs.
func Streaming(root Node) bool {
	streaming := false
	Walk(root, func(node Node) {
		if scan, ok := node.(*Scan); ok {
			streaming = streaming || scan.Streaming
		}
	})
	return streaming
}

// Marked reports whether a watermark is kept below root.
func Marked(root Node) bool {
	marked := false
	Walk(root, func(node Node) {
		_, ok := node.(*Watermark)
		marked = marked || ok
	})
	return marked
}
