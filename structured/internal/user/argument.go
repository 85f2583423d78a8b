package user

import (
	"github.com/tidewheel/tidewheel/structured/internal/record"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// argument is the values of an argument in a batch.
type argument[A any] struct {
	read   func(c *vector.Column, rows []int32, values []A) error
	values []A
}

func argumentOf[A any](of types.Type) (*argument[A], error) {
	read, err := record.ReadColumn[A](of, "argument")
	return &argument[A]{read: read}, err
}

// fill reads these n rows, or, if they are nil, the first n.
func (a *argument[A]) fill(c *vector.Column, rows []int32, n int) error {
	a.values = vector.Resize(a.values, n)
	return a.read(c, rows, a.values)
}

// filler is an argument of any type.
type filler interface {
	fill(c *vector.Column, rows []int32, n int) error
}

// caller is the rows for which a function is called.
type caller struct {
	params []Param
	rows   []int32 // memory of those that are called, if not all are
}

// called returns the rows of a selection (nil: all n) in which no argument is null that
// must not be, and how many they are.
func (c *caller) called(args []*vector.Column, n int, selection []int32) ([]int32, int) {
	if !c.refuses(args) {
		if selection == nil {
			return nil, n
		}
		return selection, len(selection)
	}
	c.rows = c.rows[:0]
	if c.rows == nil {
		c.rows = []int32{}
	}
	take := func(row int32) {
		for i, param := range c.params {
			if !param.Nulls && args[i].IsNull(int(row)) {
				return
			}
		}
		c.rows = append(c.rows, row)
	}
	if selection == nil {
		for row := range int32(n) {
			take(row)
		}
	}
	for _, row := range selection {
		take(row)
	}
	return c.rows, len(c.rows)
}

// refuses reports whether there may be rows that the function is not called for.
func (c *caller) refuses(args []*vector.Column) bool {
	for i, param := range c.params {
		if !param.Nulls && args[i].HasNulls() {
			return true
		}
	}
	return false
}

// nullify makes the results null of rows that the function was not called for.
func (c *caller) nullify(out *vector.Column, args []*vector.Column, n int) {
	for i, param := range c.params {
		if param.Nulls || !args[i].HasNulls() {
			continue
		}
		for row := range n {
			if args[i].IsNull(row) {
				out.SetNull(row)
			}
		}
	}
}

func rowAt(rows []int32, i int) int {
	if rows == nil {
		return i
	}
	return int(rows[i])
}
