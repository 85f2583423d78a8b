package structured

import (
	"io"

	"github.com/tidewheel/tidewheel/internal/live"
)

// Live makes a listener that shows how the queries of a session fare, on a line for each:
// written over and over if out is a terminal, else one every ten seconds.
//
//	remove, err := session.Listen(structured.Live(os.Stderr))
func Live(out io.Writer) Listener {
	view := live.New(out)
	nameOf := func(id Identity) string {
		if id.Name != "" {
			return id.Name
		}
		return id.ID
	}
	return Listener{
		Progress: func(p Progress) {
			line := live.Line{
				Stream: nameOf(p.Identity), At: p.Timestamp.Add(p.BatchDuration), Batch: p.BatchID, Rows: p.NumInputRows, Took: p.BatchDuration,
			}
			for _, operator := range p.Operators {
				line.State += operator.NumRowsTotal
			}
			view.Show(line)
		},
		Terminated: func(id Identity, err error) { view.End(nameOf(id), err) },
	}
}
