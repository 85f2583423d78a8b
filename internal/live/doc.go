// Package live shows how streams fare while they run: a line for each, for both stream
// APIs. On a terminal the lines are written over and over, ten times a second at most;
// elsewhere, as in a log, a line is added for each stream every ten seconds, and when
// one ends.
//
//	view := live.New(os.Stderr)
//	view.Show(live.Line{Stream: "words", At: ended, Batch: 12, Rows: 4000, Took: took})
//	view.End("words", nil)
//
// The package has no clock: it goes by the times that it is told, so that what it
// writes for a simulated run is the same each time.
package live
