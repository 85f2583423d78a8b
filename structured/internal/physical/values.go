package physical

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Values gives rows that are written out, in one partition, at the marker.
type Values struct {
	Fields []types.Field
	Rows   [][]bound.Expr // that read no column; each as long as Fields
}

// Schema returns the fields.
func (v *Values) Schema() types.Schema { return types.Schema{Fields: v.Fields} }

// Children returns nothing.
func (v *Values) Children() []Node { return nil }

func (v *Values) String() string { return fmt.Sprintf("Values [%s] %d rows", v.Schema(), len(v.Rows)) }

// Expand gives several rows for each row: the input's columns, and behind them one
// list of expressions after the other.
type Expand struct {
	Input  Node
	Fields []types.Field
	Lists  [][]bound.Expr // each as long as Fields
}

// Schema returns the input's columns and the fields.
func (e *Expand) Schema() types.Schema {
	fields := append([]types.Field{}, e.Input.Schema().Fields...)
	return types.Schema{Fields: append(fields, e.Fields...)}
}

// Children returns the input.
func (e *Expand) Children() []Node { return []Node{e.Input} }

func (e *Expand) String() string {
	return fmt.Sprintf("Expand %s by %d", types.Schema{Fields: e.Fields}.Names(), len(e.Lists))
}

// Single gives the one row of its partition at the marker, or a row of nulls if there
// was none. A second row is the error SCALAR_SUBQUERY_TOO_MANY_ROWS.
type Single struct{ Input Node }

// Schema returns the input's columns, which may be null.
func (s *Single) Schema() types.Schema {
	fields := append([]types.Field{}, s.Input.Schema().Fields...)
	for i := range fields {
		fields[i].Nullable = true
	}
	return types.Schema{Fields: fields}
}

// Children returns the input.
func (s *Single) Children() []Node { return []Node{s.Input} }

func (s *Single) String() string { return "Single" }

// Offset leaves out the first N rows of its partition; in a stream, the first N after
// each marker.
type Offset struct {
	Input Node
	N     int64
}

// Schema returns the input's columns.
func (o *Offset) Schema() types.Schema { return o.Input.Schema() }

// Children returns the input.
func (o *Offset) Children() []Node { return []Node{o.Input} }

func (o *Offset) String() string { return fmt.Sprintf("Offset %d", o.N) }
