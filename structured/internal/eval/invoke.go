package eval

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// invoke calls a function of the library.
type invoke struct {
	args    []node
	kernel  function.Kernel
	columns []*vector.Column
	out     vector.Column
}

func newInvoke(call bound.Call, args []node) (node, error) {
	f, ok := function.Lookup(string(call.Function))
	if !ok || f.Kernel == nil {
		return nil, fmt.Errorf("compile %s: no function %q", call, call.Function)
	}
	kernel, err := f.Kernel(call)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", call, err)
	}
	return &invoke{args: args, kernel: kernel, columns: make([]*vector.Column, len(args)), out: vector.NewColumn(call.Of)}, nil
}

func (n *invoke) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	for i, arg := range n.args {
		var err error
		if n.columns[i], err = arg.eval(b, selection); err != nil {
			return nil, err
		}
	}
	return &n.out, n.kernel(&n.out, n.columns, b.Rows, selection)
}
