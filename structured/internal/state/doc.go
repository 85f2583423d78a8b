// Package state keeps the groups of an aggregation: keys, and for each key one
// buffer of every aggregate function.
//
// Four ideas carry the package.
//
//   - Columns all the way. A batch of keys gets numbers from a hash table in one loop
//     (table.go), and each function then folds a column into its buffers by number
//     (accumulator.go). There is no object a group.
//   - By time first. Groups with an event time lie in one table for each time window
//     (or time), so that a watermark forgets whole tables and never scans keys, and a
//     late window is recognised once a batch, not once a row.
//   - Updates are in place, and the first one of an epoch keeps the before-image.
//     These images undo a failed attempt, and the list of what they belong to says
//     what has to be logged.
//   - State is addressed by key group. The hash of a key (hash.go) is a fact on disk;
//     changes and snapshots are frames of one key group each, and the order in which
//     rows come out depends neither on how often state was restored nor on how many
//     partitions it was spread over.
//
// [Grouping] has the groups of a batch, [Keyed] those of a stream. That a window is
// closed is not stored: it follows from the watermark, which the log has anyway.
//
// The package knows nothing of files, logs, plans or output modes.
package state
