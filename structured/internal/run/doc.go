// Package run carries out physical plans as jobs of the scheduler.
//
// [Compile] cuts a plan where rows are exchanged into stages and makes a [Program],
// which is kept: a stream runs it for batch after batch with other offsets, a bounded
// query once. Nothing is planned or compiled again in between.
//
//	scan → project → partial aggregate ┐ exchange ┌ stateful aggregate → project
//	 a task for each source partition  └ blocks   ┘ a task for each state partition
//
// Three ideas carry the package.
//
//   - A task pushes. It reads its source partition, or fetches its blocks in the
//     order of the tasks that wrote them, pushes them through a chain of machines
//     (package exec) and ends with a marker. Blocks are vectors in memory.
//   - Stateless chains are lent to tasks and come back; a chain with state belongs to
//     one partition for good. An attempt that follows another in the same batch first
//     undoes what that one did.
//   - What a task has counted travels with its rows, in the block of reducer 0, so it
//     counts if and only if the rows do.
//
// The package knows nothing of offsets, logs or sinks; see package microbatch. All
// rows of a result are in memory before the caller has them, and a stage has one
// input: plans with joins or unions are refused.
package run
