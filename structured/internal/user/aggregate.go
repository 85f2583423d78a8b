package user

import (
	"fmt"

	"github.com/tidewheel/tidewheel/internal/codec"
	"github.com/tidewheel/tidewheel/structured/internal/record"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Aggregator is a function of many rows; see expr.Aggregator.
type Aggregator[In, Buf, Out any] interface {
	Zero() Buf
	Add(buf Buf, in In) Buf
	Merge(a, b Buf) Buf
	Result(buf Buf) Out
}

// Buffers are those of groups, by number, while rows come in. Where they travel or are
// kept a buffer is the bytes that package codec makes of it.
type Buffers interface {
	// Resize makes it n groups: the first ones stay, new ones start at zero.
	Resize(n int)

	// Add takes in the rows of a selection (nil: the first ones), of which row i belongs
	// to group groups[i]: values, or buffers if they are to be merged.
	Add(arg *vector.Column, selection vector.Selection, groups []int32) error

	// Check returns an error if the rows of a column are no buffers.
	Check(values *vector.Column) error

	// Set overwrites the buffers of these groups with the rows of a column.
	Set(values *vector.Column, groups []int32)

	// Append appends the buffers of these groups to a column.
	Append(values *vector.Column, groups []int32)
}

// Aggregate makes a function of many rows.
func Aggregate[In, Buf, Out any](name string, a Aggregator[In, Buf, Out]) *Function {
	fn := newFunction(name, Many, isNil(a))
	takes[In](fn)
	stored, err := codec.Of[Buf]()
	fn.fail("the buffer", err)
	fn.buffer = stored.Name()
	result, _, write, err := record.WriteColumn[Out]()
	fn.fail("the result", err)
	fn.result = result
	fn.buffers = func(arg types.Type, merge bool) (Buffers, error) {
		b := &buffers[In, Buf, Out]{fn: fn, aggregator: a, codec: stored, caller: caller{params: fn.params}}
		if merge {
			return b, nil
		}
		var err error
		b.in, err = argumentOf[In](arg)
		return b, err
	}
	fn.kernel = func([]types.Type) (Kernel, error) {
		return resultsOf(write, func(buffers *vector.Column, row int) (result Out, err error) {
			buf, err := decode(fn, stored, buffers, row)
			if err == nil {
				result = a.Result(buf)
			}
			return result, err
		}), nil
	}
	fn.ofRows = ofRows(fn, a, write)
	return fn
}

// resultsOf makes a kernel of what gives the result of one row of its argument.
func resultsOf[Out any](write func(*vector.Column, []Out), of func(arg *vector.Column, row int) (Out, error)) Kernel {
	var results []Out
	return func(out *vector.Column, args []*vector.Column, n int, selection vector.Selection) (err error) {
		results = vector.Resize(results, n)
		clear(results)
		count := n
		if selection != nil {
			count = len(selection)
		}
		for i := range count {
			row := rowAt(selection, i)
			if results[row], err = of(args[0], row); err != nil {
				return err
			}
		}
		out.Reset()
		write(out, results)
		return nil
	}
}

// buffers has the buffers of one function as Go values.
type buffers[In, Buf, Out any] struct {
	fn         *Function
	aggregator Aggregator[In, Buf, Out]
	codec      codec.Codec[Buf]
	in         *argument[In] // nil if what is added are buffers
	caller     caller
	groups     []Buf
	args       [1]*vector.Column
}

// Resize implements Buffers.
func (b *buffers[In, Buf, Out]) Resize(n int) {
	old := len(b.groups)
	b.groups = vector.Resize(b.groups, n)
	for i := old; i < n; i++ {
		b.groups[i] = b.aggregator.Zero()
	}
}

// Add implements Buffers.
func (b *buffers[In, Buf, Out]) Add(arg *vector.Column, selection vector.Selection, groups []int32) error {
	if b.in == nil {
		for i, group := range groups {
			buf, err := decode(b.fn, b.codec, arg, rowAt(selection, i))
			if err != nil {
				return err
			}
			b.groups[group] = b.aggregator.Merge(b.groups[group], buf)
		}
		return nil
	}
	b.args[0] = arg
	rows, count := b.caller.called(b.args[:], len(groups), selection)
	if err := b.in.fill(arg, rows, count); err != nil {
		return b.fn.unreadable(err)
	}
	at := 0 // in groups, of the row that is added
	for i, value := range b.in.values {
		for row := rowAt(rows, i); rowAt(selection, at) != row; at++ {
		}
		group := groups[at]
		b.groups[group] = b.aggregator.Add(b.groups[group], value)
	}
	return nil
}

// Check implements Buffers.
func (b *buffers[In, Buf, Out]) Check(values *vector.Column) error {
	for row := range values.Len {
		if _, err := decode(b.fn, b.codec, values, row); err != nil {
			return err
		}
	}
	return nil
}

// Set implements Buffers.
func (b *buffers[In, Buf, Out]) Set(values *vector.Column, groups []int32) {
	for i, group := range groups {
		buf, err := decode(b.fn, b.codec, values, i)
		if err != nil { // what comes from without was checked
			buf = b.aggregator.Zero()
		}
		b.groups[group] = buf
	}
}

// Append implements Buffers.
func (b *buffers[In, Buf, Out]) Append(values *vector.Column, groups []int32) {
	for _, group := range groups {
		values.Bytes = b.codec.Append(values.Bytes, &b.groups[group])
		values.EndString()
	}
}

// decode reads a buffer.
func decode[Buf any](fn *Function, c codec.Codec[Buf], stored *vector.Column, row int) (buf Buf, err error) {
	if _, err = c.Decode(stored.String(row), &buf); err != nil {
		err = fmt.Errorf("function %s: read a buffer: %w", fn.name, err)
	}
	return buf, err
}
