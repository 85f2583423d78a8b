package plan

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Expand gives several rows for each row: the input's columns, and behind them one
// list of expressions after the other.
type Expand struct {
	Input  Node
	Fields []types.Field
	Lists  [][]bound.Expr // each as long as Fields, and of their types
}

// Output returns the input's columns and the fields.
func (e *Expand) Output() []Column {
	input := e.Input.Output()
	columns := append([]Column{}, input...)
	for i, field := range e.Fields {
		column := derive(e.Lists[0][i], field.Name, input)
		for _, list := range e.Lists[1:] {
			if !bound.Same(list[i], e.Lists[0][i]) {
				column = Column{}
				break
			}
		}
		column.Field = field
		columns = append(columns, column)
	}
	return columns
}

// Children returns the input.
func (e *Expand) Children() []Node { return []Node{e.Input} }

// With returns the same on another input.
func (e *Expand) With(children []Node) Node {
	return &Expand{Input: children[0], Fields: e.Fields, Lists: e.Lists}
}

func (e *Expand) String() string {
	text := "Expand " + fmt.Sprint(types.Schema{Fields: e.Fields}.Names())
	for _, list := range e.Lists {
		text += " ["
		for i, expr := range list {
			if i > 0 {
				text += ", "
			}
			text += expr.String()
		}
		text += "]"
	}
	return text
}
