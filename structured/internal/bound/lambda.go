package bound

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Variable is a parameter of a lambda, known by a number that no other parameter of
// the whole expression has.
type Variable struct {
	ID    int
	Field types.Field
}

// Lambda is a function as an argument of a call. It is no value: only functions that
// take one accept it. Its body may read columns and the parameters of lambdas around
// it as well as its own.
type Lambda struct {
	Params []Variable
	Body   Expr
}

// Type returns the parameter's type.
func (v Variable) Type() types.Type { return v.Field.Type }

// Nullable reports whether the parameter may be null.
func (v Variable) Nullable() bool { return v.Field.Nullable }

func (v Variable) String() string { return v.Field.Name }

// Type returns the type of the body.
func (l Lambda) Type() types.Type { return l.Body.Type() }

// Nullable reports whether the body may be null.
func (l Lambda) Nullable() bool { return l.Body.Nullable() }

func (l Lambda) String() string {
	params := make([]string, len(l.Params))
	for i, param := range l.Params {
		params[i] = param.String()
	}
	return "(" + strings.Join(params, ", ") + ") -> " + l.Body.String()
}
