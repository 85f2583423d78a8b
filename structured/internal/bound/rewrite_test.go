package bound

import (
	"math"
	"testing"

	"github.com/tidewheel/tidewheel/structured/types"
)

func TestSame(t *testing.T) {
	a := Column{Index: 0, Field: types.Nullable("a", types.Bigint)}
	number := func(x float64) Expr { return Literal{Value: x, Of: types.Double} }
	sum := func(args ...Expr) Expr { return Call{Function: Add, Args: args, Of: types.Bigint} }
	for _, c := range []struct {
		name string
		a, b Expr
		want bool
	}{
		{"nothing", nil, nil, true},
		{"nothing and a column", nil, a, false},
		{"a column and nothing", a, nil, false},
		{"calls", sum(a, number(1)), sum(a, number(1)), true},
		{"calls of other arguments", sum(a, number(1)), sum(a, number(2)), false},
		{"calls of fewer arguments", sum(a), sum(a, a), false},
		{"two NaNs", number(math.NaN()), number(math.NaN()), true},
		{"two NaNs of four bytes", Literal{Value: float32(math.NaN()), Of: types.Float}, Literal{Value: float32(math.NaN()), Of: types.Float}, true},
		{"two zeros", number(0), number(math.Copysign(0, -1)), false},
		{"an int and a bigint", Literal{Value: int32(1), Of: types.Int}, Literal{Value: int64(1), Of: types.Bigint}, false},
		{"nulls of two types", Literal{Of: types.Int}, Literal{Of: types.Bigint}, false},
	} {
		if got := Same(c.a, c.b); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

func TestConjuncts(t *testing.T) {
	condition := func(name string) Expr { return Column{Field: types.Nullable(name, types.Boolean)} }
	all := Conjunction(nil, condition("a"), Conjunction(condition("b"), condition("c")))
	if got, want := all.String(), "(a and (b and c))"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var names string
	for _, part := range Conjuncts(all) {
		names += part.String()
	}
	if names != "abc" {
		t.Errorf("got %s, want abc", names)
	}
	if Conjunction() != nil {
		t.Error("no conditions give one")
	}
}
