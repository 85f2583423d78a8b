package plan

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Values is rows that are written out. With no fields and one row it is what a query
// without a table selects from.
type Values struct {
	Fields []types.Field
	Rows   [][]bound.Expr // that read no column; each as long as Fields
}

// Output returns a column for each field.
func (v *Values) Output() []Column {
	columns := make([]Column, len(v.Fields))
	for i, field := range v.Fields {
		columns[i] = Column{Field: field}
	}
	return columns
}

// Children returns nothing.
func (v *Values) Children() []Node { return nil }

// With returns the rows themselves.
func (v *Values) With([]Node) Node { return v }

func (v *Values) String() string {
	return fmt.Sprintf("Values [%s] %d rows", types.Schema{Fields: v.Fields}, len(v.Rows))
}
