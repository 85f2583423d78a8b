package user

import (
	"github.com/tidewheel/tidewheel/structured/internal/record"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Scalar1 makes a function of one value of a row.
func Scalar1[A, R any](name string, f func(A) (R, error)) *Function {
	fn := newFunction(name, Scalar, f == nil)
	takes[A](fn)
	scalar(fn, func(of []types.Type) ([]filler, each[R], error) {
		a, err := argumentOf[A](of[0])
		return []filler{a}, func(i int) (R, error) { return f(a.values[i]) }, err
	})
	return fn
}

// Scalar2 makes a function of two values of a row.
func Scalar2[A, B, R any](name string, f func(A, B) (R, error)) *Function {
	fn := newFunction(name, Scalar, f == nil)
	takes[A](fn)
	takes[B](fn)
	scalar(fn, func(of []types.Type) ([]filler, each[R], error) {
		a, err := argumentOf[A](of[0])
		if err != nil {
			return nil, nil, err
		}
		b, err := argumentOf[B](of[1])
		return []filler{a, b}, func(i int) (R, error) { return f(a.values[i], b.values[i]) }, err
	})
	return fn
}

// Scalar3 makes a function of three values of a row.
func Scalar3[A, B, C, R any](name string, f func(A, B, C) (R, error)) *Function {
	fn := newFunction(name, Scalar, f == nil)
	takes[A](fn)
	takes[B](fn)
	takes[C](fn)
	scalar(fn, func(of []types.Type) ([]filler, each[R], error) {
		a, err := argumentOf[A](of[0])
		if err != nil {
			return nil, nil, err
		}
		b, err := argumentOf[B](of[1])
		if err != nil {
			return nil, nil, err
		}
		c, err := argumentOf[C](of[2])
		return []filler{a, b, c}, func(i int) (R, error) { return f(a.values[i], b.values[i], c.values[i]) }, err
	})
	return fn
}

// each calls the Go function with the i-th of the values that were read.
type each[R any] func(i int) (R, error)

// scalar completes a function of one row. bind makes what reads its arguments and calls
// it.
func scalar[R any](fn *Function, bind func(args []types.Type) ([]filler, each[R], error)) {
	result, _, write, err := record.WriteColumn[R]()
	fn.fail("the result", err)
	fn.result = result
	fn.kernel = func(of []types.Type) (Kernel, error) {
		arguments, call, err := bind(of)
		return rowKernel(fn, arguments, call, write), err
	}
}

func rowKernel[R any](fn *Function, arguments []filler, call each[R], write func(*vector.Column, []R)) Kernel {
	caller := caller{params: fn.params}
	var results []R
	return func(out *vector.Column, args []*vector.Column, n int, selection vector.Selection) error {
		rows, count := caller.called(args, n, selection)
		for i, argument := range arguments {
			if err := argument.fill(args[i], rows, count); err != nil {
				return fn.unreadable(err)
			}
		}
		results = vector.Resize(results, n)
		clear(results)
		for i := range count {
			row := rowAt(rows, i)
			var err error
			if results[row], err = call(i); err != nil {
				return fn.failed(err, args, row)
			}
		}
		out.Reset()
		write(out, results)
		caller.nullify(out, args, n)
		return nil
	}
}
