package physical

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

func wordCount(size time.Duration, mode Mode) Node {
	schema := types.NewSchema(types.Nullable("at", types.Timestamp), types.Nullable("word", types.String))
	at := bound.Column{Index: 0, Field: schema.Fields[0]}
	grid := bound.Window{Size: size.Microseconds(), Slide: size.Microseconds()}
	keys := []Key{
		{Field: types.Required("window", types.Window()), Window: &grid},
		{Field: schema.Fields[1]},
	}
	count := []bound.Aggregate{{Function: bound.CountRows, Of: types.Bigint}}
	scan := &Scan{Name: "text", Full: schema, Columns: []int{0, 1}, Streaming: true}
	window := &Window{Input: &Watermark{Input: scan, Column: 0, Delay: time.Second}, Time: at, Grid: grid, Name: "window"}
	partial := &PartialAggregate{Input: window, Keys: keys, Aggregates: count, KeyExprs: []bound.Expr{
		bound.Column{Index: 2, Field: keys[0].Field}, bound.Column{Index: 1, Field: keys[1].Field},
	}}
	return &StatefulAggregate{
		Input: &Exchange{Input: partial, Keys: []int{0, 1}, Windows: []bool{true, false}},
		Name:  "aggregate-0", Keys: keys, Aggregates: count, Names: []string{"n"}, EventTime: 0, Mode: mode,
	}
}

func TestTree(t *testing.T) {
	const want = `StatefulAggregate aggregate-0 [window, word] [count(*)] append, closed by window
└─ Exchange hash [window, word]
   └─ PartialAggregate [window, word] [count(*)]
      └─ Window at by 1m0s as window
         └─ Watermark at delay 1s
            └─ StreamScan text [at, word]
`
	if got := Tree(wordCount(time.Minute, Append)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFingerprint(t *testing.T) {
	base := Fingerprint(wordCount(time.Minute, Append))
	if base != 0x461a86aa50ffac21 {
		t.Errorf("the fingerprint of a known plan is now %#x: stored queries would be refused", base)
	}
	if Fingerprint(&Limit{Input: wordCount(time.Minute, Update), N: 3}) != base {
		t.Error("a stateless operator or the output mode changes the fingerprint")
	}
	if Fingerprint(wordCount(time.Hour, Append)) == base {
		t.Error("another window size keeps the fingerprint")
	}
}

func TestWindowGrid(t *testing.T) {
	for _, c := range []struct {
		name       string
		grid       bound.Window
		time, want int64
	}{
		{"inside", bound.Window{Size: 5, Slide: 5}, 12, 10},
		{"on the edge", bound.Window{Size: 5, Slide: 5}, 10, 10},
		{"before the epoch", bound.Window{Size: 5, Slide: 5}, -1, -5},
		{"before the epoch, on the edge", bound.Window{Size: 5, Slide: 5}, -5, -5},
		{"size no multiple of slide", bound.Window{Size: 7, Slide: 3}, 10, 9},
		{"negative start", bound.Window{Size: 10, Slide: 5, Start: -2}, 1, -2},
	} {
		if got := c.grid.Last(c.time); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
