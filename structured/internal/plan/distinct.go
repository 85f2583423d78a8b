package plan

// Distinct keeps one of the rows that are equal in all columns, nulls being equal.
type Distinct struct{ Input Node }

// Output returns the input's columns.
func (d *Distinct) Output() []Column { return d.Input.Output() }

// Children returns the input.
func (d *Distinct) Children() []Node { return []Node{d.Input} }

// With returns the same on another input.
func (d *Distinct) With(children []Node) Node { return &Distinct{Input: children[0]} }

func (d *Distinct) String() string { return "Distinct" }
