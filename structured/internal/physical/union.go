package physical

import "github.com/tidewheel/tidewheel/structured/types"

// Union gives the rows of all its inputs, which have columns of the same types in the
// same order. Rows of one partition of an input stay together: the partitions of the
// union are those of its inputs, one input after the other.
type Union struct {
	Inputs []Node        // two or more
	Fields []types.Field // of the result; as many as each input has
}

// Schema returns the columns of the result.
func (u *Union) Schema() types.Schema { return types.Schema{Fields: u.Fields} }

// Children returns the inputs.
func (u *Union) Children() []Node { return u.Inputs }

func (u *Union) String() string { return "Union" }
