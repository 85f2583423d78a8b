package plan

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
)

// Sort orders the rows.
type Sort struct {
	Input  Node
	Orders []bound.Order // not empty
}

// Output returns the input's columns.
func (s *Sort) Output() []Column { return s.Input.Output() }

// Children returns the input.
func (s *Sort) Children() []Node { return []Node{s.Input} }

// With returns the same on another input.
func (s *Sort) With(children []Node) Node { return &Sort{Input: children[0], Orders: s.Orders} }

func (s *Sort) String() string {
	texts := make([]string, len(s.Orders))
	for i, order := range s.Orders {
		texts[i] = order.String()
	}
	return "Sort [" + strings.Join(texts, ", ") + "]"
}
