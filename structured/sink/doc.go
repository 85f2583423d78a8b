// Package sink is where queries write: what a connector implements, and the
// built-in ones.
//
// A [Sink] describes a place; opened for one query it is a [Writer], which gets the
// query's result batch by batch. A batch has a number, and after a crash the query
// hands over the batch that was in flight again: same number, same rows. So a sink
// delivers exactly once if it keeps the number together with the rows, in one step,
// and answers LastCommitted from there: a batch that it has is not handed over
// again.
//
// Handing over is in two steps. Prepare stores the rows where nobody sees them and
// returns a [Token]; Commit makes them visible. A writer calls for no more than one
// batch at a time: prepare, commit, and only then the next.
//
//	memory := sink.Memory("counts")      // rows to look at, gone with the process
//	sink.Console()                       // the first rows of each batch, as text
//	sink.JSONFiles("out/counts")         // exactly once, across crashes
//
// The package does not retry: an error of a writer ends the query, which goes on
// from the same batch when it is started again.
package sink
