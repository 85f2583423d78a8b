package physical

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Sample keeps about a fraction of the rows. Which ones follows from the seed, from all
// the columns of a row and from its place in its partition; so a batch that runs again
// has the same sample.
type Sample struct {
	Input    Node
	Fraction float64 // from 0 to 1
	Seed     int64
}

// Schema returns the input's columns.
func (s *Sample) Schema() types.Schema { return s.Input.Schema() }

// Children returns the input.
func (s *Sample) Children() []Node { return []Node{s.Input} }

func (s *Sample) String() string { return fmt.Sprintf("Sample %v seed %d", s.Fraction, s.Seed) }
