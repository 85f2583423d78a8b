package bound_test

import (
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestHashes(t *testing.T) {
	x := bound.Column{Field: types.Nullable("x", types.Bigint)}
	call := func(function bound.Function, args ...bound.Expr) bound.Call {
		return bound.Call{Function: function, Args: args, Of: types.Bigint}
	}
	one := bound.Literal{Value: int64(1), Of: types.Bigint}
	hashes := bound.Hashes{}
	sum := call(bound.Add, x, one)
	for _, same := range []bound.Expr{sum, call(bound.Add, x, one), call(bound.Add, sum.Args...)} {
		if hashes.Of(same) != hashes.Of(sum) {
			t.Errorf("the hash of %s is not that of %s", same, sum)
		}
	}
	for _, other := range []bound.Expr{x, one, call(bound.Add, one, x), call(bound.Subtract, sum.Args...), call(bound.Negate, sum), call(bound.Add)} {
		if hashes.Of(other) == hashes.Of(sum) {
			t.Errorf("the hash of %s is that of %s", other, sum)
		}
	}
	if len(hashes) != 4 {
		t.Errorf("%d lists of arguments are remembered, want 4", len(hashes))
	}
}
