package plan

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Explode gives one row for each element of a list: the kept columns of the input,
// then the element. A row whose list is null or empty gives none, or, if Outer is set,
// one with null for the element.
type Explode struct {
	Input    Node
	List     bound.Expr
	Outer    bool
	Keep     []int  // columns of the input, ascending
	Position string // the name of a column before the element, with its place from 0; "" is none
	Name     string
}

// Output returns the kept columns and the element.
func (e *Explode) Output() []Column {
	input := e.Input.Output()
	columns := make([]Column, 0, len(e.Keep)+1)
	for _, kept := range e.Keep {
		columns = append(columns, input[kept])
	}
	if e.Position != "" {
		columns = append(columns, Column{Field: types.Nullable(e.Position, types.Int)})
	}
	return append(columns, Column{Field: types.Nullable(e.Name, e.List.Type().Element())})
}

// Children returns the input.
func (e *Explode) Children() []Node { return []Node{e.Input} }

// With returns the same on another input.
func (e *Explode) With(children []Node) Node {
	explode := *e
	explode.Input = children[0]
	return &explode
}

func (e *Explode) String() string {
	names := Schema(e.Output()).Names()
	text := "Explode "
	if e.Outer {
		text += "outer "
	}
	if e.Position != "" {
		text += e.Position + ", "
	}
	return text + named(e.List, e.Name) + " [" + strings.Join(names[:len(e.Keep)], ", ") + "]"
}
