package function

import (
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// The order of keys is that of strings by their collation; equal keys are equal strings.
func TestCollationKeys(t *testing.T) {
	for _, c := range []struct {
		collation types.Collation
		a, b      string
		want      int // of comparing a with b
	}{
		{types.UTF8LCase, "a", "A", 0},
		{types.UTF8LCase, "B", "a", 1},
		{types.UTF8LCase, "Z", "_", 1},
		{types.Unicode, "a", "A", -1},
		{types.Unicode, "B", "é", -1},
		{types.Unicode, "_", "-", -1},
		{types.UnicodeCI, "Ä", "ä", 0},
		{types.UnicodeCI, "a", "ä", -1},
		{types.UnicodeAI, "é", "e", 0},
		{types.UnicodeAI, "E", "e", 1},
		{types.UnicodeCIAI, "É", "e", 0},
	} {
		of := types.Collated(c.collation)
		kernel, err := collationKey(bound.Call{Function: "collation_key", Args: []bound.Expr{bound.Literal{Of: of}}, Of: types.String})
		if err != nil {
			t.Fatal(err)
		}
		in, out := vector.NewColumn(of), vector.NewColumn(types.String)
		for _, s := range []string{c.a, c.b} {
			in.AppendString([]byte(s))
		}
		if err := kernel(&out, []*vector.Column{&in}, 2, nil); err != nil {
			t.Fatal(err)
		}
		if got := vector.Compare(&out, 0, &out, 1); got != c.want {
			t.Errorf("%s: %q and %q compare as %d, want %d", c.collation, c.a, c.b, got, c.want)
		}
	}
}
