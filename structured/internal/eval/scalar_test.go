package eval

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// scalar evaluates an expression for one row, slowly: numbers are as large as they get,
// and whether they fit is looked at afterwards. Whole numbers are int64, decimals *big.Rat.
type scalar struct{ row []any }

var errFails = errors.New("the row has no value")

func (s scalar) eval(expr bound.Expr) (any, error) {
	switch e := expr.(type) {
	case bound.Column:
		return s.row[e.Index], nil
	case bound.Literal:
		return plainValue(e.Value, e.Of), nil
	case bound.Call:
		value, err := s.call(e)
		if errors.Is(err, errFails) && e.Failure == bound.GiveNull && !lazy(e.Function) {
			return nil, nil
		}
		return value, err
	}
	panic("no such expression")
}

func lazy(f bound.Function) bool {
	return f == bound.And || f == bound.Or || f == bound.Case || f == bound.Coalesce
}

func (s scalar) call(c bound.Call) (any, error) {
	switch c.Function {
	case bound.And, bound.Or:
		stops := c.Function == bound.Or // the value that needs no other side
		left, err := s.eval(c.Args[0])
		if err != nil || left == stops {
			return left, err
		}
		right, err := s.eval(c.Args[1])
		if err != nil || right == stops {
			return right, err
		}
		if left == nil || right == nil {
			return nil, nil
		}
		return !stops, nil
	case bound.Case:
		for rest := c.Args; ; rest = rest[2:] {
			if len(rest) == 1 {
				return s.eval(rest[0])
			}
			condition, err := s.eval(rest[0])
			if err != nil {
				return nil, err
			}
			if condition == true {
				return s.eval(rest[1])
			}
		}
	case bound.Coalesce:
		for _, arg := range c.Args {
			if value, err := s.eval(arg); err != nil || value != nil {
				return value, err
			}
		}
		return nil, nil
	}
	var args []any
	var failed error // of an argument that is tried the failure counts there
	for _, arg := range c.Args {
		value, err := s.eval(arg)
		if err != nil {
			failed = err
		}
		args = append(args, value)
	}
	if failed != nil {
		return nil, fails{failed}
	}
	return apply(c, args)
}

// fails is the failure of an argument, which the call around it does not turn into null.
type fails struct{ error }

func apply(c bound.Call, args []any) (any, error) {
	switch c.Function {
	case bound.IsNull:
		return args[0] == nil, nil
	case bound.IsNotNull:
		return args[0] != nil, nil
	case bound.EqualNullSafe:
		if args[0] == nil || args[1] == nil {
			return args[0] == args[1], nil
		}
		return orderOf(args[0], args[1]) == 0, nil
	case bound.In:
		unknown := args[0] == nil
		for _, arg := range args[1:] {
			if arg == nil {
				unknown = true
			} else if args[0] != nil && orderOf(args[0], arg) == 0 {
				return true, nil
			}
		}
		if unknown {
			return nil, nil
		}
		return false, nil
	}
	if value, ok := construct(c, args); ok {
		return value, nil
	}
	if slices.Contains(args, nil) {
		return nil, nil
	}
	switch c.Function {
	case bound.Equal:
		return orderOf(args[0], args[1]) == 0, nil
	case bound.NotEqual:
		return orderOf(args[0], args[1]) != 0, nil
	case bound.Less:
		return orderOf(args[0], args[1]) < 0, nil
	case bound.LessEqual:
		return orderOf(args[0], args[1]) <= 0, nil
	case bound.Greater:
		return orderOf(args[0], args[1]) > 0, nil
	case bound.GreaterEqual:
		return orderOf(args[0], args[1]) >= 0, nil
	case bound.Not:
		return !args[0].(bool), nil
	case bound.Trim:
		return strings.Trim(args[0].(string), " "), nil
	case bound.Length:
		return int64(len([]rune(args[0].(string)))), nil
	case bound.Concat:
		if c.Of != types.String {
			return ofParts(c, args)
		}
		var all strings.Builder
		for _, arg := range args {
			all.WriteString(arg.(string))
		}
		return all.String(), nil
	case bound.Cast:
		if from := c.Args[0].Type(); from.IsTime() {
			return castTime(args[0].(int64), from, c.Of)
		}
		return castScalar(args[0], c.Of)
	case bound.Add, bound.Subtract, bound.Multiply, bound.Divide, bound.Remainder, bound.IntegralDivide, bound.Negate:
	default:
		return ofParts(c, args)
	}
	if c.Of == types.Double {
		return floating(c.Function, args)
	}
	return exact(c, args)
}

// orderOf compares two values of one type, null before the others.
func orderOf(a, b any) int {
	if a == nil || b == nil { // of parts
		return boolNumber(a != nil) - boolNumber(b != nil)
	}
	switch a := a.(type) {
	case []any:
		return orderOfLists(a, b.([]any))
	case bool:
		return boolNumber(a) - boolNumber(b.(bool))
	case int64:
		return big.NewInt(a).Cmp(big.NewInt(b.(int64)))
	case *big.Rat:
		return a.Cmp(b.(*big.Rat))
	case string:
		return bytes.Compare([]byte(a), []byte(b.(string)))
	}
	x, y := a.(float64), b.(float64)
	switch {
	case x == y || math.IsNaN(x) && math.IsNaN(y):
		return 0
	case math.IsNaN(x) || x > y:
		return 1
	}
	return -1
}

func boolNumber(b bool) int {
	if b {
		return 1
	}
	return 0
}

func floating(f bound.Function, args []any) (any, error) {
	x := args[0].(float64)
	if f == bound.Negate {
		return -x, nil
	}
	switch y := args[1].(float64); f {
	case bound.Add:
		return x + y, nil
	case bound.Subtract:
		return x - y, nil
	case bound.Multiply:
		return x * y, nil
	case bound.Divide:
		if y == 0 {
			return nil, errFails
		}
		return x / y, nil
	default:
		if y == 0 {
			return nil, errFails
		}
		return math.Mod(x, y), nil
	}
}

// exact computes with whole numbers and decimals.
func exact(c bound.Call, args []any) (any, error) {
	x, y, result := rational(args[0]), new(big.Rat), new(big.Rat)
	if len(args) > 1 {
		y = rational(args[1])
	}
	switch c.Function {
	case bound.Add:
		result.Add(x, y)
	case bound.Subtract:
		result.Sub(x, y)
	case bound.Multiply:
		result.Mul(x, y)
	case bound.Negate:
		result.Neg(x)
	default:
		if y.Sign() == 0 {
			return nil, errFails
		}
		quotient := truncated(new(big.Rat).Quo(x, y))
		if c.Function == bound.IntegralDivide {
			result.SetInt(quotient)
		} else {
			result.Sub(x, result.Mul(y, new(big.Rat).SetInt(quotient)))
		}
	}
	return fitted(result, c.Of)
}

func rational(value any) *big.Rat {
	if r, ok := value.(*big.Rat); ok {
		return r
	}
	return new(big.Rat).SetInt64(value.(int64))
}

func truncated(r *big.Rat) *big.Int { return new(big.Int).Quo(r.Num(), r.Denom()) }

// fitted is a number in a type of whole numbers, which it must be, or rounded half up in a
// decimal.
func fitted(r *big.Rat, of types.Type) (any, error) {
	if of.Kind() == types.KindDecimal {
		unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(of.Scale())), nil))
		scaled := new(big.Rat).Mul(r, unit)
		half := big.NewRat(int64(scaled.Sign()), 2)
		units := truncated(scaled.Add(scaled, half))
		if len(new(big.Int).Abs(units).String()) > of.Precision() {
			return nil, errFails
		}
		return new(big.Rat).Quo(new(big.Rat).SetInt(units), unit), nil
	}
	bits := map[types.Type]uint{types.Tinyint: 7, types.Smallint: 15, types.Int: 31, types.Bigint: 63, types.Date: 31, types.Timestamp: 63, types.DayTime: 63}[of]
	limit := new(big.Int).Lsh(big.NewInt(1), bits)
	if n := r.Num(); n.Cmp(limit) >= 0 || n.Cmp(new(big.Int).Neg(limit)) < 0 {
		return nil, errFails
	}
	return r.Num().Int64(), nil
}

func castScalar(value any, to types.Type) (any, error) {
	switch v := value.(type) {
	case bool:
		switch {
		case to == types.Boolean:
			return v, nil
		case to == types.String:
			return strconv.FormatBool(v), nil
		}
		return castScalar(int64(boolNumber(v)), to)
	case string:
		return castText(strings.Trim(v, " "), v, to)
	case float64:
		switch {
		case to == types.Double:
			return v, nil
		case to == types.Boolean:
			return v != 0, nil
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errFails
		}
		return fitted(new(big.Rat).SetInt(truncated(new(big.Rat).SetFloat64(v))), to)
	}
	r := rational(value)
	switch {
	case to == types.Boolean:
		return r.Sign() != 0, nil
	case to == types.Double:
		f, _ := r.Float64()
		return f, nil
	case to == types.String:
		return r.Num().String(), nil // of whole numbers
	case to.Kind() == types.KindDecimal:
		return fitted(r, to)
	}
	return fitted(new(big.Rat).SetInt(truncated(r)), to)
}

func castText(text, whole string, to types.Type) (any, error) {
	switch {
	case to == types.String:
		return whole, nil
	case to == types.Boolean:
		switch strings.ToLower(text) {
		case "t", "true", "y", "yes", "1":
			return true, nil
		case "f", "false", "n", "no", "0":
			return false, nil
		}
		return nil, errFails
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, errFails
	}
	return fitted(new(big.Rat).SetInt64(n), to)
}

// plainValue is a value as scalar has it.
func plainValue(value any, of types.Type) any {
	switch v := value.(type) {
	case []any:
		var parts []any
		for _, part := range v {
			parts = append(parts, plainValue(part, types.Void)) // of whole numbers and texts
		}
		return parts
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case decimal.Num:
		return new(big.Rat).SetFrac(v.BigInt(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(of.Scale())), nil))
	}
	return value
}

// TestScalar compares random expressions over columns with the same row by row. If a row
// that counts fails, all do.
func TestScalar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &trees{T: t}
		table := g.table()
		expr := g.tree(rapid.SampledFrom(columnTypes).Draw(t, "type"), rapid.IntRange(1, 5).Draw(t, "depth"))
		compareWithScalar(t, expr, table)
	})
}

func compareWithScalar(t *rapid.T, expr bound.Expr, table *vector.Batch) {
	want, failed := map[int]any{}, false
	for i := range table.Len() {
		row := table.Row(i)
		values := make([]any, len(table.Columns))
		for j := range table.Columns {
			values[j] = plainValue(table.Columns[j].Value(row), table.Columns[j].Type)
		}
		value, err := scalar{values}.eval(expr)
		failed = failed || err != nil
		want[row] = value
	}
	program, err := Compile(expr)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time in memory that was used
		got, err := program.Run(table)
		if f := (*fault.Error)(nil); failed != (err != nil) || err != nil && !errors.As(err, &f) {
			t.Fatalf("%s: error %v, a row fails: %v", expr, err, failed)
		}
		if failed {
			return
		}
		for row, value := range want {
			actual := plainValue(got.Value(row), got.Type)
			if (actual == nil) != (value == nil) || value != nil && orderOf(actual, value) != 0 {
				t.Fatalf("%s: row %d is %v, want %v", expr, row, actual, value)
			}
		}
	}
}
