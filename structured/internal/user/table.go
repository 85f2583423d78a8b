package user

import (
	"iter"

	"github.com/tidewheel/tidewheel/structured/internal/record"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// TableOf makes a function that gives rows: the elements of an array, which is null for
// a row that the function is not called for.
func TableOf[A, R any](name string, f func(A) iter.Seq[R]) *Function {
	fn := newFunction(name, Table, f == nil)
	takes[A](fn)
	element, _, write, err := record.WriteColumn[R]()
	fn.fail("the rows", err)
	if fn.err != nil {
		return fn
	}
	fn.result = types.Array(element)
	fn.kernel = func(of []types.Type) (Kernel, error) {
		a, err := argumentOf[A](of[0])
		caller := caller{params: fn.params}
		var rows []R
		return func(out *vector.Column, args []*vector.Column, n int, selection vector.Selection) error {
			called, count := caller.called(args, n, selection)
			if err := a.fill(args[0], called, count); err != nil {
				return fn.unreadable(err)
			}
			out.Reset()
			for i, value := range a.values {
				for out.Len < rowAt(called, i) {
					out.AppendNull()
				}
				rows = rows[:0]
				for row := range f(value) {
					rows = append(rows, row)
				}
				write(&out.Children[0], rows)
				out.EndArray()
			}
			for out.Len < n {
				out.AppendNull()
			}
			return nil
		}, err
	}
	return fn
}
