package dstream

import (
	"io"

	"github.com/tidewheel/tidewheel/internal/live"
)

// Live makes listeners that show how streams fare, on a line for each: written over and
// over if out is a terminal, else one every ten seconds. The name is for that line.
//
//	show := dstream.Live(os.Stderr)
//	words.Listen(show("words"))
//	visits.Listen(show("visits"))
func Live(out io.Writer) func(name string) Listener {
	view := live.New(out)
	return func(name string) Listener {
		return Listener{
			BatchCompleted: func(p Progress) {
				view.Show(live.Line{
					Stream: name, At: p.Started.Add(p.Duration), Batch: p.Batch, Rows: p.Rows, Took: p.Duration,
					State: p.State, Late: p.Delay, Failed: p.Err != nil,
				})
			},
			Stopped: func(_ Identity, err error) { view.End(name, err) },
		}
	}
}
