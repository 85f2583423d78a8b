package testkit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/benbjohnson/clock"
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

// A program asks a clock of its own for the time: on the simulated machine a minute
// passes at once.
func ExampleProcess_FakeClock() {
	testkit.Script(printer{}, func(s *testkit.Sim) {
		var now clock.Clock
		in := testkit.Input[string](s, "words", 1, nil)
		out := testkit.Sink[string](s, "kept", testkit.IdempotentBatch)
		s.App(func(p *testkit.Process) error {
			now = p.FakeClock()
			stream, err := dstream.Open(p.Options(""))
			if err != nil {
				return err
			}
			stream.From(in).SaveTo(out)
			return stream.Run(p.Context())
		})
		s.Start()
		fmt.Println(now.Now().UTC().Format(time.DateTime))
		s.AdvanceClock(time.Minute)
		fmt.Println(now.Now().UTC().Format(time.DateTime))
		s.Stop()
	})
	// Output:
	// 2026-01-01 00:00:00
	// 2026-01-01 00:01:00
}
