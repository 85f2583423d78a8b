package collation

import (
	"bytes"
	"testing"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Keys are in the order of strings by their collation; equal keys are equal strings.
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		collation types.Collation
		a, b      string
		want      int // of comparing a with b
	}{
		{types.UTF8Binary, "a", "A", 1},
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
		a, b := []byte(c.a), []byte(c.b)
		if got := Compare(c.collation, a, b); got != c.want {
			t.Errorf("%s: %q and %q compare as %d, want %d", c.collation, c.a, c.b, got, c.want)
		}
		if got := bytes.Compare(AppendKey(nil, c.collation, a), AppendKey(nil, c.collation, b)); got != c.want {
			t.Errorf("%s: the keys of %q and %q compare as %d, want %d", c.collation, c.a, c.b, got, c.want)
		}
	}
}
