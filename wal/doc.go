// Package wal is an append-only log of byte records that survives a crash.
//
// A writer appends records to a buffer and makes them durable together:
//
//	log, err := wal.Create(ctx, env.Real(), "state/log", epoch, wal.Options{})
//	log.Append(record)
//	err = log.Sync(ctx) // all that was appended before is durable
//	…
//	for record, err := range wal.Records(env.Real(), "state/log") { … }
//
// Three ideas carry the package.
//
//   - Group commit. Many activities may call [Log.Sync] at once: one of them writes
//     and syncs for all, while further records collect in the next buffer. The more
//     activities wait, the fewer syncs each of them costs.
//   - A log has one writer after the other, told apart by their epochs. A writer
//     never touches what an earlier one left: it notes in its first frame up to
//     which byte each earlier segment is valid and writes into segments of its own.
//     What lies behind such a mark does not exist, even if a writer that was thought
//     to be dead still appends to it.
//   - A torn tail is no corruption. Each frame says how far the log was durable when
//     the frame was made. A damaged place that no intact frame claims as durable was
//     never promised to anyone: the log ends there. Any other damage is a
//     [CorruptError] that names segment and offset.
//
// A failed write or sync poisons the log: nobody knows any more what the disk
// holds, and a second sync that succeeds proves nothing. The way on is a new writer,
// which reads what is there and writes the doubtful part anew.
//
// The package does not know what a record means, does not compress or encrypt, does
// not repair corruption, and does not elect the writer: whoever calls [Create] hands
// it an epoch that is higher than all before (package internal/journal claims one).
package wal
