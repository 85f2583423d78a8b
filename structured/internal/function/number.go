package function

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var numberFunctions = []Function{
	{Name: "abs", Doc: "The number, or interval, without its sign.", Least: 1, Most: 1, Bind: bindNumber, Kernel: absKernel},
	{
		Name: "sign", Aliases: []string{"signum"}, Doc: "-1.0, 0.0 or 1.0 as a double is negative, zero or positive.",
		Params: []types.Type{types.Double}, Result: types.Double, Kernel: double(func(x float64) float64 {
			switch {
			case x > 0:
				return 1
			case x < 0:
				return -1
			}
			return x
		}),
	},
	{Name: "ceil", Aliases: []string{"ceiling"}, Doc: "The least whole number that is not less; with a second argument, to so many digits after the point.", Least: 1, Most: 2, Bind: bindWholeRounding(decimal.Ceiling)},
	{Name: "floor", Doc: "The greatest whole number that is not greater; with a second argument, to so many digits after the point.", Least: 1, Most: 2, Bind: bindWholeRounding(decimal.Floor)},
	{Name: "round", Doc: "The number rounded to so many digits after the point, 0 if not given, half away from zero; a negative number of digits rounds before the point.", Least: 1, Most: 2, Bind: bindRound(decimal.HalfUp), Kernel: roundKernel},
	{Name: "bround", Doc: "round with halves going to the even neighbour.", Least: 1, Most: 2, Bind: bindRound(decimal.HalfEven), Kernel: roundKernel},
	{Name: "round_ceiling", Doc: "round upwards.", Least: 2, Most: 2, Bind: bindRound(decimal.Ceiling), Kernel: roundKernel},
	{Name: "round_floor", Doc: "round downwards.", Least: 2, Most: 2, Bind: bindRound(decimal.Floor), Kernel: roundKernel},
	doubleFunction("rint", "The nearest whole number as a double, halves to the even one.", math.RoundToEven),
	doubleFunction("sqrt", "The square root; NaN for a negative number.", math.Sqrt),
	doubleFunction("cbrt", "The cube root.", math.Cbrt),
	doubleFunction("exp", "e to the power of the argument.", math.Exp),
	doubleFunction("expm1", "exp less 1, exact near 0.", math.Expm1),
	logarithm("ln", "The natural logarithm; null for 0 and less.", math.Log),
	logarithm("log10", "The logarithm to base 10; null for 0 and less.", math.Log10),
	logarithm("log2", "The logarithm to base 2; null for 0 and less.", math.Log2),
	{
		Name: "log1p", Doc: "The natural logarithm of 1 more than the argument; null for -1 and less.",
		Params: []types.Type{types.Double}, Result: types.Double,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			if args[0].Doubles[row] <= -1 {
				return null
			}
			out.Doubles[row] = math.Log1p(args[0].Doubles[row])
			return nil
		}),
	},
	{
		Name: "log", Doc: "log(x) is ln(x), log(base, x) the logarithm to a base; null for 0 and less.", Least: 1, Most: 2,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			for i := range args {
				var err error
				if args[i], err = b.Arg(args, i, types.Double); err != nil {
					return nil, err
				}
			}
			return b.call("log", types.Double, args...), nil
		},
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			x := args[len(args)-1].Doubles[row]
			if x <= 0 || args[0].Doubles[row] <= 0 {
				return null
			}
			out.Doubles[row] = math.Log(x)
			if len(args) == 2 {
				out.Doubles[row] /= math.Log(args[0].Doubles[row])
			}
			return nil
		}),
	},
	{Name: "power", Aliases: []string{"pow"}, Doc: "The first number to the power of the second.", Params: []types.Type{types.Double, types.Double}, Result: types.Double, Kernel: doubles2(math.Pow)},
	{Name: "hypot", Doc: "The square root of the sum of both squares.", Params: []types.Type{types.Double, types.Double}, Result: types.Double, Kernel: doubles2(math.Hypot)},
	{Name: "atan2", Doc: "The angle of the point (second, first), in radians.", Params: []types.Type{types.Double, types.Double}, Result: types.Double, Kernel: doubles2(math.Atan2)},
	doubleFunction("sin", "The sine of an angle in radians.", math.Sin),
	doubleFunction("cos", "The cosine of an angle in radians.", math.Cos),
	doubleFunction("tan", "The tangent of an angle in radians.", math.Tan),
	doubleFunction("cot", "The cotangent of an angle in radians.", func(x float64) float64 { return 1 / math.Tan(x) }),
	doubleFunction("sec", "The secant of an angle in radians.", func(x float64) float64 { return 1 / math.Cos(x) }),
	doubleFunction("csc", "The cosecant of an angle in radians.", func(x float64) float64 { return 1 / math.Sin(x) }),
	doubleFunction("asin", "The angle whose sine is the argument.", math.Asin),
	doubleFunction("acos", "The angle whose cosine is the argument.", math.Acos),
	doubleFunction("atan", "The angle whose tangent is the argument.", math.Atan),
	doubleFunction("sinh", "The hyperbolic sine.", math.Sinh),
	doubleFunction("cosh", "The hyperbolic cosine.", math.Cosh),
	doubleFunction("tanh", "The hyperbolic tangent.", math.Tanh),
	doubleFunction("asinh", "The inverse hyperbolic sine.", math.Asinh),
	doubleFunction("acosh", "The inverse hyperbolic cosine.", math.Acosh),
	doubleFunction("atanh", "The inverse hyperbolic tangent.", math.Atanh),
	doubleFunction("degrees", "An angle in radians as degrees.", func(x float64) float64 { return x * (180 / math.Pi) }),
	doubleFunction("radians", "An angle in degrees as radians.", func(x float64) float64 { return x / 180 * math.Pi }),
	{Name: "pi", Doc: "The number pi.", Bind: func(Binding, []bound.Expr) (bound.Expr, error) {
		return bound.Literal{Value: math.Pi, Of: types.Double}, nil
	}},
	{Name: "e", Doc: "Euler's number.", Bind: func(Binding, []bound.Expr) (bound.Expr, error) {
		return bound.Literal{Value: math.E, Of: types.Double}, nil
	}},
	{
		Name: "factorial", Doc: "The product of the numbers from 1 to an int; null below 0 and above 20.", Params: []types.Type{types.Int}, Result: types.Bigint,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			n := args[0].Ints[row]
			if n < 0 || n > 20 {
				return null
			}
			out.Longs[row] = 1
			for i := int64(2); i <= int64(n); i++ {
				out.Longs[row] *= i
			}
			return nil
		}),
	},
	{Name: "pmod", Doc: "The remainder of a division with the sign of the divisor.", Least: 2, Most: 2, Bind: bindPositiveRemainder, Kernel: strict(positiveRemainder)},
	{Name: "mod", Doc: "The remainder of a division, as the operator %.", Least: 2, Most: 2, Bind: bindOperator(bound.Remainder, false)},
	{Name: "try_mod", Doc: "% with null for a divisor of 0.", Least: 2, Most: 2, Bind: bindOperator(bound.Remainder, true)},
	{Name: "try_add", Doc: "+ with null where the result is out of range.", Least: 2, Most: 2, Bind: bindOperator(bound.Add, true)},
	{Name: "try_subtract", Doc: "- with null where the result is out of range.", Least: 2, Most: 2, Bind: bindOperator(bound.Subtract, true)},
	{Name: "try_multiply", Doc: "* with null where the result is out of range.", Least: 2, Most: 2, Bind: bindOperator(bound.Multiply, true)},
	{Name: "try_divide", Doc: "/ with null for a divisor of 0.", Least: 2, Most: 2, Bind: bindOperator(bound.Divide, true)},
	{Name: "positive", Doc: "The argument.", Least: 1, Most: 1, Bind: func(_ Binding, args []bound.Expr) (bound.Expr, error) { return args[0], nil }},
	{
		Name: "bin", Doc: "A bigint in binary digits; a negative one with its two's complement.", Params: []types.Type{types.Bigint}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return strconv.AppendUint(dst, uint64(args[0].Longs[row]), 2), nil
		}),
	},
	{
		Name: "conv", Doc: "A number, a string in one base from 2 to 36, in another base; a negative target base gives a signed number.",
		Params: []types.Type{types.String, types.Int, types.Int}, Result: types.String, Kernel: strictText(convert),
	},
	{
		Name: "width_bucket", Doc: "The number of the bucket in which a value lies, if the stretch between two bounds is cut into so many equal ones; 0 below and one more above.",
		Params: []types.Type{types.Double, types.Double, types.Double, types.Bigint}, Result: types.Bigint, Kernel: strict(widthBucket),
	},
}

func doubleFunction(name, doc string, f func(float64) float64) Function {
	return Function{Name: name, Doc: doc, Params: []types.Type{types.Double}, Result: types.Double, Kernel: double(f)}
}

func double(f func(float64) float64) func(bound.Call) (Kernel, error) {
	return strict(func(out *vector.Column, args []*vector.Column, row int) error {
		out.Doubles[row] = f(args[0].Doubles[row])
		return nil
	})
}

func doubles2(f func(a, b float64) float64) func(bound.Call) (Kernel, error) {
	return strict(func(out *vector.Column, args []*vector.Column, row int) error {
		out.Doubles[row] = f(args[0].Doubles[row], args[1].Doubles[row])
		return nil
	})
}

func logarithm(name, doc string, f func(float64) float64) Function {
	return Function{
		Name: name, Doc: doc, Params: []types.Type{types.Double}, Result: types.Double,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			if args[0].Doubles[row] <= 0 {
				return null
			}
			out.Doubles[row] = f(args[0].Doubles[row])
			return nil
		}),
	}
}

// numeric converts a string to a double and lets numbers be.
func (b Binding) numeric(args []bound.Expr, i int) (types.Type, error) {
	t := args[i].Type()
	if t == types.String || t == types.Void {
		t = types.Double
		args[i] = b.To(args[i], t)
	}
	if !t.IsNumeric() {
		return t, b.Mismatch(args, i, "a number")
	}
	return t, nil
}

func bindNumber(b Binding, args []bound.Expr) (bound.Expr, error) {
	if t := args[0].Type(); t.IsInterval() {
		return b.call(b.Name, t, args...), nil
	}
	t, err := b.numeric(args, 0)
	return b.call(b.Name, t, args...), err
}

// absKernel leaves the bits of a number that has no counterpart where arithmetic wraps
// around.
func absKernel(call bound.Call) (Kernel, error) {
	return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		err := abs(out, args, row)
		if call.Failure == bound.Wrap {
			return nil
		}
		return err
	}), nil
}

func abs(out *vector.Column, args []*vector.Column, row int) error {
	in := args[0]
	switch out.Type.Layout() {
	case types.LayoutFloat:
		out.Floats[row] = float32(math.Abs(float64(in.Floats[row])))
	case types.LayoutDouble:
		out.Doubles[row] = math.Abs(in.Doubles[row])
	case types.Layout128:
		out.Decimals[row] = in.Decimals[row].Abs()
	default:
		value := in.Whole(row)
		if value < 0 {
			value = -value
		}
		if !putWhole(out, row, value) || value < 0 {
			return noValue("ARITHMETIC_OVERFLOW", fmt.Sprintf("abs(%d) is out of the range of %s", in.Whole(row), out.Type))
		}
	}
	return nil
}

// putWhole writes a whole number of any width and says whether it fits.
func putWhole(c *vector.Column, row int, value int64) bool {
	switch c.Type.Layout() {
	case types.Layout8:
		c.Tinies[row] = int8(value)
		return int64(int8(value)) == value
	case types.Layout16:
		c.Smalls[row] = int16(value)
		return int64(int16(value)) == value
	case types.Layout32:
		c.Ints[row] = int32(value)
		return int64(int32(value)) == value
	default:
		c.Longs[row] = value
		return true
	}
}

// appendWhole appends a number, date or timestamp, if it fits.
func appendWhole(c *vector.Column, value int64) (fits bool) {
	switch c.Type.Layout() {
	case types.Layout8:
		if fits = int64(int8(value)) == value; fits {
			c.AppendTiny(int8(value))
		}
	case types.Layout16:
		if fits = int64(int16(value)) == value; fits {
			c.AppendSmall(int16(value))
		}
	case types.Layout32:
		if fits = int64(int32(value)) == value; fits {
			c.AppendInt(int32(value))
		}
	default:
		fits = true
		c.AppendLong(value)
	}
	return fits
}

// bindWholeRounding binds ceil and floor: to bigint, or to a decimal without digits
// after the point.
func bindWholeRounding(rule decimal.Rounding) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if len(args) == 2 {
			return bindRound(rule)(b, args)
		}
		t, err := b.numeric(args, 0)
		if err != nil {
			return nil, err
		}
		switch {
		case t.IsInteger():
			return b.To(args[0], types.Bigint), nil
		case t.Kind() == types.KindDecimal:
			args = append(args, bound.Literal{Value: int32(0), Of: types.Int})
			return b.call(roundName(rule), types.Decimal(min(t.Precision()-t.Scale()+1, types.MaxPrecision), 0), args...), nil
		}
		zero := bound.Literal{Value: int32(0), Of: types.Int}
		rounded := b.call(roundName(rule), types.Double, b.To(args[0], types.Double), zero)
		// What is beyond bigint becomes its nearest, with ANSI mode on, too.
		return bound.Call{Function: bound.Cast, Args: []bound.Expr{rounded}, Of: types.Bigint, Failure: bound.Wrap}, nil
	}
}

func roundName(rule decimal.Rounding) string {
	return [...]string{"round", "bround", "round_ceiling", "round_floor"}[rule]
}

// bindRound binds a rounding to a constant number of digits.
func bindRound(rule decimal.Rounding) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		t, err := b.numeric(args, 0)
		if err != nil {
			return nil, err
		}
		if len(args) == 1 {
			args = append(args, bound.Literal{Value: int32(0), Of: types.Int})
		}
		if args[1], err = b.Arg(args, 1, types.Int); err != nil {
			return nil, err
		}
		digits, ok := constantInt(args[1])
		if !ok {
			return nil, b.Mismatch(args, 1, "a constant")
		}
		if rule == decimal.Ceiling || rule == decimal.Floor {
			if t.Kind() != types.KindDecimal {
				as := coerce.AsDecimal(t)
				if t.Kind() == types.KindFloat {
					as = types.Decimal(14, 7)
				} else if t.Kind() == types.KindDouble {
					as = types.Decimal(30, 15)
				}
				if t.IsInteger() {
					args[0], t = b.To(args[0], as), as
				} else { // NaN is no decimal
					args[0], t = b.Try(args[0], as), as
				}
			}
		}
		if t.Kind() == types.KindDecimal {
			scale := min(max(digits, 0), t.Scale())
			whole := max(t.Precision()-t.Scale()+1, 1-min(digits, 0))
			t = coerce.Bounded(whole+scale, scale)
		}
		return b.call(roundName(rule), t, args...), nil
	}
}

// constantInt is an int that is known already, maybe behind a cast or a sign.
func constantInt(expr bound.Expr) (int, bool) {
	switch e := expr.(type) {
	case bound.Literal:
		switch value := e.Value.(type) {
		case int8:
			return int(value), true
		case int16:
			return int(value), true
		case int32:
			return int(value), true
		case int64:
			return int(value), true
		}
	case bound.Call:
		if e.Function == bound.Cast {
			return constantInt(e.Args[0])
		}
		if e.Function == bound.Negate {
			value, ok := constantInt(e.Args[0])
			return -value, ok
		}
	}
	return 0, false
}

func roundKernel(call bound.Call) (Kernel, error) {
	rule := map[bound.Function]decimal.Rounding{"round": decimal.HalfUp, "bround": decimal.HalfEven, "round_ceiling": decimal.Ceiling, "round_floor": decimal.Floor}[call.Function]
	from := call.Args[0].Type()
	return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		in, digits := args[0], int(args[1].Ints[row])
		switch out.Type.Layout() {
		case types.LayoutFloat:
			out.Floats[row] = float32(roundFloat(float64(in.Floats[row]), 32, digits, rule))
		case types.LayoutDouble:
			out.Doubles[row] = roundFloat(in.Doubles[row], 64, digits, rule)
		case types.Layout128:
			rounded, ok := roundDecimal(in.Decimals[row], from.Scale(), digits, out.Type, rule)
			if !ok {
				return noValue("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", fmt.Sprintf("the rounded number does not fit a %s", out.Type))
			}
			out.Decimals[row] = rounded
		default:
			rounded, ok := roundDecimal(decimal.Of(in.Whole(row)), 0, digits, types.Decimal(38, 0), rule)
			value, small := decimal.Whole(rounded, 0)
			if fits := ok && small && putWhole(out, row, value); !fits && (!small || call.Failure != bound.Wrap) {
				return noValue("ARITHMETIC_OVERFLOW", fmt.Sprintf("the rounded number does not fit a %s", out.Type))
			}
		}
		return nil
	}), nil
}

// roundDecimal rounds to digits after the point, which may be negative, and gives the
// result the scale of its type.
func roundDecimal(value decimal.Num, scale, digits int, of types.Type, rule decimal.Rounding) (decimal.Num, bool) {
	if digits >= scale {
		return decimal.Rescale(value, scale, of.Scale(), of.Precision())
	}
	if scale-digits > types.MaxPrecision {
		return decimal.Num{}, true
	}
	rounded, ok := decimal.Round(value, scale, digits, types.MaxPrecision, rule)
	if !ok {
		return rounded, false
	}
	return decimal.Rescale(rounded, digits, of.Scale(), of.Precision())
}

// roundFloat rounds the shortest digits of a number, which is what one sees.
func roundFloat(value float64, bits, digits int, rule decimal.Rounding) float64 {
	if math.IsNaN(value) || math.IsInf(value, 0) || value == 0 {
		return value
	}
	if digits == 0 && rule >= decimal.Ceiling {
		if rule == decimal.Ceiling {
			return math.Ceil(value)
		}
		return math.Floor(value)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(math.Abs(value), 'e', -1, bits), "e")
	power, _ := strconv.Atoi(exponent)
	figures := []byte(strings.Replace(mantissa, ".", "", 1))
	keep := power + 1 + digits // how many figures stay
	if keep >= len(figures) {
		return value
	}
	up := false
	if keep >= 0 {
		next := figures[keep]
		exactHalf := next == '5' && keep+1 == len(figures)
		up = next >= '5'
		if rule == decimal.HalfEven && exactHalf {
			up = keep > 0 && (figures[keep-1]-'0')%2 == 1
		}
		figures = figures[:keep]
	} else {
		figures = figures[:0]
	}
	number, _ := strconv.ParseUint("0"+string(figures), 10, 64)
	if up {
		number++
	}
	result, _ := strconv.ParseFloat(strconv.FormatUint(number, 10)+"e"+strconv.Itoa(-digits), 64)
	return math.Copysign(result, value)
}

// bindOperator binds a function that is another spelling of an operator.
func bindOperator(operator bound.Function, try bool) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		expr, err := Arithmetic(b.Session, operator, args)
		if call, ok := expr.(bound.Call); ok && try {
			call.Failure = bound.GiveNull
			return call, err
		}
		return expr, err
	}
}

func bindPositiveRemainder(b Binding, args []bound.Expr) (bound.Expr, error) {
	expr, err := Arithmetic(b.Session, bound.Remainder, args)
	if err != nil {
		return nil, err
	}
	call := expr.(bound.Call)
	call.Function = "pmod"
	return call, nil
}

func positiveRemainder(out *vector.Column, args []*vector.Column, row int) error {
	a, b := args[0], args[1]
	byZero := noValue("DIVIDE_BY_ZERO", "remainder by zero")
	switch out.Type.Layout() {
	case types.LayoutFloat:
		if b.Floats[row] == 0 {
			return byZero
		}
		out.Floats[row] = float32(pmod(float64(a.Floats[row]), float64(b.Floats[row])))
	case types.LayoutDouble:
		if b.Doubles[row] == 0 {
			return byZero
		}
		out.Doubles[row] = pmod(a.Doubles[row], b.Doubles[row])
	case types.Layout128:
		if b.Decimals[row].Sign() == 0 {
			return byZero
		}
		scale, precision := out.Type.Scale(), out.Type.Precision()
		rest, ok := decimal.Remainder(a.Decimals[row], a.Type.Scale(), b.Decimals[row], b.Type.Scale(), scale, precision)
		if rest.Sign() < 0 && ok {
			rest, _ = decimal.Add(rest, scale, b.Decimals[row], b.Type.Scale(), scale, types.MaxPrecision)
			rest, ok = decimal.Remainder(rest, scale, b.Decimals[row], b.Type.Scale(), scale, precision)
		}
		if !ok {
			return noValue("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "the remainder does not fit a "+out.Type.String())
		}
		out.Decimals[row] = rest
	default:
		x, y := a.Whole(row), b.Whole(row)
		if y == 0 {
			return byZero
		}
		rest := x % y
		if rest < 0 {
			rest = (rest + y) % y
		}
		putWhole(out, row, rest)
	}
	return nil
}

func pmod(a, b float64) float64 {
	rest := math.Mod(a, b)
	if rest < 0 {
		rest = math.Mod(rest+b, b)
	}
	return rest
}

func convert(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	text, from, to := args[0].String(row), int(args[1].Ints[row]), int(args[2].Ints[row])
	if from < 2 || from > 36 || to > 36 || to < -36 || to > -2 && to < 2 || len(text) == 0 {
		return nil, null
	}
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	var value uint64
	for _, c := range text {
		digit, ok := digitOf(c)
		if !ok || digit >= uint64(from) {
			break
		}
		high, low := bits.Mul64(value, uint64(from))
		if high != 0 || low+digit < low {
			value = math.MaxUint64
			break
		}
		value = low + digit
	}
	if negative {
		value = -value
	}
	if to < 0 {
		return upper(dst, strconv.FormatInt(int64(value), -to)), nil
	}
	return upper(dst, strconv.FormatUint(value, to)), nil
}

func digitOf(c byte) (uint64, bool) {
	switch {
	case '0' <= c && c <= '9':
		return uint64(c - '0'), true
	case 'a' <= c && c <= 'z':
		return uint64(c-'a') + 10, true
	case 'A' <= c && c <= 'Z':
		return uint64(c-'A') + 10, true
	}
	return 0, false
}

func upper(dst []byte, text string) []byte {
	for _, c := range []byte(text) {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func widthBucket(out *vector.Column, args []*vector.Column, row int) error {
	value, low, high, count := args[0].Doubles[row], args[1].Doubles[row], args[2].Doubles[row], args[3].Longs[row]
	if count <= 0 || count == math.MaxInt64 || math.IsNaN(value) || low == high || math.IsNaN(low) || math.IsNaN(high) || math.IsInf(low, 0) || math.IsInf(high, 0) {
		return null
	}
	below, above := value < low, value >= high
	if low > high {
		below, above = value > low, value <= high
	}
	switch {
	case below:
		out.Longs[row] = 0
	case above:
		out.Longs[row] = count + 1
	default:
		out.Longs[row] = int64(float64(count)*(value-low)/(high-low)) + 1
	}
	return nil
}
