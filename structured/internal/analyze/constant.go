package analyze

import (
	"errors"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// constantValue computes an expression that reads no column. It is false for one that
// reads some or that analysis has not finished.
func constantValue(expr bound.Expr) (value any, ok bool, err error) {
	if !isConstant(expr) {
		return nil, false, nil
	}
	program, err := eval.Compile(expr)
	if err != nil {
		return nil, false, err
	}
	column, err := program.Run(&vector.Batch{Rows: 1})
	if err != nil {
		return nil, false, err
	}
	return column.Value(0), true, nil
}

// early is the error of a constant that cannot be computed as one of analysis.
func early(err error) error {
	if failed, ok := errors.AsType[*fault.Error](err); ok {
		found := *failed
		found.Stage = fault.Analysis
		return &found
	}
	return err
}

func isConstant(expr bound.Expr) bool {
	switch e := expr.(type) {
	case bound.Literal:
		return true
	case bound.Call:
		if e.User != nil {
			return false
		}
		for _, arg := range e.Args {
			if !isConstant(arg) {
				return false
			}
		}
		return true
	}
	return false
}
