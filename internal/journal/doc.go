// Package journal is the one commit protocol of both stream APIs: what a batch is,
// when it is done, and where a start goes on.
//
// A stream is a sequence of batches 0, 1, 2, …, one at a time. The life of one:
//
//	j.Plan(ctx, plan)         // logged; its sync runs while the batch is computed
//	…                         // compute
//	j.PlanDurable(ctx)        // before the first call of a sink
//	…                         // each sink writes; j.CheckFence before each call
//	j.AppendState(ctx, change) // what the batch changed in keyed state
//	j.Commit(ctx, done, next) // durable: the batch is done; perhaps the next plan with it
//
// Batches back to back cost one sync each, a lone batch two, of which the first
// overlaps the computation.
//
// Four ideas carry the package.
//
//   - A batch is its plan. What determines a batch is durable before anyone outside
//     can see an effect of it, and a batch that is pending after a crash is run again
//     from its plan, partition count included. A sink that says it has the batch is
//     not called again; so each batch has its effect once.
//   - State and end of a batch are one append. State changes count if and only if the
//     end of their batch is in the log, and that is written when every sink has it.
//   - Sinks that can resume a prepared batch after a crash decide together: all prepare,
//     one append has state and tokens (Prepared), and from then on each commits, again
//     after a crash, until the end of the batch is logged.
//   - A start fences. It claims a higher writer epoch, durably, before it reads. A
//     writer looks for a higher epoch after each sync and before each call of a sink.
//     That is not atomic with the call: only a sink that checks the epoch itself is
//     proof against a writer that was thought to be dead.
//
// All that the log means is one pure fold over its frames (core), which a start and
// the running process share; the rest of the package carries out what it decides.
//
// The package does not know what ranges, watermarks, changes and answers mean, does
// not write snapshots (package checkpoint does) and calls no sink. It keeps no state
// in memory but what recovery and retention need to know about it.
package journal
