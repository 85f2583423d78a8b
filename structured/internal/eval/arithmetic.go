package eval

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// arithmetic is an operation on two numbers of one type, or on one.
//
// The kernel runs over all rows, whether they count or not, and reports whether any
// of them looked wrong. Then check looks at the rows that count, one by one.
type arithmetic struct {
	call        bound.Call
	left, right node // right is nil for negation
	kernel      func(out, a, b *vector.Column, n int) (suspect bool)
	check       func(a, b *vector.Column, row int) (condition, message string)
	out         vector.Column
}

func newArithmetic(call bound.Call, args []node) (node, error) {
	if call.Of.Kind() == types.KindDecimal {
		return newDecimalArithmetic(call, args)
	}
	n := &arithmetic{call: call, left: args[0], out: vector.NewColumn(call.Of)}
	if len(args) > 1 {
		n.right = args[1]
	}
	function := call.Function
	switch call.Of.Layout() {
	case types.Layout8:
		n.kernel, n.check = wholeKernel(function, tinies, multiplyNarrow), wholeCheck(function, math.MinInt8, math.MaxInt8)
	case types.Layout16:
		n.kernel, n.check = wholeKernel(function, smalls, multiplyNarrow), wholeCheck(function, math.MinInt16, math.MaxInt16)
	case types.Layout32:
		n.kernel, n.check = wholeKernel(function, ints, multiplyNarrow), wholeCheck(function, math.MinInt32, math.MaxInt32)
	case types.Layout64:
		n.kernel, n.check = wholeKernel(function, longs, multiplyLongs), wholeCheck(function, math.MinInt64, math.MaxInt64)
	case types.LayoutFloat:
		n.kernel, n.check = floatKernel(function, floats), floatCheck(function, floats)
	case types.LayoutDouble:
		n.kernel, n.check = floatKernel(function, doubles), floatCheck(function, doubles)
	}
	if n.kernel == nil {
		return nil, fmt.Errorf("compile %s: no %s of type %s", call, function, call.Of)
	}
	return n, nil
}

func (n *arithmetic) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	left, err := n.left.eval(b, selection)
	if err != nil {
		return nil, err
	}
	var right *vector.Column
	if n.right != nil {
		if right, err = n.right.eval(b, selection); err != nil {
			return nil, err
		}
	}
	n.out.Resize(b.Rows)
	if right == nil {
		copyValid(&n.out, left)
	} else {
		bothValid(&n.out, left, right)
	}
	if n.kernel(&n.out, left, right, b.Rows) {
		if err := n.checkRows(left, right, b.Rows, selection); err != nil {
			return nil, err
		}
	}
	return &n.out, nil
}

func (n *arithmetic) checkRows(left, right *vector.Column, rows int, selection vector.Selection) (err error) {
	eachRow(rows, selection, func(row int) {
		if err != nil || n.out.IsNull(row) {
			return
		}
		condition, message := n.check(left, right, row)
		switch {
		case condition == "" || condition != DivideByZero && n.call.Failure == bound.Wrap:
		case n.call.Failure != bound.Fail:
			n.out.SetNull(row)
		default:
			err = failure(condition, n.call, message)
		}
	})
	return err
}

func byZero(function bound.Function) (condition, message string) {
	if function == bound.Remainder {
		return DivideByZero, "remainder by zero"
	}
	return DivideByZero, "division by zero"
}

func wholeCheck(function bound.Function, least, greatest int64) func(a, b *vector.Column, row int) (condition, message string) {
	return func(a, b *vector.Column, row int) (condition, message string) {
		var second int64
		if b != nil {
			second = wholeAt(b, row)
		}
		return checkWhole(function, least, greatest, wholeAt(a, row), second)
	}
}

// checkWhole computes one operation with all its bits.
func checkWhole(function bound.Function, least, greatest, a, b int64) (condition, message string) {
	var high, low uint64
	switch function {
	case bound.Add:
		low, high = bits.Add64(uint64(a), uint64(b), 0)
		high += uint64(a>>63) + uint64(b>>63)
	case bound.Subtract:
		low, high = bits.Sub64(uint64(a), uint64(b), 0)
		high = uint64(a>>63) - uint64(b>>63) - high
	case bound.Negate:
		low, high = bits.Sub64(0, uint64(a), 0)
		high = -uint64(a>>63) - high
	case bound.Multiply:
		high, low = multiply128(a, b)
	case bound.Remainder, bound.IntegralDivide:
		switch {
		case b == 0:
			return byZero(function)
		case function == bound.Remainder || a != math.MinInt64 || b != -1:
			return "", ""
		}
		high = 1
	}
	if int64(high) == int64(low)>>63 && least <= int64(low) && int64(low) <= greatest {
		return "", ""
	}
	if function == bound.Negate {
		return ArithmeticOverflow, fmt.Sprintf("-(%d) is out of range", a)
	}
	condition = ArithmeticOverflow
	if greatest <= math.MaxInt16 {
		condition = BinaryArithmeticOverflow
	}
	return condition, fmt.Sprintf("%d %s %d is out of range", a, function, b)
}

// multiply128 returns the signed product.
func multiply128(a, b int64) (high, low uint64) {
	high, low = bits.Mul64(uint64(a), uint64(b))
	return high - uint64(a>>63)&uint64(b) - uint64(b>>63)&uint64(a), low
}

type wholeLoop[T whole] func(out, a, b []T) (suspect bool)

// wholeKernel puts the loop of a function on integers and the slice of a column
// together.
func wholeKernel[T whole](function bound.Function, slice func(*vector.Column) []T, multiply wholeLoop[T]) func(out, a, b *vector.Column, n int) bool {
	var loop wholeLoop[T]
	switch function {
	case bound.Add:
		loop = add[T]
	case bound.Subtract:
		loop = subtract[T]
	case bound.Multiply:
		loop = multiply
	case bound.Remainder:
		loop = remainder[T]
	case bound.IntegralDivide:
		loop = quotient[T]
	case bound.Negate:
		return func(out, a, _ *vector.Column, n int) bool { return negate(slice(out)[:n], slice(a)[:n]) }
	default:
		return nil
	}
	return func(out, a, b *vector.Column, n int) bool {
		return loop(slice(out)[:n], slice(a)[:n], slice(b)[:n])
	}
}

func add[T whole](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	var wrong T
	for i, x := range a {
		y := b[i]
		sum := x + y
		out[i] = sum
		wrong |= (x ^ sum) & (y ^ sum)
	}
	return wrong < 0
}

func subtract[T whole](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	var wrong T
	for i, x := range a {
		y := b[i]
		difference := x - y
		out[i] = difference
		wrong |= (x ^ y) & (x ^ difference)
	}
	return wrong < 0
}

func multiplyNarrow[T int8 | int16 | int32](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	var wrong int64
	for i, x := range a {
		product := int64(x) * int64(b[i])
		out[i] = T(product)
		wrong |= product ^ int64(T(product))
	}
	return wrong != 0
}

func multiplyLongs(out, a, b []int64) bool {
	b, out = b[:len(a)], out[:len(a)]
	var wrong uint64
	for i, x := range a {
		high, low := multiply128(x, b[i])
		out[i] = int64(low)
		wrong |= high ^ uint64(int64(low)>>63)
	}
	return wrong != 0
}

func remainder[T whole](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	wrong := false
	for i, x := range a {
		y := b[i]
		if y == 0 {
			wrong, y = true, 1
		}
		out[i] = x % y
	}
	return wrong
}

// quotient is suspicious of -1, by which the least number has no quotient.
func quotient[T whole](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	wrong := false
	for i, x := range a {
		y := b[i]
		if y == 0 {
			wrong, y = true, 1
		}
		wrong = wrong || y == -1
		out[i] = x / y
	}
	return wrong
}

// negate is suspicious of the one number that is its own negative.
func negate[T whole](out, a []T) bool {
	out = out[:len(a)]
	var wrong T
	for i, x := range a {
		out[i] = -x
		wrong |= x & -x // negative for that number only
	}
	return wrong < 0
}

func floatCheck[T float](function bound.Function, slice func(*vector.Column) []T) func(a, b *vector.Column, row int) (condition, message string) {
	return func(_, b *vector.Column, row int) (condition, message string) {
		if (function == bound.Divide || function == bound.Remainder) && slice(b)[row] == 0 {
			return byZero(function)
		}
		return "", ""
	}
}

func floatKernel[T float](function bound.Function, slice func(*vector.Column) []T) func(out, a, b *vector.Column, n int) bool {
	var loop func(out, a, b []T) bool
	switch function {
	case bound.Negate:
		return func(out, a, _ *vector.Column, n int) bool {
			negative := slice(out)
			for i, x := range slice(a)[:n] {
				negative[i] = -x
			}
			return false
		}
	case bound.Add:
		loop = addFloats[T]
	case bound.Subtract:
		loop = subtractFloats[T]
	case bound.Multiply:
		loop = multiplyFloats[T]
	case bound.Divide:
		loop = divideFloats[T]
	case bound.Remainder:
		loop = remainderFloats[T]
	default:
		return nil
	}
	return func(out, a, b *vector.Column, n int) bool { return loop(slice(out)[:n], slice(a)[:n], slice(b)[:n]) }
}

func addFloats[T float](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	for i, x := range a {
		out[i] = x + b[i]
	}
	return false
}

func subtractFloats[T float](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	for i, x := range a {
		out[i] = x - b[i]
	}
	return false
}

func multiplyFloats[T float](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	for i, x := range a {
		out[i] = x * b[i]
	}
	return false
}

func divideFloats[T float](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	wrong := false
	for i, x := range a {
		wrong = wrong || b[i] == 0
		out[i] = x / b[i]
	}
	return wrong
}

func remainderFloats[T float](out, a, b []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	wrong := false
	for i, x := range a {
		wrong = wrong || b[i] == 0
		out[i] = T(math.Mod(float64(x), float64(b[i])))
	}
	return wrong
}
