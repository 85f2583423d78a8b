package eval

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// decimalArithmetic is an operation on decimals, which may differ in scale.
type decimalArithmetic struct {
	call        bound.Call
	left, right node // right is nil for negation
	operate     func(a, b decimal.Num) (decimal.Num, bool)
	divides     bool
	out         vector.Column
}

func newDecimalArithmetic(call bound.Call, args []node) (node, error) {
	n := &decimalArithmetic{call: call, left: args[0], out: vector.NewColumn(call.Of)}
	scale, precision := call.Of.Scale(), call.Of.Precision()
	scaleA, scaleB := call.Args[0].Type().Scale(), 0
	if len(args) > 1 {
		n.right, scaleB = args[1], call.Args[1].Type().Scale()
	}
	type operation func(a decimal.Num, scaleA int, b decimal.Num, scaleB, scale, precision int) (decimal.Num, bool)
	binary := map[bound.Function]operation{
		bound.Add: decimal.Add, bound.Subtract: decimal.Subtract, bound.Multiply: decimal.Multiply,
		bound.Divide: decimal.Divide, bound.Remainder: decimal.Remainder,
	}
	n.divides = call.Function == bound.Divide || call.Function == bound.Remainder
	operate := binary[call.Function]
	switch {
	case call.Function == bound.Negate:
		n.operate = func(a, _ decimal.Num) (decimal.Num, bool) { return a.Negate(), true }
	case operate == nil || call.Args[1].Type().Kind() != types.KindDecimal:
		return nil, fmt.Errorf("compile %s: no %s of type %s", call, call.Function, call.Of)
	default:
		n.operate = func(a, b decimal.Num) (decimal.Num, bool) { return operate(a, scaleA, b, scaleB, scale, precision) }
	}
	return n, nil
}

func (n *decimalArithmetic) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	left, err := n.left.eval(b, selection)
	if err != nil {
		return nil, err
	}
	right := left
	if n.right != nil {
		if right, err = n.right.eval(b, selection); err != nil {
			return nil, err
		}
	}
	n.out.Resize(b.Rows)
	bothValid(&n.out, left, right)
	eachRow(b.Rows, selection, func(row int) {
		if err != nil || n.out.IsNull(row) {
			return
		}
		x, y := left.Decimals[row], right.Decimals[row]
		zero := n.divides && y.Sign() == 0
		ok := !zero
		if ok {
			n.out.Decimals[row], ok = n.operate(x, y)
		}
		switch {
		case ok:
		case n.call.Failure != bound.Fail:
			n.out.SetNull(row)
		case zero:
			condition, message := byZero(n.call.Function)
			err = failure(condition, n.call, message)
		default:
			err = failure(NumericOutOfRange, n.call, fmt.Sprintf("%s and %s give a number that does not fit a %s", spelled(left, row), spelled(right, row), n.call.Of))
		}
	})
	return &n.out, err
}
