// Package source is where queries read: what a connector implements, and the
// built-in ones.
//
// A [Source] describes a table, bounded or growing. Opened for one query it is a
// [Reader], which speaks of its rows in offsets: an [Offset] is a place in the
// source's own order, and two of them are the range of rows that one batch reads.
// A query logs the range before it reads it, so a Reader must give the same rows
// for the same range, again and again, until Commit says that they are not needed.
//
// Reader.Plan splits a range into [Partition]s, which tasks read at the same time
// as Arrow record batches. A partition hands out only the columns it is asked for,
// and one that is [Filtering] only the rows.
//
// The built-in sources are files and tables in memory:
//
//	lines := source.TextFiles("/var/log/app")           // value string
//	clicks := source.JSONFiles("clicks/*.json", schema) // one record a line
//
// Read as a batch they take every file that is there. Read as a stream they take
// each file once, in an order that is kept in a log of their own. Files must appear
// in one step: write elsewhere, then rename.
//
// The package does not guess schemas, does not descend into directories, and does
// not read compressed files.
package source
