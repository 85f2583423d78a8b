package eval

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// body is a lambda that can be run for many elements at once. It reads a batch of its
// own: first what it takes from around it, each row repeated for the row's elements,
// then its parameters.
type body struct {
	outer []int // the columns of the batch around it that it takes
	root  node
	batch vector.Batch
}

// scope is where the variables of lambdas around an expression lie in its batch.
type scope map[int]int

// newBody compiles a lambda. Around it, within is the scope.
func newBody(lambda bound.Lambda, within scope) (*body, error) {
	b := &body{}
	place := func(column int, expr bound.Expr) bound.Expr {
		at := slices.Index(b.outer, column)
		if at < 0 {
			at = len(b.outer)
			b.outer = append(b.outer, column)
			b.batch.Columns = append(b.batch.Columns, vector.NewColumn(expr.Type()))
		}
		return bound.Column{Index: at, Field: types.Nullable("", expr.Type())}
	}
	own := map[int]bool{}
	declare(lambda, own)
	expr := bound.Map(lambda.Body, func(e bound.Expr) bound.Expr {
		switch e := e.(type) {
		case bound.Column:
			return place(e.Index, e)
		case bound.Variable:
			if at, ok := within[e.ID]; ok && !own[e.ID] {
				return place(at, e)
			}
		}
		return e
	})
	inside := scope{}
	for i, param := range lambda.Params {
		inside[param.ID] = len(b.outer) + i
		b.batch.Columns = append(b.batch.Columns, vector.NewColumn(param.Type()))
	}
	var err error
	b.root, err = compiler{within: inside}.compile(expr)
	return b, err
}

// declare collects the variables of a lambda and of those within it.
func declare(lambda bound.Lambda, into map[int]bool) {
	for _, param := range lambda.Params {
		into[param.ID] = true
	}
	bound.Map(lambda.Body, func(e bound.Expr) bound.Expr {
		if inner, ok := e.(bound.Lambda); ok {
			for _, param := range inner.Params {
				into[param.ID] = true
			}
		}
		return e
	})
}

// capture appends what the lambda takes from a row around it, for one more element.
func (b *body) capture(around *vector.Batch, row int) {
	for i, column := range b.outer {
		b.batch.Columns[i].AppendRange(&around.Columns[column], row, row+1)
	}
	b.batch.Rows++
}

// params are where values of the parameters are appended.
func (b *body) params() []vector.Column { return b.batch.Columns[len(b.outer):] }

// run computes the lambda for all elements.
func (b *body) run() (*vector.Column, error) { return b.root.eval(&b.batch, nil) }
