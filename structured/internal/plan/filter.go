package plan

import "github.com/tidewheel/tidewheel/structured/internal/bound"

// Filter keeps the rows for which Condition is true.
type Filter struct {
	Input     Node
	Condition bound.Expr // boolean
}

// Output returns the input's columns.
func (f *Filter) Output() []Column { return f.Input.Output() }

// Children returns the input.
func (f *Filter) Children() []Node { return []Node{f.Input} }

// With returns the filter of another input.
func (f *Filter) With(children []Node) Node {
	return &Filter{Input: children[0], Condition: f.Condition}
}

func (f *Filter) String() string { return "Filter " + f.Condition.String() }
