package physical

import (
	"github.com/tidewheel/tidewheel/structured/internal/typed"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Apply gives the rows that functions of the program make of those of the input.
type Apply struct {
	Input Node
	Rows  *typed.Rows
}

// Schema returns the columns that the functions make.
func (a *Apply) Schema() types.Schema { return types.Schema{Fields: a.Rows.Fields} }

// Children returns the input.
func (a *Apply) Children() []Node { return []Node{a.Input} }

func (a *Apply) String() string { return "Apply " + a.Rows.Steps }
