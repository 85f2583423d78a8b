package user

import (
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// ofRows makes the form of a function that Function.OfRows returns.
func ofRows[In, Buf, Out any](fn *Function, a Aggregator[In, Buf, Out], write func(*vector.Column, []Out)) *Function {
	rows := *fn
	rows.buffers = func(arg types.Type, merge bool) (Buffers, error) {
		if merge {
			return fn.buffers(arg, true)
		}
		inner, err := fn.buffers(arg.Fields()[0].Type, false)
		return &counted{Buffers: inner, rows: vector.Selection{}}, err
	}
	rows.kernel = func(args []types.Type) (Kernel, error) {
		in, err := argumentOf[In](args[0].Element().Fields()[0].Type)
		if err != nil {
			return nil, err
		}
		l := &lists[In, Buf, Out]{fn: fn, aggregator: a, in: in, caller: caller{params: fn.params}, elements: vector.Selection{}}
		return resultsOf(write, l.result), nil
	}
	return &rows
}

// counted passes on the rows whose struct is not null.
type counted struct {
	Buffers
	rows   vector.Selection
	groups []int32
}

// Add implements Buffers.
func (c *counted) Add(arg *vector.Column, selection vector.Selection, groups []int32) error {
	c.rows, c.groups = c.rows[:0], c.groups[:0]
	for i, group := range groups {
		if row := rowAt(selection, i); !arg.IsNull(int(row)) {
			c.rows, c.groups = append(c.rows, int32(row)), append(c.groups, group)
		}
	}
	return c.Buffers.Add(&arg.Children[0], c.rows, c.groups)
}

// lists computes a function of the elements of arrays.
type lists[In, Buf, Out any] struct {
	fn         *Function
	aggregator Aggregator[In, Buf, Out]
	in         *argument[In]
	caller     caller
	elements   vector.Selection
	args       [1]*vector.Column
}

func (l *lists[In, Buf, Out]) result(list *vector.Column, row int) (result Out, err error) {
	l.elements = l.elements[:0]
	for at := list.Offsets[row]; at < list.Offsets[row+1]; at++ {
		l.elements = append(l.elements, at)
	}
	values := &list.Children[0].Children[0]
	l.args[0] = values
	rows, n := l.caller.called(l.args[:], len(l.elements), l.elements)
	if err := l.in.fill(values, rows, n); err != nil {
		return result, l.fn.unreadable(err)
	}
	buf := l.aggregator.Zero()
	for _, value := range l.in.values {
		buf = l.aggregator.Add(buf, value)
	}
	return l.aggregator.Result(buf), nil
}
