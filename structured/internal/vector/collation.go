package vector

import (
	"github.com/tidewheel/tidewheel/structured/internal/collation"
	"github.com/tidewheel/tidewheel/structured/types"
)

// AppendCollationKey appends to c, a column of the type of in without collations, what
// compares by its bytes as a row of in does by the collations of the strings in it.
func (c *Column) AppendCollationKey(in *Column, row int) {
	switch {
	case in.IsNull(row):
		c.AppendNull()
	case in.Type.Collation() != types.UTF8Binary:
		c.Bytes = collation.AppendKey(c.Bytes, in.Type.Collation(), in.String(row))
		c.EndString()
	case in.Type.Kind() == types.KindStruct:
		for i := range in.Children {
			c.Children[i].AppendCollationKey(&in.Children[i], row)
		}
		c.EndStruct()
	case in.Type.IsNested():
		for i := in.Offsets[row]; i < in.Offsets[row+1]; i++ {
			c.Children[0].AppendCollationKey(&in.Children[0], int(i))
		}
		c.EndArray()
	default:
		c.AppendRange(in, row, row+1)
	}
}
