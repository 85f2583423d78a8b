package analyze

import (
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// bindArgs binds the arguments of a call. The types of a lambda's parameters follow
// from the arguments before it.
func (b *binder) bindArgs(c syntax.Call) ([]bound.Expr, error) {
	args := make([]bound.Expr, len(c.Args))
	for i, arg := range c.Args {
		var err error
		if lambda, ok := arg.(syntax.Lambda); ok {
			args[i], err = b.lambda(c.Function, lambda, args[:i])
		} else {
			args[i], err = b.bind(arg)
		}
		if err != nil {
			return nil, err
		}
	}
	return args, nil
}

func (b *binder) lambda(name string, lambda syntax.Lambda, before []bound.Expr) (bound.Expr, error) {
	f, ok := function.Lookup(name)
	if !ok || f.Lambda == nil || len(before) == 0 {
		return nil, fault.Analysisf("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "%s takes no lambda", name)
	}
	of := f.Lambda(before, len(before))
	for i, param := range lambda.Params {
		if slices.ContainsFunc(lambda.Params[:i], func(before string) bool { return strings.EqualFold(before, param) }) {
			return nil, fault.Analysisf("INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES", "the lambda of %s has two parameters %s", name, param)
		}
	}
	if least := len(of) - f.Fewer; len(lambda.Params) > len(of) || len(lambda.Params) < least {
		return nil, fault.Analysisf("INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH", "%s calls its lambda with %d arguments, not %d", name, len(of), len(lambda.Params))
	}
	made := bound.Lambda{}
	for i, param := range lambda.Params {
		made.Params = append(made.Params, b.newVariable(param, of[i]))
	}
	outside := b.variables
	b.variables = append(outside[:len(outside):len(outside)], made.Params...)
	body, err := b.bind(lambda.Body)
	b.variables = outside
	made.Body = body
	return made, err
}

// newVariable is a variable that no other one of the operation is.
func (b *binder) newVariable(name string, t types.Type) bound.Variable {
	*b.made++
	return bound.Variable{ID: *b.made, Field: types.Nullable(name, t)}
}

// variable looks up the parameter of a lambda around, the innermost first.
func (b *binder) variable(name string) (bound.Variable, bool) {
	for i := len(b.variables) - 1; i >= 0; i-- {
		if strings.EqualFold(b.variables[i].Field.Name, name) {
			return b.variables[i], true
		}
	}
	return bound.Variable{}, false
}
