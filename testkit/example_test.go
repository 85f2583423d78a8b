package testkit_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/testkit"
)

// A click has an id of its own, so that a failure can name those lost and doubled.
type click struct {
	ID   int
	Page string
}

var clicks = rapid.Custom(func(t *rapid.T) []click {
	all := make([]click, rapid.IntRange(0, 16).Draw(t, "clicks"))
	for i := range all {
		all[i] = click{i, rapid.SampledFrom([]string{"home", "help"}).Draw(t, "page")}
	}
	return all
})

// In a test, t is its *testing.T; here it is something that prints.
func ExampleExhaust() {
	t := printer{}
	testkit.Exhaust(t, func(s *testkit.Sim) {
		in := testkit.Input(s, "clicks", 2, clicks)
		out := testkit.Sink[click](s, "kept", testkit.IdempotentBatch)
		s.App(func(p *testkit.Process) error { // again after every crash, as a process start
			stream, err := dstream.Recover(p.Options("checkpoint"), func(stream *dstream.Session) error {
				stream.From(in).Filter(isHome).SaveTo(out)
				return nil
			})
			if err != nil {
				return err
			}
			return stream.Run(p.Context())
		})
		testkit.ExactlyOnce(s, in, out, onlyHome)
	})
	fmt.Println("each click arrived once, whatever crashed")
	// Output: each click arrived once, whatever crashed
}

func isHome(c click) bool { return c.Page == "home" }

func onlyHome(all []click) (home []click) {
	for _, c := range all {
		if isHome(c) {
			home = append(home, c)
		}
	}
	return home
}

// A structured query is compared with the same query over the same rows as one batch.
func ExampleEqualsBatch() {
	perPage := func(clicks structured.DataFrame) structured.DataFrame {
		return clicks.GroupBy("page").Agg(expr.Count().As("count"))
	}
	t := printer{}
	testkit.Check(t, func(s *testkit.Sim) {
		in := testkit.Input(s, "clicks", 2, clicks)
		out := testkit.TableSink(s, "pages", testkit.IdempotentBatch)
		s.App(func(p *testkit.Process) error {
			return perPage(p.Session().Stream(in.Table())).
				Write(out).Mode(structured.Complete).Trigger(structured.Every(testkit.Interval)).
				Checkpoint("checkpoint").Run(p.Context())
		})
		testkit.EqualsBatch(s, in, out, perPage)
	}, testkit.Runs(50))
	fmt.Println("stream and batch agree")
	// Output: stream and batch agree
}

// printer is a testing.TB for examples.
type printer struct{ testing.TB }

func (printer) Helper()             {}
func (printer) Name() string        { return "Example" }
func (printer) Logf(string, ...any) {}

func (printer) Fatal(args ...any) { fmt.Println(args...) }

func (printer) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
