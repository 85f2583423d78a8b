package plan

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Over computes window functions: for each row the input's columns and then, for each
// function, its value over the rows around it in the order of its partition.
type Over struct {
	Input       Node
	PartitionBy []bound.Expr
	OrderBy     []bound.Order
	Functions   []bound.WindowFunction
	Names       []string // as long as Functions
}

// Output returns the input's columns and the results.
func (o *Over) Output() []Column {
	columns := append([]Column{}, o.Input.Output()...)
	for i, function := range o.Functions {
		columns = append(columns, Column{Field: types.Nullable(o.Names[i], function.Of)})
	}
	return columns
}

// Children returns the input.
func (o *Over) Children() []Node { return []Node{o.Input} }

// With returns the same on another input.
func (o *Over) With(children []Node) Node {
	return &Over{Input: children[0], PartitionBy: o.PartitionBy, OrderBy: o.OrderBy, Functions: o.Functions, Names: o.Names}
}

func (o *Over) String() string {
	functions := make([]string, len(o.Functions))
	for i, function := range o.Functions {
		functions[i] = function.String()
	}
	return "Over [" + strings.Join(functions, ", ") + "] " + bound.OverText(o.PartitionBy, o.OrderBy)
}
