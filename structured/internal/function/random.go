package function

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Functions that package eval computes from the place of a row. With a seed they give the
// same to a query that is run again over the same partitions.
var placeFunctions = []Function{
	{Name: "rand", Aliases: []string{"random"}, Doc: "A random double from 0 to less than 1; with an argument from that seed, which is constant.", Least: 0, Most: 1, Volatile: true, Bind: bindRandom(types.Double)},
	{Name: "randn", Doc: "A random double of the standard normal distribution; with an argument from that seed.", Least: 0, Most: 1, Volatile: true, Bind: bindRandom(types.Double)},
	{Name: "randstr", Doc: "A string of so many random digits and letters; with a second argument from that seed.", Least: 1, Most: 2, Volatile: true, Bind: bindRandomText},
	{Name: "uniform", Doc: "A random number from the first to the second argument, which are constant; with a third argument from that seed.", Least: 2, Most: 3, Volatile: true, Bind: bindUniform},
	{Name: "shuffle", Doc: "The elements of an array in a random order; with a second argument from that seed.", Least: 1, Most: 2, Volatile: true, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.random(args[0].Type(), args, 1)
	})},
	{Name: "uuid", Doc: "A random identifier of version 4, such as 2f0c3e5a-6b7d-4e81-9a0b-c1d2e3f40516; with an argument from that seed.", Least: 0, Most: 1, Volatile: true, Bind: bindRandom(types.String)},
	{Name: "monotonically_increasing_id", Doc: "A bigint that grows from row to row: 2^33 times the number of the partition, and the rows before in it.", Least: 0, Most: 0, Volatile: true, Bind: func(b Binding, _ []bound.Expr) (bound.Expr, error) {
		return b.call(b.Name, types.Bigint), nil
	}},
	{Name: "spark_partition_id", Doc: "The number of the partition, an int, from 0.", Least: 0, Most: 0, Volatile: true, Bind: func(b Binding, _ []bound.Expr) (bound.Expr, error) {
		return b.call(b.Name, types.Int), nil
	}},
}

func bindRandom(result types.Type) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) { return b.random(result, args, 0) }
}

func bindRandomText(b Binding, args []bound.Expr) (bound.Expr, error) {
	var err error
	if args[0], err = b.Arg(args, 0, types.Int); err != nil {
		return nil, err
	}
	if length, ok := constantInt(args[0]); !ok {
		return nil, b.notConstant(args, 0)
	} else if length < 0 {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "randstr: a string of %d characters", length)
	}
	return b.random(types.String, args, 1)
}

// bindUniform is first + rand * (second - first).
func bindUniform(b Binding, args []bound.Expr) (bound.Expr, error) {
	for i, arg := range args {
		switch t := arg.Type(); {
		case !t.IsNumeric() && t != types.Void:
			return nil, b.Mismatch(args, i, "a number")
		case !isLiteral(arg):
			return nil, b.notConstant(args, i)
		}
	}
	t, err := b.Common(args[:2], 0)
	if err != nil {
		return nil, err
	}
	first, second := b.To(args[0], types.Double), b.To(args[1], types.Double)
	random, err := Binding{b.Session, "rand"}.random(types.Double, args[2:], 0)
	if err != nil {
		return nil, err
	}
	between := b.call(string(bound.Subtract), types.Double, second, first)
	far := b.call(string(bound.Multiply), types.Double, between, random)
	return b.To(b.call(string(bound.Add), types.Double, first, far), t), nil
}

func isLiteral(expr bound.Expr) bool {
	_, ok := expr.(bound.Literal)
	return ok
}

// random is a call whose argument behind the first ones, if there is one, is its seed.
func (b Binding) random(result types.Type, args []bound.Expr, first int) (bound.Expr, error) {
	f, _ := Lookup(b.Name)
	if len(args) == first {
		return b.call(f.Name, result, args...), nil
	}
	seed := args[first]
	if of := seed.Type(); !of.IsInteger() && of != types.Void {
		return nil, b.Mismatch(args, first, "a constant int or bigint")
	}
	literal, ok := seed.(bound.Literal)
	switch {
	case isNull(seed):
		literal.Value = int64(0)
	case !ok:
		return nil, b.notConstant(args, first)
	}
	switch value := literal.Value.(type) {
	case int8:
		literal.Value = int64(value)
	case int16:
		literal.Value = int64(value)
	case int32:
		literal.Value = int64(value)
	}
	args[first] = bound.Literal{Value: literal.Value, Of: types.Bigint}
	return b.call(f.Name, result, args...), nil
}
