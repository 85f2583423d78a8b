package plan

import "strings"

// Alias names a table, so that its columns can be qualified.
type Alias struct {
	Input Node
	Name  string // "" takes qualifiers away
	From  int    // the first column that is named so; those before it stay as they are

	Strategy Strategy // how the table is to be joined
}

// Output returns the input's columns, qualified by Name.
func (a *Alias) Output() []Column {
	columns := append([]Column{}, a.Input.Output()...)
	for i := a.From; i < len(columns); i++ {
		columns[i].Table = a.Name
	}
	return columns
}

// Children returns the input.
func (a *Alias) Children() []Node { return []Node{a.Input} }

// With returns the same on another input.
func (a *Alias) With(children []Node) Node {
	alias := *a
	alias.Input = children[0]
	return &alias
}

func (a *Alias) String() string {
	text := strings.TrimSpace("Alias " + a.Name)
	if a.Strategy != AnyStrategy {
		text += ", to be joined by " + a.Strategy.String()
	}
	return text
}
