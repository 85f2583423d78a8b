package testkit

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// TestPlanText: a plan says all about itself.
func TestPlanText(t *testing.T) {
	known := newPlaces()
	known.points["sync(ckpt/log/*-*.log)"] = &place{7, []sim.Kind{sim.Crash, sim.Fail, sim.FailAfter}, false, AllFaults}
	known.points["write(counts)"] = &place{3, []sim.Kind{sim.Delay, sim.Fail}, true, AllFaults}
	known.noteOdd("wal/roll")
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), known)
		for _, name := range []string{"a", "b"} {
			in := &input{name: name}
			for _, row := range rapid.SliceOf(rapid.String()).Draw(t, name) {
				text, err := json.Marshal(row)
				if err != nil {
					t.Fatal(err)
				}
				in.rows = append(in.rows, jsontext.Value(text))
			}
			p.inputs = append(p.inputs, in)
		}
		text := p.String()
		again, err := parsePlan(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if again.String() != text {
			t.Fatalf("%s is read as %s", text, again)
		}
	})
}

func FuzzParsePlan(f *testing.F) {
	f.Add(`v1;seed=7;wave=2;odd=wal/roll;in=words:["a","b"];f=crash@2:sync(log/*.log)#2/lost`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePlan(text)
		if err != nil {
			return
		}
		if again, err := parsePlan(p.String()); err != nil || again.String() != p.String() {
			t.Errorf("%q is read as %q, and that as %v, %v", text, p, again, err)
		}
	})
}
