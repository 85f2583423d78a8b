package state

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// Accumulator computes an aggregate function of numbered sets of rows, for whoever
// forms the sets itself.
type Accumulator struct{ accumulator accumulator }

// NewAccumulator returns an accumulator without sets. The error names a function that
// cannot be.
func NewAccumulator(a bound.Aggregate) (*Accumulator, error) {
	inner, err := newAccumulator(a, false)
	return &Accumulator{inner}, err
}

// Reset starts with n empty sets.
func (a *Accumulator) Reset(n int) {
	a.accumulator.resize(0)
	a.accumulator.resize(n)
}

// Add takes in rows of the argument's column, nil for a function without one; row
// rows[i] is in set numbers[i].
func (a *Accumulator) Add(arg *vector.Column, rows vector.Selection, numbers []int32) error {
	return a.accumulator.add(arg, rows, numbers)
}

// AppendTo appends the results of these sets to a column.
func (a *Accumulator) AppendTo(values *vector.Column, numbers []int32) {
	a.accumulator.appendTo(values, numbers)
}
