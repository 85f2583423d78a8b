package plan

import "fmt"

// Sample keeps about a fraction of the rows. Which ones follows from the seed, from all
// the columns of a row and from its place in its partition.
type Sample struct {
	Input    Node
	Fraction float64 // from 0 to 1
	Seed     int64
}

// Output returns the input's columns.
func (s *Sample) Output() []Column { return s.Input.Output() }

// Children returns the input.
func (s *Sample) Children() []Node { return []Node{s.Input} }

// With returns the same of another input.
func (s *Sample) With(children []Node) Node { return &Sample{children[0], s.Fraction, s.Seed} }

func (s *Sample) String() string { return fmt.Sprintf("Sample %v seed %d", s.Fraction, s.Seed) }
