// Package microbatch runs a stream: it decides what the next batch reads, has it
// computed, hands it to the sinks and logs that it is done, until it is told to
// stop.
//
// Three ideas carry the package.
//
//   - A [Core] decides and does nothing else: which ranges, which watermark, whether a
//     batch without data is due, how long to wait. Its inputs are what sources and
//     operators said and what time it is, so every history can be replayed on paper;
//     testdata has some.
//   - The shell ([Run]) holds to one order of things, the commit rule of package
//     journal: plan, compute, plan durable, sinks, commit. A batch that was in flight
//     at a crash has a plan and no commit; it is run again by that plan, whatever the
//     options say by then, and a sink that has it is not called.
//   - The watermark of a batch is part of its plan. It never falls, and is made of
//     what the batches before have seen.
//
// What a batch N goes through, and where it goes on after a crash in between:
//
//	a source logs the files of N       the entry is the next batch's
//	Plan N appended                    a new N is planned
//	Plan N durable                     N runs again from its plan
//	sinks commit N, one by one         N runs again; who has it is not called
//	State N and Done N durable         N+1
//
// The package does not plan queries or touch rows; one query has one batch in flight.
package microbatch
