package plan

import "github.com/tidewheel/tidewheel/structured/internal/typed"

// Apply gives the rows that functions of the program make of those of the input. It
// reads all columns, and nothing is known of what it does with them.
type Apply struct {
	Input Node
	Rows  *typed.Rows
}

// Output returns the columns that the functions make.
func (a *Apply) Output() []Column {
	columns := make([]Column, len(a.Rows.Fields))
	for i, field := range a.Rows.Fields {
		columns[i] = Column{Field: field}
	}
	return columns
}

// Children returns the input.
func (a *Apply) Children() []Node { return []Node{a.Input} }

// With returns the same upon another input.
func (a *Apply) With(children []Node) Node { return &Apply{children[0], a.Rows} }

func (a *Apply) String() string { return "Apply " + a.Rows.Steps }
