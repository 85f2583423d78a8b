package physical

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Exchange moves each row to the partition of its key: keyed.Partition of the hash
// of the columns Keys. If Single is set there is one partition, and Keys is empty.
type Exchange struct {
	Input  Node
	Keys   []int // columns of the input
	Single bool

	// Windows tells which of Keys are time windows, to be hashed by their start alone;
	// as long as Keys.
	Windows []bool
}

// Schema returns the input's columns.
func (e *Exchange) Schema() types.Schema { return e.Input.Schema() }

// Children returns the input.
func (e *Exchange) Children() []Node { return []Node{e.Input} }

func (e *Exchange) String() string {
	if e.Single {
		return "Exchange single"
	}
	return "Exchange hash [" + strings.Join(e.Schema().Select(e.Keys).Names(), ", ") + "]"
}
