package plan

import "fmt"

// Limit keeps the first N rows: any N, if the input is in no order.
type Limit struct {
	Input Node
	N     int64
}

// Output returns the input's columns.
func (l *Limit) Output() []Column { return l.Input.Output() }

// Children returns the input.
func (l *Limit) Children() []Node { return []Node{l.Input} }

// With returns the same on another input.
func (l *Limit) With(children []Node) Node { return &Limit{Input: children[0], N: l.N} }

func (l *Limit) String() string { return fmt.Sprintf("Limit %d", l.N) }
