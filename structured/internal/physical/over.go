package physical

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Over computes window functions at the marker: the rows of its partition since the
// last one, sorted by PartitionBy and then OrderBy, with the value of each function
// behind the input's columns. Rows that are equal in both keep their order.
type Over struct {
	Input       Node
	PartitionBy []bound.Expr
	OrderBy     []bound.Order
	Functions   []bound.WindowFunction
	Names       []string // as long as Functions
}

// Schema returns the input's columns and the results.
func (o *Over) Schema() types.Schema {
	fields := append([]types.Field{}, o.Input.Schema().Fields...)
	for i, function := range o.Functions {
		fields = append(fields, types.Nullable(o.Names[i], function.Of))
	}
	return types.Schema{Fields: fields}
}

// Children returns the input.
func (o *Over) Children() []Node { return []Node{o.Input} }

func (o *Over) String() string {
	functions := make([]string, len(o.Functions))
	for i, function := range o.Functions {
		functions[i] = function.String()
	}
	return "Over [" + strings.Join(functions, ", ") + "] " + bound.OverText(o.PartitionBy, o.OrderBy)
}
