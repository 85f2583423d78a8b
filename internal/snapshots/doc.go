// Package snapshots keeps the log of a stream short: it copies keyed state, a few key
// groups at a time, into files, so that the changes before the copy need not be kept.
//
// Three ideas carry the package.
//
//   - State is copied between batches, a bounded piece at a time, and the copy is
//     written, synced and logged by an activity of its own while batches go on. No
//     batch waits for a file.
//   - The group whose copy is the oldest is next. What is logged since then is the
//     tail, which a start has to redo; so the tail is bounded, and with it the time of
//     a start. A pure core decides; see [Limit].
//   - A file counts when the log says so. It is logged when it is durable, and the one
//     that it replaces is removed when that is durable in turn. Whatever else lies in
//     the directory is of no batch that anyone relies on, and is removed by the next
//     start.
//
// The package does not know what state is; both stream APIs give it theirs as [State].
// It does not retry: a copy that cannot be written ends the stream, as does a log that
// cannot be written.
package snapshots
