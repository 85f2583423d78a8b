package plan

// Alias names a table, so that its columns can be qualified.
type Alias struct {
	Input Node
	Name  string
}

// Output returns the input's columns, qualified by Name alone.
func (a *Alias) Output() []Column {
	columns := append([]Column{}, a.Input.Output()...)
	for i := range columns {
		columns[i].Table = a.Name
	}
	return columns
}

// Children returns the input.
func (a *Alias) Children() []Node { return []Node{a.Input} }

// With returns the same on another input.
func (a *Alias) With(children []Node) Node { return &Alias{Input: children[0], Name: a.Name} }

func (a *Alias) String() string { return "Alias " + a.Name }
