package plan

import "fmt"

// Offset leaves out the first N rows: any N, if the input is in no order.
type Offset struct {
	Input Node
	N     int64
}

// Output returns the input's columns.
func (o *Offset) Output() []Column { return o.Input.Output() }

// Children returns the input.
func (o *Offset) Children() []Node { return []Node{o.Input} }

// With returns the same on another input.
func (o *Offset) With(children []Node) Node { return &Offset{Input: children[0], N: o.N} }

func (o *Offset) String() string { return fmt.Sprintf("Offset %d", o.N) }
