package eval

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/user"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// newUser calls a function of the program.
func newUser(call bound.Call, args []node) (node, error) {
	f, ok := call.User.(*user.Function)
	if !ok {
		return nil, fmt.Errorf("compile %s: %T is no function", call, call.User)
	}
	of := make([]types.Type, len(call.Args))
	for i, arg := range call.Args {
		of[i] = arg.Type()
	}
	kernel, err := f.Kernel(of)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", call, err)
	}
	return &invoke{args: args, kernel: function.Kernel(kernel), columns: make([]*vector.Column, len(args)), out: vector.NewColumn(call.Of)}, nil
}
