package eval

import "github.com/tidewheel/tidewheel/structured/internal/vector"

// choice is CASE: conditions and values in turn, and a last value. A condition is
// evaluated for the rows that no condition before it has taken, a value for the rows
// that its condition has.
type choice struct {
	conditions, values []node // one more value than conditions
	taken              []vector.Selection
	open, next         vector.Selection
	out                vector.Column
}

func newChoice(args []node, out vector.Column) *choice {
	c := &choice{out: out, taken: make([]vector.Selection, len(args)/2+1)}
	for i, arg := range args {
		if i%2 == 0 && i+1 < len(args) {
			c.conditions = append(c.conditions, arg)
		} else {
			c.values = append(c.values, arg)
		}
	}
	return c
}

func (c *choice) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	open := all(&c.open, b.Rows, selection)
	columns := make([]*vector.Column, len(c.values))
	for i, condition := range c.conditions {
		truth, err := condition.eval(b, open)
		if err != nil {
			return nil, err
		}
		c.taken[i], c.next = empty(c.taken[i]), empty(c.next)
		for _, row := range open {
			if !truth.IsNull(int(row)) && truth.Bools.Get(int(row)) {
				c.taken[i] = append(c.taken[i], row)
			} else {
				c.next = append(c.next, row)
			}
		}
		if columns[i], err = c.values[i].eval(b, c.taken[i]); err != nil {
			return nil, err
		}
		c.open, c.next = c.next, c.open
		open = c.open
	}
	last := len(c.values) - 1
	c.taken[last] = open
	var err error
	if columns[last], err = c.values[last].eval(b, open); err != nil {
		return nil, err
	}
	merge(&c.out, columns, c.taken, b.Rows)
	return &c.out, nil
}

// all returns the selection as a list of its own, all rows if it is nil.
func all(into *vector.Selection, n int, selection vector.Selection) vector.Selection {
	*into = empty(*into)
	if selection != nil {
		*into = append(*into, selection...)
		return *into
	}
	for row := range n {
		*into = append(*into, int32(row))
	}
	return *into
}

// empty returns an empty selection, which is not nil, in the memory of s.
func empty(s vector.Selection) vector.Selection {
	if s == nil {
		return vector.Selection{}
	}
	return s[:0]
}

// merge fills out with n rows, each from the column whose selection has it; rows that
// none has are null. Selections are ascending and have no row in common.
func merge(out *vector.Column, columns []*vector.Column, taken []vector.Selection, n int) {
	out.Reset()
	at := make([]int, len(columns))
	for row := 0; row < n; {
		from := -1
		for i, rows := range taken {
			if at[i] < len(rows) && int(rows[at[i]]) == row {
				from = i
				break
			}
		}
		if from < 0 {
			out.AppendNull()
			row++
			continue
		}
		end := row
		for at[from] < len(taken[from]) && int(taken[from][at[from]]) == end {
			at[from]++
			end++
		}
		out.AppendRange(columns[from], row, end)
		row = end
	}
}

// coalesce is the first argument that is not null, evaluated no further.
type coalesce struct {
	args       []node
	taken      []vector.Selection
	open, next vector.Selection
	out        vector.Column
}

func (c *coalesce) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	open := all(&c.open, b.Rows, selection)
	columns := make([]*vector.Column, len(c.args))
	for i, arg := range c.args {
		column, err := arg.eval(b, open)
		if err != nil {
			return nil, err
		}
		columns[i] = column
		c.taken[i], c.next = empty(c.taken[i]), empty(c.next)
		for _, row := range open {
			if column.IsNull(int(row)) {
				c.next = append(c.next, row)
			} else {
				c.taken[i] = append(c.taken[i], row)
			}
		}
		c.open, c.next = c.next, c.open
		open = c.open
	}
	merge(&c.out, columns, c.taken, b.Rows)
	return &c.out, nil
}
